"""What kind of object a node stands for: named by training objects, tried on those of other frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.scores.bootstrap import (
    Weights,
    count_pairs,
    mean_of_shares,
    share,
)


@dataclass(frozen=True)
class Truth:
    """Objects whose kind is known: frame (n,), kind (n,) as an index of names, and the number of frames."""

    frame: NDArray[np.intp]
    kind: NDArray[np.intp]
    names: NDArray[np.str_]
    frames: int


def name_nodes(votes: NDArray[np.float64], *, balanced: bool) -> NDArray[np.intp]:
    """Name each node by a kind, given counts (nodes, kinds) of training objects: the most frequent one in it.

    Balanced, it is the kind with the greatest rate (count in the node over count of the kind), as if all
    kinds were equally frequent. A node without training objects takes the most frequent kind of all.
    """
    named = np.argmax(_weigh(votes, balanced=balanced), axis=1)
    named[votes.sum(axis=1) == 0] = votes.sum(axis=0).argmax()
    return np.asarray(named)


def _weigh(votes: NDArray[np.float64], *, balanced: bool) -> NDArray[np.float64]:
    return votes / np.maximum(votes.sum(axis=0), 1) if balanced else votes


def score_predictions(
    plain: NDArray[np.intp], balanced: NDArray[np.intp], truth: Truth, weights: Weights, name: str
) -> dict[str, Figure]:
    """Score two predictions (n,) of the kind: accuracy of the first, mean recall of the second."""
    hits, total = _tally(plain, truth), _tally(truth.kind, truth)
    fair = _tally(balanced, truth)
    return {
        f"{name}_accuracy": share(hits.sum(axis=1), total.sum(axis=1), weights),
        f"{name}_accuracy_balanced": mean_of_shares(fair, total, weights),
    }


def score_recall(predicted: NDArray[np.intp], truth: Truth, weights: Weights) -> dict[str, Figure]:
    """Give the share of each kind (those that occur) that is predicted as what it is."""
    hits, total = _tally(predicted, truth), _tally(truth.kind, truth)
    return {
        f"recall_{kind}": share(hits[:, i], total[:, i], weights)
        for i, kind in enumerate(truth.names)
        if total[:, i].any()
    }


def _tally(predicted: NDArray[np.intp], truth: Truth) -> NDArray[np.float64]:
    """Count right predictions by frame and kind, (frames, kinds)."""
    right = predicted == truth.kind
    return count_pairs(truth.frame[right], truth.kind[right], (truth.frames, len(truth.names)))
