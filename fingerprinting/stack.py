"""The image of a point as a frame shows it: bright sources centred and stacked, their profile and direction.

A stack tells a frame out of focus (a dip), bad seeing (wings) and trailing (all long in one direction).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.cutout import windows
from fingerprinting.texture import Figures

SIDE: Final = 48  # pixels of a window
MOST: Final = 32  # sources
LEAST: Final = 4
LEAST_SNR: Final = 15.0
BRIGHTEST: Final = 0.02  # share of the brightest sources that is left out: saturated without a keyword
MARGIN: Final = 9  # pixels from the edge of the frame
ROUNDS: Final = 2  # of centring
FARTHEST: Final = 6.0  # pixels that a centre moves in one
REACH: Final = 13.0  # pixels that centre and shape are taken within
CALM: Final = 3.0  # sigma: fainter pixels say nothing of them
FAINT: Final = 0.08  # of the peak: nor do these of the shape
RADII: Final = 20  # pixels of the profile
SKY: Final = 16  # pixels; the profile beyond is the level
LEVELS: Final = (80, 25, 10)  # percent of the profile's peak

Values = NDArray[np.float32]


@dataclass(frozen=True)
class _Masks:
    """Weights of the pixels (2304,) of a window: near the middle, by place, by moments; rings (2304, 20)."""

    inside: Values
    x: Values
    y: Values
    square: Values
    turn: NDArray[np.complex64]
    rings: Values


@cache
def _make_masks() -> _Masks:
    y, x = (np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2).reshape(2, -1)
    radius = np.hypot(x, y)
    ring = np.floor(radius)[:, None] == np.arange(RADII)
    inside = radius < REACH
    turn = np.asarray(inside * (x + 1j * y) ** 2, np.complex64)
    shares = np.asarray(ring / ring.sum(axis=0), np.float32)
    near, by_x, by_y, square = (
        np.asarray(inside * weight, np.float32) for weight in (np.ones_like(x), x, y, radius**2)
    )
    return _Masks(near, by_x, by_y, square, turn, shares)


def measure_stack(subtracted: Values, noise: float, objects: NDArray[np.void], highest: float) -> Figures:
    """Measure the stack of the sources of a frame (ny, nx) whose peaks are below `highest`.

    Sizes are logarithms of radii in pixels, or of their ratio to the half-width.
    """
    chosen = choose_sources(objects, subtracted.shape, highest)
    if len(chosen) < LEAST:
        return {}
    cut = _centre(subtracted, noise, chosen["x"], chosen["y"])
    masks = _make_masks()
    profiles = cut @ masks.rings
    profiles -= np.median(profiles[:, SKY:], axis=1, keepdims=True)
    peaks = profiles.max(axis=1)
    good = peaks > 0
    if np.count_nonzero(good) < LEAST:
        return {}
    profile = np.median(profiles[good] / peaks[good, None], axis=0)
    return _measure_profile(profile / profile.max()) | _measure_direction(cut[good], masks)


def choose_sources(objects: NDArray[np.void], shape: tuple[int, ...], highest: float) -> NDArray[np.void]:
    """Choose bright sources of the most usual size, away from the edge and not saturated."""
    x, y, snr = objects["x"], objects["y"], objects["snr"]
    good = (snr >= LEAST_SNR) & (objects["peak"] < highest)
    good &= (x >= MARGIN) & (y >= MARGIN) & (x < shape[1] - MARGIN) & (y < shape[0] - MARGIN)
    usable = np.flatnonzero(good)
    ordered = usable[np.argsort(-snr[usable], kind="stable")]
    bright = objects[ordered[int(BRIGHTEST * len(ordered)) :][: 4 * MOST]]
    if len(bright) <= MOST:
        return bright
    size = np.log(bright["npix"])
    return bright[np.argsort(np.abs(size - np.median(size[: 2 * MOST])), kind="stable")[:MOST]]


def _centre(subtracted: Values, noise: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> Values:
    """Cut windows (n, 2304) in sigma around the middles of the light: a ring is found in pieces."""
    masks = _make_masks()
    for _ in range(ROUNDS):
        cut = windows(subtracted, noise, x, y, SIDE).reshape(len(x), -1)
        light = np.where(cut > CALM, cut, np.float32(0))
        total = np.maximum(light @ masks.inside, np.float32(1e-3))
        moves = (np.clip(light @ mask / total, -FARTHEST, FARTHEST) for mask in (masks.x, masks.y))
        x, y = (np.floor(place) + 0.5 + move for place, move in zip((x, y), moves, strict=True))
    return windows(subtracted, noise, x, y, SIDE).reshape(len(x), -1)


def _measure_profile(profile: Values) -> Figures:
    """Measure a profile (20,) of peak 1: its dip in the middle, and how far its levels reach."""
    half = _reach(profile, 50)
    ratios = {f"stack_{level}": _reach(profile, level) - half for level in LEVELS}
    return {"dip": float(profile[:2].mean()), "stack_half": half} | ratios


def _reach(profile: Values, percent: int) -> float:
    """Give the logarithm of the radius where a profile falls below a level for the last time."""
    level = percent / 100
    last = int(np.flatnonzero(profile > level).max())
    after = profile[last + 1] if last + 1 < len(profile) else 0.0
    return float(np.log(last + 0.5 + (profile[last] - level) / max(profile[last] - after, 1e-6)))


def _measure_direction(cut: Values, masks: _Masks) -> Figures:
    """Measure how long sources (n, 2304) are, and how long in one common direction: 0 to 1."""
    limit = np.maximum(np.float32(CALM), np.float32(FAINT) * cut.max(axis=1, keepdims=True))
    light = np.where(cut > limit, cut, np.float32(0))
    shapes = (light @ masks.turn) / np.maximum(light @ masks.square, np.float32(1e-3))
    length, common = float(np.abs(shapes).mean()), float(np.abs(shapes.mean()))
    return {
        "stack_length": float(np.median(np.abs(shapes))),
        "stack_trail": common,
        "stack_direction": common / max(length, 1e-3),
    }
