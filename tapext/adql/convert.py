"""Conversions that a query need not write: dates and UUIDs in quotes, UUIDs as texts, kinds of numbers."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime

from tapext.adql.typed import NOTHING, About, Constant, Operation, Value
from tapext.adql.types import NAMED, NUMERIC, TEXT, TIMESTAMP, UUID, WHOLE, Kind, Type

_DALI_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?)?Z?", re.ASCII)
_NUMBERS = {
    kind: word
    for word, kind in zip(("SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE"), NUMERIC, strict=True)
}


def read_time(text: str) -> str | None:
    """Read a timestamp of DALI 1.1 (sect. 3.3.3); None if it is none."""
    match = _DALI_TIME.fullmatch(text.strip())
    if match is None or (match[4] and not match[3]):
        return None
    date, minutes, seconds, fraction = match.groups()
    plain = f"{date}T{minutes or '00:00'}{seconds or ':00'}"
    try:
        datetime.fromisoformat(plain).replace(tzinfo=UTC)
    except ValueError:
        return None
    return plain + (fraction or "")


def read_uuid(text: str) -> str | None:
    """Read a UUID; None if it is none."""
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        return None


def to_kind(value: Value, kind: Kind, wanted: Type | None = None) -> Value:
    """Turn a value into one of a kind, or leave a text that cannot be one."""
    if isinstance(value, Constant) and isinstance(value.value, str):
        if kind is Kind.TIMESTAMP and (time := read_time(value.value)):
            return Constant(TIMESTAMP, NOTHING, time)
        if kind is Kind.UUID and (found := read_uuid(value.value)):
            return Constant(UUID, NOTHING, found)
        return value
    target = wanted or NAMED[_NUMBERS[kind]]
    if value.type.storage == target.storage:
        return value
    return Operation(
        replace(target, arraysize=value.type.arraysize), value.about, f"{{0}}::{target.storage}", (value,)
    )


def to_text(value: Value, *, always: bool = False) -> Value:
    """Turn a UUID into a text; `always` also a number or a timestamp (in DALI's form)."""
    kind = value.type.kind
    if kind is Kind.UUID or (always and kind in NUMERIC):
        return Operation(
            replace(TEXT, arraysize=value.type.arraysize or "*"), value.about, "{0}::text", (value,)
        )
    if always and kind is Kind.TIMESTAMP:
        return Operation(TEXT, value.about, "replace({0}::text, ' ', 'T')", (value,))
    return value


def as_type(value: Value, wanted: Type) -> Value:
    """Cast a value to a type, unless PostgreSQL stores it so already."""
    if value.type.storage == wanted.storage and not isinstance(value, Constant):
        return value
    return Operation(wanted, value.about, f"{{0}}::{wanted.storage}", (value,))


def as_decimal(value: Value) -> Value:
    """Turn a number into the decimal number that it is written as: a direct cast keeps but 15 digits."""
    template = "{0}::numeric" if value.type.kind in WHOLE else "{0}::double precision::text::numeric"
    return Operation(replace(value.type, storage="numeric"), value.about, template, (value,))


def coalesce(values: list[Value], joint: Type, about: About) -> Value:
    """Give the first value that is not NULL, of the type that holds all of them."""
    if joint.kind is Kind.TEXT:
        values = [to_text(value) for value in values]
        joint = replace(joint, storage="text", xtype=None)
    elif joint.is_number:
        # PostgreSQL would make REAL of REAL and a whole number.
        values = [as_type(value, joint) for value in values]
    places = ", ".join(f"{{{place}}}" for place in range(len(values)))
    return Operation(joint, about, f"coalesce({places})", tuple(values))


def same_nulls(values: list[Value]) -> list[Value]:
    """Give columns of nothing but NULL the type of the values beside them."""
    others = [value.type for value in values if value.type.kind is not Kind.NULL]
    wanted = next((found for found in others if found.kind is not Kind.TEXT), TEXT)
    return [
        as_type(value, wanted) if value.type.kind is Kind.NULL and not isinstance(value, Constant) else value
        for value in values
    ]
