"""Constructors of ADQL's geometries (2.1 sect. 4.2): their numbers, in degrees, with the limits kept."""

from __future__ import annotations

from collections.abc import Callable

from tapext.adql import sphere
from tapext.adql.convert import to_kind
from tapext.adql.typed import NOTHING, Constant, Operation, Shape, Value
from tapext.adql.types import CIRCLE, DOUBLE, POINT, POLYGON, TEXT, Kind

HEMISPHERE, TURN = 180.0, 360.0
NEGATED = "(- {0})"

_FRAMES = ("", "ICRS", "UNKNOWNFRAME", "UNKNOWN")


class GeometryError(Exception):
    """An argument of a geometry function is wrong; `argument` is its place."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.argument = argument


def _double(value: Value) -> Value:
    if isinstance(value, Constant) and isinstance(value.value, int):
        return Constant(DOUBLE, NOTHING, float(value.value))
    return to_kind(value, Kind.DOUBLE)


def known_number(value: Value) -> float | None:
    """Give the number of a literal, with its sign."""
    if isinstance(value, Constant) and isinstance(value.value, int | float):
        return float(value.value)
    if isinstance(value, Operation) and value.template == NEGATED and isinstance(value.operands[0], Constant):
        inner = known_number(value.operands[0])
        return None if inner is None else -inner
    return None


def known_numbers(shape: Value) -> list[float] | None:
    """Give the numbers of a geometry of literals."""
    if not isinstance(shape, Shape):
        return None
    numbers = [known_number(part) for part in shape.parts]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) else None


def constant(number: float) -> Value:
    """Make a literal."""
    return Constant(DOUBLE, NOTHING, number)


def _number(value: Value, place: int, what: str, low: float, high: float) -> Value:
    if not value.type.is_number:
        raise GeometryError(f"The {what} is a number of degrees, not {value.type.words}", place)
    known = known_number(value)
    if known is not None and not low <= known <= high:
        raise GeometryError(f"The {what} lies between {low:g} and {high:g} degrees, not at {known:g}", place)
    return _double(value) if known is None else constant(known)


def position(arguments: list[Value], first: int) -> tuple[Value, Value]:
    """Read two coordinates from a place on."""
    ra = _number(arguments[first], first, "right ascension", 0, TURN)
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
    """Give the numbers of a point or circle; those in columns are arrays."""
    if value.type.kind not in kinds:
        wanted = " or ".join(kind.name for kind in kinds)
        raise GeometryError(f"Expected a geometry ({wanted}), found {value.type.words}", place)
    if isinstance(value, Shape):
        return value.parts
    count = {Kind.POINT: 2, Kind.CIRCLE: 3}[value.type.kind]
    return tuple(
        Operation(DOUBLE, NOTHING, f"({{0}})[{n}]", (value,), total=True) for n in range(1, count + 1)
    )


def _point(arguments: list[Value]) -> Value:
    rest, dropped = _without_frame("POINT", arguments, (2,))
    return Shape(POINT, NOTHING, position([*arguments[:dropped], *rest], dropped))


def _centre(name: str, arguments: list[Value], sizes: int) -> tuple[tuple[Value, ...], list[Value], int]:
    """Give the centre, the sizes, and the place of the first size."""
    rest, dropped = _without_frame(name, arguments, (1 + sizes, 2 + sizes))
    if len(rest) == 1 + sizes:
        return parts_of(rest[0], dropped, Kind.POINT), rest[1:], dropped + 1
    return position(arguments, dropped), rest[2:], dropped + 2


def _circle(arguments: list[Value]) -> Value:
    centre, (radius,), place = _centre("CIRCLE", arguments, 1)
    return Shape(CIRCLE, NOTHING, (*centre, _number(radius, place, "radius", 0, HEMISPHERE)))


def _box(arguments: list[Value]) -> Value:
    centre, sizes, place = _centre("BOX", arguments, 2)
    parts = list(centre)
    for offset, (size, what) in enumerate(zip(sizes, ("width", "height"), strict=True)):
        parts.append(_number(size, place + offset, what, 0, HEMISPHERE))
        if known_number(parts[-1]) == HEMISPHERE:
            raise GeometryError(f"The {what} of a BOX is less than 180 degrees", place + offset)
    numbers = known_numbers(Shape(POLYGON, NOTHING, tuple(parts)))
    if numbers is None:
        return Operation(
            POLYGON, NOTHING, "caom2_ai.box_region({0}, {1}, {2}, {3})", tuple(parts), total=True
        )
    corners = [part for corner in sphere.box(*numbers) for part in corner]
    return Shape(POLYGON, NOTHING, tuple(map(constant, corners)))


def _polygon(arguments: list[Value]) -> Value:
    rest, dropped = _without_frame("POLYGON", arguments, ())
    if rest and rest[0].type.kind is Kind.POINT:
        parts = [
            part for place, value in enumerate(rest, dropped) for part in parts_of(value, place, Kind.POINT)
        ]
    elif len(rest) % 2:
        raise GeometryError("POLYGON takes pairs of coordinates; one is missing")
    else:
        parts = [part for first in range(dropped, len(arguments), 2) for part in position(arguments, first)]
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
    words = text.split()
    maker = _SHAPES.get(words[0].upper()) if words else None
    if maker is None:
        raise GeometryError("REGION reads POSITION, CIRCLE, BOX and POLYGON with their numbers", 0)
    frame = [word for word in words[1:] if word[0].isalpha()]
    try:
        numbers = [float(word) for word in words[1 + len(frame) :]]
    except ValueError:
        raise GeometryError("A number in this region cannot be read", 0) from None
    try:
        return maker([Constant(TEXT, NOTHING, " ".join(frame)), *map(constant, numbers)])
    except GeometryError as error:
        raise GeometryError(str(error), 0) from None


CONSTRUCTORS: dict[str, Callable[[list[Value]], Value]] = {
    "BOX": _box,
    "CIRCLE": _circle,
    "POINT": _point,
    "POLYGON": _polygon,
    "REGION": _region,
}
