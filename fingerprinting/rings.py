"""Ghosts: large faint discs and rings with an edge all around, which nothing in the sky has."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.texture import Figures, thin

RADII: Final = (2.2, 3.2, 4.5, 6.2)  # bins of 8 pixels
INSIDE, OUTSIDE = 0.75, 1.35  # radii at which the light is compared
ANGLES: Final = 12
DARKEST: Final = 2  # of the angles that may show no edge: a star, or another ghost, lies there
BRIGHT: Final = 0.4  # sigma of a bin's pixels: fainter middles are no candidates
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
    smooth = smooth_bins(np.nan_to_num(binned - np.float32(np.median(some))))
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
    for _ in range(2):
        wide = np.concatenate([bins[:1], bins, bins[-1:]])
        first, last = wide[:-2], wide[2:]
        bins = np.maximum(np.minimum(first, last), np.minimum(np.maximum(first, last), bins)).T
    return bins


def _measure_edges(smooth: Floats, y: NDArray[np.intp], x: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Measure edges around candidates (n,) for each radius, (4, n).

    Gives what the light falls by at the third least sharp angle, its ratio to the light inside, and the
    light inside over that in the middle.
    """
    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    middle = np.maximum(smooth[y, x], np.float32(LEAST))
    edges, shares, flatness = [], [], []
    for radius in RADII:
        inside, outside = (
            smooth[
                np.rint(y[:, None] + ratio * radius * np.sin(angle)).astype(int).clip(0, smooth.shape[0] - 1),
                np.rint(x[:, None] + ratio * radius * np.cos(angle)).astype(int).clip(0, smooth.shape[1] - 1),
            ]
            for ratio in (INSIDE, OUTSIDE)
        )
        edge = np.partition(inside - outside, DARKEST, axis=1)[:, DARKEST]
        light = np.median(inside, axis=1)
        edges.append(edge)
        shares.append(edge / np.maximum(light, np.float32(LEAST)))
        flatness.append(light / middle)
    return np.array(edges), np.array(shares), np.array(flatness)
