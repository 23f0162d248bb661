"""Overlapping tiles of frames that are too large for one piece; each object belongs to one core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.section import Box

MOST_PIXELS: Final = 64 << 20
OVERLAP: Final = 256  # pixels on each side: two background meshes
MESH: Final = 128  # cores begin at whole meshes, so that the sky is the same with and without tiles
LEAST_ROWS: Final = 1024


@dataclass(frozen=True)
class Tile:
    """What is read and the core whose objects count, both in the 0-based pixels of the HDU."""

    outer: Box
    core: Box

    def owns(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which centroids, 0-based in the outer box, lie in the core; the cores share no point."""
        x0, y0 = self.core.x0 - self.outer.x0 - 0.5, self.core.y0 - self.outer.y0 - 0.5
        height, width = self.core.shape
        inside: NDArray[np.bool_] = (x >= x0) & (x < x0 + width) & (y >= y0) & (y < y0 + height)
        return inside


def split(box: Box, most_pixels: int = MOST_PIXELS) -> list[Tile]:
    """Cut a frame into tiles of at most `most_pixels`; a small one is its own only tile."""
    height, width = box.shape
    if height * width <= most_pixels:
        return [Tile(box, box)]
    columns = _cut(width, max(most_pixels // (LEAST_ROWS + 2 * OVERLAP), MESH + 2 * OVERLAP))
    widest = max(last - first for first, last in columns) + 2 * OVERLAP * (len(columns) > 1)
    rows = _cut(height, max(most_pixels // widest, MESH + 2 * OVERLAP))
    cores = ((x, y) for y in rows for x in columns)
    return [_tile(box, Box(box.x0 + x[0], box.x0 + x[1], box.y0 + y[0], box.y0 + y[1])) for x, y in cores]


def _cut(length: int, most: int) -> list[tuple[int, int]]:
    """Cut a length into equal cores of whole meshes that with their overlaps are at most `most` long."""
    if length <= most:
        return [(0, length)]
    pieces = -(-length // ((most - 2 * OVERLAP) // MESH * MESH))
    step = -(-length // (pieces * MESH)) * MESH
    return [(start, min(start + step, length)) for start in range(0, length, step)]


def _tile(box: Box, core: Box) -> Tile:
    """Widen a core by the overlap, within the frame."""
    outer = Box(
        max(core.x0 - OVERLAP, box.x0),
        min(core.x1 + OVERLAP, box.x1),
        max(core.y0 - OVERLAP, box.y0),
        min(core.y1 + OVERLAP, box.y1),
    )
    return Tile(outer, core)
