"""Values and conditions: one grammar by precedence (ADQL 2.1 appendix A), told apart while it is read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from caomai.errors import QueryError
from tapext.adql import tree
from tapext.adql.cursor import BRACKET, CALL, QUERY, Cursor
from tapext.adql.lexer import INVALID, error_at
from tapext.adql.words import ADVICE, AGGREGATES, FOREIGN_FUNCTIONS, FUNCTION_WORDS, RESERVED

_OR, _AND, _NOT, _COMPARE, _CONCATENATE, _ADD, _MULTIPLY = range(1, 8)

_POWER = {
    "OR": _OR,
    "AND": _AND,
    **dict.fromkeys(
        ("=", "<>", "!=", "<", ">", "<=", ">=", "NOT", "BETWEEN", "IN", "LIKE", "ILIKE", "IS"), _COMPARE
    ),
    "||": _CONCATENATE,
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
}
_COMPARISONS = frozenset(("=", "<>", "!=", "<", ">", "<=", ">="))
_SET_WORDS = frozenset(("UNION", "EXCEPT", "INTERSECT", "ORDER", "OFFSET"))
_NUMBER_TYPES = ("SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE")
_CAST_TARGETS = (*_NUMBER_TYPES, "CHAR", "VARCHAR", "TIMESTAMP", "POINT", "CIRCLE", "POLYGON")
_MAX_LENGTH = 10_485_760
# Greater whole numbers are read as DOUBLE: they fit no BIGINT.
_MAX_WHOLE = 2**63 - 1

_Item = TypeVar("_Item")
Expression = tree.Value | tree.Condition


class ExpressionParser(Cursor):
    """Reads values and conditions; the query parser adds sub-queries."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._readers: dict[str, Callable[[], Expression]] = {
            "name": self._name,
            "quoted": self._name,
            "integer": self._number,
            "number": self._number,
            "text": self._text,
            "NULL": self._null,
            "NOT": self._not,
            "+": self._signed,
            "-": self._signed,
        }

    @abstractmethod
    def selection(self, first: tree.Selection | None = None) -> tree.Selection:
        """Read a query, or what follows its first operand."""

    def value(self, expected: str = "a value") -> tree.Value:
        """Read a value."""
        return self._as_value(self._rest(self._operand(expected), 0), expected)

    def condition(self) -> tree.Condition:
        """Read a condition."""
        return self._as_condition(self._rest(self._operand("a condition"), 0))

    def listed(self, read: Callable[[], _Item]) -> tuple[_Item, ...]:
        """Read one or more items separated by commas."""
        items = [read()]
        while self.accept(","):
            items.append(read())
        return tuple(items)

    def _rest(self, left: Expression, power: int) -> Expression:
        """Read the operators that follow an operand and bind more tightly than `power`."""
        while (level := _POWER.get(self.kind, 0)) > power:
            if level == _COMPARE:
                if isinstance(left, tree.CONDITIONS):
                    raise self.unexpected("AND, OR or the end of the condition")
                left = self._predicate(left)
                continue
            at = left.at
            operands, operators = [left], []
            while _POWER.get(self.kind) == level:
                operators.append(self.advance().kind)
                operand = self._operand("a value" if level > _COMPARE else "a condition")
                operands.append(self._rest(operand, level) if _POWER.get(self.kind, 0) > level else operand)
            if level > _COMPARE:
                values = tuple(self._as_value(operand) for operand in operands)
                left = tree.Chain(values, tuple(operators), at=at)
            else:
                conditions = tuple(self._as_condition(operand) for operand in operands)
                left = (tree.Or if level == _OR else tree.And)(conditions, at=at)
        return left

    def _operand(self, expected: str) -> Expression:
        if self.kind == "(":
            return self._bracket(expected)
        reader = self._readers.get(self.kind)
        return self._keyword(expected) if reader is None else reader()

    def _name(self) -> tree.Value:
        at = self.token.at
        return self._call() if self.peek() == "(" else tree.Column(self.path(4, "a name"), at=at)

    def _text(self) -> tree.Text:
        token = self.advance()
        return tree.Text(token.text, at=token.at)

    def _null(self) -> tree.Null:
        return tree.Null(at=self.advance().at)

    def _not(self) -> tree.Not:
        at = self.advance().at
        if self.kind == "NOT":
            raise self.unexpected("a condition after NOT")
        return tree.Not(self._as_condition(self._rest(self._operand("a condition"), _NOT)), at=at)

    def _keyword(self, expected: str) -> Expression:
        kind, at = self.kind, self.token.at
        called = self.peek() == "("
        if kind in AGGREGATES and called:
            return self._aggregate()
        if kind == "CAST" and called:
            return self._cast()
        if kind == "EXISTS" and called:
            self.advance()
            return tree.Exists(self._query_in_brackets(), at=at)
        if kind in FUNCTION_WORDS and called:
            return self._call()
        if kind in FOREIGN_FUNCTIONS and called:
            raise self.error(f"{kind} is not ADQL: {FOREIGN_FUNCTIONS[kind]}")
        if kind in FUNCTION_WORDS or kind in AGGREGATES:
            raise self.error(f'{kind} is a function: write {kind}(...), or "{self.token.text}" for a name')
        raise self.unexpected(expected)

    def _bracket(self, expected: str) -> Expression:
        at = self.advance().at
        if self.kind == "SELECT":
            query = self._closed_query(None)
            return tree.SubQuery(query, at=at)
        self.enter(BRACKET)
        inner = self._operand(expected)
        if isinstance(inner, tree.SubQuery) and self.kind in _SET_WORDS:
            inner = tree.SubQuery(self.selection(inner.query), at=at)
        if self.kind != ")":
            inner = self._rest(inner, 0)
        self.expect(")", "an operator or )")
        self.leave(BRACKET)
        return inner

    def _query_in_brackets(self) -> tree.Selection:
        self.expect("(")
        return self._closed_query(None)

    def _closed_query(self, first: tree.Selection | None) -> tree.Selection:
        self.enter(QUERY)
        query = self.selection(first)
        self.expect(")", "an operator, a clause or )")
        self.leave(QUERY)
        return query

    def _signed(self) -> tree.Signed:
        sign = self.advance()
        if self.kind in ("+", "-"):
            raise self.unexpected("a value after the sign")
        operand = self._as_value(self._operand("a value after the sign"))
        return tree.Signed(sign.kind, operand, at=sign.at)

    def _number(self) -> tree.Number:
        text, at = self.token.text, self.token.at
        digits = text.lstrip("0") or "0"
        whole = digits.isdigit() and len(digits) <= len(str(_MAX_WHOLE)) and int(digits) <= _MAX_WHOLE
        number = int(digits) if whole else float(text)
        if number == float("inf"):
            raise self.error("This number is too large for a DOUBLE")
        self.advance()
        return tree.Number(number, at=at)

    def _call(self) -> tree.Call:
        token = self.advance()
        if token.kind == "quoted":
            raise error_at(self.text, token.at, "The name of a function is not written in double quotes")
        self.expect("(")
        self.enter(CALL)
        if self.kind == "*":
            raise self.error("Only COUNT takes *")
        arguments = () if self.kind == ")" else self.listed(self.value)
        self.expect(")", "',' or )")
        self.leave(CALL)
        return tree.Call(token.text, arguments, at=token.at)

    def _aggregate(self) -> tree.Aggregate:
        token = self.advance()
        self.expect("(")
        self.enter(CALL)
        operand, distinct = None, False
        if not (token.kind == "COUNT" and self.accept("*")):
            distinct = self.accept("DISTINCT")
            if not distinct:
                self.accept("ALL")
            operand = self.value("a value, DISTINCT or *" if token.kind == "COUNT" else "a value or DISTINCT")
        self.expect(")")
        self.leave(CALL)
        return tree.Aggregate(token.kind, operand, distinct, at=token.at)

    def _cast(self) -> tree.Cast:
        at = self.advance().at
        self.expect("(")
        self.enter(CALL)
        operand = self.value()
        self.expect("AS", "AS and a type")
        if self.kind not in _CAST_TARGETS:
            raise self._no_type()
        target = self.advance().kind
        if target == "DOUBLE":
            self.expect("PRECISION")
        length = self._length() if target in ("CHAR", "VARCHAR") and self.accept("(") else None
        self.expect(")")
        self.leave(CALL)
        return tree.Cast(operand, target, length, at=at)

    def _no_type(self) -> QueryError:
        types = "SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, CHAR, VARCHAR, TIMESTAMP"
        if self.kind in RESERVED and self.kind not in ADVICE:
            return self.error(f"{self.kind} is not a type of ADQL: use one of {types}")
        return self.unexpected(f"one of the types {types}")

    def _length(self) -> int:
        token = self.token
        length = self.whole("a length")
        if not 1 <= length <= _MAX_LENGTH:
            raise error_at(self.text, token.at, f"A length is a number from 1 to {_MAX_LENGTH}")
        self.expect(")")
        return length

    def _predicate(self, left: tree.Value) -> tree.Condition:
        at = left.at
        kind = self.advance().kind
        if kind in _COMPARISONS:
            return tree.Comparison("<>" if kind == "!=" else kind, left, self._compared(), at=at)
        if kind == "IS":
            negated = self.accept("NOT")
            self.expect("NULL", "NULL" if negated else "NULL or NOT NULL")
            return tree.IsNull(left, negated, at=at)
        negated = kind == "NOT"
        if negated:
            if self.kind not in ("BETWEEN", "IN", "LIKE", "ILIKE"):
                raise self.unexpected("BETWEEN, IN, LIKE or ILIKE after NOT")
            kind = self.advance().kind
        if kind == "BETWEEN":
            low = self._compared()
            self.expect("AND", "AND and the upper limit of BETWEEN")
            return tree.Between(left, low, self._compared(), negated, at=at)
        if kind == "IN":
            return tree.In(left, self._choices(), negated, at=at)
        return tree.Like(left, self._compared(), negated, kind == "ILIKE", at=at)

    def _compared(self) -> tree.Value:
        return self._as_value(self._rest(self._operand("a value"), _COMPARE))

    def _choices(self) -> tuple[tree.Value, ...] | tree.Selection:
        self.expect("(", "( and values or a query")
        if self.kind == "SELECT":
            return self._closed_query(None)
        if self.kind == ")":
            raise self.error("IN () is empty: give at least one value")
        self.enter(BRACKET)
        choices = self.listed(self._choice)
        self.expect(")", "',' or )")
        self.leave(BRACKET)
        only = choices[0] if len(choices) == 1 else None
        return only.query if isinstance(only, tree.SubQuery) else choices

    def _choice(self) -> tree.Value:
        operand = self._operand("a value")
        if isinstance(operand, tree.SubQuery) and self.kind in _SET_WORDS:
            operand = tree.SubQuery(self.selection(operand.query), at=operand.at)
        return self._as_value(self._rest(operand, 0))

    def _as_value(self, found: Expression, expected: str = "a value") -> tree.Value:
        if isinstance(found, tree.CONDITIONS):
            raise error_at(self.text, found.at, f"Expected {expected}, found a condition")
        return found

    def _as_condition(self, found: Expression) -> tree.Condition:
        if isinstance(found, tree.CONDITIONS):
            return found
        if self.kind == INVALID or self.token.text.upper() in ADVICE:
            raise self.unexpected("a comparison")
        if isinstance(found, tree.Call):
            advice = ": compare its result, as in 1 = f(...)"
        else:
            advice = self.meant() or ": compare it, as in a = b"
        raise error_at(self.text, found.at, f"Expected a condition, found a value{advice}")
