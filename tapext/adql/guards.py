"""What must not be computed for rows that are hidden: an error would tell of their values.

PostgreSQL computes conditions in the order of their cost, also before the one by which a view hides rows. So
values that can fail are computed for visible rows only, and no condition moves into a query that gives them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapext.adql.catalogue import VISIBLE
from tapext.adql.functions import SCHEMA
from tapext.adql.typed import (
    CONDITION,
    NOTHING,
    AggregateValue,
    Choice,
    Constant,
    Infix,
    Operation,
    Reference,
    Rows,
    Select,
    Shape,
    Value,
)
from tapext.adql.types import NUMERIC, Kind

_ARITHMETIC = frozenset(("+", "-", "*", "/"))
_SAFE = frozenset(
    (
        "{0}",
        "{0}::text",
        "replace({0}::text, ' ', 'T')",
        "lower({0})",
        "upper({0})",
        "abs({0}::double precision)",
        "ceil({0}::double precision)",
        "floor({0}::double precision)",
        "({0})::integer",
        "(not {0})",
    )
)
_SAFE_STARTS = ("coalesce(", "{0}::varchar", "{0}::character", f"{SCHEMA}.caomai_distance(")


def may_fail(value: Value) -> bool:
    """Tell whether computing a value can raise an error that depends on the rows."""
    if isinstance(value, Constant | Reference):
        return False
    operands = list(_operands(value))
    if any(may_fail(operand) for operand in operands):
        return True
    if isinstance(value, Infix):
        return value.operators[0] in _ARITHMETIC and any(sources_of(value))
    if isinstance(value, AggregateValue) or not isinstance(value, Operation):
        return False
    return not _is_safe(value) and any(sources_of(value))


def sources_of(value: Value) -> Iterator[int]:
    """Give the numbers of the sources whose columns a value is made from."""
    if isinstance(value, Reference):
        yield value.source
    for operand in _operands(value):
        yield from sources_of(operand)


def has_aggregate(value: Value) -> bool:
    """Tell whether there is an aggregate in a value."""
    return isinstance(value, AggregateValue) or any(has_aggregate(operand) for operand in _operands(value))


def guard(value: Value, numbers: list[int]) -> Value:
    """Compute a value for visible rows only; rows of NULL that an outer join makes hide nothing."""
    if not numbers:
        return value
    visible = tuple(Reference(CONDITION, NOTHING, number, VISIBLE) for number in numbers)
    words = " and ".join(f"{{{place}}} is not false" for place in range(1, len(visible) + 1))
    return Operation(value.type, value.about, f"case when {words} then {{0}} end", (value, *visible))


def guard_group(value: Value) -> Value:
    """Compute a value of HAVING after grouping: without an aggregate it would move to WHERE."""
    return Operation(value.type, value.about, "case when count(*) > 0 then {0} end", (value,))


def must_fence(rows: Rows) -> bool:
    """Tell whether conditions of the query around it must stay out of a query."""
    if rows.limit is not None or rows.offset is not None:
        return False
    if isinstance(rows.body, Select):
        return any(may_fail(output.value) for output in rows.outputs)
    return any(must_fence(operand) for operand in rows.body.operands)


def _is_safe(value: Operation) -> bool:
    template = value.template
    if template in _SAFE or template.startswith(_SAFE_STARTS):
        return True
    if template.startswith(SCHEMA):
        # Functions take any array; their other arguments they may refuse.
        return all(
            isinstance(operand, Constant) or operand.type.kind is Kind.ARRAY for operand in _operands(value)
        )
    if value.type is CONDITION:
        return True
    return _widens(value)


def _widens(value: Operation) -> bool:
    if len(value.operands) != 1 or value.template != f"{{0}}::{value.type.storage}":
        return False
    operand = value.operands[0]
    kinds = (value.type.kind, None if isinstance(operand, Rows) else operand.type.kind)
    return set(kinds) <= set(NUMERIC) and NUMERIC.index(kinds[0]) >= NUMERIC.index(kinds[1] or kinds[0])


def _operands(value: Value) -> Iterator[Value]:
    if isinstance(value, Operation | Infix):
        yield from (operand for operand in value.operands if not isinstance(operand, Rows))
    elif isinstance(value, Choice):
        yield value.operand
        yield from value.choices
    elif isinstance(value, Shape):
        yield from value.parts
