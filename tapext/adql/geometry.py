"""ADQL's geometry functions (2.1 sect. 4.2) as arithmetic on degrees, exact all over the sphere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import radians, sin

from tapext.adql import pgsphere, sphere
from tapext.adql.shapes import (
    CONSTRUCTORS,
    HEMISPHERE,
    GeometryError,
    constant,
    known_number,
    known_numbers,
    parts_of,
    position,
)
from tapext.adql.typed import CONDITION, NOTHING, About, Constant, Operation, Shape, Value
from tapext.adql.types import DOUBLE, GEOMETRIC, POINT, TEXT, Kind, Type

# haversin of the distance of ({0}, {1}) and ({2}, {3}), and of what it lacks to 180 degrees:
# each keeps its digits where it is small. abs() mends rounding below 0 and, unlike greatest(), leaves NULL.
_NEAR = "(sind(({1} - {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * sind(({0} - {2}) / 2) ^ 2)"
_FAR = "(sind(({1} + {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * cosd(({0} - {2}) / 2) ^ 2)"
_DISTANCE = f"(2 * atan2d(sqrt(abs({_NEAR})), sqrt(abs({_FAR}))))"
# The numbers of positions as the functions of sql/routines take them, in degrees.
_MOST = (720, 90)
_SPOLY = "spoly"
# With more corners than this, one call of a function is faster than a condition for each side.
_MANY = 8
_SIDE = (
    "(({{{0}}} * cosd({{0}}) + {{{1}}} * sind({{0}})) * cosd({{1}}) + {{{2}}} * sind({{1}})"
    f" >= {-sphere.TOLERANCE!r})"
)


def _if_placed(kind: Type, about: About, template: str, numbers: tuple[Value, ...], *others: Value) -> Value:
    """Compute something of positions, given by their numbers; NULL where they are none.

    PostgreSQL's functions of angles fail for what is infinite, and one row would end the whole query.
    """
    checks = [
        f"abs({{{place}}}) <= {_MOST[place % 2]}"
        for place, number in enumerate(numbers)
        if known_number(number) is None
    ]
    if checks:
        template = f"case when {' and '.join(checks)} then {template} end"
    return Operation(kind, about, template, (*numbers, *others), total=True)


def points_of(arguments: list[Value]) -> tuple[Value, Value]:
    """Give the two points of a DISTANCE, whichever of its forms is used."""
    if len(arguments) == 4:  # noqa: PLR2004  (two pairs of coordinates)
        return Shape(POINT, NOTHING, position(arguments, 0)), Shape(POINT, NOTHING, position(arguments, 2))
    if len(arguments) == 2:  # noqa: PLR2004
        return _as_point(arguments[0], 0), _as_point(arguments[1], 1)
    raise GeometryError(f"DISTANCE takes two points or four numbers, not {len(arguments)} arguments")


def _as_point(value: Value, place: int) -> Value:
    return Shape(POINT, NOTHING, parts_of(value, place, Kind.POINT))


def _distance(arguments: list[Value]) -> Value:
    one, other = points_of(arguments)
    numbers = (*parts_of(one, 0, Kind.POINT), *parts_of(other, 1, Kind.POINT))
    return _if_placed(DOUBLE, About(unit="deg", ucd="pos.angDistance"), _DISTANCE, numbers)


def is_near(one: Value, other: Value, radius: Value, operator: str) -> Value:
    """Give the condition that the distance of two points is `<` or `<=` a radius."""
    points = (*parts_of(one, 0, Kind.POINT), *parts_of(other, 1, Kind.POINT))
    known = known_number(radius)
    if known is None or not 0 <= known <= HEMISPHERE:
        return _if_placed(CONDITION, NOTHING, f"({_DISTANCE} {operator} {{4}})", points, radius)
    # For a known radius no inverse functions are needed.
    limit = constant(sin(radians(min(known, HEMISPHERE - known) / 2)) ** 2)
    template = f"({_NEAR} {operator} {{4}})" if known <= HEMISPHERE / 2 else f"({{4}} {operator} {_FAR})"
    return _if_placed(CONDITION, NOTHING, template, points, limit)


def _within(point: tuple[Value, ...], circle: tuple[Value, ...]) -> Value:
    """Give the condition that a point lies in a circle."""
    near = is_near(Shape(POINT, NOTHING, point), Shape(POINT, NOTHING, circle[:2]), circle[2], "<=")
    if known_number(circle[2]) is not None:
        return near
    return Operation(CONDITION, NOTHING, "({0} and {1} <= 180)", (near, circle[2]))


def _inside(point: tuple[Value, ...], polygon: Value) -> Value:
    numbers = known_numbers(polygon) or []
    corners = [sphere.to_vector(ra, dec) for ra, dec in zip(numbers[::2], numbers[1::2], strict=True)]
    normals = sphere.half_spaces(corners) if 0 < len(corners) <= _MANY else None
    if normals is None:
        return _region_condition("holds", polygon, *point)
    sides = " and ".join(
        _SIDE.format(*range(first, first + 3)) for first in range(2, 2 + 3 * len(normals), 3)
    )
    limits = map(constant, (number for normal in normals for number in normal))
    return _if_placed(CONDITION, NOTHING, f"({sides})", point, *limits)


def _region_condition(name: str, *operands: Value) -> Value:
    places = ", ".join(f"{{{n}}}" for n in range(len(operands)))
    return Operation(CONDITION, NOTHING, f"caom2_ai.region_{name}({places})", operands, total=True)


def _contains(arguments: list[Value]) -> Value:
    _check_two("CONTAINS", arguments)
    inner, outer = arguments
    if outer.type.kind is Kind.POINT:
        raise GeometryError(
            "A point contains nothing: write the region last, as in CONTAINS(point, region)", 1
        )
    if outer.type.storage == _SPOLY:
        return pgsphere.holds(outer, inner)
    if inner.type.storage == _SPOLY:
        return pgsphere.lies_in(inner, outer)
    if inner.type.kind is not Kind.POINT:
        return _region_condition("within", inner, outer)
    point = parts_of(inner, 0, Kind.POINT)
    if outer.type.kind is Kind.CIRCLE:
        return _within(point, parts_of(outer, 1, Kind.CIRCLE))
    return _inside(point, outer)


def _intersects(arguments: list[Value]) -> Value:
    _check_two("INTERSECTS", arguments)
    one, other = arguments
    if one.type.kind is Kind.POINT:
        return _contains([one, other])
    if other.type.kind is Kind.POINT:
        return _contains([other, one])
    if _SPOLY in (one.type.storage, other.type.storage):
        return pgsphere.meets(*((one, other) if one.type.storage == _SPOLY else (other, one)))
    return _region_condition("meets", one, other)


def _check_two(name: str, arguments: list[Value]) -> None:
    if len(arguments) != 2:  # noqa: PLR2004
        raise GeometryError(f"{name} takes two geometries, not {len(arguments)} arguments")
    for place, argument in enumerate(arguments):
        if argument.type.kind not in GEOMETRIC:
            raise GeometryError(
                f"{name} takes geometries such as POINT or CIRCLE, not {argument.type.words}", place
            )


def _only(name: str, arguments: list[Value]) -> Value:
    if len(arguments) != 1:
        raise GeometryError(f"{name} takes one geometry, not {len(arguments)} arguments")
    if arguments[0].type.kind not in GEOMETRIC:
        raise GeometryError(f"{name} takes a geometry, not {arguments[0].type.words}", 0)
    return arguments[0]


def _one(name: str, arguments: list[Value], *kinds: Kind) -> tuple[Value, ...]:
    if len(arguments) != 1:
        raise GeometryError(f"{name} takes one geometry, not {len(arguments)} arguments")
    return parts_of(arguments[0], 0, *kinds)


def _area(arguments: list[Value]) -> Value:
    region = _only("AREA", arguments)
    about = About(unit="deg**2", ucd="phys.angArea")
    if region.type.kind is Kind.POINT:
        ra, dec = parts_of(region, 0, Kind.POINT)
        return _if_placed(DOUBLE, about, "0.0::double precision", (ra, dec))
    if region.type.storage == _SPOLY:
        return Operation(DOUBLE, about, "(area({0}) * (180 / pi()) ^ 2)", (region,), total=True)
    return Operation(DOUBLE, about, "caom2_ai.region_area({0})", (region,), total=True)


def _centroid(arguments: list[Value]) -> Value:
    region = _only("CENTROID", arguments)
    if region.type.kind in (Kind.POINT, Kind.CIRCLE):
        return Shape(POINT, NOTHING, parts_of(region, 0, Kind.POINT, Kind.CIRCLE)[:2])
    if region.type.storage == _SPOLY:
        raise GeometryError("This archive does not keep the centroids of this column", 0)
    parts = (
        Operation(DOUBLE, NOTHING, f"(caom2_ai.region_centroid({{0}}))[{n}]", (region,), total=True)
        for n in (1, 2)
    )
    return Shape(POINT, NOTHING, tuple(parts))


def _coordinate(name: str, index: int, about: About) -> Callable[[list[Value]], Value]:
    def coordinate(arguments: list[Value]) -> Value:
        return replace(_one(name, arguments, Kind.POINT)[index], about=about)

    return coordinate


def _coordinate_system(arguments: list[Value]) -> Value:
    if len(arguments) != 1 or arguments[0].type.kind not in GEOMETRIC:
        raise GeometryError("COORDSYS takes one geometry")
    return Constant(TEXT, NOTHING, "ICRS")


GEOMETRY: dict[str, Callable[[list[Value]], Value]] = {
    **CONSTRUCTORS,
    "AREA": _area,
    "CENTROID": _centroid,
    "CONTAINS": _contains,
    "COORD1": _coordinate("COORD1", 0, About(unit="deg", ucd="pos.eq.ra")),
    "COORD2": _coordinate("COORD2", 1, About(unit="deg", ucd="pos.eq.dec")),
    "COORDSYS": _coordinate_system,
    "DISTANCE": _distance,
    "INTERSECTS": _intersects,
}
