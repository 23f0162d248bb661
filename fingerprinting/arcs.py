"""Light at a distance around a centre: the arcs and rings of lenses, as arc finders see them (Alard 2006)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

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
    inside = np.minimum.accumulate(light, axis=1)
    outside = np.minimum.accumulate(light[:, ::-1], axis=1)[:, ::-1]
    ridge = light[:, FIRST:-1]
    rise = np.minimum(ridge - inside[:, FIRST - 1 : -2], ridge - outside[:, FIRST + 1 :])
    clear = np.clip(rise / np.maximum(CLEAR, SHARE * ridge), 0, 1) * (ridge > FAINTEST)
    # A ring whose centre is not quite the window's crosses from one circle to the next.
    near = np.maximum(clear[:, 1:-1], np.maximum(clear[:, :-2], clear[:, 2:]))
    share: Floats = near.mean(axis=2).max(axis=1) * _fill(light)
    return share


def _fill(light: Floats) -> Floats:
    """Tell whether there is something in the middle, 0 to 1: a star out of focus is a ring around nothing."""
    core, brightest = light[:, :FIRST].mean(axis=(1, 2)), light[:, FIRST:].mean(axis=2).max(axis=1)
    filled: Floats = np.clip((core / np.maximum(brightest, FAINTEST) - EMPTY) / (FULL - EMPTY), 0, 1)
    return filled


def _unroll(windows: Floats) -> Floats:
    """Sample windows on circles: (n, radii, angles), smoothed along the circles."""
    place, weight = _sampling(windows.shape[-1])
    rows = windows[:, 0::2] + windows[:, 1::2]
    binned = np.clip(rows[:, :, 0::2] + rows[:, :, 1::2], -BRIGHTEST, BRIGHTEST).reshape(len(windows), -1)
    light = np.einsum("kpn,kp->np", binned.T[place], weight, dtype=np.float32)
    light = light.reshape(len(windows), len(RADII), ANGLES)
    smooth: Floats = light / 2 + (np.roll(light, 1, axis=2) + np.roll(light, -1, axis=2)) / 4
    return smooth


@lru_cache(maxsize=4)
def _sampling(side: int) -> tuple[NDArray[np.intp], Floats]:
    """Give, for points on the circles, four binned pixels and their bilinear weights: (4, points) each."""
    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    radius = np.array(RADII)[:, None]
    middle, half = (side // 2 - 1) / 2, side // 2
    x, y = (middle + radius / 2 * turn(angle) for turn in (np.cos, np.sin))
    left, bottom = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    place, weight = [], []
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        place.append(((bottom + j) * half + left + i).ravel())
        weight.append(((1 - abs(x - left - i)) * (1 - abs(y - bottom - j)) / 4).ravel())
    return np.array(place), np.array(weight, np.float32)
