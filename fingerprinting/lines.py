"""Straight thin lines across a frame, such as satellite trails: a Hough transform of its bright cells."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.ranks import find_percentiles
from fingerprinting.texture import Figures, group_bins, spread, thin

CELLS: Final = 96  # along the longer side
ANGLES: Final = 180
WIDTH: Final = 1.2  # cells of a line
SHORTEST: Final = 0.4  # of the shorter side
BESIDE: Final = 3  # lines away, that a line is compared with
CROSSED: Final = 0.7  # of the bins along a cell's side, that a line makes bright
BRIGHT: Final = 5.0  # sigma
MOST: Final = 90.0  # percentile of the bins, beyond which they are always bright
UPRIGHT: Final = 1.5  # degrees: closer to an axis of the detector lie bad columns and bleeding
LEAST_VARIANCE: Final = 0.02

Floats = NDArray[np.float32]


def measure_lines(binned: Floats, pixels: int) -> Figures:
    """Measure the clearest line that is not along rows or columns, and the clearest that is.

    `binned` (ny, nx) are means of so many `pixels` in sigma, NaN where masked. A line is judged by how much
    more of its cells are bright than of lines beside it: their share, and the logarithm of its significance.
    """
    bright = _find_bright(binned, pixels)
    usual = float(bright.mean())
    if usual == 0:
        return {"line_contrast": 0.0, "line": 0.0, "line_upright": 0.0}
    y, x = np.nonzero(bright)
    length = _measure_lengths(bright.shape)
    found = np.bincount(_number(x, y, bright.shape).ravel(), minlength=length.size).reshape(length.shape)
    share = np.where(length > 0, found / np.maximum(length, 1), usual)
    sides = np.roll(share, BESIDE, 1), np.roll(share, -BESIDE, 1)
    beside = np.maximum(np.maximum(*sides), usual)
    contrast = share - beside
    contrast[length < SHORTEST * min(bright.shape)] = -1
    variance = np.maximum(beside * (1 - beside), LEAST_VARIANCE)
    clear = contrast * np.sqrt(length / variance)
    degrees = np.arange(ANGLES) * 180 / ANGLES % 90
    upright = np.minimum(degrees, 90 - degrees) < UPRIGHT
    aslant = np.where(upright[:, None], -1, clear)
    return {
        "line_contrast": float(np.log(max(aslant.max(), 1.0))),
        "line": max(float(contrast.ravel()[aslant.argmax()]), 0.0),
        "line_upright": float(np.log(max(clear[upright].max(), 1.0))),
    }


def _find_bright(binned: Floats, pixels: int) -> NDArray[np.bool_]:
    """Tell which cells are bright enough for a line, (ny, nx)."""
    side = -(-max(binned.shape) // CELLS)
    some = thin(binned)
    some = some[np.isfinite(some)]
    if not some.size:
        return np.zeros(group_bins(binned, side).shape[:2], bool)
    level, most = find_percentiles(some, [50, MOST])
    limit = level + max(BRIGHT / np.sqrt(pixels), min(BRIGHT * spread(some), most - level))
    number = np.count_nonzero(group_bins(binned, side) > np.float32(limit), axis=2)
    return np.asarray(number >= CROSSED * side)


def _number(x: NDArray[np.intp], y: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Number the lines through cells (n,), one for each angle: (angles, n)."""
    angle = np.pi * np.arange(ANGLES)[:, None] / ANGLES
    reach = _reach(shape)
    aside = np.rint((x * np.cos(angle) + y * np.sin(angle)) / WIDTH).astype(np.int32) + reach
    return aside + 2 * reach * np.arange(ANGLES, dtype=np.int32)[:, None]


def _reach(shape: tuple[int, ...]) -> int:
    return int(np.hypot(shape[0], shape[1])) + 2


@lru_cache(maxsize=8)
def _measure_lengths(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Count the cells of all lines, (angles, lines)."""
    y, x = (places.ravel() for places in np.mgrid[: shape[0], : shape[1]])
    number = _number(x, y, shape).ravel()
    return np.bincount(number, minlength=2 * _reach(shape) * ANGLES).reshape(ANGLES, -1)
