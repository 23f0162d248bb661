"""Histograms of nodes, and the search vectors made of them: normalise(sqrt(p K) - mean)."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise

NODES: Final = 400
PSEUDO_COUNTS: Final = 5.0  # objects of the archive's mean that every image is given (Dirichlet prior)
KERNEL_WIDTH: Final = 0.7  # of the median distance of a node to its nearest

Vector = NDArray[np.float32]


class Smoothing(Protocol):
    """What turns counts into search vectors; a Model is one."""

    @property
    def kernel(self) -> NDArray[np.float32]:
        """Likeness of nodes, (400, 400); each row sums to 1."""

    @property
    def prior(self) -> NDArray[np.float32]:
        """Mean histogram of the archive, (400,), sum 1."""

    @property
    def vector_mean(self) -> NDArray[np.float32]:
        """Mean of sqrt(p K) over the archive, (400,)."""


def count_nodes(nodes: NDArray[np.integer]) -> NDArray[np.int32]:
    """Count the objects (n,) of an image in each node: int32 (400,)."""
    return np.bincount(nodes, minlength=NODES).astype(np.int32)


def spread(counts: NDArray[np.number], kernel: Vector, prior: Vector) -> NDArray[np.float64]:
    """Give sqrt(p K) of counts (..., 400), where p holds the pseudo-counts of the prior too."""
    counts = np.asarray(counts, np.float64)
    total = counts.sum(axis=-1, keepdims=True) + PSEUDO_COUNTS
    smooth: NDArray[np.float64] = np.sqrt(
        (counts + PSEUDO_COUNTS * prior) / total @ kernel.astype(np.float64)
    )
    return smooth


def search_vector(counts: NDArray[np.integer], maps: Smoothing) -> Vector | None:
    """Turn counts (400,) into a unit search vector float32 (400,), or None where no object was counted."""
    if not np.any(counts):
        return None
    centred = spread(counts, maps.kernel, maps.prior) - maps.vector_mean
    vector: Vector = normalise(centred[None].astype(np.float32))[0]
    return vector


def distance(first: Vector, second: Vector) -> float:
    """Give the distance of two search vectors: 0 the same content, sqrt(2) unrelated, 2 opposite."""
    return float(np.linalg.norm(first.astype(np.float64) - second.astype(np.float64)))


def make_kernel(centroids: NDArray[np.float32]) -> Vector:
    """Make the likeness of nodes, rows of sum 1: a Gaussian of the distance of their centroids (400, d)."""
    cosine = np.clip(centroids.astype(np.float64) @ centroids.T.astype(np.float64), -1, 1)
    squared = 2 - 2 * cosine
    np.fill_diagonal(squared, np.inf)
    width = KERNEL_WIDTH * np.median(np.sqrt(squared.min(axis=1)))
    np.fill_diagonal(squared, 0)
    kernel = np.exp(-squared / (2 * width**2))
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True), np.float32)


def fit_means(counts: NDArray[np.integer], kernel: Vector) -> tuple[Vector, Vector]:
    """Fit prior and vector mean, each (400,), to the fingerprints (n, 400) of an archive.

    Every image with objects weighs the same, whatever their number.
    """
    used = np.asarray(counts, np.float64)[np.any(counts, axis=1)]
    prior = (used / used.sum(axis=1, keepdims=True)).mean(axis=0).astype(np.float32)
    mean = spread(used, kernel, prior).mean(axis=0).astype(np.float32)
    return prior, mean
