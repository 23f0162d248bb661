"""Distances of many vectors from many others, by one product of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def square_distances(
    vectors: NDArray[np.floating], others: NDArray[np.floating] | None = None
) -> NDArray[np.floating]:
    """Measure squared Euclidean distances of vectors (n, d) from others (m, d), or among each other: (n, m).

    Those of equal vectors are 0 but for rounding, and may lie below it.
    """
    others = vectors if others is None else others
    lengths = (vectors**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    squares: NDArray[np.floating] = lengths - 2 * vectors @ others.T
    return squares


def square_distances_of_others(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Measure squared distances of vectors (n, d) among each other, infinite from itself: (n, n)."""
    squares = np.asarray(square_distances(np.asarray(vectors, np.float64)), np.float64)
    np.fill_diagonal(squares, np.inf)
    return squares
