"""Calibration frames: what is on the chip itself, without a sky."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.simulation import truth
from fingerprinting.simulation.defects import add_bad_columns, add_cosmic_rays, add_hot_pixels, make_clouds
from fingerprinting.simulation.exposure import Exposure, make_rows

Image = NDArray[np.float32]


def fill_bias(exposure: Exposure) -> None:
    """Fill a bias: read noise with banding, a few hot pixels, bad columns and cosmic rays."""
    rng, sigma = exposure.rng, exposure.camera.read_noise
    rows = rng.normal(0, 0.15 * sigma, (exposure.shape[0], 1))
    columns = rng.normal(0, 0.25 * sigma, (1, exposure.shape[1]))
    ramp = sigma * rng.uniform(0, 3) * np.exp(-np.arange(exposure.shape[1]) / 60)
    exposure.light += (rows + columns + ramp).astype(np.float32)
    add_hot_pixels(exposure, exposure.count(20, 60))
    add_bad_columns(exposure, int(rng.integers(1, 4)))
    add_cosmic_rays(exposure, exposure.count(0, 4))


def fill_dark(exposure: Exposure) -> None:
    """Fill a long dark: many hot pixels and cosmic rays, and the glow of the amplifier."""
    rng = exposure.rng
    x = np.arange(exposure.shape[1], dtype=np.float32)
    y = np.arange(exposure.shape[0], dtype=np.float32)[:, None]
    exposure.light += np.float32(rng.uniform(1, 8) * exposure.camera.sigma) * np.exp(-np.hypot(x, y) / 90)
    add_hot_pixels(exposure, exposure.count(80, 400))
    add_cosmic_rays(exposure, exposure.count(150, 600))
    add_bad_columns(exposure, int(rng.integers(0, 3)))


def fill_flat(exposure: Exposure, level: float) -> None:
    """Fill a flat of `level` electrons: vignetting, pixel response, and dust that casts rings."""
    rng, (height, width) = exposure.rng, exposure.shape
    x = (np.arange(width, dtype=np.float32) - rng.uniform(0.4, 0.6) * width) / width
    y = ((np.arange(height, dtype=np.float32) - rng.uniform(0.4, 0.6) * height) / height)[:, None]
    response: Image = (1 - rng.uniform(0.05, 0.3) * (x**2 + y**2)).astype(np.float32)
    response = response * (1 + 0.004 * rng.standard_normal(exposure.shape, dtype=np.float32))
    response = response * (1 + np.float32(rng.uniform(0, 0.006)) * make_clouds(rng, exposure.shape, slope=3))
    for _ in range(exposure.count(25, 90)):
        _cast_ring(exposure, response, level)
    exposure.light += response.astype(np.float32) * np.float32(level)
    add_hot_pixels(exposure, exposure.count(5, 20))


def _cast_ring(exposure: Exposure, response: Image, level: float) -> None:
    """Multiply the response by the shadow of one speck: a dark disk with a bright rim."""
    rng, (height, width) = exposure.rng, exposure.shape
    radius, depth = rng.uniform(4, 22), rng.uniform(0.01, 0.06)
    half = int(radius * 1.6) + 2
    x0, y0 = int(rng.uniform(half, width - half)), int(rng.uniform(half, height - half))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    r = np.hypot(x, y) / radius
    rim = 0.8 * depth * np.exp(-(((r - 1.15) / 0.12) ** 2))
    shadow = depth / (1 + np.exp((r - 0.9) / 0.06))
    response[y0 - half : y0 + half + 1, x0 - half : x0 + half + 1] *= (1 + rim - shadow).astype(np.float32)
    light = float(np.sum(rim)) * level
    exposure.truth.append(make_rows(exposure, truth.ARTEFACT, x0, y0, light, radius=1.4 * radius + 2))
