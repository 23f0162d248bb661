"""Random trees of ADQL, of any names and types: what the parser can give, by a seed."""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random
from typing import TypeVar

from tapext.adql import tree
from tapext.adql.words import FUNCTION_WORDS

T = TypeVar("T")

CHARACTERS = string.printable + "\"\"\"'''éß漢\u00a0\u2019\U0001f52d"
FUNCTIONS = ["f", "caomai_Has", *sorted(FUNCTION_WORDS)]
TARGETS = ["SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE", "TIMESTAMP", "CHAR", "VARCHAR"]
COMPARISONS = ["=", "<>", "<", ">", "<=", ">="]
AGGREGATES = ["AVG", "COUNT", "MAX", "MIN", "SUM"]
LEVELS = [["+", "-"], ["*", "/"], ["||"]]


class Forest:
    """Grows trees; `depth` bounds the nesting."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, make: Callable[[], T], least: int = 1, most: int = 3) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.random.randint(least, most)))

    def maybe(self, make: Callable[[], T]) -> T | None:
        return make() if self.yes() else None

    def yes(self) -> bool:
        return self.random.random() < 0.5

    def text(self, least: int = 0) -> str:
        return "".join(self.some(lambda: self.random.choice(CHARACTERS), least, 6))

    def name(self) -> tree.Name:
        if self.random.random() < 0.3:
            return tree.Name(self.text(1), delimited=True)
        return tree.Name(
            self.random.choice("aZ") + "".join(self.some(lambda: self.random.choice("b_9Y"), 1, 4))
        )

    def leaf(self) -> tree.Value:
        random = self.random
        match random.randrange(6):
            case 0:
                return tree.Number(random.choice([0, 7, random.randrange(10**18)]))
            case 1:
                return tree.Number(
                    random.choice([0.0, 1e22, 5e-324, random.random() * 10 ** random.randint(-30, 30)])
                )
            case 2:
                return tree.Text(self.text())
            case 3:
                return tree.Null()
            case _:
                return tree.Column(self.some(self.name, 1, 4))

    def value(self, depth: int) -> tree.Value:
        random = self.random

        def inner() -> tree.Value:
            return self.value(depth - 1)

        makers: list[Callable[[], tree.Value]] = [
            lambda: tree.Signed(random.choice("+-"), inner()),
            lambda: self.chain(inner),
            lambda: tree.Call(random.choice(FUNCTIONS), self.some(inner, 0)),
            lambda: tree.Aggregate(random.choice(AGGREGATES), inner(), self.yes()),
            lambda: tree.Aggregate("COUNT", None),
            lambda: self.cast(inner()),
            lambda: tree.SubQuery(self.selection(depth - 1)),
        ]
        return random.choice(makers)() if depth and random.random() < 0.6 else self.leaf()

    def chain(self, inner: Callable[[], tree.Value]) -> tree.Chain:
        operands, level = self.some(inner, 2), self.random.choice(LEVELS)
        return tree.Chain(operands, tuple(self.random.choice(level) for _ in operands[1:]))

    def cast(self, operand: tree.Value) -> tree.Cast:
        target = self.random.choice(TARGETS)
        length = self.random.randint(1, 99) if target.endswith("CHAR") and self.yes() else None
        return tree.Cast(operand, target, length)

    def condition(self, depth: int) -> tree.Condition:
        def value() -> tree.Value:
            return self.value(max(depth - 1, 0))

        def inner() -> tree.Condition:
            return self.condition(depth - 1)

        plain: list[Callable[[], tree.Condition]] = [
            lambda: tree.Between(value(), value(), value(), self.yes()),
            lambda: tree.Like(value(), value(), self.yes(), self.yes()),
            lambda: tree.IsNull(value(), self.yes()),
            lambda: tree.Comparison(self.random.choice(COMPARISONS), value(), value()),
        ]
        deep: list[Callable[[], tree.Condition]] = [
            lambda: tree.In(value(), self.some(value, 2), self.yes()),
            lambda: tree.In(value(), self.selection(depth - 1), self.yes()),
            lambda: tree.Exists(self.selection(depth - 1)),
            lambda: tree.Not(inner()),
            lambda: tree.And(self.some(inner, 2)),
            lambda: tree.Or(self.some(inner, 2)),
        ]
        return self.random.choice(plain + deep if depth else plain)()

    def source(self, depth: int) -> tree.Source:
        match self.random.randrange(4) if depth else 0:
            case 1:
                return tree.Derived(self.selection(depth - 1), self.name())
            case 2:
                return tree.Joined(self.source(depth - 1), self.some(lambda: self.join(depth - 1), 1, 2))
            case _:
                return tree.Table(self.some(self.name), self.maybe(self.name))

    def join(self, depth: int) -> tree.Join:
        kind, source = self.random.choice(["INNER", "LEFT", "RIGHT", "FULL"]), self.source(depth)
        match self.random.randrange(3):
            case 0:
                return tree.Join(kind, source, natural=True)
            case 1:
                return tree.Join(kind, source, condition=self.condition(depth))
            case _:
                return tree.Join(kind, source, using=self.some(self.name))

    def item(self, depth: int) -> tree.Item | tree.Star:
        if self.random.random() < 0.2:
            return tree.Star(self.some(self.name, 0, 3))
        return tree.Item(self.value(depth), self.maybe(self.name))

    def select(self, depth: int) -> tree.Select:
        return tree.Select(
            self.some(lambda: self.item(depth)),
            self.some(lambda: self.source(depth), 1, 2),
            self.yes(),
            self.maybe(lambda: self.random.randrange(1000)),
            self.maybe(lambda: self.condition(depth)),
            self.some(lambda: self.value(depth), 0, 2),
            self.maybe(lambda: self.condition(depth)),
        )

    def set_operand(self, depth: int) -> tree.Select | tree.SetOperation | tree.Selection:
        match self.random.randrange(5) if depth else 0:
            case 1:
                return tree.Selection(self.select(depth), (), self.random.randrange(9))
            case 2:
                return self.set_operation(depth - 1)
            case _:
                return self.select(depth)

    def set_operation(self, depth: int) -> tree.SetOperation:
        operands = self.some(lambda: self.set_operand(depth), 2)
        words = self.random.choice([["UNION", "EXCEPT"], ["INTERSECT"]])
        operators = tuple(self.random.choice(words) for _ in operands[1:])
        return tree.SetOperation(operands, operators, tuple(self.yes() for _ in operators))

    def order(self, depth: int) -> tree.Order:
        key = self.value(depth)
        return tree.Order(self.random.randint(1, 9) if isinstance(key, tree.Number) else key, self.yes())

    def selection(self, depth: int) -> tree.Selection:
        body = self.set_operation(depth) if self.random.random() < 0.2 else self.select(depth)
        order_by = self.some(lambda: self.order(depth), 0, 2)
        return tree.Selection(body, order_by, self.maybe(lambda: self.random.randrange(99)))

    def query(self) -> tree.Query:
        withs = self.some(lambda: tree.With(self.name(), self.selection(1)), 0, 2)
        return tree.Query(self.selection(self.random.randint(0, 3)), withs)
