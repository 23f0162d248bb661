"""ADQL's geometry functions (2.1 sect. 4.2) as arithmetic on degrees, exact all over the sphere."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import cos, radians, sin

from tapext.adql import sphere
from tapext.adql.convert import to_kind
from tapext.adql.typed import CONDITION, NOTHING, About, Constant, Operation, Shape, Value
from tapext.adql.types import CIRCLE, DOUBLE, GEOMETRIC, POINT, POLYGON, TEXT, Kind

_FRAMES = ("", "ICRS", "UNKNOWNFRAME", "UNKNOWN")
_STCS = re.compile(r"\s*(?P<shape>[A-Za-z]+)(?P<words>(?:\s+[A-Za-z]\w*)*)(?P<numbers>(?:\s+[-+.\dEe]+)+)\s*")
_HEMISPHERE, _TURN = 180.0, 360.0

# haversin of the distance of ({0}, {1}) and ({2}, {3}), and of what it lacks to 180 degrees: each keeps its digits
# where it is small.
_NEAR = "(sind(({1} - {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * sind(({0} - {2}) / 2) ^ 2)"
_FAR = "(sind(({1} + {3}) / 2) ^ 2 + cosd({1}) * cosd({3}) * cosd(({0} - {2}) / 2) ^ 2)"
_DISTANCE = f"(2 * atan2d(sqrt(greatest({_NEAR}, 0)), sqrt(greatest({_FAR}, 0))))"
_SIDE = "(({2} * cosd({0}) + {3} * sind({0})) * cosd({1}) + {4} * sind({1}) >= {5})"


class GeometryError(Exception):
    """An argument of a geometry function is wrong; `argument` is its place."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.argument = argument


def _double(value: Value) -> Value:
    if isinstance(value, Constant) and isinstance(value.value, int):
        return Constant(DOUBLE, NOTHING, float(value.value))
    return to_kind(value, Kind.DOUBLE)


def _known(value: Value) -> float | None:
    """Give the number of a literal, with its sign."""
    if isinstance(value, Constant) and isinstance(value.value, int | float):
        return float(value.value)
    if (
        isinstance(value, Operation)
        and value.template == "(- {0})"
        and isinstance(value.operands[0], Constant)
    ):
        inner = _known(value.operands[0])
        return None if inner is None else -inner
    return None


def _constant(number: float) -> Value:
    return Constant(DOUBLE, NOTHING, number)


def _number(value: Value, place: int, what: str, low: float, high: float) -> Value:
    if not value.type.is_number:
        raise GeometryError(f"The {what} is a number of degrees, not {value.type.words}", place)
    known = _known(value)
    if known is not None and not low <= known <= high:
        raise GeometryError(f"The {what} lies between {low:g} and {high:g} degrees, not at {known:g}", place)
    return _double(value) if known is None else _constant(known)


def _position(arguments: list[Value], first: int) -> tuple[Value, Value]:
    ra = _number(arguments[first], first, "right ascension", 0, _TURN)
    return ra, _number(arguments[first + 1], first + 1, "declination", -90, 90)


def _without_frame(name: str, arguments: list[Value], counts: tuple[int, ...]) -> tuple[list[Value], int]:
    """Take off the coordinate system, deprecated since ADQL 2.1; give how many arguments were taken off."""
    first = arguments[0] if arguments else None
    dropped = int(first is not None and isinstance(first, Constant) and isinstance(first.value, str))
    if dropped and isinstance(first, Constant):
        words = str(first.value).upper().split() or [""]
        if words[0] not in _FRAMES:
            raise GeometryError(
                f"Positions are ICRS here; the coordinate system '{words[0]}' is not known", 0
            )
    rest = arguments[dropped:]
    if counts and len(rest) not in counts:
        wanted = " or ".join(map(str, counts))
        raise GeometryError(
            f"{name} takes {wanted} arguments after an optional coordinate system, not {len(rest)}"
        )
    return rest, dropped


def parts_of(value: Value, place: int, *kinds: Kind) -> tuple[Value, ...]:
    """Give the numbers of a geometry; points and circles in columns are arrays."""
    if value.type.kind not in kinds:
        wanted = " or ".join(kind.name for kind in kinds)
        raise GeometryError(f"Expected a geometry ({wanted}), found {value.type.words}", place)
    if isinstance(value, Shape):
        return value.parts
    count = {Kind.POINT: 2, Kind.CIRCLE: 3}.get(value.type.kind)
    if count is None:
        raise GeometryError(
            f"The column {value.about.name} holds {value.type.words}: not supported yet here", place
        )
    return tuple(Operation(DOUBLE, NOTHING, f"({{0}})[{n}]", (value,)) for n in range(1, count + 1))


def _point(arguments: list[Value]) -> Value:
    rest, dropped = _without_frame("POINT", arguments, (2,))
    return Shape(POINT, NOTHING, _position([*arguments[:dropped], *rest], dropped))


def _centre(name: str, arguments: list[Value], sizes: int) -> tuple[tuple[Value, ...], list[Value], int]:
    """Give the centre, the sizes, and the place of the first size."""
    rest, dropped = _without_frame(name, arguments, (1 + sizes, 2 + sizes))
    if len(rest) == 1 + sizes:
        return parts_of(rest[0], dropped, Kind.POINT), rest[1:], dropped + 1
    return _position(arguments, dropped), rest[2:], dropped + 2


def _circle(arguments: list[Value]) -> Value:
    centre, (radius,), place = _centre("CIRCLE", arguments, 1)
    return Shape(CIRCLE, NOTHING, (*centre, _number(radius, place, "radius", 0, _HEMISPHERE)))


def _box(arguments: list[Value]) -> Value:
    centre, sizes, place = _centre("BOX", arguments, 2)
    numbers = [_known(part) for part in centre]
    for offset, (size, what) in enumerate(zip(sizes, ("width", "height"), strict=True)):
        number = _known(_number(size, place + offset, what, 0, _HEMISPHERE))
        if number == _HEMISPHERE:
            raise GeometryError(f"The {what} of a BOX is less than 180 degrees", place + offset)
        numbers.append(number)
    plain = [number for number in numbers if number is not None]
    if len(plain) < len(numbers):
        raise GeometryError("BOX takes numbers; columns in it are not supported yet: use DISTANCE or CIRCLE")
    corners = [part for corner in sphere.box(*plain) for part in corner]
    return Shape(POLYGON, NOTHING, tuple(map(_constant, corners)))


def _polygon(arguments: list[Value]) -> Value:
    rest, dropped = _without_frame("POLYGON", arguments, ())
    if rest and rest[0].type.kind is Kind.POINT:
        parts = [
            part for place, value in enumerate(rest, dropped) for part in parts_of(value, place, Kind.POINT)
        ]
    elif len(rest) % 2:
        raise GeometryError("POLYGON takes pairs of coordinates; one is missing")
    else:
        parts = [part for first in range(dropped, len(arguments), 2) for part in _position(arguments, first)]
    if len(parts) < 6:  # noqa: PLR2004  (three corners)
        raise GeometryError("POLYGON takes at least three corners")
    return Shape(POLYGON, NOTHING, tuple(parts))


_SHAPES: dict[str, Callable[[list[Value]], Value]] = {
    "POSITION": _point,
    "CIRCLE": _circle,
    "BOX": _box,
    "POLYGON": _polygon,
}


def _region(arguments: list[Value]) -> Value:
    text = arguments[0].value if len(arguments) == 1 and isinstance(arguments[0], Constant) else None
    if not isinstance(text, str):
        raise GeometryError("REGION takes a text in quotes, as in REGION('CIRCLE ICRS 10 20 0.5')")
    match = _STCS.fullmatch(text)
    maker = _SHAPES.get(match["shape"].upper()) if match else None
    if match is None or maker is None:
        raise GeometryError("REGION reads POSITION, CIRCLE, BOX and POLYGON with their numbers", 0)
    try:
        numbers = [float(word) for word in match["numbers"].split()]
    except ValueError:
        raise GeometryError("A number in this region cannot be read", 0) from None
    frame = Constant(TEXT, NOTHING, match["words"].strip())
    try:
        return maker([frame, *map(_constant, numbers)])
    except GeometryError as error:
        raise GeometryError(str(error), 0) from None


def _corners(shape: tuple[Value, ...], place: int) -> list[sphere.Vector]:
    numbers = [_known(part) for part in shape]
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
        return _distance_of(_position(arguments, 0), _position(arguments, 2))
    if len(arguments) != 2:  # noqa: PLR2004
        raise GeometryError(f"DISTANCE takes two points or four numbers, not {len(arguments)} arguments")
    return _distance_of(parts_of(arguments[0], 0, Kind.POINT), parts_of(arguments[1], 1, Kind.POINT))


def _within(point: tuple[Value, ...], circle: tuple[Value, ...]) -> Value:
    """Give the condition that a point lies in a circle: for a known radius without inverse functions."""
    radius = _known(circle[2])
    if radius is None:
        return Operation(CONDITION, NOTHING, f"({_DISTANCE} <= {{4}})", (*point, *circle))
    if radius <= _HEMISPHERE / 2:
        limit = _constant(sin(radians(radius / 2)) ** 2)
        return Operation(CONDITION, NOTHING, f"({_NEAR} <= {{4}})", (*point, *circle[:2], limit))
    limit = _constant(cos(radians(radius / 2)) ** 2)
    return Operation(CONDITION, NOTHING, f"({_FAR} >= {{4}})", (*point, *circle[:2], limit))


def _inside(point: tuple[Value, ...], polygon: tuple[Value, ...], place: int) -> Value:
    sides: list[Value] = []
    for normal in _half_spaces(polygon, place):
        numbers = tuple(map(_constant, (*normal, -sphere.TOLERANCE)))
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
        template = f"({_DISTANCE} + {{4}} <= {{5}} or {{5}} >= 180)"
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
    return Shape(POINT, NOTHING, tuple(map(_constant, position)))


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
    "AREA": _area,
    "BOX": _box,
    "CENTROID": _centroid,
    "CIRCLE": _circle,
    "CONTAINS": _contains,
    "COORD1": _coordinate("COORD1", 0, About(unit="deg", ucd="pos.eq.ra")),
    "COORD2": _coordinate("COORD2", 1, About(unit="deg", ucd="pos.eq.dec")),
    "COORDSYS": _coordinate_system,
    "DISTANCE": _distance,
    "INTERSECTS": _intersects,
    "POINT": _point,
    "POLYGON": _polygon,
    "REGION": _region,
}
