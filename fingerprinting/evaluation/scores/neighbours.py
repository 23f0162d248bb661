"""Whether neighbours among embeddings are of one kind: k nearest neighbours (Cover & Hart 1967)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS: Final = 10
CHUNK: Final = 512  # queries at once
FIRST: Final = 1e-6  # of a vote that the nearest gets more, the next half of it: it only settles ties


def find_nearest(
    base: NDArray[np.float32], query: NDArray[np.float32], k: int, *, itself: bool = False
) -> NDArray[np.intp]:
    """Find the k nearest of base (n, d) to each query (q, d) by Euclidean distance, nearest first: (q, k).

    With `itself` the queries are the base, and none is its own neighbour.
    """
    squares = np.einsum("ij,ij->i", base, base)
    found = np.empty((len(query), k), np.intp)
    for start in range(0, len(query), CHUNK):
        part = slice(start, start + CHUNK)
        apart = squares - 2 * (query[part] @ base.T)
        if itself:
            rows = np.arange(len(apart))
            apart[rows, start + rows] = np.inf
        near = np.argpartition(apart, k - 1, axis=1)[:, :k]
        order = np.argsort(np.take_along_axis(apart, near, axis=1), axis=1, kind="stable")
        found[part] = np.take_along_axis(near, order, axis=1)
    return found


def vote(classes: NDArray[np.intp], weight: NDArray[np.float64]) -> NDArray[np.intp]:
    """Let neighbours (q, k), nearest first, vote by their class; weight (c,) is what a vote of it counts."""
    q, k = classes.shape
    nearness = 1 + FIRST * 0.5 ** np.arange(k)
    votes = np.zeros((q, len(weight)))
    np.add.at(votes, (np.arange(q)[:, None], classes), weight[classes] * nearness)
    return np.asarray(votes.argmax(axis=1))


def predict(
    base: tuple[NDArray[np.float32], NDArray[np.intp]], query: NDArray[np.float32], classes: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Predict the class of queries (q, d) from embeddings (n, d) and classes (n,): plain, and balanced.

    Balanced, a vote counts the less the more frequent its class is, as for the names of nodes.
    """
    embeddings, known = base
    near = known[find_nearest(embeddings, query, min(NEIGHBOURS, len(known)))]
    number = np.bincount(known, minlength=classes)
    return vote(near, np.ones(classes)), vote(near, 1 / np.maximum(number, 1))
