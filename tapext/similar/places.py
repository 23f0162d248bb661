"""POS and TIME (SIA 2.0 sect. 2.1.1, 2.1.3) in ADQL: what an image shows, and when it was taken."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from caomai.errors import ParameterError

CIRCLE, RANGE, POLYGON = "CIRCLE", "RANGE", "POLYGON"
SHAPES: Final = (
    f"{CIRCLE} ra dec radius, {RANGE} ra1 ra2 dec1 dec2 or {POLYGON} ra1 dec1 ra2 dec2 ra3 dec3 ..."
)
MOST_SHAPES: Final = 50
MOST_CORNERS: Final = 500
FULL, POLE, HALF = 360.0, 90.0, 180.0
# Degrees: of a piece of a RANGE along RA and Dec, and between two points on a parallel, whose chord is then
# 1" from it at most.
WIDEST, TALLEST, STEP = 30.0, 45.0, 0.5
LONGEST_SHOWN: Final = 80


def choose_planes(positions: Sequence[str], times: Sequence[str]) -> str | None:
    """Give the ADQL query for the planes that show any of the positions at any of the times; None is all."""
    conditions = [
        any_of(shown) for shown in (list(map(meets, read_positions(positions))), read_times(times)) if shown
    ]
    if not conditions:
        return None
    return f"SELECT planeID FROM caom2.Plane WHERE {' AND '.join(conditions)}"  # noqa: S608 -- numbers alone


def choose_objects(positions: Sequence[str]) -> str | None:
    """Give the ADQL query for the objects that lie in any of the positions; None is all."""
    inside = list(map(holds, read_positions(positions)))
    if not inside:
        return None
    return f"SELECT objectID FROM caom2_ai.object_vector WHERE {any_of(inside)}"  # noqa: S608 -- numbers alone


def any_of(conditions: Sequence[str]) -> str:
    """Write that any of some conditions holds."""
    return "({})".format(" OR ".join(conditions))


def read_times(texts: Sequence[str]) -> list[str]:
    """Read values of TIME as conditions on a plane."""
    check_number("TIME", texts)
    return list(map(read_time, texts))


def read_positions(texts: Sequence[str]) -> list[list[str]]:
    """Read values of POS, each as shapes in ADQL that make it up."""
    check_number("POS", texts)
    return list(map(read_position, texts))


def check_number(name: str, texts: Sequence[str]) -> None:
    """Refuse more values than a query can hold."""
    if len(texts) > MOST_SHAPES:
        raise ParameterError(f"{name} can be given {MOST_SHAPES} times at most.")


def read_time(text: str) -> str:
    """Read an interval of MJD, or one time, as a condition."""
    numbers = read_numbers("TIME", text)
    if len(numbers) not in {1, 2} or numbers[0] > numbers[-1]:
        raise ParameterError(f"TIME takes one MJD or two, the earlier first, not {text[:LONGEST_SHOWN]!r}.")
    earliest, latest = numbers[0], numbers[-1]
    bounds = [f"time_bounds_upper >= {earliest!r}"] if earliest > -math.inf else []
    bounds += [f"time_bounds_lower <= {latest!r}"] if latest < math.inf else []
    return " AND ".join(bounds or ["time_bounds_lower IS NOT NULL"]).join("()")


def read_position(text: str) -> list[str]:
    """Read a shape in degrees of ICRS as shapes in ADQL that make it up."""
    shape, _, rest = text.strip().partition(" ")
    numbers = read_numbers("POS", rest)
    match shape.upper():
        case "CIRCLE" if len(numbers) == len(("ra", "dec", "radius")):
            return [write_circle(*numbers)]
        case "RANGE" if len(numbers) == len(("ra1", "ra2", "dec1", "dec2")):
            return write_range(*numbers)
        case "POLYGON" if len(numbers) >= len("abc") * 2 and len(numbers) % 2 == 0:
            return [write_polygon(numbers)]
    raise ParameterError(f"POS takes {SHAPES}, not {text[:LONGEST_SHOWN]!r}.")


def read_numbers(name: str, text: str) -> list[float]:
    """Read numbers between blanks; they may be infinite."""
    try:
        numbers = [float(word) for word in text.split()]
    except ValueError:
        numbers = [math.nan]
    if any(math.isnan(number) for number in numbers):
        raise ParameterError(f"{name} holds something that is no number: {text[:LONGEST_SHOWN]!r}.")
    return numbers


def meets(shapes: Sequence[str]) -> str:
    """Write the condition that the footprint of a plane has a position in common with any of the shapes."""
    return any_of([f"1 = INTERSECTS(position_bounds, {shape})" for shape in shapes])


def holds(shapes: Sequence[str]) -> str:
    """Write the condition that an object lies in any of the shapes."""
    return any_of([f"1 = CONTAINS(POINT('ICRS', ra, dec), {shape})" for shape in shapes])


def write_circle(ra: float, dec: float, radius: float) -> str:
    """Write a circle in ADQL."""
    check_position(ra, dec)
    if not 0 <= radius <= POLE:
        raise ParameterError(f"The radius of a CIRCLE in POS is from 0 to 90 degrees, not {radius:g}.")
    return f"CIRCLE('ICRS', {ra!r}, {dec!r}, {radius!r})"


def write_polygon(numbers: Sequence[float]) -> str:
    """Write a polygon in ADQL, its edges great circles."""
    if len(numbers) > 2 * MOST_CORNERS:
        raise ParameterError(f"A POLYGON in POS has {MOST_CORNERS} corners at most.")
    for ra, dec in zip(numbers[::2], numbers[1::2], strict=True):
        check_position(ra, dec)
    return f"POLYGON('ICRS', {', '.join(map(repr, numbers))})"


def check_position(ra: float, dec: float) -> None:
    """Refuse what is no position in degrees."""
    if not (-FULL <= ra <= FULL and -POLE <= dec <= POLE):
        raise ParameterError(
            f"POS is in degrees, RA from 0 to 360 and Dec from -90 to 90, not {ra:g} {dec:g}."
        )


def write_range(ra1: float, ra2: float, dec1: float, dec2: float) -> list[str]:
    """Write a range of RA and Dec as polygons in ADQL; infinite ends are those of the sphere."""
    west, east = max(ra1, 0.0) if math.isinf(ra1) else ra1, FULL if math.isinf(ra2) else ra2
    south, north = max(dec1, -POLE) if math.isinf(dec1) else dec1, min(dec2, POLE)
    check_position(west, south)
    check_position(east, north)
    east += FULL if east < west else 0
    if not (west < east <= west + FULL and south < north):
        raise ParameterError("A RANGE in POS has ra1 < ra2 and dec1 < dec2.")
    return [
        write_polygon(outline(*across, *along))
        for across in divide(west, east, WIDEST)
        for along in divide(south, north, TALLEST)
    ]


def divide(low: float, high: float, most: float) -> Iterator[tuple[float, float]]:
    """Divide an interval into equal ones that are not too long."""
    pieces = math.ceil((high - low) / most)
    ends = [low + (high - low) * number / pieces for number in range(pieces + 1)]
    return pairwise(ends)


def outline(west: float, east: float, south: float, north: float) -> list[float]:
    """Go around a piece of a range along its parallels; a pole is one corner."""
    steps = math.ceil((east - west) / STEP)
    ras = [west + (east - west) * number / steps for number in range(steps + 1)]
    lower = [(ra % FULL, south) for ra in ras] if south > -POLE else [(west % FULL, south)]
    upper = [(ra % FULL, north) for ra in reversed(ras)] if north < POLE else [(west % FULL, north)]
    return [angle for corner in (*lower, *upper) for angle in corner]
