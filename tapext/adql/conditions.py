"""Conditions: comparisons between values of one type, and what an index can answer of them."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from tapext.adql import tree
from tapext.adql.calls import CallResolver
from tapext.adql.catalogue import Catalogue
from tapext.adql.convert import to_text
from tapext.adql.geometry import GEOMETRY, is_near, points_of
from tapext.adql.guards import guard, guard_group, has_aggregate, may_fail
from tapext.adql.indexes import circle
from tapext.adql.negation import negate
from tapext.adql.scope import RowsLeaf, TableLeaf
from tapext.adql.typed import CONDITION, NOTHING, Choice, Constant, Infix, Operation, Value
from tapext.adql.types import NUMERIC, TEXTUAL, Kind
from tapext.adql.walk import references

_MIRROR = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
# What a whole number has to be at least for a comparison with a number to be true, where that may be above 1.
_LEAST: dict[str, Callable[[float], float]] = {"=": lambda n: n, ">=": lambda n: n, ">": lambda n: n + 1}
_COMPARE = {"=": eq, "<>": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
_PREDICATES = frozenset(("CONTAINS", "INTERSECTS"))
_NEARER = frozenset(("<", "<="))
_LARGEST_FACTOR = 1e9


class ConditionResolver(CallResolver):
    """Resolves conditions."""

    def __init__(self, query: tree.Query, catalogue: Catalogue) -> None:
        super().__init__(query, catalogue)
        # Under NOT an index twin would let rows through that it cannot judge.
        self.under_not = False
        self.in_having = False
        self._conditions: dict[type[tree.Node], Callable[[Any], Value]] = {
            tree.Comparison: self._comparison,
            tree.Between: self._between,
            tree.In: self._in,
            tree.Like: self._like,
            tree.IsNull: self._is_null,
            tree.Exists: self._exists,
            tree.Not: self._not,
            tree.And: self._joined,
            tree.Or: self._joined,
        }

    def condition(self, node: tree.Condition) -> Value:
        """Resolve a condition."""
        return self._conditions[type(node)](node)

    def _guarded(self, value: Value) -> Value:
        """Keep a value from being computed for hidden rows, if it could fail."""
        if not may_fail(value):
            return value
        if self.in_having:
            return value if has_aggregate(value) else guard_group(value)
        numbers = []
        seen = self.scope.numbers()
        for number in dict.fromkeys(found.source for found in references(value)):
            leaf = self.leaves[number]
            if number not in seen:
                continue  # of a sub-query, which guards its own
            if isinstance(leaf, RowsLeaf):
                leaf.fenced = True
            elif isinstance(leaf, TableLeaf) and leaf.table.has_hidden:
                numbers.append(number)
        return guard(value, numbers)

    def _value(self, node: tree.Value) -> Value:
        return self._guarded(self.value(node))

    def _joined(self, node: tree.And | tree.Or) -> Value:
        word = "and" if isinstance(node, tree.And) else "or"
        operands = tuple([self._conditions[type(part)](part) for part in node.operands])
        return Infix(CONDITION, NOTHING, operands, (word,) * (len(operands) - 1))

    def _not(self, node: tree.Not) -> Value:
        opposite = negate(node.operand)
        if not isinstance(opposite, tree.Not):
            return self.condition(opposite)
        return Operation(CONDITION, NOTHING, "(not {0})", (self.condition(node.operand),))

    def _exists(self, node: tree.Exists) -> Value:
        return self._guarded(Operation(CONDITION, NOTHING, "exists ({0})", (self.nested_rows(node.query),)))

    def _is_null(self, node: tree.IsNull) -> Value:
        template = "({0} is not null)" if node.negated else "({0} is null)"
        return Operation(CONDITION, NOTHING, template, (self._value(node.operand),))

    def _comparison(self, node: tree.Comparison) -> Value:
        for value, operator, limit in (
            (node.left, node.operator, node.right),
            (node.right, _MIRROR[node.operator], node.left),
        ):
            call, other = _in_degrees(value, limit) if operator in _NEARER else (value, limit)
            if isinstance(call, tree.Call | tree.Column):
                special = self._comparison_of_call(node, call, operator, other)
                if special is not None:
                    return special
        left, right = self.comparable([self._value(node.left), self._value(node.right)], node)
        return Infix(CONDITION, NOTHING, (left, right), (node.operator,))

    def _comparison_of_call(
        self, node: tree.Comparison, call: tree.Call | tree.Column, operator: str, other: tree.Value
    ) -> Value | None:
        number = _literal(other)
        if isinstance(call, tree.Call):
            name = call.name.upper()
            if name in _PREDICATES and number is not None:
                return self._comparison_of_predicate(call, operator, number)
            if name == "DISTANCE" and operator in _NEARER:
                return self._nearness(call, operator, other)
        value = None if number is None else self.value(call)
        if value is None or number is None or self.counts.find(value) is None:
            return None
        values = self.comparable([value, self.value(other)], node)
        check = self._guarded(Infix(CONDITION, NOTHING, tuple(values), (operator,)))
        for_one, for_zero = (_COMPARE[operator](given, number) for given in (1, 0))
        least = _LEAST[operator](number) if operator in _LEAST else 1
        return self._beside_index(value, check, least, for_zero=for_zero, for_one=for_one)

    def _comparison_of_predicate(self, call: tree.Call, operator: str, number: float) -> Value | None:
        """Take CONTAINS or INTERSECTS for a condition where the comparison asks for its 1 or its 0."""
        for_one, for_zero = (_COMPARE[operator](value, number) for value in (1, 0))
        if for_one == for_zero:
            return None
        outside, self.under_not = self.under_not, for_zero
        condition = self._guarded(self._predicate(call))
        self.under_not = outside
        return condition if for_one else Operation(CONDITION, NOTHING, "(not {0})", (condition,))

    def _predicate(self, call: tree.Call) -> Value:
        arguments = [self.value(argument) for argument in call.arguments]
        exact = self.shaped(call, GEOMETRY[call.name.upper()], arguments)
        return exact if self.under_not or self.in_having else self.indexes.beside(exact, *arguments)

    def _nearness(self, call: tree.Call, operator: str, limit: tree.Value) -> Value:
        arguments = [self.value(argument) for argument in call.arguments]
        one, other = self.shaped(call, points_of, arguments)
        radius = self.value(limit)
        if not radius.type.is_number:
            raise self.error(limit, f"A DISTANCE is a number of degrees, not {radius.type.words}")
        exact = self._guarded(is_near(one, other, radius, operator))
        if self.under_not or self.in_having or may_fail(radius):
            return exact
        return self.indexes.beside(exact, one, circle(other, radius))

    def _beside_index(
        self,
        value: Value,
        check: Value,
        least: float,
        *,
        for_zero: bool,
        for_one: bool = False,
    ) -> Value:
        """Put what an index can answer beside a check of a value, if there is such an index.

        `for_zero` is what the check says of 0, `least` the least whole number from 1 on of which it can be
        true. The index knows where the function is neither 0 nor NULL, and where a count is not less than
        some numbers, so it helps where that is told. Where the function is 1 there, a check that is true of
        1 says no more.
        """
        found = self.counts.find(value)
        if found is None or for_zero or self.in_having or may_fail(found[1]):
            # A twin would fail as the function does, and needs to be free for an index to answer it.
            return check
        twin = self.counts.condition(value, least)
        if twin is not None and found[0].boolean and for_one and not self.under_not:
            return twin
        return check if twin is None else Infix(CONDITION, NOTHING, (twin, check), ("and",))

    def comparable(self, values: list[Value], node: tree.Node) -> list[Value]:
        """Make values comparable with each other."""
        values = self.alike(values, node)
        kinds = {value.type.kind for value in values} - {Kind.NULL}
        if kinds <= set(NUMERIC) or kinds in ({Kind.TIMESTAMP}, {Kind.UUID}):
            return values
        if kinds <= set(TEXTUAL):
            return [to_text(value) for value in values]
        unfit = next(
            (value for value in values if value.type.kind not in (*NUMERIC, *TEXTUAL, Kind.TIMESTAMP)), None
        )
        if unfit is not None:
            raise self.error(node, f"Comparisons do not take {unfit.type.words}")
        words = " with ".join(dict.fromkeys(value.type.words for value in values))
        advice = ": write a number without quotes" if any(map(_is_number_in_quotes, values)) else ": use CAST"
        raise self.error(node, f"Cannot compare {words}{advice}")

    def _between(self, node: tree.Between) -> Value:
        operand = self.value(node.operand)
        parts = [self._guarded(operand), self._value(node.low), self._value(node.high)]
        word = "not between" if node.negated else "between"
        values = tuple(self.comparable(parts, node))
        check = Operation(CONDITION, NOTHING, f"({{0}} {word} {{1}} and {{2}})", values)
        low, high = _literal(node.low), _literal(node.high)
        if low is None or high is None:
            return check
        least = 1 if node.negated else low
        return self._beside_index(operand, check, least, for_zero=(low <= 0 <= high) != node.negated)

    def _in(self, node: tree.In) -> Value:
        value = self.value(node.operand)
        operand = self._guarded(value)
        if isinstance(node.choices, tuple):
            values = [operand, *[self._value(choice) for choice in node.choices]]
            first, *choices = self.comparable(values, node)
            check = Choice(CONDITION, NOTHING, first, tuple(choices), node.negated)
            numbers = [number for choice in node.choices if (number := _literal(choice)) is not None]
            if len(numbers) < len(node.choices):
                return check
            least = 1 if node.negated else min(numbers)
            return self._beside_index(value, check, least, for_zero=(0 in numbers) != node.negated)
        rows = self.nested_rows(node.choices)
        if len(rows.outputs) != 1:
            raise self.error(node, f"The query after IN has one column, not {len(rows.outputs)}")
        inside = rows.outputs[0].value
        operand, compared = self.comparable([operand, inside], node)
        wanted = operand.type if compared.type.kind is Kind.NULL else compared.type
        if wanted is not inside.type:
            rows = self.retyped(rows, [wanted])
        word = "not in" if node.negated else "in"
        return self._guarded(Operation(CONDITION, NOTHING, f"({{0}} {word} ({{1}}))", (operand, rows)))

    def _like(self, node: tree.Like) -> Value:
        word = "ILIKE" if node.ignore_case else "LIKE"
        operand, pattern = (self._text_to_match(part, word) for part in (node.operand, node.pattern))
        operator = f"not {word.lower()}" if node.negated else word.lower()
        # ADQL has no escape character; PostgreSQL's would be the backslash.
        return Operation(CONDITION, NOTHING, f"({{0}} {operator} {{1}} escape '')", (operand, pattern))

    def _text_to_match(self, node: tree.Value, word: str) -> Value:
        value = self._value(node)
        if value.type.kind is Kind.TIMESTAMP:
            return to_text(value, always=True)
        if not value.type.is_text:
            raise self.error(node, f"{word} takes a text, not {value.type.words}: use CAST(... AS VARCHAR)")
        return to_text(value)


def _literal(node: tree.Value) -> float | None:
    """Give the number that a node is, with its sign."""
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Signed) and isinstance(node.operand, tree.Number):
        return node.operand.value if node.sign == "+" else -node.operand.value
    return None


def _in_degrees(value: tree.Value, limit: tree.Value) -> tuple[tree.Value, tree.Value]:
    """Compare DISTANCE itself where a multiple of it is compared with a number, as of arcseconds."""
    number = _literal(limit)
    if not isinstance(value, tree.Chain) or value.operators != ("*",) or number is None or number < 0:
        return value, limit
    for call, factor in (value.operands, value.operands[::-1]):
        is_distance = isinstance(call, tree.Call) and call.name.upper() == "DISTANCE"
        if is_distance and isinstance(factor, tree.Number) and 0 < factor.value <= _LARGEST_FACTOR:
            return call, tree.Number(number / factor.value, at=limit.at)
    return value, limit


def _is_number_in_quotes(value: Value) -> bool:
    text = value.value if isinstance(value, Constant) else None
    try:
        return isinstance(text, str) and float(text) is not None
    except ValueError:
        return False
