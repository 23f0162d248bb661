"""The axes of search vectors, fitted to the images of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fingerprint import OBJECT_AXES, fit_means, spread, standardise

SHRINKAGE: Final = 2.0  # of the mean variance: keeps axes that hardly vary from being blown up
LEAST_SCALE: Final = 0.3  # of the spread of nearly all images, where most have the same value
ROUNDS: Final = 20
SPREAD: Final = (2.28, 15.87, 50.0, 84.13, 97.72)  # percent: whole standard deviations of a Gaussian


@dataclass(frozen=True)
class Axes:
    """What turns counts and statistics into search vectors, see fingerprinting.fingerprint.Smoothing."""

    kernel: NDArray[np.float32]
    prior: NDArray[np.float32]
    vector_mean: NDArray[np.float32]
    object_axes: NDArray[np.float32]
    statistics_centre: NDArray[np.float32]
    statistics_scale: NDArray[np.float32]
    statistics_axes: NDArray[np.float32]


def fit_axes(
    counts: NDArray[np.integer], statistics: NDArray[np.floating], kernel: NDArray[np.float32]
) -> Axes:
    """Fit search vectors to the counts (n, 400) and statistics (n, s) of an archive's images.

    Every image weighs the same; those without objects tell of the statistics alone.
    """
    used = np.asarray(counts)[np.any(counts, axis=1)]
    prior, mean = fit_means(used, kernel)
    centred = spread(used, kernel, prior) - mean
    centre, scale = _fit_scales(np.asarray(statistics, np.float64))
    usual = standardise(statistics, centre, scale)
    variance, axes = _find_axes(usual)
    widths = np.sqrt(variance + SHRINKAGE * max(float(variance.mean()), 1e-6))
    return Axes(
        kernel=kernel,
        prior=prior,
        vector_mean=mean,
        object_axes=np.ascontiguousarray(_find_axes(centred)[1][:, :OBJECT_AXES], np.float32),
        statistics_centre=centre,
        statistics_scale=scale,
        statistics_axes=np.asarray(axes / widths, np.float32),
    )


def _find_axes(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give variances (d,) and orthonormal axes (d, d) of centred rows (n, d), the largest variance first."""
    variance, axes = np.linalg.eigh(rows.T @ rows / max(len(rows), 1))
    variance, axes = variance[::-1].clip(0), axes[:, ::-1]
    largest = np.abs(axes).argmax(axis=0)
    return variance, axes * np.sign(axes[largest, np.arange(len(axes))])  # else the sign is anybody's guess


def _fit_scales(statistics: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give robust centre and scale (s,) of statistics (n, s), so that what standardise() gives has mean 0."""
    known = np.isfinite(statistics)
    centre, scale = np.zeros(statistics.shape[1]), np.ones(statistics.shape[1])
    for column in np.flatnonzero(known.sum(axis=0) > 1):
        values = statistics[known[:, column], column]
        least, low, middle, high, most = np.percentile(values, SPREAD)
        centre[column] = middle
        scale[column] = max((high - low) / 2, LEAST_SCALE * (most - least) / 2, 1e-6)
    for _ in range(ROUNDS):  # the limit moves the mean of a skew distribution
        usual = standardise(statistics, centre.astype(np.float32), scale.astype(np.float32))
        centre += scale * usual.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return centre.astype(np.float32), scale.astype(np.float32)
