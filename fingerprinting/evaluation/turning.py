"""Objects as another exposure would show them: turned by any angle, with noise that is as white as before."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLANK: Final = 0.5  # share of blank pixels behind a pixel that make it blank

Patches = NDArray[np.float32]


def turn(patches: Patches, angles: NDArray[np.float64], rng: np.random.Generator) -> Patches:
    """Turn patches (n, s, s) in sigma about their middles by angles (n,) in radians, with fresh noise.

    Bilinear interpolation takes variance from the noise, more or less by where a pixel falls; white noise
    fills it up to sigma 1 again. What comes from beyond the patch is noise alone; blank pixels stay 0.
    """
    turned = np.empty(patches.shape, np.float32)
    for i, (patch, angle) in enumerate(zip(patches, angles, strict=True)):
        light, kept, blank = _interpolate(patch, float(angle))
        noise = rng.standard_normal(patch.shape, dtype=np.float32)
        turned[i] = np.where(blank > BLANK, np.float32(0), light + noise * np.sqrt(np.maximum(1 - kept, 0)))
    return turned


def _interpolate(patch: Patches, angle: float) -> tuple[Patches, Patches, Patches]:
    """Give light, the variance that is kept of white noise, and the share of blank pixels, each (s, s)."""
    side = len(patch)
    offset = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    x = cos * offset[None] + sin * offset[:, None] + np.float32((side - 1) / 2)
    y = cos * offset[:, None] - sin * offset[None] + np.float32((side - 1) / 2)
    left, bottom = np.floor(x), np.floor(y)
    along, up = x - left, y - bottom
    # A border of zeros that are not blank, two wide, stands for everything beyond the patch.
    column = np.clip(left.astype(np.int32) + 2, 0, side + 2)
    row = np.clip(bottom.astype(np.int32) + 2, 0, side + 2)
    padded, inside = np.pad(patch, 2), np.pad(np.ones(patch.shape, bool), 2)
    light, kept, blank = np.zeros((3, side, side), np.float32)
    for right, across in ((0, 1 - along), (1, along)):
        for above, upward in ((0, 1 - up), (1, up)):
            weight, place = across * upward, (row + above, column + right)
            value, known = padded[place], inside[place]
            light += weight * value
            kept += weight**2 * known
            blank += weight * (known & (value == 0))
    return light, kept, blank
