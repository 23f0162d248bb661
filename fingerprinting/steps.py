"""Straight steps of the sky across a frame: an amplifier of another gain, or one that is dead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.ranks import find_medians
from fingerprinting.texture import FAINTEST, NORMAL, Figures

BANDS: Final = 64  # along each axis
NARROWEST: Final = 6  # pixels of a band
SEGMENTS: Final = 4  # of a band, of which three must agree
SAMPLES: Final = 64  # pixels of a segment that are looked at
COLUMNS: Final = 4  # of a band that they are from
REACH: Final = 3  # bands on either side of a step
LEAST_STEP: Final = 0.05  # sigma; less is nothing
STRONG: Final = 3.0  # sigma: what a step must be for its sides to be compared in earnest
LIGHT: Final = 4.0  # sigma
QUIET: Final = 25.0  # percentile of the noise of segments: there objects hardly add to it

Values = NDArray[np.float32]


@dataclass(frozen=True)
class _Bands:
    """Samples of the bands along an axis, (segments, bands, samples), NaN where masked; width in pixels."""

    axis: int
    width: int
    samples: Values
    level: Values  # (segments, bands)


@dataclass(frozen=True)
class _Step:
    """The largest step along an axis: the bands of its darker and of its brighter side."""

    height: float  # sigma
    bands: _Bands
    dark: slice
    bright: slice


def measure_steps(
    pixels: Values, mask: NDArray[np.bool_] | None, noise: float, places: NDArray[np.float64]
) -> Figures:
    """Measure the largest straight step of the level along rows or columns, and how its sides differ.

    `pixels` (ny, nx) still have their sky; `places` (n, 2) are x, y of the objects. Differences are
    logarithms of the dark side over the bright one; where there is hardly a step, they are nearly 0.
    """
    bands = [_sample(pixels, mask, noise, axis) for axis in (0, 1)]
    steps = [_find_step(one) for one in bands if one.samples.shape[1] > 2 * REACH]
    if not steps:
        return {}
    step = max(steps, key=lambda one: one.height)
    trust = float(np.tanh(step.height / STRONG))
    sides = [_look(step.bands, side, places) for side in (step.dark, step.bright)]
    spread, light, density = (float(np.log(dark / bright)) for dark, bright in zip(*sides, strict=True))
    levels = (step.bands.level[:, side] for side in (step.bright, step.dark))
    bright, dark = (
        np.median(level[np.isfinite(level)]) if np.isfinite(level).any() else 0 for level in levels
    )
    return {
        "step": float(np.log(max(step.height, LEAST_STEP))),
        "step_whole": float(np.arcsinh(trust * (bright - dark))),
        "step_noise": trust * spread,
        "step_light": trust * light,
        "step_density": trust * density,
    }


def _sample(pixels: Values, mask: NDArray[np.bool_] | None, noise: float, axis: int) -> _Bands:
    """Sample bands of rows (axis 0) or of columns (1), in units of the noise."""
    along, across = pixels.shape[axis], pixels.shape[1 - axis]
    number = max(min(BANDS, along // NARROWEST), 1)
    width, segment = along // number, across // SEGMENTS
    inside = np.arange(min(width, COLUMNS)) * (width // min(width, COLUMNS))
    within = np.unique(np.linspace(0, segment - 1, SAMPLES // len(inside)).astype(int))
    lines = (np.arange(number)[:, None] * width + inside).ravel()
    points = (np.arange(SEGMENTS)[:, None] * segment + within).ravel()

    def take(image: NDArray[np.generic]) -> NDArray[np.generic]:
        taken = image[np.ix_(lines, points)].T if axis == 0 else image[np.ix_(points, lines)]
        parts = taken.reshape(SEGMENTS, len(within), number, len(inside))
        return parts.swapaxes(1, 2).reshape(SEGMENTS, number, -1)

    samples = np.asarray(take(pixels), np.float32) / np.float32(noise)
    if mask is not None:
        samples[np.asarray(take(mask), bool)] = np.nan
    return _Bands(axis, width, samples, _find_medians(samples))


def _find_medians(samples: Values) -> Values:
    """Take medians along the last axis; NaN where fewer than half of the values are known."""
    unknown = np.isnan(samples)
    if not unknown.any():
        return find_medians(samples)
    known = samples.shape[-1] - unknown.sum(axis=-1)
    ordered = np.sort(samples, axis=-1)  # NaN last
    middle = np.take_along_axis(ordered, np.maximum(known // 2, 0)[..., None], axis=-1)[..., 0]
    return np.where(known * 2 >= samples.shape[-1], middle, np.float32(np.nan))


def _find_step(bands: _Bands) -> _Step:
    """Find where the level changes most within one band, beyond the slope on both sides of it."""
    level, number = bands.level, bands.level.shape[1]
    at = np.arange(REACH, number - REACH)
    slope = (level[:, at - 1] - level[:, at - REACH] + level[:, at + REACH] - level[:, at + 1]) / 2
    change = np.nan_to_num(level[:, at + 1] - level[:, at - 1] - slope)
    ordered = np.sort(change, axis=0)  # of the segments; the outermost one may show an object
    height = np.maximum(ordered[1], -ordered[-2])
    best = int(np.argmax(height))
    before, after = slice(0, int(at[best])), slice(int(at[best]) + 1, number)
    rising = ordered[1, best] >= -ordered[-2, best]
    return _Step(float(height[best]), bands, *((before, after) if rising else (after, before)))


def _look(bands: _Bands, side: slice, places: NDArray[np.float64]) -> tuple[float, float, float]:
    """Give noise, share of bright pixels and density of objects of a side; none of them is 0."""
    apart = bands.samples[:, side] - bands.level[:, side, None]
    spreads = _find_medians(np.abs(apart))
    spread = NORMAL * float(np.nanpercentile(spreads, QUIET)) if np.isfinite(spreads).any() else 1.0
    spread = max(spread, FAINTEST)
    light = (np.count_nonzero(apart > LIGHT * spread) + 2) / (np.count_nonzero(np.isfinite(apart)) + 400)
    place = places[:, 1 - bands.axis] / bands.width
    objects = np.count_nonzero((place >= side.start + 0.5) & (place < side.stop - 0.5)) + 1
    return spread, light, objects / (side.stop - side.start)
