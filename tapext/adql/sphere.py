"""Geometry on the sphere with plain numbers: unit vectors, convex polygons, boxes (ADQL 2.1 sect. 4.2)."""

from __future__ import annotations

from itertools import pairwise
from math import asin, atan, atan2, cos, degrees, hypot, radians, sin, sqrt, tan
from typing import TypeAlias

Vector: TypeAlias = tuple[float, float, float]
# Points on an edge are inside; the rounding of unit vectors is of this order.
TOLERANCE = 1e-15


def to_vector(ra: float, dec: float) -> Vector:
    """Give the unit vector of a position in degrees."""
    ra, dec = radians(ra), radians(dec)
    return cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec)


def to_position(vector: Vector) -> tuple[float, float]:
    """Give right ascension in [0, 360) and declination, in degrees, of a vector."""
    x, y, z = vector
    return degrees(atan2(y, x)) % 360.0, degrees(atan2(z, hypot(x, y)))


def cross(a: Vector, b: Vector) -> Vector:
    """Give the cross product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(a: Vector, b: Vector) -> float:
    """Give the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def scale(vector: Vector, factor: float) -> Vector:
    """Multiply a vector by a number."""
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def norm(vector: Vector) -> float:
    """Give the length of a vector."""
    return sqrt(dot(vector, vector))


def edges(vertices: list[Vector]) -> list[tuple[Vector, Vector]]:
    """Give the edges of a closed polygon, without those of no length."""
    return [(a, b) for a, b in pairwise([*vertices, vertices[0]]) if norm(cross(a, b)) > TOLERANCE]


def half_spaces(vertices: list[Vector]) -> list[Vector] | None:
    """Give the inward normals of a convex polygon's edges; None if it is not convex, or has no area."""
    normals = [scale(normal, 1 / norm(normal)) for normal in (cross(a, b) for a, b in edges(vertices))]
    sides = [dot(normal, vertex) for normal in normals for vertex in vertices]
    if len(normals) < 3 or max(map(abs, sides)) < 10 * TOLERANCE:  # noqa: PLR2004  (a triangle)
        return None
    if min(sides) >= -10 * TOLERANCE:
        return normals
    if max(sides) <= 10 * TOLERANCE:
        return [scale(normal, -1) for normal in normals]
    return None


def separation(one: Vector, other: Vector) -> float:
    """Give the angle between two vectors in degrees."""
    return degrees(atan2(norm(cross(one, other)), dot(one, other)))


def cap(vertices: list[Vector]) -> tuple[Vector, float]:
    """Give the centre of a circle that holds the vertices, and its radius in degrees (180: no centre)."""
    x, y, z = (sum(values) / len(vertices) for values in zip(*vertices, strict=True))
    centre = (x, y, z)
    if norm(centre) < TOLERANCE:
        return centre, 180.0
    return centre, max(separation(centre, vertex) for vertex in vertices)


def box(ra: float, dec: float, width: float, height: float) -> list[tuple[float, float]]:
    """Give the corners of a box in degrees: its sides are great circles at right angles to a cross."""
    half = radians(width / 2)
    top = atan(tan(radians(height / 2)) * cos(half))
    corners = [(-half, -top), (half, -top), (half, top), (-half, top)]
    return [_turn(to_vector(degrees(lon), degrees(lat)), ra, dec) for lon, lat in corners]


def _turn(vector: Vector, ra: float, dec: float) -> tuple[float, float]:
    """Move a position near (0, 0) to where it lies when (0, 0) is moved to a centre."""
    x, y, z = vector
    sin_dec, cos_dec = sin(radians(dec)), cos(radians(dec))
    lon = atan2(y, x * cos_dec - z * sin_dec)
    lat = asin(max(-1.0, min(1.0, x * sin_dec + z * cos_dec)))
    return (ra + degrees(lon)) % 360.0, degrees(lat)
