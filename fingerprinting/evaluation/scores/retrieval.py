"""Search among images: precision of the first k, and mean average precision."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.distances import square_distances_of_others
from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import Weights, mean

DEPTHS: Final = (1, 2, 3, 5, 10, 15, 20)


def rank_others(vectors: NDArray[np.floating]) -> NDArray[np.intp]:
    """Order all other images by their Euclidean distance to each of (m, k), nearest first: (m, m - 1)."""
    return np.argsort(square_distances_of_others(vectors), axis=1, kind="stable")[:, :-1]


def average_precision(right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the average precision of each answer (m, n), nearest first; NaN where nothing is to be found."""
    wanted = right.sum(axis=1)
    precision = np.cumsum(right, axis=1) / np.arange(1, right.shape[1] + 1)
    average = (precision * right).sum(axis=1) / np.maximum(wanted, 1)
    return np.where(wanted > 0, average, np.nan)


def score_retrieval(
    vectors: NDArray[np.floating], types: NDArray[np.str_], weights: Weights
) -> dict[str, Figure]:
    """Search each image (m, k) among the others for those of its type (m,).

    Where there are fewer of a type than are looked at, precision is of what could be found.
    """
    right = types[rank_others(vectors)] == types[:, None]
    wanted = right.sum(axis=1).astype(np.float64)
    wanted[wanted == 0] = np.nan
    figures = {"retrieval_map": mean(average_precision(right), weights)}
    for k in DEPTHS:
        if k <= right.shape[1]:
            found = right[:, :k].sum(axis=1) / np.minimum(wanted, k)
            figures[f"retrieval_p{k}"] = mean(found, weights)
    return figures
