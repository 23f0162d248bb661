"""Calls: ADQL's own functions, the geometry functions, and the declared ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from caomai.errors import QueryError
from tapext.adql import tree
from tapext.adql.catalogue import Catalogue
from tapext.adql.convert import as_decimal, coalesce, to_kind, to_text
from tapext.adql.counts import Counts
from tapext.adql.functions import OBJECT_VECTOR, STANDARD, VECTOR, Function
from tapext.adql.geometry import GEOMETRY
from tapext.adql.indexes import Indexes
from tapext.adql.meaning import common, of_shape
from tapext.adql.scope import Leaf
from tapext.adql.shapes import GeometryError, known_number
from tapext.adql.spelling import nearest
from tapext.adql.typed import CONDITION, NOTHING, About, Constant, Operation, Value
from tapext.adql.types import (
    DOUBLE,
    INTEGER,
    NAMED,
    NUMERIC,
    WHOLE,
    Kind,
    Type,
    joint_type,
    number_type,
    text_type,
)
from tapext.adql.units import UnitError, conversion
from tapext.adql.values import ValueResolver
from tapext.adql.walk import references
from tapext.adql.words import AGGREGATES, FOREIGN_FUNCTIONS, FUNCTION_WORDS

_Found = TypeVar("_Found")

# Of Map 1.
NODES = 400
_LIST = re.compile(r"\s*\d{1,3}\s*(,\s*\d{1,3}\s*)*", re.ASCII)
_SAME_UNIT = frozenset(("ABS", "CEILING", "FLOOR", "ROUND", "TRUNCATE"))
_DECIMAL = frozenset(("MOD", "ROUND", "TRUNCATE"))
_ANGLES = {"DEGREES": About(unit="deg"), "RADIANS": About(unit="rad")}


class CallResolver(ValueResolver):
    """Resolves calls of functions."""

    def __init__(self, query: tree.Query, catalogue: Catalogue) -> None:
        super().__init__(query, catalogue)
        self.leaves: dict[int, Leaf] = {}
        self.indexes = Indexes(self.leaves)
        self.counts = Counts(catalogue.functions, self.leaves)

    def call(self, node: tree.Call) -> Value:
        """Resolve a call."""
        name = node.name.upper()
        if name in STANDARD:
            return self._standard(node, STANDARD[name])
        if name in GEOMETRY:
            value = self.geometry(node)
            return (
                Operation(INTEGER, NOTHING, "({0})::integer", (value,)) if value.type is CONDITION else value
            )
        if name == "COALESCE":
            return self._coalesce(node)
        if name == "IN_UNIT":
            return self._in_unit(node)
        if name == "TIMESTAMP":
            return self._timestamp(node)
        return self.user_defined(node)[1]

    def geometry(self, node: tree.Call) -> Value:
        """Resolve a geometry function; CONTAINS and INTERSECTS give conditions."""
        arguments = [self.value(argument) for argument in node.arguments]
        if node.name.upper() == "CENTROID" and len(arguments) == 1:
            stored = self.indexes.find_centroid(arguments[0])
            if stored is not None:
                return of_shape(stored)
        return of_shape(self.shaped(node, GEOMETRY[node.name.upper()], arguments))

    def shaped(
        self, node: tree.Call, function: Callable[[list[Value]], _Found], arguments: list[Value]
    ) -> _Found:
        """Apply a function of geometry; its errors are told at the argument they are about."""
        try:
            return function([self.indexes.as_kept(argument) for argument in arguments])
        except GeometryError as error:
            at = node if error.argument is None else node.arguments[error.argument]
            raise self.error(at, str(error)) from None

    def _standard(self, node: tree.Call, function: Function) -> Value:
        self._check_count(node, function)
        take = self.string if function.returns == "VARCHAR" else self.number
        arguments = [take(argument, function.name) for argument in node.arguments]
        if function.name in ("ROUND", "TRUNCATE"):
            self._check_places(node, arguments)
        if function.name in _DECIMAL:
            count = len(arguments) if function.name == "MOD" else 1
            arguments[:count] = map(as_decimal, arguments[:count])
        about = _ANGLES.get(function.name, NOTHING)
        if function.name in _SAME_UNIT:
            about = About(unit=arguments[0].about.unit)
        missing = [Constant(number_type(0), NOTHING, 0)] * (len(function.arguments) - len(arguments))
        returns = NAMED[function.returns]
        if returns.kind is Kind.TEXT:
            returns = text_type([argument.type for argument in arguments])
        return Operation(returns, about, function.template, (*arguments, *missing))

    def _check_places(self, node: tree.Call, arguments: list[Value]) -> None:
        if len(arguments) > 1 and arguments[1].type.kind not in WHOLE:
            raise self.error(node.arguments[1], f"The places of {node.name.upper()} are a whole number")
        if len(arguments) > 1:
            arguments[1] = to_kind(arguments[1], Kind.INTEGER)

    def _check_count(self, node: tree.Call, function: Function) -> None:
        most = len(function.arguments)
        least = most - function.optional
        if not least <= len(node.arguments) <= most:
            wanted = (
                f"{most} argument{'s' * (most != 1)}" if least == most else f"{least} or {most} arguments"
            )
            form = f" as in {function.signature}" if function.description else ""
            raise self.error(node, f"{function.name} takes {wanted}{form}, not {len(node.arguments)}")

    def user_defined(self, node: tree.Call) -> tuple[Function, Value]:
        """Resolve a call of a declared function."""
        function = self.catalogue.find_function(node.name)
        if function is None:
            raise self._unknown(node)
        self._check_count(node, function)
        arguments = [self._argument(node, place, function) for place in range(len(node.arguments))]
        self._check_nodes(node, function, arguments)
        template = function.template
        if arguments and not any(found for argument in arguments for found in references(argument)):
            # A sub-select is computed once, whatever the plan.
            template = f"(select {template})"
        if function.name.lower() == VECTOR and isinstance(arguments[0], Constant):
            self.vector_ids.extend([str(arguments[0].value)] if arguments[0].value is not None else [])
        if function.name.lower() == OBJECT_VECTOR:
            self.object_ids.extend(_whole_number(arguments[0]))
        about = About(ucd=function.ucd)
        returns = NAMED[function.returns]
        if returns.kind is Kind.ARRAY and function.axes is not None:
            returns = replace(returns, arraysize=str(function.axes))
        return function, Operation(returns, about, template, tuple(arguments), total=function.total)

    def _check_nodes(self, node: tree.Call, function: Function, arguments: list[Value]) -> None:
        """Refuse nodes that do not exist where a query names them itself."""
        for argument, place, value in zip(function.arguments, node.arguments, arguments, strict=True):
            wrong = _WRONG_NODES[argument.name](value) if argument.name in _WRONG_NODES else None
            if wrong is not None:
                raise self.error(place, wrong)

    def _unknown(self, node: tree.Call) -> QueryError:
        advice = FOREIGN_FUNCTIONS.get(node.name.upper())
        if advice is not None:
            return self.error(node, f"{node.name} is not ADQL: {advice}")
        declared = [function.name for function in self.catalogue.functions]
        meant = nearest(node.name, [*declared, *FUNCTION_WORDS, *AGGREGATES, "CAST", "COT"])
        return self.error(node, f"There is no function {node.name}{meant}")

    def _argument(self, node: tree.Call, place: int, function: Function) -> Value:
        argument = function.arguments[place]
        wanted = NAMED[argument.type]
        value = self.value(node.arguments[place])
        found = value.type
        if found.kind is Kind.NULL:
            return Operation(wanted, NOTHING, f"{{0}}::{wanted.storage}", (value,))
        if wanted.kind is Kind.TEXT and found.is_text:
            return to_text(value)
        if wanted.kind is Kind.ARRAY and found.kind is Kind.ARRAY and _same_numbers(wanted, found):
            if function.axes is not None and (found.arraysize or "").isdigit():
                self._check_axes(node.arguments[place], function, int(found.arraysize or 0))
            return to_kind(value, Kind.ARRAY, wanted)
        if wanted.kind in NUMERIC and found.kind in (WHOLE if wanted.kind in WHOLE else NUMERIC):
            return to_kind(value, wanted.kind)
        if wanted.kind is found.kind and wanted.kind is not Kind.ARRAY:
            return value
        raise self.error(
            node.arguments[place],
            f"{function.name} takes {argument.type} as {argument.name}, not {found.words}",
        )

    def _check_axes(self, at: tree.Value, function: Function, length: int) -> None:
        """Refuse vectors of another length: PostgreSQL would, at a row."""
        if length != function.axes:
            raise self.error(at, f"{function.name} takes vectors of {function.axes} numbers, not of {length}")

    def _coalesce(self, node: tree.Call) -> Value:
        if not node.arguments:
            raise self.error(node, "COALESCE takes at least one argument")
        values = [self.value(argument) for argument in node.arguments]
        values = self.alike(values, node)
        joint = joint_type([value.type for value in values])
        if joint is None:
            kinds = " and ".join(dict.fromkeys(value.type.words for value in values))
            raise self.error(node, f"COALESCE takes values of one type, not {kinds}")
        return coalesce(values, joint, replace(common(values), name=""))

    def _in_unit(self, node: tree.Call) -> Value:
        if len(node.arguments) != 2 or not isinstance(node.arguments[1], tree.Text):  # noqa: PLR2004
            raise self.error(node, "IN_UNIT takes a value and a unit in quotes, as in IN_UNIT(ra, 'rad')")
        value, unit = self.number(node.arguments[0], "IN_UNIT"), node.arguments[1].value
        try:
            factor = conversion(value.about.unit or "", unit)
        except UnitError as error:
            raise self.error(node.arguments[1], str(error)) from None
        about = replace(value.about, unit=unit)
        # The greater of factor and inverse is whole for most units: the result is the nearest DOUBLE.
        operator, number = ("*", factor) if factor >= 1 else ("/", 1 / factor)
        template = f"({{0}}::double precision {operator} {{1}})"
        return Operation(DOUBLE, about, template, (value, Constant(DOUBLE, NOTHING, float(number))))

    def _timestamp(self, node: tree.Call) -> Value:
        if len(node.arguments) != 1 or not isinstance(node.arguments[0], tree.Text):
            raise self.error(node, "TIMESTAMP takes a date in quotes, as in TIMESTAMP('2020-01-31T12:00:00')")
        return self.timestamp(self.value(node.arguments[0]), node.arguments[0])


def _whole_number(value: Value) -> list[int]:
    """Give the number of a literal, also of one that has been made a BIGINT."""
    number = known_number(value)
    inner = value.operands[0] if isinstance(value, Operation) and value.operands else None
    if number is None and isinstance(inner, Constant | Operation):
        number = known_number(inner)
    return [] if number is None else [int(number)]


def _wrong_node(value: Value) -> str | None:
    number = known_number(value)
    if number is None or 0 <= number < NODES:
        return None
    return f"There is no node {number:g}: nodes are numbered 0 to {NODES - 1}"


def _wrong_nodes(value: Value) -> str | None:
    if not isinstance(value, Constant) or value.value is None:
        return None
    if not _LIST.fullmatch(str(value.value)):
        return f"'{str(value.value)[:40]}' is not a list of nodes such as '101,144'"
    missing = [int(part) for part in str(value.value).split(",") if int(part) >= NODES]
    return f"There is no node {missing[0]}: nodes are numbered 0 to {NODES - 1}" if missing else None


# By the name of the argument.
_WRONG_NODES = {"node": _wrong_node, "nodes": _wrong_nodes}


def _same_numbers(wanted: Type, found: Type) -> bool:
    reals = ("float", "double")
    return (wanted.datatype in reals) == (found.datatype in reals)
