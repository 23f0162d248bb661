"""Frames of any size shrunk by averaging squares of pixels, a piece at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fitsfile import FitsFile
from fingerprinting.image import read_part
from fingerprinting.planes import Plane
from fingerprinting.section import Box
from fingerprinting.tiles import Tile

STRIP: Final = 16 << 20  # pixels that are read at once


class Canvas:
    """The mean of the usable pixels in each square of `factor` pixels of a frame, row 0 at the bottom.

    The squares begin in the corner of `frame`; pieces of it are added in any order, without overlap.
    """

    def __init__(self, frame: Box, longest: int) -> None:
        self._frame = frame
        self.factor = max(-(-max(frame.shape) // longest), 1)
        shape = tuple(-(-length // self.factor) for length in frame.shape)
        self._light = np.zeros(shape, np.float32)
        self._used = np.zeros(shape, np.float32)

    def add(self, pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None, box: Box) -> None:
        """Add pixels (ny, nx) of a box of the frame; masked ones are 0 and left out."""
        y, x = box.y0 - self._frame.y0, box.x0 - self._frame.x0
        light = self._sum(pixels, y, x, np.float32)
        height, width = light.shape
        place = np.s_[y // self.factor :, x // self.factor :]
        self._light[place][:height, :width] += light
        used = self._used[place][:height, :width]
        used += np.outer(
            *(self._lengths(start, length) for start, length in zip((y, x), box.shape, strict=True))
        )
        if mask is not None:
            used -= self._sum(mask.view(np.uint8), y, x, np.uint8 if self.factor < 256 else np.uint32)  # noqa: PLR2004

    def add_core(self, pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None, tile: Tile) -> None:
        """Add the core of a tile of which all pixels are given."""
        outer, core = tile.outer, tile.core
        inside = np.s_[core.y0 - outer.y0 : core.y1 - outer.y0, core.x0 - outer.x0 : core.x1 - outer.x0]
        self.add(pixels[inside], None if mask is None else mask[inside], core)

    def _sum(
        self, values: NDArray[np.float32] | NDArray[np.uint8], y: int, x: int, kind: type[np.generic]
    ) -> NDArray[np.float32]:
        """Sum each square of a piece that begins at (y, x); `kind` holds the sum of a column of one."""
        lines = sum_rows(values, -y % self.factor, self.factor, kind)
        return sum_rows(lines.T, -x % self.factor, self.factor, np.float32).T

    def _lengths(self, start: int, length: int) -> NDArray[np.intp]:
        """Give how many pixels of a piece of one axis lie in each square it meets."""
        return np.bincount(np.arange(start, start + length) // self.factor - start // self.factor)

    def average(self) -> NDArray[np.float32]:
        """Give the means, NaN where no pixel was usable."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: NDArray[np.float32] = self._light / self._used
        return mean


def sum_rows(values: NDArray[Any], lead: int, step: int, kind: type[np.generic]) -> NDArray[Any]:
    """Sum the first `lead` rows, then each `step` rows, then those that are left; nothing where none are.

    Rows are added to each other, eight at once: 20 times as fast as np.add.reduceat.
    """
    whole = (len(values) - lead) // step if len(values) > lead else 0
    ends = min(lead, len(values)), lead + whole * step
    pieces = [values[: ends[0]].sum(axis=0, dtype=kind, keepdims=True)] if lead else []
    if whole:
        pieces.append(values[lead : ends[1]].reshape(whole, step, -1).sum(axis=1, dtype=kind))
    if len(values) > ends[1]:
        pieces.append(values[ends[1] :].sum(axis=0, dtype=kind, keepdims=True))
    return np.concatenate(pieces)


def cover(plane: Plane, longest: int) -> Canvas:
    """Give an empty canvas for a whole HDU, so that its pixels are easily found on it."""
    height, width = plane.hdu.shape[-2:]
    return Canvas(Box(0, width, 0, height), longest)


def shrink(file: FitsFile, plane: Plane, canvas: Canvas) -> NDArray[np.float32]:
    """Shrink a plane; NaN where no pixel can be used, or none belongs to the plane."""
    box = plane.box
    step = max(STRIP // (box.x1 - box.x0), 1)
    for y in range(box.y0, box.y1, step):
        strip = Box(box.x0, box.x1, y, min(y + step, box.y1))
        part = read_part(file, plane, strip)
        canvas.add(part.pixels, part.mask, strip)
    return canvas.average()
