"""Queries in FROM that a search by distance passes through, opened into the query around them.

A distance, or the vector that it is computed from, may be a column of a derived table or of WITH. PostgreSQL
joins such a query with the one around it where it can; here it is done first, so that the search is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, TypeGuard

from tapext.adql.functions import SCHEMA
from tapext.adql.guards import has_aggregate, must_fence
from tapext.adql.typed import (
    CONDITION,
    NOTHING,
    CommonSource,
    DerivedSource,
    Infix,
    JoinSource,
    Operation,
    Reference,
    Rows,
    Select,
    Source,
    TableSource,
    Value,
)
from tapext.adql.walk import change_rows

_DISTANCES: Final = tuple(
    f"{SCHEMA}.{name}({{0}}, {{1}})" for name in ("caomai_distance", "caomai_object_distance")
)
_PLACE: Final = re.compile(r"c([1-9][0-9]*)")
# A condition on rows that a join keeps whatever it finds may as well be one on the join.
_KEPT_LEFT: Final = ("join", "left join")
_KEPT_RIGHT: Final = ("join", "right join")


@dataclass(frozen=True)
class Commons:
    """The common table expressions of a query, and the indexes of those that conditions must not enter."""

    rows: tuple[Rows, ...] = ()
    fenced: frozenset[int] = frozenset()


def is_distance(value: Value | int | None) -> TypeGuard[Operation]:
    """Tell whether a value is a distance of two vectors."""
    return isinstance(value, Operation) and value.template in _DISTANCES


def first_key(rows: Rows) -> Value | None:
    """Give what a query orders by first, smallest first."""
    if not rows.order_by or rows.order_by[0].descending:
        return None
    key = rows.order_by[0].key
    return rows.outputs[key - 1].value if isinstance(key, int) else key


def open_queries(rows: Rows, commons: Commons) -> Rows:
    """Open the queries in FROM from which the first key of an order comes, as far as they are plain ones."""
    while isinstance(rows.body, Select):
        opened = _open(rows, rows.body, commons)
        if opened is None:
            break
        rows = opened
    return rows


def _open(rows: Rows, select: Select, commons: Commons) -> Rows | None:
    """Open one query in FROM."""
    found = next(
        filter(None, (_find(select, number, commons) for number in _places_of(first_key(rows)))), None
    )
    if found is None:
        return None
    number, inner = found
    columns = {f"c{place}": output.value for place, output in enumerate(inner.outputs, 1)}

    def change(reference: Reference) -> Value:
        return columns[reference.column] if reference.source == number else reference

    sources = tuple(_replace(source, number, _join(inner.sources)) for source in select.sources)
    where = joined([*conjuncts(inner.where), *conjuncts(select.where)])
    return change_rows(replace(rows, body=replace(select, sources=sources, where=where)), change)


def _places_of(key: Value | None) -> list[int]:
    """Give the numbers of the sources that a key may come from."""
    values = key.operands if is_distance(key) else (key,)
    return [
        value.source for value in values if isinstance(value, Reference) and _PLACE.fullmatch(value.column)
    ]


def _find(select: Select, number: int, commons: Commons) -> tuple[int, Select] | None:
    """Find the query of a number in FROM, if it can be opened."""
    kept = (leaf for source in select.sources for leaf in _kept(source))
    source = next((leaf for leaf in kept if leaf.number == number), None)
    if isinstance(source, DerivedSource):
        rows, fenced = source.rows, source.fenced
    elif isinstance(source, CommonSource):
        rows, fenced = commons.rows[source.index], source.index in commons.fenced
    else:
        return None
    return (number, rows.body) if not fenced and isinstance(rows.body, Select) and _is_plain(rows) else None


def _is_plain(rows: Rows) -> bool:
    """Tell whether each row of a query is made of one row of its FROM, and all of them are there."""
    select = rows.body
    if (
        not isinstance(select, Select)
        or rows.limit is not None
        or rows.offset is not None
        or must_fence(rows)
    ):
        return False
    keys = (order.key for order in rows.order_by if not isinstance(order.key, int))
    values = (*(output.value for output in select.outputs), *keys)
    is_grouped = select.distinct or select.group_by or select.having is not None
    return not is_grouped and not any(map(has_aggregate, values))


def _kept(source: Source) -> Iterator[TableSource | CommonSource | DerivedSource]:
    """Give the single sources all of whose rows a join keeps."""
    if not isinstance(source, JoinSource):
        yield source
        return
    if source.kind in _KEPT_LEFT:
        yield from _kept(source.left)
    if source.kind in _KEPT_RIGHT:
        yield from _kept(source.right)


def _join(sources: tuple[Source, ...]) -> Source:
    return reduce(lambda left, right: JoinSource("join", left, right, None), sources)


def _replace(source: Source, number: int, other: Source) -> Source:
    if isinstance(source, JoinSource):
        left, right = (_replace(side, number, other) for side in (source.left, source.right))
        return replace(source, left=left, right=right)
    return other if source.number == number else source


def numbers_of(source: Source) -> Iterator[int]:
    """Give the numbers of the single sources of a source."""
    if isinstance(source, JoinSource):
        yield from numbers_of(source.left)
        yield from numbers_of(source.right)
    else:
        yield source.number


def conjuncts(where: Value | None) -> list[Value]:
    """Give the conditions that all must hold."""
    if where is None:
        return []
    return list(where.operands) if isinstance(where, Infix) and where.operators[0] == "and" else [where]


def joined(conditions: list[Value]) -> Value | None:
    """Give one condition that holds where all do."""
    if len(conditions) < 2:  # noqa: PLR2004
        return next(iter(conditions), None)
    return Infix(CONDITION, NOTHING, tuple(conditions), ("and",) * (len(conditions) - 1))
