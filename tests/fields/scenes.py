"""Frames made by hand, of which the whole-image statistics are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import STATISTICS
from fingerprinting.detect import detect
from fingerprinting.image import Part
from fingerprinting.quality import measure_whole

SIDE = 512
NOISE = 5.0


def noise(seed: int, side: int = SIDE) -> NDArray[np.float64]:
    """Draw white noise of sigma 5 on a level of 1000, (side, side)."""
    return 1000 + NOISE * np.random.default_rng(seed).standard_normal((side, side))


def add_stars(
    frame: NDArray[np.float64], seed: int, *, number: int = 60, stretch: float = 1.0, angle: float = 0.0
) -> NDArray[np.float64]:
    """Add Gaussian stars of sigma 1.5 pixels, stretched along an angle (rad), to a frame."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: frame.shape[0], : frame.shape[1]]
    for _ in range(number):
        x0, y0 = rng.uniform(20, frame.shape[1] - 20, 2)
        dx, dy = x - x0, y - y0
        along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
        frame = frame + rng.uniform(200, 2000) * np.exp(-((along / stretch) ** 2 + across**2) / 4.5)
    return frame


def make_part(pixels: NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> Part:
    """Take a frame as if it had been read from a file."""
    return Part(
        name="0", hdu=0, pixels=pixels.astype(np.float32), mask=mask, noise=None, origin=(0, 0), wcs=None,
        saturation=None, pixel_scale=None,
    )  # fmt: skip


def look(pixels: NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> dict[str, float]:
    """Measure the statistics of a frame, by name."""
    part = make_part(pixels, mask)
    values = measure_whole(part, detect(part)).statistics
    return dict(zip(STATISTICS, values.astype(float), strict=True))
