"""How many nodes are really in use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import Weights, bound, divide


def effective_nodes(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """Give the effective number of nodes of histograms (..., nodes): the exponential of their entropy."""
    total = np.asarray(counts, np.float64).sum(axis=-1, keepdims=True)
    p = np.nan_to_num(divide(np.asarray(counts, np.float64), np.broadcast_to(total, np.shape(counts))))
    entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)
    return np.asarray(np.exp(entropy), np.float64)


def score_occupation(counts: NDArray[np.integer], weights: Weights) -> Figure:
    """Score the nodes that the objects of all frames, counted as (frames, nodes), use together.

    Resamples hold fewer different frames and so fewer nodes: the interval is freed of that bias.
    """
    value = float(effective_nodes(counts.sum(axis=0)))
    resampled = effective_nodes(weights @ counts)
    return bound(value, resampled - resampled.mean() + value)
