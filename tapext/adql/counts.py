"""What an index can answer where a function such as a number of objects is compared with a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tapext.adql.functions import Function
from tapext.adql.indexes import gives_single_rows
from tapext.adql.scope import Leaf, RowsLeaf
from tapext.adql.typed import CONDITION, NOTHING, Operation, Output, Reference, Value
from tapext.adql.walk import references


class Counts:
    """Finds such functions in a query, also behind columns of the queries in its FROM."""

    def __init__(self, functions: Iterable[Function], leaves: Mapping[int, Leaf]) -> None:
        self._functions = {known.template: known for known in functions if known.predicate is not None}
        self._leaves = leaves

    def find(self, value: Value) -> tuple[Function, Operation] | None:
        """Give the function that a value is of, and its call, if an index can tell where it is not 0."""
        if isinstance(value, Operation):
            function = self._functions.get(value.template)
            return None if function is None else (function, value)
        inside = self._inside(value)
        return None if inside is None else self.find(inside[1].value)

    def condition(self, value: Value, least: float) -> Value | None:
        """Give what an index can answer that holds wherever the function gives `least` or more."""
        if isinstance(value, Operation):
            return _condition(self._functions[value.template], value, least)
        inside = self._inside(value)
        if inside is None:
            return None
        leaf, output = inside
        found = self.condition(output.value, least)
        return None if found is None else leaf.carry(found)

    def _inside(self, value: Value) -> tuple[RowsLeaf, Output] | None:
        """Give the query in FROM that a value is a column of, and what the column is there."""
        leaf = self._leaves.get(value.source) if isinstance(value, Reference) else None
        if not isinstance(value, Reference) or not isinstance(leaf, RowsLeaf):
            return None
        place = int(value.column[1:]) - 1
        is_shown = place < len(leaf.rows.outputs) and gives_single_rows(leaf.rows)
        return (leaf, leaf.rows.outputs[place]) if is_shown else None


def _condition(function: Function, call: Operation, least: float) -> Value | None:
    condition = function.condition(least)
    assert condition is not None
    operands = call.operands
    if function.symmetric:
        first, other = (any(references(operand)) for operand in operands)
        if first and other:
            return None
        operands = operands if first else operands[::-1]
    return Operation(CONDITION, NOTHING, condition, operands)
