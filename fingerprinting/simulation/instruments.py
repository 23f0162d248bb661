"""Cameras that leave their signature in each frame: sampling, wings, noise, and ever the same bad pixels."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from fingerprinting.simulation.defects import heat_pixels, spoil_column
from fingerprinting.simulation.exposure import Camera, Exposure

CHIP: Final = 2048  # pixels a side: a smaller frame is read from the corner of the chip
SKY_RATES: Final = {"u": 0.5, "g": 2.0, "r": 4.5, "i": 8.0, "z": 11.0}  # electrons/s/arcsec^2
SEEING: Final = (0.9, 1.7)  # arcsec
FAINTEST_SKY, SKY_SHARE = 5.0, 0.3  # electrons, and of the full well


@dataclass(frozen=True)
class Instrument:
    """A camera at its telescope; units as of Camera, hot pixels per 1e6 pixels, `wings` is Moffat's beta."""

    name: str
    gain: float
    read_noise: float
    bias: float
    full_well: float
    pixel_scale: float
    wings: float
    hot_pixels: int
    bad_columns: int
    raw: bool  # unsigned integers as they were read, else calibrated floats


INSTRUMENTS: Final = (
    Instrument("SIM-ALPHA", 1.2, 4.0, 400, 60_000, 0.30, 2.6, 20, 1, raw=True),
    Instrument("SIM-BETA", 2.4, 10.0, 1100, 110_000, 0.42, 3.3, 90, 3, raw=True),
    Instrument("SIM-GAMMA", 1.0, 3.0, 0, 50_000, 0.50, 4.2, 5, 0, raw=False),
    Instrument("SIM-DELTA", 1.7, 12.0, 700, 90_000, 0.36, 2.9, 180, 6, raw=True),
    Instrument("SIM-EPSILON", 2.9, 7.0, 1000, 140_000, 0.65, 3.8, 50, 2, raw=False),
)


@dataclass(frozen=True)
class Setup:
    """What the metadata of a frame say: the instrument, the filter and the exposure time in seconds."""

    instrument: Instrument
    filter: str
    exposure_time: float

    @property
    def camera(self) -> Camera:
        """Give the camera under the sky of this filter and time."""
        one = self.instrument
        sky = SKY_RATES[self.filter] * self.exposure_time * one.pixel_scale**2
        sky = float(np.clip(sky, FAINTEST_SKY, SKY_SHARE * one.full_well))
        return Camera(one.gain, one.read_noise, one.bias, one.full_well, sky, one.pixel_scale)


def open_shutter(rng: np.random.Generator, shape: tuple[int, int], setup: Setup) -> Exposure:
    """Begin an exposure (ny, nx) with an instrument, in a seeing drawn at random."""
    fwhm = rng.uniform(*SEEING) / setup.instrument.pixel_scale
    return Exposure(rng, shape, camera=setup.camera, fwhm=fwhm, wings=setup.instrument.wings)


def imprint(exposure: Exposure, setup: Setup, exposure_time: float) -> None:
    """Add the hot pixels and bad columns that every frame of an instrument has, at the same places."""
    one, (height, width) = setup.instrument, exposure.shape
    rng = np.random.default_rng(zlib.crc32(one.name.encode()))
    n = one.hot_pixels * CHIP**2 // 1_000_000
    x, y = rng.integers(0, CHIP, (2, n))
    rate = np.exp(rng.uniform(np.log(0.3), np.log(30), n))  # electrons/s
    seen = (x < width) & (y < height - 1)
    heat_pixels(exposure, x[seen], y[seen], rate[seen] * exposure_time)
    # Spread by thirds of the golden ratio, so that a small frame has its share of them.
    for number in range(one.bad_columns):
        column, start = int(width * ((number + 1) * 0.618 % 1)), int(height * rng.uniform(0, 0.5))
        spoil_column(exposure, column, start, exposure.camera.sigma * rng.uniform(4, 20))
