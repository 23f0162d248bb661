"""Resolved values to SQL.

Every word of SQL is ours: relations, columns and functions come from the catalogue, aliases are numbered
(t1, c1). Of the user's text only literals are left, each quoted by psycopg.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any

from psycopg import sql

from tapext.adql.opening import is_distance
from tapext.adql.shapes import known_number
from tapext.adql.typed import (
    Choice,
    Constant,
    Infix,
    Operation,
    Reference,
    Rows,
    Shape,
    Value,
)
from tapext.adql.types import Kind

_PLACE = re.compile(r"\{(\d+)\}")
_CASTS = {Kind.TIMESTAMP: "::timestamp", Kind.UUID: "::uuid"}


@lru_cache(4096)
def _text(fixed: Any) -> sql.SQL:
    # Words of this program and of the headers in sql/functions, never of a user.
    return sql.SQL(fixed)


@lru_cache(1024)
def _pieces(template: str) -> tuple[sql.SQL | int, ...]:
    pieces = _PLACE.split(template)
    return tuple(int(piece) if place % 2 else _text(piece) for place, piece in enumerate(pieces) if piece)


class ValueWriter(ABC):
    """Appends SQL to a flat list."""

    def __init__(self) -> None:
        self.parts: list[sql.Composable] = []
        # Inside a sub-query, which may use columns of the query around it.
        self.in_value = False
        # In a search that is complete by its statement, an index may answer by a distance.
        self.by_index = False

    @abstractmethod
    def inner_rows(self, rows: Rows) -> None:
        """Write a query that stands in another."""

    def add(self, fixed: str) -> None:
        """Write words of our own."""
        self.parts.append(_text(fixed))

    def number(self, word: str, number: int | None) -> None:
        """Write a number behind a word, if there is one."""
        if number is not None:
            self.add(word)
            self.parts.append(sql.Literal(number))

    def output(self, value: Value) -> None:
        """Write a column of a result: a bare constant has no type there."""
        self.value(value)
        if isinstance(value, Constant) and value.type.kind in (Kind.TEXT, Kind.NULL):
            self.add("::text")

    def expression(self, value: Value) -> None:
        """Write a key of ORDER BY or GROUP BY: a bare constant would be a position there."""
        self.value(value)
        if isinstance(value, Constant) or known_number(value) is not None:
            self.add(f"::{value.type.storage}")

    def value(self, value: Value) -> None:
        """Write a value or a condition."""
        if isinstance(value, Reference):
            self.parts.append(sql.Identifier(f"t{value.source}", value.column))
        elif isinstance(value, Constant):
            self.constant(value)
        elif is_distance(value) and not self.by_index:
            # No index knows this expression, and no digit of it changes.
            self.add("(")
            self.operation(value)
            self.add(" + 0)")
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
        """Write a geometry: where a number is NULL there is none."""
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
        """Write a literal."""
        self.parts.append(sql.Literal(constant.value))
        if isinstance(constant.value, float):
            self.add("::double precision")
        elif constant.type.kind in _CASTS:
            self.add(_CASTS[constant.type.kind])

    def operation(self, operation: Operation) -> None:
        """Write SQL of our own with its operands."""
        for piece in _pieces(operation.template):
            if not isinstance(piece, int):
                self.parts.append(piece)
                continue
            operand = operation.operands[piece]
            if isinstance(operand, Rows):
                outside, self.in_value = self.in_value, True
                self.inner_rows(operand)
                self.in_value = outside
            else:
                self.value(operand)

    def infix(self, infix: Infix) -> None:
        """Write operands with the operators between them."""
        self.add("(")
        self.value(infix.operands[0])
        for operator, operand in zip(infix.operators, infix.operands[1:], strict=True):
            self.add(f" {operator} ")
            self.value(operand)
        self.add(")")

    def choice(self, choice: Choice) -> None:
        """Write operand [NOT] IN a list."""
        self.add("(")
        self.value(choice.operand)
        self.add(" not in (" if choice.negated else " in (")
        self.listed(choice.choices)
        self.add("))")

    def listed(self, values: tuple[Value, ...]) -> None:
        """Write values with commas between them."""
        for index, value in enumerate(values):
            self.add(", " if index else "")
            self.value(value)
