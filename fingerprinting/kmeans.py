"""Spherical k-means with an optional pull towards equally filled clusters; seeded, numpy only."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 40
CHUNK: Final = 8192


def find_centroids(
    vectors: NDArray[np.float32], number: int, seed: int, balance: float = 0.25
) -> NDArray[np.float32]:
    """Find unit centroids (number, d) of unit vectors (n, d); `balance` in 0..1 weakens crowded clusters."""
    if len(vectors) < number:
        raise ValueError(f"{len(vectors)} vectors cannot fill {number} clusters")
    generator = np.random.default_rng(seed)
    centroids = _scatter(vectors, number, generator)
    penalty = np.zeros(number, np.float32)
    for _ in range(ROUNDS):
        cluster, cosine = _nearest(vectors, centroids, penalty)
        filled = np.bincount(cluster, minlength=number)
        sums = np.zeros_like(centroids)
        np.add.at(sums, cluster, vectors)
        _refill(sums, filled, vectors, cosine)
        centroids = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9)
        spread = float(np.std(cosine))
        penalty = (balance * spread * np.log(filled.clip(1) * number / len(vectors))).astype(np.float32)
    return centroids


def _scatter(
    vectors: NDArray[np.float32], number: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Choose far-apart vectors as first centroids (k-means++, Arthur & Vassilvitskii 2007)."""
    chosen = [int(generator.integers(len(vectors)))]
    gap = 1 - vectors @ vectors[chosen[0]]
    for _ in range(number - 1):
        weight = gap.clip(1e-9).astype(np.float64)
        chosen.append(int(generator.choice(len(vectors), p=weight / weight.sum())))
        gap = np.minimum(gap, 1 - vectors @ vectors[chosen[-1]])
    return vectors[chosen].copy()


def _nearest(
    vectors: NDArray[np.float32], centroids: NDArray[np.float32], penalty: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Give each vector's cluster and the cosine to its centroid, both (n)."""
    cluster = np.empty(len(vectors), np.intp)
    cosine = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = slice(start, start + CHUNK)
        score = vectors[part] @ centroids.T
        cluster[part] = (score - penalty).argmax(axis=1)
        cosine[part] = np.take_along_axis(score, cluster[part][:, None], axis=1)[:, 0]
    return cluster, cosine


def _refill(
    sums: NDArray[np.float32],
    filled: NDArray[np.intp],
    vectors: NDArray[np.float32],
    cosine: NDArray[np.float32],
) -> None:
    """Give empty clusters the vectors that fit worst where they are."""
    empty = np.flatnonzero(filled == 0)
    sums[empty] = vectors[np.argsort(cosine, kind="stable")[: len(empty)]]
