"""Histograms of nodes, and search vectors of what the objects, the whole image and its defects tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise
from fingerprinting.defects import KINDS, Judgement, judge, place
from fingerprinting.description import STATISTICS, PartDescription

SIDE: Final = 20  # of Map 1: node = gridX + 20 gridY
NODES: Final = SIDE * SIDE
VECTOR: Final = 400  # axes of a search vector
OBJECT_AXES: Final = VECTOR - len(STATISTICS) - len(KINDS)
PSEUDO_COUNTS: Final = 5.0  # objects of the archive's mean that every image is given (Dirichlet prior)
KERNEL_WIDTH: Final = 0.7  # of the median distance of a node to its nearest
LIMIT: Final = 5.0  # standard deviations that a statistic may lie off
WEIGHT: Final = 1.0  # of the whole image, where the objects have 1
DEFECT_WEIGHT: Final = 1.5  # of a certain defect

Vector = NDArray[np.float32]


class Smoothing(Judgement, Protocol):
    """What turns counts and statistics into search vectors; a Model is one."""

    @property
    def kernel(self) -> NDArray[np.float32]:
        """Likeness of nodes, (400, 400); each row sums to 1."""

    @property
    def prior(self) -> NDArray[np.float32]:
        """Mean histogram of the archive, (400,), sum 1."""

    @property
    def vector_mean(self) -> NDArray[np.float32]:
        """Mean of sqrt(p K) over the archive, (400,)."""

    @property
    def object_axes(self) -> NDArray[np.float32]:
        """Orthonormal axes that hold what sqrt(p K) varies in, (400, 391 - s)."""

    @property
    def statistics_centre(self) -> NDArray[np.float32]:
        """Usual value of each statistic, (s,)."""

    @property
    def statistics_scale(self) -> NDArray[np.float32]:
        """How far each statistic usually lies from it, (s,)."""

    @property
    def statistics_axes(self) -> NDArray[np.float32]:
        """Axes along which the standardised statistics vary alike and alone, (s, s)."""


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


def standardise(statistics: NDArray[np.floating], centre: Vector, scale: Vector) -> NDArray[np.float64]:
    """Give statistics (..., s) in usual deviations from the usual value, at most 5; unknown ones become 0."""
    apart = (np.asarray(statistics, np.float64) - centre) / scale
    return np.where(np.isfinite(apart), np.clip(apart, -LIMIT, LIMIT), 0.0)


def search_vectors(counts: NDArray[np.integer], statistics: NDArray[np.floating], maps: Smoothing) -> Vector:
    """Turn counts (n, 400) and statistics (n, s) into unit search vectors float32 (n, 400).

    The objects' part fades with their number, so that a frame with hardly any is compared by its looks. What
    tells of defects is 0 for a sound image, and outweighs all else for a spoiled one. A row without objects
    and statistics is 0.
    """
    total = np.asarray(counts).sum(axis=1, keepdims=True)
    centred = spread(counts, maps.kernel, maps.prior) - maps.vector_mean
    objects = _scale_to_unit(centred @ maps.object_axes) * (total / (total + PSEUDO_COUNTS)) + 0.0  # no -0
    usual = standardise(statistics, maps.statistics_centre, maps.statistics_scale)
    whole = _scale_to_unit(usual @ maps.statistics_axes) * WEIGHT
    spoiled = place(judge(usual, maps)) * (DEFECT_WEIGHT * usual.any(axis=1, keepdims=True)) + 0.0
    return normalise(np.concatenate([objects, whole, spoiled], axis=1).astype(np.float32))


def _scale_to_unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    scaled: NDArray[np.float64] = vectors / np.maximum(length, 1e-12)[:, None]
    return scaled


def search_vector(
    counts: NDArray[np.integer], statistics: NDArray[np.floating], maps: Smoothing
) -> Vector | None:
    """Turn counts (400,) and statistics (s,) into a unit search vector float32 (400,).

    None where nothing was counted and no statistic is known: then there is nothing to compare.
    """
    vector: Vector = search_vectors(counts[None], statistics[None], maps)[0]
    return vector if vector.any() else None


def combine_statistics(values: Sequence[Vector], pixels: Sequence[int]) -> Vector:
    """Average the statistics (n, s) of tiles or parts by their numbers of pixels; NaN is left out."""
    stacked = np.asarray(values, np.float64).reshape(-1, len(STATISTICS))
    known = np.isfinite(stacked)
    weight = np.asarray(pixels, np.float64)[:, None] * known
    total = weight.sum(axis=0)
    summed = (np.where(known, stacked, 0) * weight).sum(axis=0)
    mean = np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)
    combined: Vector = mean.astype(np.float32)
    return combined


def sum_descriptions(parts: Sequence[PartDescription]) -> tuple[NDArray[np.int64], Vector]:
    """Give counts (400,) and statistics (s,) of an image from those of its parts."""
    counts = np.stack([part.fingerprint for part in parts]).sum(axis=0, dtype=np.int64)
    pixels = [part.shape[0] * part.shape[1] for part in parts]
    return counts, combine_statistics([part.quality.statistics for part in parts], pixels)


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
