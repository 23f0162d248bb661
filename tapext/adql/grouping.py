"""What may stand beside aggregates: only what is grouped (SQL-92 sect. 7.9)."""

from __future__ import annotations

from tapext.adql.typed import AggregateValue, Constant, Reference, Rows, Value
from tapext.adql.walk import parts, references


def ungrouped(value: Value, groups: tuple[Value, ...], sources: frozenset[int]) -> Reference | None:
    """Find a column of the sources that is neither grouped nor in an aggregate."""
    if value in groups or isinstance(value, AggregateValue | Constant):
        return None
    if isinstance(value, Reference):
        return value if value.source in sources else None
    for part in parts(value):
        found = (
            _read_inside(part, groups, sources)
            if isinstance(part, Rows)
            else ungrouped(part, groups, sources)
        )
        if found is not None:
            return found
    return None


def _read_inside(rows: Rows, groups: tuple[Value, ...], sources: frozenset[int]) -> Reference | None:
    # PostgreSQL knows grouped columns in a sub-query, but not grouped expressions.
    outer = (found for found in references(rows) if found.source in sources and found not in groups)
    return next(outer, None)
