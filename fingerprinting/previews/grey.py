"""Pixels to grey as astronomers are used to: the limits of IRAF's zscale, then a stretch, bottom row last."""

from __future__ import annotations

import io
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
from scipy.ndimage import uniform_filter

STRETCHES: Final[dict[str, BaseStretch]] = {
    "asinh": AsinhStretch(),
    "linear": LinearStretch(),
    "sqrt": SqrtStretch(),
    "log": LogStretch(),
}
HEALED: Final = 6  # pixels that the light around a hole reaches into it
WHITE: Final = 255


def find_limits(frame: NDArray[np.float32]) -> tuple[float, float]:
    """Give the values that are black and white, by zscale; white is above black in any frame."""
    known = frame[np.isfinite(frame)].astype(np.float64)
    if not known.size:
        return 0.0, 1.0
    low, high = (float(limit) for limit in ZScaleInterval().get_limits(known))
    if not low < high:  # half of the pixels have one value
        low, high = float(known.min()), float(known.max())
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def heal(frame: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill small holes (NaN) by the light around them, larger ones by the median."""
    known = np.isfinite(frame)
    if known.all() or not known.any():
        return frame if known.all() else np.zeros_like(frame)
    middle = np.median(frame[known])
    light, filled = np.where(known, frame - middle, 0).astype(np.float64), known.astype(np.float64)
    for _ in range(HEALED):
        share = uniform_filter(filled, 3, mode="constant")
        reached = (filled == 0) & (share > 1e-6)  # noqa: PLR2004 -- a ninth at least
        if not reached.any():
            break
        light[reached] = uniform_filter(light, 3, mode="constant")[reached] / share[reached]
        filled[reached] = 1
    return np.asarray(np.where(filled > 0, light + middle, middle), np.float32)


def draw_grey(frame: NDArray[np.float32], stretch: str) -> NDArray[np.uint8]:
    """Turn a frame (ny, nx), bottom row first, into grey, top row first; NaN is as what is around."""
    low, high = find_limits(frame)
    light = heal(frame).astype(np.float64)
    light = np.clip((light - low) / (high - low), 0, 1)
    bright = STRETCHES[stretch](light)
    return np.ascontiguousarray(np.rint(WHITE * np.clip(bright, 0, 1)).astype(np.uint8)[::-1])


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """Write grey (h, w), top row first, as PNG."""
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG")
    return stream.getvalue()
