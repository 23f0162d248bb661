"""Spherical k-means (Dhillon & Modha 2001)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.nodes import assign

ITERATIONS: Final = 40
CHUNK: Final = 8192

Vectors = NDArray[np.float32]


def find_clusters(
    vectors: Vectors, k: int, seed: int, *, iterations: int = ITERATIONS, start: Vectors | None = None
) -> Vectors:
    """Find k unit centroids (k, d) of unit vectors (n, d), from those of `start` on where it is given."""
    if len(vectors) < k:
        raise ParameterError(f"{k} clusters need at least {k} vectors; there are {len(vectors)}.")
    chosen = np.random.default_rng(seed).choice(len(vectors), k, replace=False)
    centroids = vectors[chosen].copy() if start is None else start
    for _ in range(iterations):
        member, likeness = _find_nearest(vectors, centroids)
        centroids = _average(vectors, member, k)
        _refill(centroids, np.flatnonzero(np.bincount(member, minlength=k) == 0), vectors, likeness)
    return centroids


def _find_nearest(vectors: Vectors, centroids: Vectors) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    member = np.empty(len(vectors), np.intp)
    likeness = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = slice(start, start + CHUNK)
        cosine = vectors[part] @ centroids.T
        member[part] = cosine.argmax(axis=1)
        likeness[part] = cosine[np.arange(len(cosine)), member[part]]
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
