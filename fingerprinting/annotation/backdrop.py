"""The picture under the marks: a plane shrunk to the screen, strip by strip, in grey on a dark sky."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fitsfile import FitsFile
from fingerprinting.image import read_part
from fingerprinting.planes import Plane
from fingerprinting.section import Box

LONGEST: Final = 1400  # pixels of the screen; small frames are enlarged by whole numbers up to it
STRIP: Final = 16 << 20  # pixels that are read at once
LEAST_WHITE: Final = 12.0  # in units of the noise, which is not blown up
DARKEST, BRIGHTEST = 10, 99.7  # percentiles that are black and white
SKY: Final = 0.09  # grey of the median: nebulae and galaxies that fill the frame have room above it
STEPS: Final = 40
DEAD: Final = 46  # grey of what has no pixels


@dataclass(frozen=True)
class Backdrop:
    """Grey (h, w), row 0 at the top, and how FITS pixels of the HDU come to lie on it."""

    grey: NDArray[np.uint8]
    origin: tuple[int, int]  # of the box that is shown, 0-based pixels of the HDU
    zoom: float

    def place(
        self, x: NDArray[np.floating], y: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give where FITS pixels (1-based) lie on the picture, from its upper left corner."""
        across = (np.asarray(x, np.float64) - 0.5 - self.origin[0]) * self.zoom
        upward = (np.asarray(y, np.float64) - 0.5 - self.origin[1]) * self.zoom
        return across, self.grey.shape[0] - upward


def draw_backdrop(file: FitsFile, plane: Plane) -> Backdrop:
    """Draw a plane, of whatever size, on a screen."""
    height, width = plane.box.shape
    factor = max(-(-max(height, width) // LONGEST), 1)
    small = shrink(file, plane, factor)
    times = max(LONGEST // max(small.shape), 1)
    grey = stretch(small)[::-1].repeat(times, axis=0).repeat(times, axis=1)
    return Backdrop(np.ascontiguousarray(grey), (plane.box.x0, plane.box.y0), times / factor)


def shrink(file: FitsFile, plane: Plane, factor: int) -> NDArray[np.float32]:
    """Average squares of `factor` pixels, row 0 at the bottom; NaN where no pixel can be used."""
    box = plane.box
    step = max(STRIP // (box.x1 - box.x0) // factor, 1) * factor
    strips = [
        _average(file, plane, Box(box.x0, box.x1, y, min(y + step, box.y1)), factor)
        for y in range(box.y0, box.y1, step)
    ]
    return np.concatenate(strips)


def _average(file: FitsFile, plane: Plane, box: Box, factor: int) -> NDArray[np.float32]:
    part = read_part(file, plane, box)
    count = np.ones(part.shape, np.float32) if part.mask is None else (~part.mask).astype(np.float32)
    places = [np.arange(0, length, factor) for length in part.shape]
    light, used = (
        np.add.reduceat(np.add.reduceat(values, places[0], axis=0), places[1], axis=1)
        for values in (part.pixels, count)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        average: NDArray[np.float32] = (light / used).astype(np.float32)
    return average


def stretch(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn a frame into grey by asinh: dark sky, and half of the pixels darker than SKY in any frame."""
    known = np.isfinite(small)
    if not known.any():
        return np.full(small.shape, DEAD, np.uint8)
    black, middle, white = (float(level) for level in np.percentile(small[known], [DARKEST, 50, BRIGHTEST]))
    grain = measure_grain(small) or (white - black) / LEAST_WHITE or 1.0
    white = max(white, black + LEAST_WHITE * grain)
    softening = choose_softening((middle - black) / (white - black), grain / (white - black))
    light = np.where(known, (small - black) / (white - black), 0).clip(0, 1)
    bright = np.arcsinh(light / softening) / np.arcsinh(1 / softening)
    grey: NDArray[np.uint8] = np.rint(255 * bright).astype(np.uint8)
    grey[~known] = DEAD
    return grey


def choose_softening(middle: float, least: float) -> float:
    """Find the softening, in units of white, by which the middle level looks as dark as SKY."""
    low, high = least, 10.0
    for _ in range(STEPS):
        trial = np.sqrt(low * high)
        if np.arcsinh(middle / trial) / np.arcsinh(1 / trial) > SKY:
            low = trial
        else:
            high = trial
    return float(low)


def measure_grain(small: NDArray[np.float32]) -> float:
    """Give the noise of a frame from neighbouring pixels: light that changes slowly is none."""
    steps = np.diff(small, axis=1)
    steps = steps[np.isfinite(steps)]
    return 1.4826 * float(np.median(np.abs(steps))) / np.sqrt(2) if steps.size else 0.0
