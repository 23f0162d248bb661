"""Polygons on the sky: hulls, and the winding of DALI 1.1 sect. 3.3.7."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float64]

# Beyond this radius (cosine) a gnomonic plane no longer tells which side of a polygon is inside.
MIN_COSINE: Final = float(np.cos(np.radians(80.0)))


def to_vectors(longitudes: Vectors, latitudes: Vectors) -> Vectors:
    """Turn degrees, each (n,), into unit vectors (n, 3)."""
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def to_degrees(vectors: Vectors) -> Vectors:
    """Turn unit vectors (n, 3) into right ascension 0..360 and declination, degrees (n, 2)."""
    lon = np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0])) % 360.0
    lat = np.degrees(np.arctan2(vectors[:, 2], np.hypot(vectors[:, 0], vectors[:, 1])))
    # A tiny negative angle becomes 360 exactly: the same direction is written 0.
    return np.stack([np.where(lon == 360.0, 0.0, lon), lat], axis=-1)  # noqa: PLR2004


def find_mean(vectors: Vectors) -> Vectors:
    """Give the mean direction (3,) of unit vectors (n, 3)."""
    total = vectors.sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))


def find_centroid(vectors: Vectors, centre: Vectors) -> Vectors:
    """Give the centre of mass (3,) of the polygon with vertices (n, 3) around `centre`.

    It lies in the direction of the sum of the edges' normals, each as long as the edge.
    """
    after = np.roll(vectors, -1, axis=0)
    # The difference keeps the digits of short edges.
    normals = np.cross(vectors, after - vectors)
    lengths = np.linalg.norm(normals, axis=1)
    angles = np.arctan2(lengths, np.sum(vectors * after, axis=1))
    total = (normals * (angles / np.where(lengths > 0, lengths, 1.0))[:, None]).sum(axis=0)
    return np.asarray(total * np.sign(total @ centre) / np.linalg.norm(total))


def project(vectors: Vectors, centre: Vectors) -> Vectors | None:
    """Project unit vectors (n, 3) onto the tangent plane at `centre`: (n, 2), x to the east, y to the north.

    Great circles become straight lines; the unit is the radian. None if a vector is too far from the centre.
    """
    depth = vectors @ centre
    if not np.all(depth > MIN_COSINE):
        return None
    # The axis that is least parallel to the centre, so that the pole is a place like any other.
    other = np.eye(3)[2] if abs(centre[2]) < 0.9 else np.eye(3)[0]  # noqa: PLR2004
    east = np.cross(other, centre)
    east /= np.linalg.norm(east)
    north = np.cross(centre, east)
    # Differences keep the digits of fields that are only milliarcseconds wide.
    offsets = vectors - centre
    return np.stack([offsets @ east, offsets @ north], axis=-1) / depth[:, None]


def signed_area(points: Vectors) -> float:
    """Give the area of a polygon (n, 2); positive if x turns to y along its vertices."""
    x, y = points[:, 0], points[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def wind(points: Vectors) -> NDArray[np.intp]:
    """Order vertices (n, 2; x east, y north) counter-clockwise as seen from inside the sphere.

    From inside, north up has east to the left: north, east, south, west.
    """
    order = np.arange(len(points))
    return order[::-1] if signed_area(points) > 0 else order


def is_simple(points: Vectors) -> bool:
    """Tell whether no two edges of a polygon (n, 2) cross and it has an area."""
    count = len(points)
    if count < 3 or signed_area(points) == 0:  # noqa: PLR2004 - a triangle
        return False
    start, end = points, np.roll(points, -1, axis=0)

    def side(origin: Vectors, towards: Vectors, point: Vectors) -> Vectors:
        along = (towards - origin)[:, None]
        across = point[None] - origin[:, None]
        return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])

    apart = side(start, end, start) * side(start, end, end)
    crossing = (apart < 0) & (apart.T < 0)
    return not bool(crossing.any())


def contains(points: Vectors, point: Vectors) -> bool:
    """Tell whether a polygon (n, 2) holds a point (2,), by the crossing number."""
    (x, y), start, end = point, points, np.roll(points, -1, axis=0)
    spans = (start[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(spans, end[:, 1] - start[:, 1], 1.0)
    crossing = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / rise
    return bool(np.count_nonzero(spans & (x < crossing)) % 2)


def find_hull(points: Vectors) -> NDArray[np.intp]:
    """Give the indices of the convex hull of points (n, 2), by Andrew's monotone chain."""
    places = points.tolist()
    order = np.lexsort((points[:, 1], points[:, 0])).tolist()
    chains = []
    for sequence in (order, order[::-1]):
        chain: list[int] = []
        for index in sequence:
            while len(chain) > 1 and _turn(places[chain[-2]], places[chain[-1]], places[index]) <= 0:
                chain.pop()
            chain.append(index)
        chains += chain[:-1]
    return np.array(chains, dtype=np.intp)


def _turn(first: list[float], second: list[float], third: list[float]) -> float:
    (ax, ay), (bx, by), (cx, cy) = first, second, third
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


def thin(points: Vectors, tolerance: float, most: int) -> NDArray[np.intp]:
    """Give the indices of the vertices that a polygon (n, 2) needs.

    Those nearest to the line between their neighbours go first, while they lie within `tolerance` of it or
    more than `most` are left.
    """
    # All that lie on a straight line at once: an edge of a few points that bends by less bends by nothing.
    kept = np.flatnonzero(_distances(points) > tolerance / 100).tolist()
    kept = kept if len(kept) > 3 else list(range(len(points)))  # noqa: PLR2004 - a triangle
    while len(kept) > 3:  # noqa: PLR2004 - a triangle
        distances = _distances(points[kept])
        least = int(np.argmin(distances))
        if distances[least] > tolerance and len(kept) <= most:
            break
        kept.pop(least)
    return np.array(kept, dtype=np.intp)


def _distances(points: Vectors) -> Vectors:
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    along, across = after - before, points - before
    length = np.hypot(along[:, 0], along[:, 1])
    area = np.abs(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])
    return np.asarray(np.where(length > 0, area / np.where(length > 0, length, 1.0), 0.0))
