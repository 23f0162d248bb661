"""The small picture that stands for an image in a list; drawn also while its pixels are read anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import NotAnImageError
from fingerprinting.planes import Plane
from fingerprinting.previews.canvas import Canvas, cover
from fingerprinting.previews.grey import draw_grey, encode_png

LONGEST: Final = 256  # pixels of the longer side
SHADES: Final = 32  # noise in 256 shades makes it twice as large


def find_plane(planes: Sequence[Plane], part: str = "") -> Plane:
    """Find a part by its name; without one the largest, the first of several."""
    if not part:
        return max(planes, key=lambda plane: plane.box.shape[0] * plane.box.shape[1])
    for plane in planes:
        if plane.name == part:
            return plane
    raise NotAnImageError(f"The file has no image {part!a}.")


def make_canvas(plane: Plane) -> Canvas:
    """Give the canvas that a thumbnail is drawn from once the pixels are on it."""
    return cover(plane, LONGEST)


def draw_thumbnail(canvas: Canvas) -> bytes:
    """Draw a canvas in few shades of grey, as PNG."""
    step = (SHADES - 1) / 255
    few: NDArray[np.uint8] = np.rint(np.rint(draw_grey(canvas.average(), "asinh") * step) / step).astype(
        np.uint8
    )
    return encode_png(few)
