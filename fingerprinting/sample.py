"""A sample of a plane's objects that depends on nothing but its pixels: not on order or process."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.looks import LOOKED

ROWS: Final = 8  # every eighth row tells frames apart, and costs nothing


class Sample:
    """At most `most` objects of those offered, tile after tile: those with the lowest pseudo-random numbers.

    A number comes from the checksum of the first pixels seen and from the pixel where the object lies.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: NDArray[np.void] = np.zeros(0, LOOKED)
        self._priority: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._seed: int | None = None

    def begin(self, pixels: NDArray[np.float32]) -> None:
        """Seed the sample by the checksum (CRC-32) of the first tile's pixel values, (ny, nx)."""
        if self._seed is None:
            self._seed = zlib.crc32(np.ascontiguousarray(pixels[::ROWS]).data)

    def priorities(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.uint64]:
        """Give each object at x, y (pixels of the HDU) its pseudo-random number (splitmix64)."""
        key = np.rint(y).astype(np.int64).astype(np.uint64) << np.uint64(32)
        key ^= np.rint(x).astype(np.int64).astype(np.uint64)
        key += np.uint64((self._seed or 0) * 0x9E3779B97F4A7C15 % 2**64)
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return key ^ (key >> np.uint64(31))

    def admit(self, priority: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Tell which of the offered objects can be among the lowest so far, as their places in order."""
        known = len(self._priority)
        taken = self._lowest(np.concatenate([self._priority, priority]))
        return taken[taken >= known] - known

    def add(self, priority: NDArray[np.uint64], rows: NDArray[np.void]) -> None:
        """Take admitted objects in, and drop those they displace."""
        priority, rows = np.concatenate([self._priority, priority]), np.concatenate([self.rows, rows])
        kept = self._lowest(priority)
        self._priority, self.rows = priority[kept], rows[kept]

    def _lowest(self, values: NDArray[np.uint64]) -> NDArray[np.intp]:
        if len(values) <= self.most:
            return np.arange(len(values))
        return np.sort(np.argsort(values, kind="stable")[: self.most])
