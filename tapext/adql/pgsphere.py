"""Conditions on pgsphere's columns, for archives that keep their positions and regions as such.

`twin` is the hidden column. A `region` is a value of a geometric type in degrees ICRS: a `typed.Shape`, whose
parts are literals (`shapes.known_number` gives their numbers) or made from columns (2 parts: a point, 3: a
circle, more: the corners of a polygon), or any other value, which then is a double precision[] with the same
numbers in SQL, such as a column of footprints.

No condition fails for any row: sql/routines/25_pgsphere.sql gives NULL for what pgsphere refuses, and an
error for a polygon of literals only, which is the query's mistake. pgsphere's circles end at 90 degrees: a
larger one is what the circle around the opposite position leaves out, and one whose radius is a column is
NULL. pgsphere takes what is within 1e-9 radians (0.0002 arcsec) for the same place.

In pgsphere 1.5 the operator that PostgreSQL puts in the place of a negated `&&` of two polygons is wrong: it
is `&&` itself. So there the condition is the function, beside which an index may answer the operator.
"""

from __future__ import annotations

from itertools import pairwise
from math import radians

from tapext.adql import sphere
from tapext.adql.shapes import HEMISPHERE, constant, known_number
from tapext.adql.typed import CONDITION, NOTHING, Operation, Shape, Value
from tapext.adql.types import CIRCLE, DOUBLE, Kind, Type

_SPOINT, _SCIRCLE, _SPOLY, _SBOX = (
    Type(Kind.OTHER, "char", "*", storage=name) for name in ("spoint", "scircle", "spoly", "sbox")
)
_LARGEST = HEMISPHERE / 2
# A polygon that is said to fit into a cap leaves some room for the rounding of both sides.
_MARGIN = 1e-6
_FLAT = 1e-15
_CIRCLE_PARTS = 3


def place_predicate(twin: Value, region: Value) -> Value | None:
    """Tell that the spoint `twin` may lie in a circle or polygon; an index can answer it.

    It holds for every row for which the exact condition beside it holds; None says that there is no such
    condition.
    """
    radius = _known_radius(region)
    if _is_known(region):
        around = _around(region)
    elif radius is None:
        around = _call(_SBOX, "caom2_ai.try_sbox({0})", region)
    else:
        around = None if radius > _LARGEST else _to_scircle(region)
    return None if around is None else _holds("({0} <@ {1})", twin, around)


def meets(twin: Value, region: Value) -> Value:
    """Tell whether the spoly `twin` has something in common with a point or region: INTERSECTS."""
    if _is_large(region):
        return _but_large("(not {0} <@ {1})", twin, region)
    if region.type.kind is Kind.POINT:
        return _holds("({0} @> {1})", twin, _to_spoint(region))
    return _any_of("({0} && {1})", "spoly_overlap_polygon({0}, {1})", twin, region)


def meets_predicate(twin: Value, region: Value) -> Value | None:
    """Tell the same of polygons so that an index can answer it, not to be negated; circles need no other."""
    if region.type.kind in (Kind.POINT, Kind.CIRCLE):
        return None
    return _any_of("({0} && {1})", "({0} && {1})", twin, region)


def lies_in(twin: Value, region: Value) -> Value:
    """Tell whether all of the spoly `twin` lies in a region: CONTAINS(twin, region)."""
    if _is_large(region):
        return _but_large("(not {0} && {1})", twin, region)
    return _any_of("({0} <@ {1})", "({0} <@ {1})", twin, region)


def holds(twin: Value, region: Value) -> Value:
    """Tell whether a point or region lies in the spoly `twin`: CONTAINS(region, twin)."""
    if _is_large(region):
        return Operation(CONDITION, NOTHING, "({0} is null and null)", (twin,), total=True)
    if region.type.kind is Kind.POINT:
        return _holds("({0} @> {1})", twin, _to_spoint(region))
    return _any_of("({0} @> {1})", "({0} @> {1})", twin, region)


def _holds(template: str, *operands: Value) -> Value:
    return Operation(CONDITION, NOTHING, template, operands, total=True)


def _any_of(with_circle: str, with_polygon: str, twin: Value, region: Value) -> Value:
    """Compare with the circle or polygon that a region is: each is NULL where it is not that."""
    if region.type.kind is Kind.CIRCLE:
        return _holds(with_circle, twin, _to_scircle(region))
    polygon = _holds(with_polygon, twin, _to_spoly(region))
    if region.type.kind is Kind.POLYGON or region.type.storage == "spoly":
        return polygon
    return _holds("({0} or {1})", _holds(with_circle, twin, _to_scircle(region)), polygon)


def _is_large(region: Value) -> bool:
    radius = _known_radius(region)
    return radius is not None and radius > _LARGEST


def _known_radius(region: Value) -> float | None:
    if region.type.kind is Kind.CIRCLE and isinstance(region, Shape):
        return known_number(region.parts[2])
    return None


def _but_large(template: str, twin: Value, region: Value) -> Value:
    """Compare with what a large circle leaves out: nothing, if it is the whole sky."""
    ra, dec, _ = _parts(region, 3)
    left = HEMISPHERE - (_known_radius(region) or HEMISPHERE)
    if left == 0:
        return _holds("(({0} is null or {1} is null or {2} is null) is false or null)", twin, ra, dec)
    opposite = _call(_SCIRCLE, "caom2_ai.try_scircle({0} + 180, -({1}), {2})", ra, dec, constant(left))
    return _holds(template, twin, opposite)


def _call(kind: Type, template: str, *operands: Value) -> Value:
    return Operation(kind, NOTHING, template, operands, total=True)


def _to_spoint(point: Value) -> Value:
    return _call(_SPOINT, "caom2_ai.try_spoint({0}, {1})", *_parts(point, 2))


def _to_scircle(circle: Value) -> Value:
    made = _call(_SCIRCLE, "caom2_ai.try_scircle({0}, {1}, {2})", *_parts(circle, 3))
    if circle.type.kind is Kind.CIRCLE:
        return made
    return _call(_SCIRCLE, "case when cardinality({0}) = 3 then {1} end", circle, made)


def _to_spoly(polygon: Value) -> Value:
    if polygon.type.storage == "spoly":
        return polygon
    return _call(_SPOLY, f"caom2_ai.{'sky_polygon' if _is_known(polygon) else 'try_spoly'}({{0}})", polygon)


def _parts(value: Value, count: int) -> tuple[Value, ...]:
    if isinstance(value, Shape):
        return value.parts
    return tuple(
        Operation(DOUBLE, NOTHING, f"({{0}})[{n}]", (value,), total=True) for n in range(1, count + 1)
    )


def _is_known(region: Value) -> bool:
    return isinstance(region, Shape) and all(known_number(part) is not None for part in region.parts)


def _around(region: Value) -> Value | None:
    """Give a pgsphere shape around a region of literals: itself if pgsphere takes it, else a circle."""
    numbers = [known_number(part) or 0.0 for part in _parts(region, 0)]
    if len(numbers) == _CIRCLE_PARTS:
        return None if numbers[2] > _LARGEST else _to_scircle(region)
    corners = [sphere.to_vector(ra, dec) for ra, dec in zip(numbers[::2], numbers[1::2], strict=True)]
    centre, radius = sphere.cap(corners)
    if radius > _LARGEST - _MARGIN:
        return None
    if _is_convex(corners) and _fits(corners):
        return _to_spoly(region)
    cap = (*sphere.to_position(centre), radius + _MARGIN)
    return _to_scircle(Shape(CIRCLE, NOTHING, tuple(map(constant, cap))))


def _fits(corners: list[sphere.Vector]) -> bool:
    """Tell whether pgsphere takes a polygon: it looks from the middle of the box around the corners."""
    x, y, z = ((min(values) + max(values)) / 2 for values in zip(*corners, strict=True))
    return min(sphere.dot((x, y, z), corner) for corner in corners) > _MARGIN


def _is_convex(corners: list[sphere.Vector]) -> bool:
    """Tell whether a polygon is convex, and its edges are long enough for pgsphere."""
    normals = [sphere.cross(a, b) for a, b in pairwise([*corners, corners[0]])]
    if min(map(sphere.norm, normals)) < radians(_MARGIN):
        return False
    sides = [sphere.dot(normal, corner) for normal in normals for corner in corners]
    return min(sides) > -_FLAT or max(sides) < _FLAT
