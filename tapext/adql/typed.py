"""A query with all names resolved and all types known: no text of the user but its literals is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tapext.adql.types import Kind, Type

CONDITION = Type(Kind.OTHER, "boolean", storage="boolean")


@dataclass(frozen=True, slots=True)
class About:
    """What TAP_SCHEMA says of a column, as far as it holds for a value made from it."""

    name: str = ""
    unit: str | None = None
    ucd: str | None = None
    utype: str | None = None
    description: str | None = None


NOTHING = About()


@dataclass(frozen=True, slots=True)
class Value:
    """A value or a condition."""

    type: Type
    about: About


@dataclass(frozen=True, slots=True)
class Constant(Value):
    """A literal of its type: a number, a text (also of a timestamp or UUID), or NULL."""

    value: int | float | str | None


@dataclass(frozen=True, slots=True)
class Reference(Value):
    """A column of the source with a number."""

    source: int
    column: str


@dataclass(frozen=True, slots=True)
class Operation(Value):
    """SQL of our own with places {0}, {1} for operands; a `total` one never fails, whatever they are."""

    template: str
    operands: tuple[Value | Rows, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Infix(Value):
    """Operands in a row with an operator between each two."""

    operands: tuple[Value, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """operand [NOT] IN a list."""

    operand: Value
    choices: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Shape(Value):
    """A geometry of numbers in degrees: ra, dec (a point), with a radius (a circle), or several pairs."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AggregateValue(Operation):
    """An aggregate: what stands in it need not be grouped."""


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a result; in SQL it is called c1, c2, ... by its place."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class TableSource:
    """A relation, or those of its rows that belong to a map."""

    number: int
    relation: tuple[str, ...]
    map_id: int | None


@dataclass(frozen=True, slots=True)
class CommonSource:
    """A use of the common table expression with an index."""

    number: int
    index: int


@dataclass(frozen=True, slots=True)
class DerivedSource:
    """A query in FROM; from a fenced one, conditions of the query around it stay out."""

    number: int
    rows: Rows
    fenced: bool


@dataclass(frozen=True, slots=True)
class JoinSource:
    """Two sources joined on a condition; None joins all with all."""

    kind: str
    left: Source
    right: Source
    condition: Value | None


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT up to HAVING."""

    outputs: tuple[Output, ...]
    sources: tuple[Source, ...]
    distinct: bool = False
    where: Value | None = None
    group_by: tuple[Value, ...] = ()
    having: Value | None = None


@dataclass(frozen=True, slots=True)
class SetOperation:
    """Operands joined from left to right; `outputs` describe the result."""

    outputs: tuple[Output, ...]
    operands: tuple[Rows, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key: the place of an output (an int, from 1) or a value."""

    key: Value | int
    descending: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in an order, from an offset, up to a number."""

    body: Select | SetOperation
    order_by: tuple[Order, ...] = ()
    offset: int | None = None
    limit: int | None = None

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Give the columns."""
        return self.body.outputs


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query with its common table expressions, and the images whose search vectors it needs."""

    rows: Rows
    withs: tuple[Rows, ...] = ()
    fenced_withs: frozenset[int] = frozenset()
    vector_ids: tuple[str, ...] = ()
    object_ids: tuple[int, ...] = ()


Source: TypeAlias = TableSource | CommonSource | DerivedSource | JoinSource
