"""Frames of any size shrunk by averaging squares of pixels, a piece at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fitsfile import FitsFile
from fingerprinting.image import read_part
from fingerprinting.planes import Plane
from fingerprinting.section import Box

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
        """Add pixels (ny, nx) of a box of the frame; masked ones are left out."""
        y, rows = self._cut(box.y0 - self._frame.y0, box.shape[0])
        x, columns = self._cut(box.x0 - self._frame.x0, box.shape[1])
        light = pixels if mask is None else np.where(mask, np.float32(0), pixels)
        place = slice(y, y + len(rows)), slice(x, x + len(columns))
        self._light[place] += sum_squares(light, rows, columns)
        if mask is None:
            height, width = np.diff(rows, append=box.shape[0]), np.diff(columns, append=box.shape[1])
            self._used[place] += np.outer(height, width)
        else:
            self._used[place] += sum_squares((~mask).view(np.uint8), rows, columns)

    def _cut(self, start: int, length: int) -> tuple[int, NDArray[np.intp]]:
        """Give the first square that a piece of one axis meets, and where squares begin in the piece."""
        first = start // self.factor
        edges = np.arange(first * self.factor, start + length, self.factor) - start
        return first, edges.clip(0)

    def average(self) -> NDArray[np.float32]:
        """Give the means, NaN where no pixel was usable."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: NDArray[np.float32] = self._light / self._used
        return mean


def sum_squares(
    values: NDArray[np.float32] | NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Sum values between edges of rows and of columns."""
    with np.errstate(over="ignore", invalid="ignore"):
        lines = np.add.reduceat(values, rows, axis=0, dtype=np.float32)
        return np.add.reduceat(lines, columns, axis=1)


def shrink(file: FitsFile, plane: Plane, frame: Box, longest: int) -> NDArray[np.float32]:
    """Shrink a plane in a frame of its HDU; NaN where no pixel can be used, or none belongs to the plane."""
    canvas = Canvas(frame, longest)
    box = plane.box
    step = max(STRIP // (box.x1 - box.x0), 1)
    for y in range(box.y0, box.y1, step):
        strip = Box(box.x0, box.x1, y, min(y + step, box.y1))
        part = read_part(file, plane, strip)
        canvas.add(part.pixels, part.mask, strip)
    return canvas.average()
