"""Arcs and rings around a galaxy, found by filters on circles around it, learnt from drawn lenses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from fingerprinting.arrays import Layout, read_arrays

RADII: Final = 16  # circles, a pixel apart
ANGLES: Final = 32
TAPS: Final = 5  # neighbouring angles that a filter sees
FILTERS, SECOND, HIDDEN = 12, 12, 16
SOFTENING: Final = 4.0  # sigma: here light counts half; the brightest counts 1
SIDE: Final = 36  # pixels of the middle of a window that the circles reach
CHUNK: Final = 256  # windows at once: what is in between stays in the cache
LARGEST: Final = 1 << 20  # bytes of the file
LAYOUTS: Final[dict[str, Layout]] = {
    "first": (np.float32, (FILTERS, TAPS * RADII + 1)),  # the last column is what is added
    "second": (np.float32, (SECOND, TAPS * FILTERS + 1)),
    "third": (np.float32, (HIDDEN, 2 * SECOND + 1)),
    "last": (np.float32, (1, HIDDEN + 1)),
}

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Filters:
    """Two layers of filters along circles, and two that weigh their greatest and mean answers."""

    first: Floats
    second: Floats
    third: Floats
    last: Floats

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read them from an npz file; ValueError says what is not as it should be."""
        with path.open("rb") as file:
            return cls(**read_arrays(file.read(LARGEST), LAYOUTS))

    def weigh(self, light: Floats) -> Floats:
        """Give the evidence (n,) of light on circles, (angles, radii, n)."""
        found = _convolve(self.second, _convolve(self.first, light))
        pooled = np.concatenate([found.max(axis=0), found.mean(axis=0)])
        weighed: Floats = _add_up(self.last, np.maximum(_add_up(self.third, pooled), 0))[0]
        return weighed


def measure_arcs(windows: Floats) -> Floats:
    """Give the evidence (n,) for arcs or a ring around the middle of windows (n, side, side) in sigma.

    It is the logarithm of the odds in a set of which a quarter are lenses: below 0 for nearly all objects.
    """
    filters, evidence = read_filters(), np.empty(len(windows), np.float32)
    for start in range(0, len(windows), CHUNK):
        chunk = slice(start, start + CHUNK)
        evidence[chunk] = filters.weigh(unroll(windows[chunk]))
    return evidence


def unroll(windows: Floats) -> Floats:
    """Sample windows on circles: (angles, radii, n), light compressed to -1 to 1."""
    edge = (windows.shape[-1] - SIDE) // 2
    middle = windows[:, edge : edge + SIDE, edge : edge + SIDE].reshape(len(windows), SIDE**2)
    light: Floats = _sampling() @ np.ascontiguousarray(middle.T, np.float32)
    light /= np.abs(light) + np.float32(SOFTENING)
    return light.reshape(ANGLES, RADII, len(windows))


@lru_cache(maxsize=1)
def read_filters() -> Filters:
    """Read the filters that come with the package."""
    return Filters.read(Path(__file__).resolve().parent / "models" / "arcs.npz")


def _convolve(filters: Floats, light: Floats) -> Floats:
    """Apply filters to (angles, k, n) light around each angle, and keep what is above 0."""
    reach = TAPS // 2
    around = np.concatenate([light[-reach:], light, light[:reach]])
    angles, depth, n = light.shape
    strides = around.strides
    seen = as_strided(around, (angles, TAPS * depth, n), (strides[0], strides[1], strides[2]))
    return np.maximum(_add_up(filters, seen), 0)


def _add_up(weights: Floats, values: Floats) -> Floats:
    added: Floats = weights[:, :-1] @ values
    added += weights[:, -1:]
    return added


@lru_cache(maxsize=1)
def _sampling() -> Any:
    """Give the weights (points, pixels) of the four pixels around each point."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes 0.2 s, and many commands know this module

    angle = 2 * np.pi * np.arange(ANGLES)[:, None] / ANGLES
    radius = np.arange(1, RADII + 1)
    middle = (SIDE - 1) / 2
    x, y = ((middle + radius * turn(angle)).ravel() for turn in (np.cos, np.sin))
    left, bottom = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    corners = [(i, j) for i in (0, 1) for j in (0, 1)]
    weight = np.concatenate([(1 - abs(x - left - i)) * (1 - abs(y - bottom - j)) for i, j in corners])
    pixel = np.concatenate([(bottom + j) * SIDE + left + i for i, j in corners])
    point = np.tile(np.arange(len(x)), len(corners))
    return csr_array((weight.astype(np.float32), (point, pixel)), shape=(len(x), SIDE**2))
