"""ADQL's geometry functions (2.1 sect. 4.2) as arithmetic on degrees, exact all over the sphere."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, radians, sin

from tapext.adql import sphere
from tapext.adql.shapes import (
    CONSTRUCTORS,
    HEMISPHERE,
    GeometryError,
    constant,
    known_number,
    parts_of,
    position,
)
from tapext.adql.typed import CONDITION, NOTHING, About, Constant, Operation, Shape, Value
from tapext.adql.types import DOUBLE, GEOMETRIC, POINT, TEXT, Kind

# haversin of the distance of ({0}, {1}) and ({2}, {3}), and of what it lacks to 180 degrees:
# each keeps its digits where it is small. abs() mends rounding below 0 and, unlike greatest(), leaves NULL.
_NEAR = "(sind(({1} - {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * sind(({0} - {2}) / 2) ^ 2)"
_FAR = "(sind(({1} + {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * cosd(({0} - {2}) / 2) ^ 2)"
_DISTANCE = f"(2 * atan2d(sqrt(abs({_NEAR})), sqrt(abs({_FAR}))))"
_SIDE = "(({2} * cosd({0}) + {3} * sind({0})) * cosd({1}) + {4} * sind({1}) >= {5})"


def _corners(shape: tuple[Value, ...], place: int) -> list[sphere.Vector]:
    numbers = [known_number(part) for part in shape]
    plain = [number for number in numbers if number is not None]
    if len(plain) < len(numbers):
        raise GeometryError("A polygon whose corners are columns is not supported yet here", place)
    return [sphere.to_vector(ra, dec) for ra, dec in zip(plain[::2], plain[1::2], strict=True)]


def _half_spaces(shape: tuple[Value, ...], place: int) -> list[sphere.Vector]:
    normals = sphere.half_spaces(_corners(shape, place))
    if normals is None:
        raise GeometryError("Only convex polygons are supported yet: split this one", place)
    return normals


def _distance_of(one: tuple[Value, ...], other: tuple[Value, ...]) -> Value:
    return Operation(DOUBLE, About(unit="deg", ucd="pos.angDistance"), _DISTANCE, (*one[:2], *other[:2]))


def _distance(arguments: list[Value]) -> Value:
    if len(arguments) == 4:  # noqa: PLR2004  (two pairs of coordinates)
        return _distance_of(position(arguments, 0), position(arguments, 2))
    if len(arguments) != 2:  # noqa: PLR2004
        raise GeometryError(f"DISTANCE takes two points or four numbers, not {len(arguments)} arguments")
    return _distance_of(parts_of(arguments[0], 0, Kind.POINT), parts_of(arguments[1], 1, Kind.POINT))


def _within(point: tuple[Value, ...], circle: tuple[Value, ...]) -> Value:
    """Give the condition that a point lies in a circle: for a known radius without inverse functions."""
    radius = known_number(circle[2])
    if radius is None:
        return Operation(CONDITION, NOTHING, f"({_DISTANCE} <= {{4}})", (*point, *circle))
    if radius <= HEMISPHERE / 2:
        limit = constant(sin(radians(radius / 2)) ** 2)
        return Operation(CONDITION, NOTHING, f"({_NEAR} <= {{4}})", (*point, *circle[:2], limit))
    limit = constant(cos(radians(radius / 2)) ** 2)
    return Operation(CONDITION, NOTHING, f"({_FAR} >= {{4}})", (*point, *circle[:2], limit))


def _inside(point: tuple[Value, ...], polygon: tuple[Value, ...], place: int) -> Value:
    sides: list[Value] = []
    for normal in _half_spaces(polygon, place):
        numbers = tuple(map(constant, (*normal, -sphere.TOLERANCE)))
        sides.append(Operation(CONDITION, NOTHING, _SIDE, (*point, *numbers)))
    places = " and ".join(f"{{{n}}}" for n in range(len(sides)))
    return Operation(CONDITION, NOTHING, f"({places})", tuple(sides))


def _contains(arguments: list[Value]) -> Value:
    _check_two("CONTAINS", arguments)
    inner, outer = arguments
    inner_parts = parts_of(inner, 0, Kind.POINT, Kind.CIRCLE, Kind.POLYGON)
    outer_parts = parts_of(outer, 1, Kind.CIRCLE, Kind.POLYGON)
    kinds = inner.type.kind, outer.type.kind
    if kinds == (Kind.POINT, Kind.CIRCLE):
        return _within(inner_parts, outer_parts)
    if kinds == (Kind.POINT, Kind.POLYGON):
        return _inside(inner_parts, outer_parts, 1)
    if kinds == (Kind.CIRCLE, Kind.CIRCLE):
        template = f"({_DISTANCE} + {{4}} <= case when {{5}} >= 180 then 'infinity' else {{5}} end)"
        operands = (*inner_parts[:2], *outer_parts[:2], inner_parts[2], outer_parts[2])
        return Operation(CONDITION, NOTHING, template, operands)
    raise GeometryError(f"CONTAINS of {inner.type.words} in {outer.type.words} is not supported yet")


def _intersects(arguments: list[Value]) -> Value:
    _check_two("INTERSECTS", arguments)
    one, other = arguments
    if one.type.kind is Kind.POINT:
        return _contains([one, other])
    if other.type.kind is Kind.POINT:
        return _contains([other, one])
    if (one.type.kind, other.type.kind) == (Kind.CIRCLE, Kind.CIRCLE):
        first, second = parts_of(one, 0, Kind.CIRCLE), parts_of(other, 1, Kind.CIRCLE)
        template = f"({_DISTANCE} <= {{4}} + {{5}})"
        return Operation(CONDITION, NOTHING, template, (*first[:2], *second[:2], first[2], second[2]))
    raise GeometryError(f"INTERSECTS of {one.type.words} with {other.type.words} is not supported yet")


def _check_two(name: str, arguments: list[Value]) -> None:
    if len(arguments) != 2:  # noqa: PLR2004
        raise GeometryError(f"{name} takes two geometries, not {len(arguments)} arguments")
    for place, argument in enumerate(arguments):
        if argument.type.kind not in GEOMETRIC:
            raise GeometryError(
                f"{name} takes geometries such as POINT or CIRCLE, not {argument.type.words}", place
            )


def _one(name: str, arguments: list[Value], *kinds: Kind) -> tuple[Value, ...]:
    if len(arguments) != 1:
        raise GeometryError(f"{name} takes one geometry, not {len(arguments)} arguments")
    return parts_of(arguments[0], 0, *kinds)


def _area(arguments: list[Value]) -> Value:
    parts = _one("AREA", arguments, Kind.POINT, Kind.CIRCLE, Kind.POLYGON)
    about = About(unit="deg**2", ucd="phys.angArea")
    kind = arguments[0].type.kind
    if kind is Kind.POINT:
        return Constant(DOUBLE, about, 0.0)
    if kind is Kind.CIRCLE:
        template = f"(4 * pi() * {sphere.SQUARE_DEGREES!r} * sind({{0}} / 2) ^ 2)"
        return Operation(DOUBLE, about, template, (parts[2],))
    _half_spaces(parts, 0)
    return Constant(DOUBLE, about, sphere.area(_corners(parts, 0)))


def _centroid(arguments: list[Value]) -> Value:
    parts = _one("CENTROID", arguments, Kind.POINT, Kind.CIRCLE, Kind.POLYGON)
    if arguments[0].type.kind is not Kind.POLYGON:
        return Shape(POINT, NOTHING, parts[:2])
    position = sphere.to_position(sphere.centroid(_corners(parts, 0)))
    return Shape(POINT, NOTHING, tuple(map(constant, position)))


def _coordinate(name: str, index: int, about: About) -> Callable[[list[Value]], Value]:
    def coordinate(arguments: list[Value]) -> Value:
        part = _one(name, arguments, Kind.POINT)[index]
        return Operation(DOUBLE, about, "{0}", (part,))

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
