"""Ranges of HEALPix pixels (order 29, NESTED) that cover a shape of known numbers."""

from __future__ import annotations

from itertools import pairwise
from math import log2

import hpgeom

from tapext.adql import sphere

ORDER = 29
Ranges = list[tuple[int, int]]

# In degrees: the side of the pixels of order 0, and a margin for the rounding of pixels near the poles.
_SIDE, _MARGIN = 58.6, 3e-6
# A larger shape is a large part of the sky: an index would only add to the work.
_LARGEST = 60.0
# Beyond this radius a shape holds many rows: 30 ranges cost less than what ten hold beside it (1.2 instead of
# 1.9 times its area).
_WIDE = 1.0
# At this order the finest search of hpgeom, which looks one order deeper, is still possible.
_DEEPEST = ORDER - 1


def radius_around(numbers: list[float]) -> float:
    """Give the radius in degrees of a circle, or of one around the corners of a polygon."""
    if len(numbers) == 3:  # noqa: PLR2004  (a circle)
        return numbers[2]
    corners = zip(numbers[::2], numbers[1::2], strict=True)
    return sphere.cap([sphere.to_vector(ra, dec) for ra, dec in corners])[1]


def cover_circle(ra: float, dec: float, radius: float) -> Ranges | None:
    """Give ten to thirty ranges, first and last pixel; None for a circle too large to be worth it."""
    if radius > _LARGEST:
        return None
    order = _order(radius + _MARGIN)
    pixels = hpgeom.query_circle(
        1 << order, ra % 360, dec, radius + _MARGIN, inclusive=True, fact=2, return_pixel_ranges=True
    )
    return _ranges(pixels.tolist(), order)


def cover_polygon(corners: list[tuple[float, float]]) -> Ranges | None:
    """Give the ranges of a polygon: hpgeom's if it takes it, else those of a circle around it."""
    vectors = [sphere.to_vector(ra, dec) for ra, dec in corners]
    centre, radius = sphere.cap(vectors)
    if radius > _LARGEST or not sphere.edges(vectors):
        return None
    if sphere.half_spaces(vectors) is not None and min(map(_length, pairwise(vectors))) > _MARGIN:
        order = _order(radius)
        ra, dec = zip(*corners, strict=True)
        try:
            pixels = hpgeom.query_polygon(
                1 << order, ra, dec, inclusive=True, fact=2, return_pixel_ranges=True
            )
        except RuntimeError:  # it says so of corners that are degenerate
            return cover_circle(*sphere.to_position(centre), radius)
        return _ranges(pixels.tolist(), order)
    return cover_circle(*sphere.to_position(centre), radius)


def _order(radius: float) -> int:
    finer = 2 if radius > _WIDE else 0
    return max(0, min(_DEEPEST, int(log2(_SIDE / radius) + 1.5) + finer))


def _length(pair: tuple[sphere.Vector, sphere.Vector]) -> float:
    return sphere.separation(*pair)


def _ranges(pixels: list[list[int]], order: int) -> Ranges:
    shift = 2 * (ORDER - order)
    return [(first << shift, (after << shift) - 1) for first, after in pixels]
