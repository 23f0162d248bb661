"""Light at a distance around a centre: the arcs and rings of lenses, as arc finders see them (Alard 2006)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RADII: Final = (2.0, 3.0, 4.2, 5.6, 7.2, 9.0, 11.0, 13.5, 16.5, 20.0)  # pixels
ANGLES: Final = 32
FIRST: Final = 2  # the first of the radii at which a ridge is sought
FAINTEST: Final = 0.5  # sigma a pixel: the faintest ridge
CLEAR: Final = 0.75  # sigma: a ridge that stands out by so much on both sides counts in full,
SHARE: Final = 0.15  # if it stands out by this share of its own light too: arms of spirals do not
EMPTY, FULL = 0.3, 0.8  # light of the middle over that of the brightest circle
BRIGHTEST: Final = 5e4

Floats = NDArray[np.float32]


def measure_arcs(windows: Floats) -> Floats:
    """Tell of windows (n, side, side) in sigma which share of a circle around the centre is a ridge, (n,).

    0 for stars and plain galaxies, about 0.15 for a close pair, 0.3 to 0.5 for an arc, 1 for a closed ring;
    less where the middle is dark.
    """
    light = _unroll(windows)
    inside, outside = light.copy(), light.copy()
    for one in range(1, len(RADII)):
        np.minimum(inside[one], inside[one - 1], out=inside[one])
        np.minimum(outside[-one - 1], outside[-one], out=outside[-one - 1])
    ridge = light[FIRST:-1]
    rise = np.minimum(ridge - inside[FIRST - 1 : -2], ridge - outside[FIRST + 1 :])
    clear = np.clip(rise / np.maximum(CLEAR, SHARE * ridge), 0, 1) * (ridge > FAINTEST)
    # A ring whose centre is not quite the window's crosses from one circle to the next.
    near = np.maximum(clear[1:-1], np.maximum(clear[:-2], clear[2:]))
    share: Floats = near.mean(axis=1).max(axis=0) * _fill(light)
    return share


def _fill(light: Floats) -> Floats:
    """Tell whether there is something in the middle, 0 to 1: a star out of focus is a ring around nothing."""
    core, brightest = light[:FIRST].mean(axis=(0, 1)), light[FIRST:].mean(axis=1).max(axis=0)
    filled: Floats = np.clip((core / np.maximum(brightest, FAINTEST) - EMPTY) / (FULL - EMPTY), 0, 1)
    return filled


def _unroll(windows: Floats) -> Floats:
    """Sample windows on circles: (radii, angles, n), smoothed along the circles."""
    seen, weight = _sampling(windows.shape[-1])
    middle = windows[:, seen, seen]
    rows = middle[:, 0::2] + middle[:, 1::2]
    binned = np.clip(rows[:, :, 0::2] + rows[:, :, 1::2], -BRIGHTEST, BRIGHTEST)
    light: Floats = weight @ np.ascontiguousarray(binned.reshape(len(windows), weight.shape[1]).T)
    return light.reshape(len(RADII), ANGLES, len(windows))


@lru_cache(maxsize=4)
def _sampling(side: int) -> tuple[slice, Any]:
    """Give the rows and columns that the circles reach, and the weights (points, bins) of their bins."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes 0.2 s, and many commands know this module

    half = int(RADII[-1] / 2) + 2  # bins
    start = max(side // 2 - 2 * half, 0)
    seen = slice(start, side - start)
    bins = side // 2 - start
    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    radius = np.array(RADII)[:, None]
    middle = (bins - 1) / 2
    x, y = (middle + radius / 2 * turn(angle) for turn in (np.cos, np.sin))
    left, bottom = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    weight = np.zeros((bins, bins, *x.shape))
    point = np.indices(x.shape)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight[bottom + j, left + i, *point] = (1 - abs(x - left - i)) * (1 - abs(y - bottom - j)) / 4
    weight = weight / 2 + (np.roll(weight, 1, axis=3) + np.roll(weight, -1, axis=3)) / 4
    return seen, csr_array(weight.reshape(bins**2, -1).T.astype(np.float32))
