"""Ghosts: large faint discs and rings with an edge all around, which nothing in the sky has."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.ranks import find_medians
from fingerprinting.texture import Figures, thin

RADII: Final = (2.2, 3.2, 4.5, 6.2)  # bins of 8 pixels
INSIDE, OUTSIDE = 0.75, 1.35  # radii at which the light is compared
ANGLES: Final = 12
DARKEST: Final = 2  # of the angles that may show no edge: a star, or another ghost, lies there
BRIGHT: Final = 0.4  # sigma of a bin's pixels: fainter middles are no candidates
REACH: Final = math.ceil(OUTSIDE * RADII[-1])  # bins
CANDIDATES: Final = 800
LEAST: Final = 0.3  # sigma that ratios are taken to at least
FAINTEST: Final = 0.05  # sigma; less is nothing
FLAT, HOLLOW = 0.7, 1.1  # of the middle's light, that a disc and a ring have at least
EDGE: Final = 0.2  # sigma of an edge worth its ratio
CLEAR: Final = 0.35  # of the light, that an edge of a plateau takes away

Floats = NDArray[np.float32]


def measure_rings(binned: Floats) -> Figures:
    """Measure the edges around the places of a frame that look most like ghosts.

    `binned` (ny, nx) are means of 8 x 8 pixels in sigma, NaN where masked. Edges are logarithms of sigma,
    `ring_share` is the part of the light that the clearest edge takes away.
    """
    some = thin(binned)
    some = some[np.isfinite(some)]
    if not some.size:
        return {}
    above = binned - find_medians(some)
    above[np.isnan(above)] = 0
    smooth = smooth_bins(above)
    y, x = np.nonzero(smooth > BRIGHT)
    every = -(-len(y) // CANDIDATES) or 1
    y, x = y[::every], x[::every]
    edge, share, flatness = _measure_edges(smooth, y, x)
    disc, ring = edge * (flatness > FLAT), edge * (flatness > HOLLOW)
    clear = share * (flatness > FLAT) * (edge > EDGE)
    plateaus = every * np.count_nonzero(clear.max(axis=0, initial=0) > CLEAR) if len(y) else 0
    return {
        "disc": float(np.log(max(disc.max(initial=0), FAINTEST))),
        "ring": float(np.log(max(ring.max(initial=0), FAINTEST))),
        "ring_share": float(clear.max(initial=0)),
        "plateaus": float(np.log10((plateaus + 1) / smooth.size)),
    }


def smooth_bins(bins: Floats) -> Floats:
    """Take medians of three along rows, then along columns: stars go, what is larger stays."""
    rows = _find_middle(np.vstack([bins[:1], bins[:-1]]), bins, np.vstack([bins[1:], bins[-1:]]))
    return _find_middle(np.hstack([rows[:, :1], rows[:, :-1]]), rows, np.hstack([rows[:, 1:], rows[:, -1:]]))


def _find_middle(first: Floats, second: Floats, third: Floats) -> Floats:
    middle: Floats = np.maximum(np.minimum(first, third), np.minimum(np.maximum(first, third), second))
    return middle


def _measure_edges(smooth: Floats, y: NDArray[np.intp], x: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Measure edges around candidates (n,) for each radius, (4, n).

    Gives what the light falls by at the third least sharp angle, its ratio to the light inside, and the
    light inside over that in the middle.
    """
    angle, radius = 2 * np.pi * np.arange(ANGLES) / ANGLES, np.array(RADII)[:, None]
    around = np.pad(smooth, REACH, "edge")
    place = (y + REACH) * around.shape[1] + x + REACH
    inside, outside = (
        around.ravel()[place[:, None, None] + _offset(ratio * radius, angle, around.shape[1])]
        for ratio in (INSIDE, OUTSIDE)
    )
    edge: Floats = np.sort(inside - outside, axis=2)[:, :, DARKEST].T
    light: Floats = find_medians(inside).T
    middle: Floats = np.maximum(smooth[y, x], np.float32(LEAST))
    share = np.divide(edge, np.maximum(light, np.float32(LEAST)))
    return edge, share, np.divide(light, middle)


def _offset(radius: NDArray[np.float64], angle: NDArray[np.float64], width: int) -> NDArray[np.intp]:
    """Give how many bins of a frame so wide lie between a place and those around it."""
    y, x = (np.rint(radius * turn(angle)).astype(np.intp) for turn in (np.sin, np.cos))
    return y * width + x
