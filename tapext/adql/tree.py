"""The tree of an ADQL query. `at` is an offset into the query's text and never part of equality.

Chains of one precedence are kept flat (`a OR b OR c` is one node), so that long queries do not nest deeply.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands at a place of the text."""

    at: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """An identifier; a delimited one keeps its case."""

    text: str
    delimited: bool = False


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An unsigned number: an int as it was written, or a float."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text literal, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Null(Node):
    """NULL as a value."""


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A column reference: up to catalog, schema, table and column."""

    path: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Signed(Node):
    """+ or - before a value."""

    sign: str
    operand: Value


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operands joined from left to right by operators of one precedence: + -, * /, or ||."""

    operands: tuple[Value, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function, standard or user defined; the name in the user's case."""

    name: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """AVG, COUNT, MAX, MIN or SUM; no operand is COUNT(*)."""

    name: str
    operand: Value | None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Cast(Node):
    """CAST(operand AS target): the target in capitals, with a length where one was given."""

    operand: Value
    target: str
    length: int | None = None


@dataclass(frozen=True, slots=True)
class SubQuery(Node):
    """A query as a value: one column, at most one row (ADQL's grammar lacks it, its users do not)."""

    query: Selection


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Two values compared by = <> < > <= or >=."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Between(Node):
    """operand [NOT] BETWEEN low AND high."""

    operand: Value
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """operand [NOT] IN a list of values or a query."""

    operand: Value
    choices: tuple[Value, ...] | Selection
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Node):
    """operand [NOT] LIKE pattern, or ILIKE."""

    operand: Value
    pattern: Value
    negated: bool = False
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class IsNull(Node):
    """operand IS [NOT] NULL."""

    operand: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Exists(Node):
    """EXISTS (query)."""

    query: Selection


@dataclass(frozen=True, slots=True)
class Not(Node):
    """NOT condition."""

    operand: Condition


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of two or more conditions."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Any of two or more conditions."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Star(Node):
    """`*`, or `table.*`."""

    qualifier: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Item(Node):
    """A value of the select list and its alias."""

    value: Value
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A table of FROM: up to catalog, schema and table, and its alias."""

    path: tuple[Name, ...]
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Derived(Node):
    """A query in FROM under an alias."""

    query: Selection
    alias: Name


@dataclass(frozen=True, slots=True)
class Join(Node):
    """What is joined to the sources on its left: NATURAL, ON a condition, or USING columns."""

    kind: str
    source: Source
    natural: bool = False
    condition: Condition | None = None
    using: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """A source and what is joined to it from left to right."""

    first: Source
    joins: tuple[Join, ...]


@dataclass(frozen=True, slots=True)
class Select(Node):
    """SELECT up to HAVING."""

    items: tuple[Item | Star, ...]
    sources: tuple[Source, ...]
    distinct: bool = False
    top: int | None = None
    where: Condition | None = None
    group_by: tuple[Value, ...] = ()
    having: Condition | None = None


@dataclass(frozen=True, slots=True)
class SetOperation(Node):
    """Operands joined from left to right by UNION and EXCEPT, or by INTERSECT; `all` keeps duplicates."""

    operands: tuple[Select | SetOperation | Selection, ...]
    operators: tuple[str, ...]
    all: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Order(Node):
    """A sort key: a position in the select list (an int) or a value."""

    key: Value | int
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Selection(Node):
    """A SELECT or set operation with its ORDER BY and OFFSET."""

    body: Select | SetOperation | Selection
    order_by: tuple[Order, ...] = ()
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class With(Node):
    """A common table expression."""

    name: Name
    query: Selection


@dataclass(frozen=True, slots=True)
class Query(Node):
    """A whole query and the text that it was read from."""

    selection: Selection
    withs: tuple[With, ...] = ()
    text: str = field(default="", compare=False)


Value: TypeAlias = Number | Text | Null | Column | Signed | Chain | Call | Aggregate | Cast | SubQuery
Condition: TypeAlias = Comparison | Between | In | Like | IsNull | Exists | Not | And | Or
Source: TypeAlias = Table | Derived | Joined

CONDITIONS = (Comparison, Between, In, Like, IsNull, Exists, Not, And, Or)
