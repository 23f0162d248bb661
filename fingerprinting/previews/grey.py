"""Pixels to grey as astronomers are used to: black and contrast by IRAF's zscale, then a stretch."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from astropy.visualization import (
    AsinhStretch,
    BaseStretch,
    LinearStretch,
    LogStretch,
    SqrtStretch,
    ZScaleInterval,
)
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter, uniform_filter

HEALED: Final = 4  # pixels that the light around a hole reaches into it; wider ones stay as they are
BRIGHTEST: Final = 99.8  # percentile that is white, beyond what zscale has for it
SOFTENING: Final = (
    0.5  # of zscale's range: the sky looks as zscale has it, what is brighter is pressed together
)
LEAST_SOFTENING: Final = 1e-6  # of black to white
WHITE: Final = 255


@dataclass(frozen=True)
class Limits:
    """Values that are black and white, and the value that zscale makes white."""

    black: float
    white: float
    plain_white: float


def find_limits(frame: NDArray[np.float32]) -> Limits:
    """Find the limits of a frame, whose NaN count for nothing; white is above black in any frame."""
    known = frame[np.isfinite(frame)].astype(np.float64)
    if not known.size:
        return Limits(0.0, 1.0, 1.0)
    low, high = (float(limit) for limit in ZScaleInterval().get_limits(known))
    if not low < high:  # half of the pixels have one value
        low, high = float(known.min()), float(known.max())
    if not low < high:
        room = max(1.0, abs(low) / 2)
        return Limits(low - room, low + room, low + room)
    return Limits(low, max(high, float(np.percentile(known, BRIGHTEST))), high)


def find_stretch(name: str, limits: Limits) -> tuple[BaseStretch, float]:
    """Give a stretch of 0 to 1 by its name, and the value that becomes 1."""
    if name == "linear":
        return LinearStretch(), limits.plain_white
    if name == "asinh":
        share = SOFTENING * (limits.plain_white - limits.black) / (limits.white - limits.black)
        return AsinhStretch(max(share, LEAST_SOFTENING)), limits.white
    return {"sqrt": SqrtStretch, "log": LogStretch}[name](), limits.white


def heal(frame: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill small holes (NaN) by the light around them, larger ones by the median."""
    known = np.isfinite(frame)
    if known.all() or not known.any():
        return frame if known.all() else np.zeros_like(frame)
    middle = np.median(frame[known])
    side = 2 * HEALED - 1
    wide = maximum_filter(minimum_filter(~known, side, mode="nearest"), side, mode="nearest")
    light, filled = np.where(known, frame - middle, 0).astype(np.float64), known.astype(np.float64)
    for _ in range(HEALED):
        share = uniform_filter(filled, 3, mode="constant")
        reached = ~wide & (filled == 0) & (share > 1e-6)  # noqa: PLR2004 -- a ninth at least
        if not reached.any():
            break
        light[reached] = uniform_filter(light, 3, mode="constant")[reached] / share[reached]
        filled[reached] = 1
    return np.asarray(np.where(filled > 0, light + middle, middle), np.float32)


def draw_grey(frame: NDArray[np.float32], stretch: str) -> NDArray[np.uint8]:
    """Turn a frame (ny, nx), bottom row first, into grey, top row first; NaN is as what is around."""
    limits = find_limits(frame)
    bend, white = find_stretch(stretch, limits)
    light = (heal(frame).astype(np.float64) - limits.black) / (white - limits.black)
    bright = np.clip(bend(np.clip(light, 0, 1)), 0, 1)
    return np.ascontiguousarray(np.rint(WHITE * bright).astype(np.uint8)[::-1])


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """Write grey (h, w), top row first, as PNG."""
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG")
    return stream.getvalue()
