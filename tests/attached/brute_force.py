"""Regions on the sphere by plain numpy: slow, simple, and nothing of the product in it.

Polygons are corners (n, 2) in degrees. Where the answer hangs on the last digits it is None.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]
Vectors = NDArray[np.float64]
DOUBT = 1e-6  # degrees


def to_vectors(positions: Positions) -> Vectors:
    ra, dec = np.radians(np.atleast_2d(positions)).T
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def separation(one: Vectors, other: Vectors) -> NDArray[np.float64]:
    """Angles in degrees between vectors, along the last axis."""
    across = np.linalg.norm(np.cross(one, other), axis=-1)
    angles: NDArray[np.float64] = np.degrees(np.arctan2(across, (one * other).sum(axis=-1)))
    return angles


class Polygon:
    """A polygon with its edges a -> b."""

    def __init__(self, corners: Positions) -> None:
        self.a = to_vectors(corners)
        self.b = np.roll(self.a, -1, axis=0)
        self.normals = np.cross(self.a, self.b)
        self.normals /= np.linalg.norm(self.normals, axis=1)[:, None]
        self.middle = self.a.sum(axis=0)
        assert (self.a @ self.middle).min() > 0, "a polygon of these tests fits into one hemisphere"

    def distance(self, point: Vectors) -> float:
        """Degrees from a point to the border: to the great circle of an edge if its foot is on the edge."""
        height = np.abs(90 - separation(self.normals, point))
        foot = point - (self.normals @ point)[:, None] * self.normals
        on_edge = (np.cross(self.a, foot) * self.normals).sum(axis=1) > 0
        on_edge &= (np.cross(foot, self.b) * self.normals).sum(axis=1) > 0
        return float(min(separation(self.a, point).min(), height[on_edge].min(initial=180)))

    def surrounds(self, point: Vectors) -> bool:
        """The directions to the corners turn once around a point inside, and around the one opposite."""
        if self.middle @ point <= 0:
            return False
        away = self.a - (self.a @ point)[:, None] * point
        after = np.roll(away, -1, axis=0)
        turns = np.arctan2(np.cross(away, after) @ point, (away * after).sum(axis=1))
        return bool(abs(turns.sum()) > np.pi)

    def crosses(self, other: Polygon) -> bool:
        """Two edges cross where each has its ends on both sides of the other, on the same side of the sky."""
        side_a, side_b = self.normals @ other.a.T, self.normals @ other.b.T
        that_a, that_b = self.a @ other.normals.T, self.b @ other.normals.T
        meeting = np.cross(self.normals[:, None], other.normals[None])
        near = (meeting * (self.a + self.b)[:, None]).sum(axis=2) * (meeting * (other.a + other.b)[None]).sum(
            axis=2
        )
        return bool(((side_a * side_b < 0) & (that_a * that_b < 0) & (near > 0)).any())


def holds_point(polygon: Polygon, point: Vectors) -> bool | None:
    return None if polygon.distance(point) < DOUBT else polygon.surrounds(point)


def meets_circle(polygon: Polygon, centre: Vectors, radius: float) -> bool | None:
    if polygon.surrounds(centre):
        return True
    return _less(polygon.distance(centre), radius)


def lies_in_circle(polygon: Polygon, centre: Vectors, radius: float) -> bool | None:
    if radius <= 90:
        return _less(float(separation(polygon.a, centre).max()), radius)
    if polygon.surrounds(-centre):
        return False
    return _less(180 - radius, polygon.distance(-centre))


def holds_circle(polygon: Polygon, centre: Vectors, radius: float) -> bool | None:
    return polygon.surrounds(centre) and _less(radius, polygon.distance(centre))


def meets_polygon(polygon: Polygon, other: Polygon) -> bool:
    return (
        polygon.crosses(other)
        or any(polygon.surrounds(corner) for corner in other.a)
        or any(other.surrounds(corner) for corner in polygon.a)
    )


def lies_in_polygon(polygon: Polygon, other: Polygon) -> bool:
    return not polygon.crosses(other) and all(other.surrounds(corner) for corner in polygon.a)


def _less(one: float, other: float) -> bool | None:
    return None if abs(one - other) < DOUBT else one < other
