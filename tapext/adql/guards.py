"""What must not be computed for rows that are hidden: an error would tell of their values.

PostgreSQL computes conditions in the order of their cost, also before the one by which a view hides rows. So
values that can fail are computed for visible rows only, and no condition moves into a query that gives them.
"""

from __future__ import annotations

from tapext.adql.catalogue import VISIBLE
from tapext.adql.functions import SCHEMA
from tapext.adql.typed import (
    CONDITION,
    NOTHING,
    AggregateValue,
    Constant,
    Infix,
    Operation,
    Reference,
    Rows,
    Select,
    Value,
)
from tapext.adql.types import NUMERIC, Kind
from tapext.adql.walk import parts, references, values_of

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
_SAFE_STARTS = ("coalesce(", "{0}::varchar", "{0}::character")


def may_fail(value: Value) -> bool:
    """Tell whether computing a value can raise an error that depends on the rows."""
    if isinstance(value, Constant | Reference):
        return False
    if any(_part_may_fail(part) for part in parts(value)):
        return True
    if isinstance(value, Infix):
        return value.operators[0] in _ARITHMETIC and any(references(value))
    if isinstance(value, AggregateValue) or not isinstance(value, Operation):
        return False
    return not _is_safe(value) and any(references(value))


def _part_may_fail(part: Value | Rows) -> bool:
    if isinstance(part, Rows):
        return any(may_fail(value) for value in values_of(part))
    return may_fail(part)


def has_aggregate(value: Value) -> bool:
    """Tell whether there is an aggregate in a value."""
    if isinstance(value, AggregateValue):
        return True
    return any(has_aggregate(part) for part in parts(value) if not isinstance(part, Rows))


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
    if value.total or template in _SAFE or template.startswith(_SAFE_STARTS):
        return True
    if template.startswith(SCHEMA):
        # Functions take any array; their other arguments they may refuse.
        return all(
            isinstance(operand, Constant) or (isinstance(operand, Value) and operand.type.kind is Kind.ARRAY)
            for operand in value.operands
        )
    if value.type is CONDITION:
        return True
    first = value.operands[0] if value.operands else None
    return _gives_one_row(first) if isinstance(first, Rows) else _widens(value)


def _gives_one_row(rows: Rows) -> bool:
    """Tell whether a sub-query cannot give several rows, which is an error in the place of a value."""
    if rows.limit in (0, 1):
        return True
    grouped = not isinstance(rows.body, Select) or rows.body.group_by
    return not grouped and any(has_aggregate(output.value) for output in rows.outputs)


def _widens(value: Operation) -> bool:
    if len(value.operands) != 1 or value.template != f"{{0}}::{value.type.storage}":
        return False
    operand = value.operands[0]
    kinds = (value.type.kind, None if isinstance(operand, Rows) else operand.type.kind)
    return set(kinds) <= set(NUMERIC) and NUMERIC.index(kinds[0]) >= NUMERIC.index(kinds[1] or kinds[0])
