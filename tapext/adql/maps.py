"""Vectors of two maps: a query that names another map than the current one must not compare them."""

from __future__ import annotations

from collections.abc import Iterator

from tapext.adql.functions import OBJECT_VECTOR, SCHEMA, VECTOR
from tapext.adql.opening import conjuncts, is_distance
from tapext.adql.shapes import known_number
from tapext.adql.typed import Infix, Operation, Reference, Rows, Select, Value
from tapext.adql.walk import parts, values_of

_LOOK_UPS = tuple(f"{SCHEMA}.{name}(" for name in (VECTOR, OBJECT_VECTOR))


def find_foreign_map(rows: Rows, current: int | None) -> int | None:
    """Give the map whose vectors a query compares with those of the current map, which functions look up."""
    if not isinstance(rows.body, Select):
        return None
    named = dict(_named_maps(rows.body.where))
    for value in values_of(rows):
        for distance in _distances(value):
            sources = {part.source for part in distance.operands if isinstance(part, Reference)}
            others = {named.get(source, current) for source in sources} - {current}
            if others and any(_is_looked_up(part) for part in distance.operands):
                return others.pop()
    return None


def _named_maps(where: Value | None) -> Iterator[tuple[int, int]]:
    """Give the maps that conditions name, by the sources that are limited to them."""
    for condition in conjuncts(where):
        if isinstance(condition, Infix) and condition.operators == ("=",):
            for one, other in (condition.operands, condition.operands[::-1]):
                number = known_number(other)
                if isinstance(one, Reference) and one.column == "mapid" and number is not None:
                    yield one.source, int(number)


def _distances(value: Value | Rows) -> Iterator[Operation]:
    if isinstance(value, Rows):  # which is looked at by itself
        return
    if is_distance(value):
        yield value
    for part in parts(value):
        yield from _distances(part)


def _is_looked_up(value: Value | Rows) -> bool:
    """Tell whether a vector is looked up by the name of its image or object."""
    return isinstance(value, Operation) and any(start in value.template for start in _LOOK_UPS)
