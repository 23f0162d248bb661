"""Resolved queries to SQL: the only maker of SQL from what users write.

Every word of SQL is ours: relations, columns and functions come from the catalogue, aliases are numbered
(t1, c1). Of the user's text only literals are left, each quoted by psycopg.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from tapext.adql.guards import must_fence
from tapext.adql.nearest import Nearest, find_nearest
from tapext.adql.opening import Commons
from tapext.adql.typed import (
    CommonSource,
    DerivedSource,
    JoinSource,
    Order,
    Query,
    Rows,
    Select,
    SetOperation,
    Source,
    TableSource,
)
from tapext.adql.write_values import ValueWriter


@dataclass(frozen=True)
class Search:
    """A search for the nearest vectors in a query, by its number, and the rows that it chooses from."""

    number: int
    matches: sql.Composed


@dataclass(frozen=True)
class Written:
    """A query in SQL and the searches in it that have conditions."""

    sql: sql.Composed
    searches: tuple[Search, ...]


def write_sql(query: Query, limit: int | None, exact: frozenset[int] = frozenset()) -> Written:
    """Write a query that stops after a number of rows; no index is to answer the searches in `exact`."""
    writer = _Writer(exact)
    writer.query(query, limit)
    return Written(sql.Composed(writer.parts), tuple(writer.searches))


class _Writer(ValueWriter):
    """Writes queries."""

    def __init__(self, exact: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.exact = exact
        self.searches: list[Search] = []
        self.met = 0
        # What stands before a query of its own: the common table expressions that it may use.
        self.withs: tuple[sql.Composable, ...] = ()
        self.commons = Commons()

    def query(self, query: Query, limit: int | None) -> None:
        for index, rows in enumerate(query.withs):
            fenced = index in query.fenced_withs or must_fence(rows)
            self.add(f"{', ' if index else 'with '}w{index} as {'materialized ' if fenced else ''}(")
            self.rows(rows, rows.limit)
            self.add(")")
            self.withs = tuple(self.parts)
            self.commons = Commons(query.withs[: index + 1], query.fenced_withs)
        self.rows(query.rows, limit, in_with=bool(query.withs))

    def rows(self, rows: Rows, limit: int | None, *, in_with: bool = False) -> None:
        """Write a query; `in_with` says that it stands behind common table expressions."""
        found = find_nearest(rows, limit, self.commons)
        if found is not None:
            self.search(found, limit, in_with=in_with)
        else:
            self.add(" " if in_with else "")
            self.plain(rows, limit)

    def search(self, found: Nearest, limit: int | None, *, in_with: bool) -> None:
        self.met = number = self.met + 1
        if found.is_filtered and not self.in_value:
            self.searches.append(Search(number, self.beside(found.matches)))
        if number in self.exact:
            self.add(" " if in_with else "")
            self.plain(found.whole, limit)
            return
        near = f"n{number}"
        complete = f"(select count(*) from {near})"  # noqa: S608 -- a name of ours
        columns = ", ".join(f"c{place}" for place in range(1, len(found.whole.outputs) + 1))
        self.add(f"{', ' if in_with else 'with '}{near} as materialized (")
        self.by_index = True
        self.plain(found.near, found.wanted)
        self.by_index = False
        self.add(f") select {columns} from (select * from {near} where {complete} >= ")  # noqa: S608
        self.parts.append(sql.Literal(found.wanted))
        # The condition stands outside, where it also keeps parallel workers from being started.
        self.add(" union all select * from (")
        self.plain(found.near, found.wanted)
        self.add(f") as {near}_exact where {complete} < ")
        self.parts.append(sql.Literal(found.wanted))
        self.add(f") as {near}_all")
        if found.within is not None:
            self.add(" where ")
            self.value(found.within)
        self.ending(found.keys, limit, found.whole.offset)

    def beside(self, rows: Rows) -> sql.Composed:
        """Write a query as one of its own."""
        writer = _Writer()
        writer.parts.extend(self.withs)
        writer.add(" " if self.withs else "")
        writer.plain(rows, None)
        return sql.Composed(writer.parts)

    def plain(self, rows: Rows, limit: int | None) -> None:
        if isinstance(rows.body, Select):
            self.select(rows.body)
        else:
            self.set_operation(rows.body)
        self.ending(rows.order_by, limit, rows.offset)

    def ending(self, order_by: tuple[Order, ...], limit: int | None, offset: int | None) -> None:
        for index, order in enumerate(order_by):
            self.add(", " if index else " order by ")
            if isinstance(order.key, int):
                self.add(f"c{order.key}")
            else:
                self.expression(order.key)
            self.add(" desc" if order.descending else "")
        self.number(" limit ", limit)
        self.number(" offset ", offset)

    def inner_rows(self, rows: Rows, *, fenced: bool = False) -> None:
        self.rows(rows, rows.limit)
        if rows.limit is None and rows.offset is None and (fenced or must_fence(rows)):
            # PostgreSQL moves no condition into a query with an offset.
            self.add(" offset 0")

    def set_operation(self, operation: SetOperation) -> None:
        for operator, operand in zip(("", *operation.operators), operation.operands, strict=True):
            self.add(f" {operator} (" if operator else "(")
            self.rows(operand, operand.limit)
            self.add(")")

    def select(self, select: Select) -> None:
        self.add("select distinct " if select.distinct else "select ")
        for place, output in enumerate(select.outputs, 1):
            self.add(", " if place > 1 else "")
            self.output(output.value)
            self.add(f" as c{place}")
        self.add(" from ")
        for index, source in enumerate(select.sources):
            self.add(", " if index else "")
            self.source(source)
        if select.where is not None:
            self.add(" where ")
            self.value(select.where)
        for index, value in enumerate(select.group_by):
            self.add(", " if index else " group by ")
            self.expression(value)
        if select.having is not None:
            self.add(" having ")
            self.value(select.having)

    def source(self, source: Source) -> None:
        if isinstance(source, JoinSource):
            self.join(source)
            return
        if isinstance(source, TableSource):
            self.relation(source)
        elif isinstance(source, CommonSource):
            self.add(f"w{source.index}")
        else:
            assert isinstance(source, DerivedSource)
            self.add("(")
            self.inner_rows(source.rows, fenced=source.fenced)
            self.add(")")
        self.add(f" as t{source.number}")

    def relation(self, source: TableSource) -> None:
        relation = sql.Identifier(*source.relation)
        if source.map_id is None:
            self.parts.append(relation)
            return
        # The number itself, not a look-up: each map has its own partial index.
        self.add("(select * from ")
        self.parts.append(relation)
        self.add(" where mapid = ")
        self.parts.append(sql.Literal(source.map_id))
        self.add(")")

    def join(self, source: JoinSource) -> None:
        self.add("(")
        self.source(source.left)
        self.add(f" {source.kind} ")
        self.source(source.right)
        self.add(" on ")
        if source.condition is None:
            self.add("true")
        else:
            self.value(source.condition)
        self.add(")")
