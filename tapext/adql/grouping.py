"""What may stand beside aggregates: only what is grouped (SQL-92 sect. 7.9)."""

from __future__ import annotations

from tapext.adql.typed import (
    AggregateValue,
    Choice,
    Constant,
    Infix,
    Operation,
    Reference,
    Rows,
    Shape,
    Value,
)


def ungrouped(value: Value, groups: tuple[Value, ...], sources: frozenset[int]) -> Reference | None:
    """Find a column of the sources that is neither grouped nor in an aggregate."""
    if value in groups or isinstance(value, AggregateValue | Constant):
        return None
    if isinstance(value, Reference):
        return value if value.source in sources else None
    for operand in _operands(value):
        found = None if isinstance(operand, Rows) else ungrouped(operand, groups, sources)
        if found is not None:
            return found
    return None


def _operands(value: Value) -> tuple[Value | Rows, ...]:
    if isinstance(value, Operation | Infix):
        return value.operands
    if isinstance(value, Choice):
        return (value.operand, *value.choices)
    return value.parts if isinstance(value, Shape) else ()
