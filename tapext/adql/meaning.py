"""What a computed value is, as far as that is sure: its unit, and its UCD (UCD1+ 1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from tapext.adql.shapes import known_number
from tapext.adql.typed import NOTHING, About, Constant, Value
from tapext.adql.types import Kind

_STATISTICS = {"MIN": "stat.min", "MAX": "stat.max", "AVG": "stat.mean", "SUM": "arith.sum"}
# What a statistic of a column is not: the column that clients plot, or another statistic.
_LOST = frozenset(("meta.main", "stat.min", "stat.max", "stat.mean", "arith.sum"))
_SHAPES = {
    Kind.POINT: About(unit="deg", ucd="pos.eq"),
    Kind.CIRCLE: About(unit="deg", ucd="pos.outline"),
    Kind.POLYGON: About(unit="deg", ucd="pos.outline"),
}


def of_chain(operands: Sequence[Value], operators: Sequence[str]) -> About:
    """Describe a sum of one unit, or a quantity times or divided by plain numbers."""
    units = [operand.about.unit for operand in operands]
    if operators[0] in "+-":
        return About(unit=units[0]) if len(set(units)) == 1 else NOTHING
    quantities = [place for place, operand in enumerate(operands) if known_number(operand) is None]
    if len(quantities) != 1 or "/" in operators[: quantities[0]][-1:]:
        return NOTHING
    return About(unit=units[quantities[0]])


def of_aggregate(name: str, operand: Value) -> About:
    """Describe MIN, MAX, AVG or SUM of a value; the least and the greatest text are texts like the others."""
    about = operand.about
    if not operand.type.is_number and operand.type.kind is not Kind.TIMESTAMP:
        return replace(about, name="")
    return About(unit=about.unit, ucd=_qualify(about.ucd, _STATISTICS[name]), description=about.description)


def of_shape(value: Value) -> Value:
    """Describe a geometry that was made in a query."""
    about = _SHAPES.get(value.type.kind, NOTHING)
    return value if value.about != NOTHING else replace(value, about=about)


def common(values: Iterable[Value]) -> About:
    """Keep what is true of all values that stand in one column; literals say nothing."""
    abouts = [value.about for value in values if not isinstance(value, Constant)]
    if not abouts:
        return NOTHING
    first, *others = abouts
    shared = {
        field.name: getattr(first, field.name)
        for field in fields(About)
        if all(getattr(other, field.name) == getattr(first, field.name) for other in others)
    }
    return About(**{**shared, "name": first.name})


def _qualify(ucd: str | None, word: str) -> str | None:
    if not ucd:
        return None
    return ";".join([*(kept for kept in ucd.split(";") if kept not in _LOST), word])
