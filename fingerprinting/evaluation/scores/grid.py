"""Whether neighbours on the grid are alike: trustworthiness (Venna & Kaski 2001)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.distances import square_distances_of_others
from fingerprinting.layout import grid_positions

CLOSE: Final = 8  # neighbours, as many as a cell has


def trustworthiness(vectors: NDArray[np.floating], width: int, height: int, k: int = CLOSE) -> float:
    """Give how far the k neighbours of a cell are also near as vectors (n, d): 1 always, 0.5 by chance."""
    n = len(vectors)
    near = _order(grid_positions(width, height))[:, :k]
    rank = np.empty((n, n), np.int64)
    np.put_along_axis(rank, _order(vectors), np.arange(1, n + 1)[None], axis=1)
    intruders = np.maximum(np.take_along_axis(rank, near, axis=1) - k, 0).sum()
    return float(1 - intruders * 2 / (n * k * (2 * n - 3 * k - 1)))


def _order(points: NDArray[Any]) -> NDArray[np.intp]:
    """Order all points (n, d) by their distance to each, itself last: (n, n)."""
    return np.argsort(square_distances_of_others(points), axis=1, kind="stable")
