"""Shapes as numbers: the encoder's graph against sums pixel by pixel, and what turning leaves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.training.embed import pool
from fingerprinting.training.export import build_shapes
from fingerprinting.training.shapes import SHAPES

MIDDLE = 15.5


def make_foveae(number: int) -> NDArray[np.float32]:
    """Make foveae of stretched, turned ellipses of light in noise."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:32, :32] - MIDDLE
    foveae = 0.05 * rng.standard_normal((number, 2, 32, 32))
    for place in range(number):
        angle, a, b = rng.uniform(0, math.pi), rng.uniform(2, 8), rng.uniform(1, 2)
        along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
        foveae[place] += np.exp(-0.5 * ((along / a) ** 2 + (across / b) ** 2))
    return foveae.astype(np.float32)


def measure(native: NDArray[np.float32]) -> list[float]:
    """Measure one native view (32, 32) pixel by pixel."""
    places = [(row, column) for row in range(32) for column in range(32)]
    light, size, ellipticity = [], [], []
    for sigma in (2, 4, 8):
        total = xx = yy = xy = 0.0
        for row, column in places:
            y, x = row - MIDDLE, column - MIDDLE
            weighed = max(native[row, column] - 0.12, 0) * math.exp(-(x * x + y * y) / (2 * sigma**2))
            total, xx, yy, xy = (
                total + weighed,
                xx + weighed * x * x,
                yy + weighed * y * y,
                xy + weighed * x * y,
            )
        total += 0.01
        light.append(math.log(total))
        size.append(math.log((xx + yy) / total + 0.1))
        ellipticity.append(math.hypot((xx - yy) / total, 2 * xy / total) / ((xx + yy) / total + 0.1))
    return [*light, *size, *ellipticity, *measure_rings(native, places), *measure_heights(native)]


def measure_rings(native: NDArray[np.float32], places: list[tuple[int, int]]) -> list[float]:
    """Measure the mean light on each ring, and the waves of one to four periods around it."""
    means, waves = [], []
    rings = [(0.7, 0.8), (1.8, 0.8), (3.0, 0.9), (4.5, 1.2), (6.5, 1.6), (9.0, 2.0), (12.0, 2.5)]
    for number, (radius, width) in enumerate(rings):
        sums = np.zeros(5, complex)
        weights = 0.0
        for row, column in places:
            y, x = row - MIDDLE, column - MIDDLE
            weight = math.exp(-((math.hypot(x, y) - radius) ** 2) / (2 * width**2))
            weights += weight
            sums += weight * native[row, column] * np.exp(1j * np.arange(5) * math.atan2(y, x))
        means.append(float(sums[0].real / weights))
        if number:
            waves += [float((abs(wave / weights) ** 2 + 1e-3) ** 0.25) for wave in sums[1:]]
    return [*means, *waves]


def measure_heights(native: NDArray[np.float32]) -> list[float]:
    """Measure the light above four heights in the 16 x 16 pixels of the middle."""
    middle = native[8:24, 8:24]
    return [math.log(float(np.maximum(middle - at, 0).mean()) + 1e-3) for at in (0.3, 0.5, 0.7, 0.9)]


def test_shapes_are_sums_over_pixels() -> None:
    foveae = make_foveae(4)
    shapes = pool(build_shapes(), foveae)
    assert shapes.shape == (4, SHAPES)
    assert shapes == pytest.approx(np.array([measure(fovea[0]) for fovea in foveae]), abs=2e-4)


def test_shapes_stay_when_objects_are_turned_or_mirrored() -> None:
    foveae = make_foveae(20)
    shapes = pool(build_shapes(), foveae)
    for turned in (np.rot90(foveae, axes=(2, 3)), foveae[..., ::-1], foveae.swapaxes(2, 3)):
        assert pool(build_shapes(), np.ascontiguousarray(turned)) == pytest.approx(shapes, abs=2e-3)


def test_shapes_tell_round_from_long_and_small_from_large() -> None:
    y, x = np.mgrid[:32, :32] - MIDDLE
    views = [np.exp(-0.5 * ((x / a) ** 2 + (y / b) ** 2)) for a, b in ((2, 2), (4, 4), (4, 1))]
    foveae = np.stack([np.stack([view, view]) for view in views]).astype(np.float32)
    small, large, long = pool(build_shapes(), foveae)
    assert small[3] < large[3]  # size in the narrowest aperture
    assert max(small[6], large[6]) < 0.01  # ellipticity
    assert long[6] > 0.3
