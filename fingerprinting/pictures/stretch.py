"""Pixels to grey as astronomers look at them: asinh (Lupton, Gunn & Szalay 1999), dark sky, y upward."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SOFTENING: Final = 2.0  # sigma: below it the stretch is linear, as in the encoder's input
BLACK: Final = -1.5  # sigma: the sky itself is dark grey, so that its noise can be judged
LEAST_WHITE: Final = 12.0  # sigma: what is faint looks faint, and noise is not blown up
BRIGHTEST: Final = 5  # pixels whose mean is white
CORE: Final = 16  # pixels: side of the middle in which they are looked for


def stretch(pictures: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Turn pictures (n, h, w) in sigma above the sky into grey (n, h, w), row 0 at the top.

    White is the mean of the five brightest pixels in the middle of each.
    """
    values = np.nan_to_num(pictures.astype(np.float32), nan=0.0)
    grey = scale(values, find_white(values)[:, None, None])
    return grey[:, ::-1]


def find_white(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the level of white of each picture, (n,)."""
    height, width = values.shape[1:]
    top, left = max(height - CORE, 0) // 2, max(width - CORE, 0) // 2
    core = values[:, top : top + CORE, left : left + CORE].reshape(len(values), -1)
    brightest = np.sort(core, axis=1)[:, -BRIGHTEST:].mean(axis=1)
    white: NDArray[np.float32] = np.maximum(brightest, np.float32(LEAST_WHITE))
    return white


def scale(values: NDArray[np.float32], white: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Bring values in sigma to 0..255: BLACK is 0, `white` is 255."""
    black = np.arcsinh(np.float32(BLACK / SOFTENING))
    light = np.arcsinh(values / np.float32(SOFTENING)) - black
    light /= np.arcsinh(white / np.float32(SOFTENING)) - black
    grey: NDArray[np.uint8] = np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)
    return grey
