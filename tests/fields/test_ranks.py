"""Medians and percentiles: the numbers that NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.ranks import find_medians, find_percentiles


@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (3, 48), (2, 5, 33)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_medians_and_percentiles_are_those_of_numpy(shape: tuple[int, ...], kind: type[np.floating]) -> None:
    values: NDArray[np.floating] = (100 * np.random.default_rng(3).standard_normal(shape)).astype(kind)
    medians = find_medians(values)
    assert np.array_equal(medians, np.median(values, axis=-1))
    assert medians.dtype == np.median(values, axis=-1).dtype
    percents = [0, 15.87, 50, 98, 100]
    expected = np.moveaxis(np.percentile(values, percents, axis=-1), 0, -1)
    assert find_percentiles(values, percents) == pytest.approx(expected, rel=1e-6)
