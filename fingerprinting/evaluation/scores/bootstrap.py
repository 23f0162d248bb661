"""Intervals by the bootstrap (Efron 1979), over frames: objects of one frame are not independent."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure

LOW, HIGH = 2.5, 97.5  # percentiles of the resampled values
SEED: Final = 8  # of the resamples: every method is scored on the same ones

Weights = NDArray[np.float64]


def draw_weights(frames: int, resamples: int) -> Weights:
    """Draw frames with replacement: how often each of them is in each resample, (resamples, frames)."""
    rng = np.random.default_rng([frames, SEED])
    return rng.multinomial(frames, np.full(frames, 1 / max(frames, 1)), resamples).astype(np.float64)


def bound(value: float, resampled: NDArray[np.float64]) -> Figure:
    """Give a value with the interval that its resamples span; NaN among them (nothing drawn) is left out."""
    known = resampled[np.isfinite(resampled)]
    if known.size == 0:
        return Figure(float(value), float(value), float(value))
    low, high = np.percentile(known, [LOW, HIGH])
    return Figure(float(value), float(low), float(high))


def share(hits: NDArray[np.number], total: NDArray[np.number], weights: Weights) -> Figure:
    """Give the share of hits among all, each counted by frame (m,)."""
    return bound(float(divide(hits.sum(), total.sum())), divide(weights @ hits, weights @ total))


def mean(values: NDArray[np.floating], weights: Weights) -> Figure:
    """Give the mean of values (m,), one a frame; NaN is no value."""
    known = np.isfinite(values)
    return share(np.where(known, values, 0), known.astype(np.float64), weights)


def mean_of_shares(hits: NDArray[np.number], total: NDArray[np.number], weights: Weights) -> Figure:
    """Give the mean over classes of the share of hits, counted by frame and class (m, c)."""
    resampled = _average(divide(weights @ hits, weights @ total))
    return bound(float(_average(divide(hits.sum(axis=0), total.sum(axis=0))[None])[0]), resampled)


def divide(part: NDArray[np.number], whole: NDArray[np.number]) -> NDArray[np.float64]:
    """Divide, giving NaN where there is nothing to divide by."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    empty = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))


def _average(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average rows (r, c) over the classes that are there."""
    known = np.isfinite(shares)
    return divide(np.where(known, shares, 0).sum(axis=1), known.sum(axis=1))


def count_pairs(
    row: NDArray[np.integer], column: NDArray[np.integer], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Count objects by their row (n,), such as a frame, and their column (n,), such as a kind."""
    flat = np.bincount(row.astype(np.intp) * shape[1] + column, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)
