"""Object cut-outs as the encoder sees them: a fovea of two scales, 32 native and 64 binned pixels wide."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

WINDOW: Final = 64
FOVEA: Final = 32
SOFTENING: Final = 2.0  # in sigma: below it the stretch is linear
BRIGHTEST: Final = 5
CORE: Final = 8
LEAST_PEAK: Final = 0.5  # keeps windows whose core is empty or masked from being blown up to pure noise
LOWEST, HIGHEST = -0.5, 1.5
GRAIN: Final = 0  # the seed of the noise that stands where there are no pixels


def windows(
    sky_subtracted: NDArray[np.float32],
    sigma: float | NDArray[np.float32],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    side: int = WINDOW,
) -> NDArray[np.float32]:
    """Cut (n, side, side) windows around 0-based positions in units of the sigma there; 0 beyond the frame.

    The middle of a window (of an even side) lies within half a pixel of the position: so the windows of a
    turned frame are the turned windows, which a centre on a whole pixel would not give.
    """
    left = np.floor(x).astype(np.intp) - (side // 2 - 1)
    bottom = np.floor(y).astype(np.intp) - (side // 2 - 1)
    cut = _gather(sky_subtracted, left, bottom, side)
    if isinstance(sigma, np.ndarray):
        row, column = np.rint(y).astype(int), np.rint(x).astype(int)
        local = sigma[row.clip(0, sigma.shape[0] - 1), column.clip(0, sigma.shape[1] - 1)]
        cut /= local[:, None, None]
    else:
        cut *= np.float32(1 / sigma)
    return cut


def _gather(
    image: NDArray[np.float32], left: NDArray[np.intp], bottom: NDArray[np.intp], side: int
) -> NDArray[np.float32]:
    """Copy one window for each corner; corners may lie outside the image."""
    height, width = image.shape
    inside = (left >= 0) & (bottom >= 0) & (left <= width - side) & (bottom <= height - side)
    if min(height, width) >= side:
        nearest = bottom.clip(0, height - side), left.clip(0, width - side)
        cut: NDArray[np.float32] = sliding_window_view(image, (side, side))[nearest]
    else:
        cut = np.empty((left.size, side, side), np.float32)
    for number in np.flatnonzero(~inside):
        x, y = left[number], bottom[number]
        seen = image[max(y, 0) : max(y + side, 0), max(x, 0) : max(x + side, 0)]
        x0, y0 = max(-x, 0), max(-y, 0)
        cut[number] = 0
        cut[number, y0 : y0 + seen.shape[0], x0 : x0 + seen.shape[1]] = seen
    return cut


def fovea(cut: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn (n, 64, 64) windows in sigma into (n, 2, 32, 32): native centre and binned whole, stretched.

    Where there are no pixels (exactly 0: beyond the frame, or masked) the same grain of noise is put each
    time: a smooth patch would be what the encoder sees first.
    """
    views = _view(cut)
    blank = cut == 0
    holed = np.flatnonzero(blank.any(axis=(1, 2)))  # few, mostly
    if holed.size:
        views[holed] = _view(np.where(blank[holed], make_grain(), cut[holed]))
    return views


def _view(cut: NDArray[np.float32]) -> NDArray[np.float32]:
    edge = (WINDOW - FOVEA) // 2
    views = np.empty((len(cut), 2, FOVEA, FOVEA), np.float32)
    native = cut[:, edge : edge + FOVEA, edge : edge + FOVEA]
    np.multiply(native, np.float32(1 / SOFTENING), out=views[:, 0])
    rows = cut[:, 0::2] + cut[:, 1::2]
    np.add(rows[:, :, 0::2], rows[:, :, 1::2], out=views[:, 1])
    views[:, 1] *= np.float32(0.25 / SOFTENING)
    np.arcsinh(views, out=views)
    views /= _peak(views)
    return np.clip(views, LOWEST, HIGHEST, out=views)


@cache
def make_grain() -> NDArray[np.float32]:
    """Make the noise of one sigma, (64, 64), that stands where there are no pixels."""
    return np.random.default_rng(GRAIN).standard_normal((WINDOW, WINDOW), dtype=np.float32)


def _peak(views: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the mean of the brightest core pixels of each view, (n, 2, 1, 1)."""
    edge = (FOVEA - CORE) // 2
    core = views[:, :, edge : edge + CORE, edge : edge + CORE].reshape(len(views), 2, CORE * CORE)
    brightest = np.partition(core, CORE * CORE - BRIGHTEST, axis=2)[:, :, -BRIGHTEST:]
    mean: NDArray[np.float32] = np.maximum(brightest.mean(axis=2), np.float32(LEAST_PEAK))
    return mean[:, :, None, None]


def cut_out(
    sky_subtracted: NDArray[np.float32],
    sigma: float | NDArray[np.float32],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Give the encoder's input, (n, 2, 32, 32), of objects at 0-based positions (pixels)."""
    return fovea(windows(sky_subtracted, sigma, x, y))
