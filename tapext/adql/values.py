"""Values: from the tree to typed values, each name looked up and each argument checked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from caomai.errors import QueryError
from tapext.adql import tree
from tapext.adql.catalogue import Catalogue
from tapext.adql.convert import as_type, same_nulls, to_kind, to_text
from tapext.adql.guards import has_aggregate
from tapext.adql.lexer import error_at
from tapext.adql.meaning import of_aggregate, of_chain
from tapext.adql.scope import Leaf, Scope, shown_name
from tapext.adql.spelling import nearest
from tapext.adql.typed import (
    NOTHING,
    About,
    AggregateValue,
    Constant,
    Infix,
    Operation,
    Rows,
    Shape,
    Value,
)
from tapext.adql.types import (
    BIGINT,
    DOUBLE,
    INTEGER,
    NAMED,
    NULL,
    NUMERIC,
    TEXT,
    UNICODE,
    WHOLE,
    Kind,
    Type,
    joint_number,
    number_type,
    text_type,
)
from tapext.adql.walk import references
from tapext.adql.words import CLAUSE_WORDS

# PostgreSQL nests what stands in a row, and fails at some 4,000 levels.
_MAX_OPERANDS = 2_000
# PostgreSQL also takes words such as now, and dates by the order of their parts in one country.
_DAY, _HOUR = r"\d\d\d\d-\d\d-\d\d", r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
_TEXT_TO_TIME = f"regexp_replace({{0}}, '^(?!\\s*{_DAY}({_HOUR})?Z?\\s*$)', 'no date: ')::timestamp"
# In so many tables a column may be for its name to say which table was forgotten.
_FEW = 2
_COMPARABLE = (*NUMERIC, Kind.TEXT, Kind.UUID, Kind.TIMESTAMP, Kind.NULL)


class ValueResolver(ABC):
    """Resolves values in the scope of the SELECT at hand."""

    def __init__(self, query: tree.Query, catalogue: Catalogue) -> None:
        self.text = query.text
        self.catalogue = catalogue
        self.scope = Scope([])
        # The clause in which no aggregate may stand, "" where one may.
        self.without_aggregates = ""
        # The aliases that ORDER BY may use: name -> value.
        self.aliases: dict[str, Value] = {}
        # The aliases of the SELECT at hand, which its WHERE may not use.
        self.output_names: set[str] = set()
        self.vector_ids: list[str] = []
        self.object_ids: list[int] = []
        self.aggregates_met = 0
        self._resolvers: dict[type[tree.Node], Callable[[Any], Value]] = {
            tree.Number: lambda node: Constant(number_type(node.value), NOTHING, node.value),
            tree.Text: lambda node: Constant(TEXT if node.value.isascii() else UNICODE, NOTHING, node.value),
            tree.Null: lambda _: Constant(NULL, NOTHING, None),
            tree.Column: self._column,
            tree.Signed: self._signed,
            tree.Chain: self._chain,
            tree.Call: self.call,
            tree.Aggregate: self._aggregate,
            tree.Cast: self._cast,
            tree.SubQuery: self._sub_query,
        }

    @abstractmethod
    def nested_rows(self, query: tree.Selection) -> Rows:
        """Resolve a query inside the present scope."""

    @abstractmethod
    def retyped(self, rows: Rows, types: list[Type]) -> Rows:
        """Give the outputs of a query other types."""

    @abstractmethod
    def call(self, node: tree.Call) -> Value:
        """Resolve a call."""

    def error(self, node: tree.Node, message: str) -> QueryError:
        """Make the error of a mistake at a node."""
        return error_at(self.text, node.at, message)

    def value(self, node: tree.Value) -> Value:
        """Resolve a value."""
        return self._resolvers[type(node)](node)

    def number(self, node: tree.Value, user: str) -> Value:
        """Resolve a value that must be a number; `user` is what takes it."""
        value = self.value(node)
        if not value.type.is_number:
            raise self.error(node, f"{user} takes a number, not {value.type.words}")
        # PostgreSQL does not know which operator is meant for NULL alone.
        return as_type(value, INTEGER) if value.type.kind is Kind.NULL else value

    def string(self, node: tree.Value, user: str) -> Value:
        """Resolve a value that must be a text."""
        value = self.value(node)
        if not value.type.is_text:
            raise self.error(node, f"{user} takes a text, not {value.type.words}: use CAST(... AS VARCHAR)")
        return to_text(value)

    def _column(self, node: tree.Column) -> Value:
        scope: Scope | None = self.scope
        while scope is not None:
            found = scope.find(node.path)
            if len(found) == 1:
                return found[0]
            if found:
                name = ".".join(part.text for part in node.path)
                raise self.error(
                    node, f"The column {name} is ambiguous: write the name of its table or an alias before it"
                )
            if scope is self.scope and len(node.path) == 1:
                alias = self.aliases.get(node.path[0].text.lower())
                if alias is not None:
                    return alias
            scope = scope.outer
        raise self._unknown_column(node)

    def _unknown_column(self, node: tree.Column) -> QueryError:
        *qualifier, name = node.path
        leaves: list[Leaf] = []
        scope: Scope | None = self.scope
        while scope is not None:
            leaves.extend(scope.leaves())
            scope = scope.outer
        if qualifier:
            meant = [leaf for leaf in leaves if leaf.answers(tuple(qualifier))]
            if not meant:
                written = ".".join(part.text for part in qualifier)
                known = [shown_name(leaf) for leaf in leaves]
                return self.error(
                    node, f"There is no table or alias {written} in FROM{nearest(written, known)}"
                )
            leaves = meant
        elif name.text.lower() in self.output_names:
            return self.error(node, f"The alias {name.text} cannot be used here: write its expression again")
        known = [column for leaf in leaves for column, _ in leaf.columns()]
        place = f" in {'.'.join(part.text for part in qualifier)}" if qualifier else ""
        hint = (
            ("" if name.delimited else self._elsewhere(name))
            or nearest(name.text, known)
            or ("" if place else nearest(name.text, CLAUSE_WORDS))
            or (": a text stands in single quotes" if name.delimited else "")
        )
        return self.error(node, f"There is no column {name.text}{place}{hint}")

    def _elsewhere(self, name: tree.Name) -> str:
        tables = [table.name for table in self.catalogue.tables if name.text.lower() in table.by_name]
        return f"; there is one in {' and '.join(tables)}" if 0 < len(tables) <= _FEW else ""

    def _signed(self, node: tree.Signed) -> Value:
        operand = self.number(node.operand, f"The sign {node.sign}")
        if node.sign == "+":
            return operand
        return Operation(joint_number([operand.type]), About(unit=operand.about.unit), "(- {0})", (operand,))

    def _chain(self, node: tree.Chain) -> Value:
        if len(node.operands) > _MAX_OPERANDS:
            raise self.error(node, f"A calculation has at most {_MAX_OPERANDS:,} operands in a row")
        if node.operators[0] == "||":
            texts = tuple([self.string(part, "||") for part in node.operands])
            return Infix(text_type([text.type for text in texts]), NOTHING, texts, node.operators)
        operands = []
        for operator, part in zip(("", *node.operators), node.operands, strict=True):
            operands.append(self.number(part, f"The operator {operator or node.operators[0]}"))
        about = of_chain(operands, node.operators)
        return Infix(
            joint_number([operand.type for operand in operands]), about, tuple(operands), node.operators
        )

    def alike(self, values: list[Value], node: tree.Node) -> list[Value]:
        """Turn dates and UUIDs in quotes into such beside such values, and NULL into their type."""
        values = same_nulls(values)
        kinds = {value.type.kind for value in values}
        if Kind.TEXT in kinds and Kind.TIMESTAMP in kinds:
            return [self.timestamp(value, node) if _is_text(value) else value for value in values]
        if Kind.TEXT in kinds and Kind.UUID in kinds:
            found = [to_kind(value, Kind.UUID) if _is_text(value) else value for value in values]
            one_kind = {value.type.kind for value in found} <= {Kind.UUID, Kind.NULL}
            return found if one_kind else [to_text(value) for value in values]
        return values

    def timestamp(self, value: Value, node: tree.Node) -> Value:
        """Turn a text literal into a timestamp, which it must be able to be."""
        converted = to_kind(value, Kind.TIMESTAMP)
        if converted is value and isinstance(value, Constant):
            shown = str(value.value)[:40]
            advice = "a date such as 2020-01-31 or 2020-01-31T12:00:00"
            raise self.error(node, f"'{shown}' is not {advice}")
        return converted

    def _aggregate(self, node: tree.Aggregate) -> Value:
        if self.without_aggregates:
            raise self.error(
                node, f"{node.name} is an aggregate and may not stand in {self.without_aggregates}"
            )
        self.aggregates_met += 1
        if node.operand is None:
            return AggregateValue(BIGINT, About(ucd="meta.number"), "count(*)", ())
        outside, self.without_aggregates = self.without_aggregates, "another aggregate"
        operand = self.value(node.operand)
        self.without_aggregates = outside
        if has_aggregate(operand):
            raise self.error(node, f"{node.name} may not hold another aggregate, also not by its alias")
        seen = self.scope.numbers().intersection(found.source for found in references(operand))
        if seen and seen.isdisjoint(leaf.number for leaf in self.scope.leaves()):
            raise self.error(node, f"{node.name} in a sub-query takes columns of this sub-query")
        return self._aggregate_of(node, operand)

    def _aggregate_of(self, node: tree.Aggregate, operand: Value) -> Value:
        word = "distinct " if node.distinct else ""
        if node.name == "COUNT":
            return AggregateValue(BIGINT, About(ucd="meta.number"), f"count({word}{{0}})", (operand,))
        if node.name in ("MIN", "MAX"):
            if operand.type.kind not in _COMPARABLE:
                raise self.error(node, f"{node.name} does not take {operand.type.words}")
            text = to_text(operand)
            return AggregateValue(
                text.type, of_aggregate(node.name, operand), f"{node.name.lower()}({word}{{0}})", (text,)
            )
        if not operand.type.is_number:
            raise self.error(node, f"{node.name} takes a number, not {operand.type.words}")
        about = of_aggregate(node.name, operand)
        if node.name == "SUM" and operand.type.kind in WHOLE:
            return AggregateValue(BIGINT, about, f"sum({word}{{0}})::bigint", (operand,))
        return AggregateValue(
            DOUBLE, about, f"{node.name.lower()}({word}{{0}}::double precision)", (operand,)
        )

    def _cast(self, node: tree.Cast) -> Value:
        operand = self.value(node.operand)
        if node.target in ("POINT", "CIRCLE", "POLYGON") or isinstance(operand, Shape):
            raise self.error(node, "CAST to or from a geometry is not supported")
        target = NAMED[node.target]
        about = replace(operand.about, name="")
        if target.kind in NUMERIC:
            if not (operand.type.is_number or operand.type.kind is Kind.TEXT):
                raise self.error(
                    node, f"CAST to {node.target} takes a number or a text, not {operand.type.words}"
                )
            return Operation(target, about, f"{{0}}::{target.storage}", (operand,))
        if target.kind is Kind.TIMESTAMP:
            return self._cast_timestamp(node, operand)
        return self._cast_text(node, operand)

    def _cast_timestamp(self, node: tree.Cast, operand: Value) -> Value:
        if isinstance(operand, Constant) and operand.type.kind is Kind.TEXT:
            return self.timestamp(operand, node.operand)
        if operand.type.kind not in (Kind.TEXT, Kind.TIMESTAMP, Kind.NULL):
            raise self.error(node, f"CAST to TIMESTAMP takes a text, not {operand.type.words}")
        template = _TEXT_TO_TIME if operand.type.kind is Kind.TEXT else "{0}::timestamp"
        return Operation(NAMED["TIMESTAMP"], NOTHING, template, (operand,))

    def _cast_text(self, node: tree.Cast, operand: Value) -> Value:
        text = to_text(operand, always=True)
        if text.type.kind not in (Kind.TEXT, Kind.NULL):
            raise self.error(node, f"CAST to {node.target} does not take {operand.type.words}")
        about = replace(operand.about, name="", unit=None)
        if node.length is None:
            return Operation(text_type([text.type]), about, "{0}::text", (text,))
        padded = node.target == "CHAR"
        storage = f"{'character' if padded else 'varchar'}({node.length})"
        letters = text_type([text.type]).datatype
        sized = Type(Kind.TEXT, letters, f"{node.length}{'' if padded else '*'}", None, storage)
        return Operation(sized, about, f"{{0}}::{storage}", (text,))

    def _sub_query(self, node: tree.SubQuery) -> Value:
        rows = self.nested_rows(node.query)
        if len(rows.outputs) != 1:
            raise self.error(node, f"A query in the place of a value has one column, not {len(rows.outputs)}")
        only = rows.outputs[0].value
        return Operation(only.type, replace(only.about, name=""), "({0})", (rows,))


def _is_text(value: Value) -> bool:
    return isinstance(value, Constant) and value.type.kind is Kind.TEXT
