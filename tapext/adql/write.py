"""Resolved queries to SQL: the only maker of SQL from what users write.

Every word of SQL is ours: relations, columns and functions come from the catalogue, aliases are numbered
(t1, c1). Of the user's text only literals are left, each quoted by psycopg.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from psycopg import sql

from tapext.adql.guards import must_fence
from tapext.adql.shapes import known_number
from tapext.adql.typed import (
    Choice,
    CommonSource,
    Constant,
    DerivedSource,
    Infix,
    JoinSource,
    Operation,
    Query,
    Reference,
    Rows,
    Select,
    SetOperation,
    Shape,
    Source,
    TableSource,
    Value,
)
from tapext.adql.types import Kind

_PLACE = re.compile(r"\{(\d+)\}")
_CASTS = {Kind.TIMESTAMP: "::timestamp", Kind.UUID: "::uuid"}


def write_sql(query: Query, limit: int | None) -> sql.Composed:
    """Write a query that stops after a number of rows."""
    writer = _Writer()
    writer.query(query, limit)
    return sql.Composed(writer.parts)


@lru_cache(4096)
def _text(fixed: Any) -> sql.SQL:
    # Words of this program and of the headers in sql/functions, never of a user.
    return sql.SQL(fixed)


@lru_cache(1024)
def _pieces(template: str) -> tuple[sql.SQL | int, ...]:
    pieces = _PLACE.split(template)
    return tuple(int(piece) if place % 2 else _text(piece) for place, piece in enumerate(pieces) if piece)


class _Writer:
    """Appends SQL to a flat list."""

    def __init__(self) -> None:
        self.parts: list[sql.Composable] = []

    def add(self, fixed: str) -> None:
        self.parts.append(_text(fixed))

    def query(self, query: Query, limit: int | None) -> None:
        for index, rows in enumerate(query.withs):
            fenced = index in query.fenced_withs or must_fence(rows)
            self.add(f"{', ' if index else 'with '}w{index} as {'materialized ' if fenced else ''}(")
            self.rows(rows, rows.limit)
            self.add(")")
        self.add(" " if query.withs else "")
        self.rows(query.rows, limit)

    def rows(self, rows: Rows, limit: int | None) -> None:
        if isinstance(rows.body, Select):
            self.select(rows.body)
        else:
            self.set_operation(rows.body)
        for index, order in enumerate(rows.order_by):
            self.add(", " if index else " order by ")
            if isinstance(order.key, int):
                self.add(f"c{order.key}")
            else:
                self.expression(order.key)
            self.add(" desc" if order.descending else "")
        self.number(" limit ", limit)
        self.number(" offset ", rows.offset)

    def inner_rows(self, rows: Rows, *, fenced: bool = False) -> None:
        self.rows(rows, rows.limit)
        if rows.limit is None and rows.offset is None and (fenced or must_fence(rows)):
            # PostgreSQL moves no condition into a query with an offset.
            self.add(" offset 0")

    def number(self, word: str, number: int | None) -> None:
        if number is not None:
            self.add(word)
            self.parts.append(sql.Literal(number))

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

    def output(self, value: Value) -> None:
        self.value(value)
        if isinstance(value, Constant) and value.type.kind in (Kind.TEXT, Kind.NULL):
            self.add("::text")

    def expression(self, value: Value) -> None:
        """Write a key of ORDER BY or GROUP BY: a bare constant would be a position there."""
        self.value(value)
        if isinstance(value, Constant) or known_number(value) is not None:
            self.add(f"::{value.type.storage}")

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

    def value(self, value: Value) -> None:
        if isinstance(value, Reference):
            self.parts.append(sql.Identifier(f"t{value.source}", value.column))
        elif isinstance(value, Constant):
            self.constant(value)
        elif isinstance(value, Operation):
            self.operation(value)
        elif isinstance(value, Infix):
            self.infix(value)
        elif isinstance(value, Choice):
            self.choice(value)
        else:
            assert isinstance(value, Shape)
            self.shape(value)

    def shape(self, shape: Shape) -> None:
        # Where a number is NULL there is no shape.
        is_known = all(isinstance(part, Constant) and part.value is not None for part in shape.parts)
        if not is_known:
            self.add("case when num_nulls(")
            self.listed(shape.parts)
            self.add(") = 0 then ")
        self.add("array[")
        self.listed(shape.parts)
        self.add("]::double precision[]")
        self.add("" if is_known else " end")

    def constant(self, constant: Constant) -> None:
        self.parts.append(sql.Literal(constant.value))
        if isinstance(constant.value, float):
            self.add("::double precision")
        elif constant.type.kind in _CASTS:
            self.add(_CASTS[constant.type.kind])

    def operation(self, operation: Operation) -> None:
        for piece in _pieces(operation.template):
            if not isinstance(piece, int):
                self.parts.append(piece)
                continue
            operand = operation.operands[piece]
            if isinstance(operand, Rows):
                self.inner_rows(operand)
            else:
                self.value(operand)

    def infix(self, infix: Infix) -> None:
        self.add("(")
        self.value(infix.operands[0])
        for operator, operand in zip(infix.operators, infix.operands[1:], strict=True):
            self.add(f" {operator} ")
            self.value(operand)
        self.add(")")

    def choice(self, choice: Choice) -> None:
        self.add("(")
        self.value(choice.operand)
        self.add(" not in (" if choice.negated else " in (")
        self.listed(choice.choices)
        self.add("))")

    def listed(self, values: tuple[Value, ...]) -> None:
        for index, value in enumerate(values):
            self.add(", " if index else "")
            self.value(value)
