"""Queries for the nearest search vectors: never fewer rows than asked, never out of order.

An HNSW index gives approximate answers, of which conditions take rows away: a scan may end before it has
enough. So what the index gave is kept only if it is complete, and else the same is asked without the index.
Nowhere else may an index answer by a distance: there a distance is written so that no index knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tapext.adql.guards import has_aggregate, may_fail
from tapext.adql.opening import Commons, conjuncts, first_key, is_distance, joined, numbers_of, open_queries
from tapext.adql.shapes import known_number
from tapext.adql.typed import (
    NOTHING,
    Constant,
    Infix,
    JoinSource,
    Operation,
    Order,
    Output,
    Reference,
    Rows,
    Select,
    Value,
)
from tapext.adql.types import INTEGER
from tapext.adql.walk import references

# Of so many rows the index still finds 99.5 % of the nearest; of 1,000 it found 95 %.
MOST_BY_INDEX: Final = 250
_LIMITS: Final = {"<": "<", "<=": "<="}
_LIMITS_MIRRORED: Final = {">": "<", ">=": "<="}


@dataclass(frozen=True)
class Nearest:
    """A search for `wanted` rows at most, `near`, which is written twice: for the index, and without it.

    Its columns are those of the query, `whole`, and then the keys of its order that are none of them. `keys`
    are the places by which the query orders, `within` what it says of the distance itself.
    """

    whole: Rows
    near: Rows
    wanted: int
    keys: tuple[Order, ...]
    within: Value | None = None

    @property
    def is_filtered(self) -> bool:
        """Tell whether other rows than those of one table are wanted."""
        assert isinstance(self.near.body, Select)
        sources, where = self.near.body.sources, self.near.body.where
        return where is not None or len(sources) > 1 or isinstance(sources[0], JoinSource)

    @property
    def matches(self) -> Rows:
        """Give what the search chooses from, without columns or order."""
        assert isinstance(self.near.body, Select)
        one = Output("", Constant(INTEGER, NOTHING, 1))
        return Rows(replace(self.near.body, outputs=(one,)))


def find_nearest(rows: Rows, limit: int | None, commons: Commons) -> Nearest | None:
    """Tell how a query that stops after a number of rows is answered; None if it is no search for an index.

    One that wants all or very many rows is none.
    """
    wanted = None if limit is None else limit + (rows.offset or 0)
    if wanted is None or wanted > MOST_BY_INDEX:
        return None
    opened = open_queries(rows, commons)
    distance = _distance_of(opened)
    if distance is None:
        return None
    whole = _with_keys(opened)
    select = whole.body
    assert isinstance(select, Select)
    within, where = _split(select, distance)
    near = replace(whole, body=replace(select, where=joined(where)), offset=None, limit=wanted)
    place = whole.order_by[0].key
    condition = joined([_of_column(part, place) for part in within])
    return Nearest(opened, near, wanted, whole.order_by, condition)


def _distance_of(rows: Rows) -> Value | None:
    """Give the distance to a fixed vector that a query orders by, nearest first."""
    select = rows.body
    if not isinstance(select, Select) or not rows.order_by or rows.order_by[0].descending:
        return None
    if select.distinct or select.group_by or select.having is not None:
        return None
    key = first_key(rows)
    if not is_distance(key) or any(has_aggregate(one.value) for one in rows.outputs):
        return None
    own = frozenset(number for source in select.sources for number in numbers_of(source))
    sides = [{found.source for found in references(operand)} & own for operand in key.operands]
    column = next((operand for operand, side in zip(key.operands, sides, strict=True) if side), None)
    return key if isinstance(column, Reference) and not all(sides) else None


def _with_keys(rows: Rows) -> Rows:
    """Add the keys of the order to the columns, and order by their places."""
    assert isinstance(rows.body, Select)
    outputs, keys = list(rows.outputs), []
    for order in rows.order_by:
        if isinstance(order.key, int):
            keys.append(order)
        else:
            outputs.append(Output("", order.key))
            keys.append(replace(order, key=len(outputs)))
    return replace(rows, body=replace(rows.body, outputs=tuple(outputs)), order_by=tuple(keys))


def _split(select: Select, distance: Value) -> tuple[list[Infix], list[Value]]:
    """Part what limits the distance from the other conditions.

    The nearest rows within a distance are those of the nearest rows that lie within it. As a condition of the
    index's scan it would end no scan: all that is left lies further away.
    """
    conditions = conjuncts(select.where)
    if any(may_fail(output.value) for output in select.outputs):
        return [], conditions
    within = [(part, _limit(part, distance)) for part in conditions]
    return (
        [limit for _, limit in within if limit is not None],
        [part for part, limit in within if limit is None],
    )


def _limit(condition: Value, distance: Value) -> Infix | None:
    """Give a condition as distance < number, if it is one."""
    if not isinstance(condition, Infix) or len(condition.operands) != 2:  # noqa: PLR2004
        return None
    (left, right), operator = condition.operands, condition.operators[0]
    if operator in _LIMITS_MIRRORED:
        left, right, operator = right, left, _LIMITS_MIRRORED[operator]
    if operator not in _LIMITS or left != distance or known_number(right) is None:
        return None
    return replace(condition, operands=(left, right), operators=(operator,))


def _of_column(condition: Infix, place: Value | int) -> Value:
    column = Operation(condition.operands[0].type, NOTHING, f"c{place}", ())
    return replace(condition, operands=(column, condition.operands[1]))
