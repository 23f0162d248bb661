"""Search with some images left out: how much of an answer is content, and how much is the same camera."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.distances import square_distances
from fingerprinting.evaluation.scores.retrieval import average_precision

FIRST: Final = 10


def measure_distances(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Measure the squared distances of images by their vectors (m, k): (m, m)."""
    squares = square_distances(np.asarray(vectors, np.float64))
    return np.asarray(np.maximum(squares, 0), np.float64)


def search(
    distances: NDArray[np.float64], wanted: NDArray[np.bool_], allowed: NDArray[np.bool_], first: int = FIRST
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Search for what is wanted (m, m) among what is allowed (m, m): P@first, average precision, chance.

    All are (m,) and NaN where fewer than `first` images could be right; chance is the share that a blind
    search would have.
    """
    allowed = allowed & ~np.eye(len(allowed), dtype=bool)
    order = np.argsort(np.where(allowed, distances, np.inf), axis=1, kind="stable")
    right = np.take_along_axis(wanted & allowed, order, axis=1)
    number = right.sum(axis=1)
    known = number >= first
    found = np.where(known, right[:, :first].mean(axis=1), np.nan)
    chance = np.where(known, number / np.maximum(allowed.sum(axis=1), 1), np.nan)
    return found, np.where(known, average_precision(right), np.nan), chance


def share_of_own(
    distances: NDArray[np.float64], own: NDArray[np.bool_], allowed: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the share of an image's own (m, m) among as many of the nearest allowed as there are, and chance.

    The R-precision, (m,); NaN where there are none.
    """
    allowed = allowed & ~np.eye(len(allowed), dtype=bool)
    order = np.argsort(np.where(allowed, distances, np.inf), axis=1, kind="stable")
    right = np.take_along_axis(own & allowed, order, axis=1)
    number, all_of_them = right.sum(axis=1), allowed.sum(axis=1)
    within = np.arange(right.shape[1]) < number[:, None]
    with np.errstate(invalid="ignore"):
        return (right & within).sum(axis=1) / np.where(number, number, np.nan), number / np.where(
            number, all_of_them, np.nan
        )
