"""Whether an object keeps its node when it is turned and seen through fresh noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import Weights, count_pairs, share


def cells_apart(first: NDArray[np.integer], second: NDArray[np.integer], side: int) -> NDArray[np.int64]:
    """Give how many cells (king's moves) nodes (n,) lie apart on a grid of the given side."""
    one, other = first.astype(np.int64), second.astype(np.int64)
    apart = np.stack([one % side - other % side, one // side - other // side])
    return np.asarray(np.abs(apart).max(axis=0))


def share_by_frame(kept: NDArray[np.bool_], frame: NDArray[np.intp], frames: int, weights: Weights) -> Figure:
    """Give the share of objects (n,) for which `kept` is true."""
    zero = np.zeros(len(frame), np.intp)
    total = count_pairs(frame, zero, (frames, 1))[:, 0]
    hits = count_pairs(frame[kept], zero[kept], (frames, 1))[:, 0]
    return share(hits, total, weights)
