"""Whether one half of an image finds the other among the halves of many."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.distances import square_distances_of_others
from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import Weights, mean

FEW: Final = 5


def rank_other_half(vectors: NDArray[np.floating]) -> NDArray[np.int64]:
    """Count the halves that lie at least as near to each half as its other one: (2 m,), 0 is the best.

    Rows 2 i and 2 i + 1 of vectors (2 m, k) are the halves of image i. Where all are alike, none is found.
    """
    apart = square_distances_of_others(vectors)
    rows = np.arange(len(vectors))
    other = apart[rows, rows ^ 1]
    return np.asarray((~(apart > other[:, None])).sum(axis=1) - 1)


def score_halves(
    vectors: NDArray[np.floating], asked: NDArray[np.bool_], weights: Weights
) -> dict[str, Figure]:
    """Score the halves of the images that are asked (m,); the halves of the others are only in their way."""
    rank = rank_other_half(vectors).reshape(-1, 2)[asked]
    return {
        "other_half_rank1": mean((rank < 1).mean(axis=1), weights),
        "other_half_top5": mean((rank < FEW).mean(axis=1), weights),
    }
