"""Spherical k-means (Dhillon & Modha 2001) with a mild push towards clusters of equal size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.nodes import assign

ITERATIONS: Final = 40
STEP: Final = 0.05  # cosine that a full balance takes from a cluster e times too large

Vectors = NDArray[np.float32]


def find_clusters(
    vectors: Vectors,
    k: int,
    seed: int,
    *,
    balance: float = 0.25,
    iterations: int = ITERATIONS,
    report: Callable[[], object] = lambda: None,
) -> Vectors:
    """Find k unit centroids (k, d) of unit vectors (n, d); `report` is called after each iteration."""
    if len(vectors) < k:
        raise ParameterError(f"{k} clusters need at least {k} vectors; there are {len(vectors)}.")
    rng = np.random.default_rng(seed)
    centroids = vectors[rng.choice(len(vectors), k, replace=False)].copy()
    handicap = np.zeros(k, np.float32)
    for _ in range(iterations):
        member, likeness = _assign_with_handicap(vectors, centroids, handicap)
        sizes = np.bincount(member, minlength=k)
        handicap = np.float32(balance * STEP) * np.log((sizes + 1) * k / len(vectors)).astype(np.float32)
        centroids = _average(vectors, member, k)
        _refill(centroids, np.flatnonzero(sizes == 0), vectors, likeness)
        report()
    return centroids


def _assign_with_handicap(
    vectors: Vectors, centroids: Vectors, handicap: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    member = np.empty(len(vectors), np.intp)
    likeness = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), 8192):
        part = slice(start, start + 8192)
        score = vectors[part] @ centroids.T - handicap
        member[part] = score.argmax(axis=1)
        likeness[part] = score[np.arange(len(score)), member[part]]
    return member, likeness


def _average(vectors: Vectors, member: NDArray[np.intp], k: int) -> Vectors:
    order = np.argsort(member, kind="stable")
    sizes = np.bincount(member, minlength=k)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    sums = np.zeros((k, vectors.shape[1]), np.float32)
    filled = sizes > 0
    sums[filled] = np.add.reduceat(vectors[order], starts[filled], axis=0)
    return normalise(sums)


def _refill(
    centroids: Vectors, empty: NDArray[np.intp], vectors: Vectors, likeness: NDArray[np.float32]
) -> None:
    """Give empty clusters the vectors that lie worst in theirs."""
    worst = np.argsort(likeness, kind="stable")[: len(empty)]
    centroids[empty] = vectors[worst]


def normalise(vectors: Vectors) -> Vectors:
    """Scale rows to unit length; a zero row stays zero."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    unit: Vectors = (vectors / np.maximum(length, 1e-12)[:, None]).astype(np.float32)
    return unit


def count_effective(vectors: Vectors, centroids: Vectors) -> float:
    """Give the effective number of clusters in use: the exponential of the entropy of their sizes."""
    share = np.bincount(assign(vectors, centroids)[0], minlength=len(centroids)) / max(len(vectors), 1)
    used = share[share > 0]
    return float(np.exp(-(used * np.log(used)).sum()))
