"""Pixels that carry no signal: undefined, flagged, without weight, or a constant border."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

HUGE: Final = np.float32(1e29)  # SEP takes 1e30 for "no value"; fill values such as -3.4e38 exist
ROWS: Final = 64  # looked at together, so that they stay in the cache of a core
CORNER: Final = 8
COMMON: Final = 0.2  # of the inner pixels: a value as frequent as this is an empty sky, not a filling


def undefined(pixels: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Find NaN, infinite and absurd values, (ny, nx), or None if there are none."""
    mask: NDArray[np.bool_] | None = None
    for y in range(0, len(pixels), ROWS):
        rows = pixels[y : y + ROWS]
        if np.vdot(rows, rows) < HUGE:  # the sum of squares: one look, and false for NaN
            continue
        good = np.abs(rows) < HUGE
        if good.all():
            continue
        if mask is None:
            mask = np.zeros(pixels.shape, np.bool_)
        np.logical_not(good, out=mask[y : y + ROWS])
    return mask


def border(pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """Find the filling around an image, (ny, nx): runs of one value from an edge inwards; None if none."""
    found: NDArray[np.bool_] | None = None
    for value in _edge_values(pixels):
        same = pixels == np.float32(value)
        runs = _runs_from_edges(same)
        inside = ~runs
        if mask is not None:
            inside &= ~mask
        if 0 < np.count_nonzero(inside) * COMMON >= np.count_nonzero(same & inside):
            found = runs if found is None else found | runs
    return found


def _edge_values(pixels: NDArray[np.float32]) -> list[float]:
    """Give the values that fill a whole corner block or a whole edge of the image."""
    ends = (slice(None, CORNER), slice(-CORNER, None))
    blocks = [pixels[rows, columns] for rows in ends for columns in ends]
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return sorted({float(area.flat[0]) for area in [*blocks, *edges] if (area == area.flat[0]).all()})


def _runs_from_edges(same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the runs of True that begin at one of the four edges."""
    runs = np.zeros_like(same)
    for turned, result in ((same, runs), (same.T, runs.T)):
        count = np.arange(turned.shape[1])
        begin, end = _first_false(turned)[:, None], _first_false(turned[:, ::-1])[:, None]
        np.logical_or(result, (count < begin) | (count[::-1] < end), out=result)
    return runs


def _first_false(rows: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the length of the run of True at the start of each row."""
    length: NDArray[np.intp] = np.where(rows.all(axis=1), rows.shape[1], np.argmin(rows, axis=1))
    return length
