"""Noise and structure in the sky-subtracted pixels of an image, in units of its noise."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.ranks import find_medians, find_percentiles

BLOCK: Final = 48  # pixels
GRID: Final = 6  # blocks along each axis
MOST_MASKED: Final = 0.2  # of a block
BIN: Final = 8  # pixels
LARGE: Final = 1 << 21  # pixels, beyond which two rows of each bin stand for it
CLIP: Final = 5.0  # sigma: keeps stars from being the structure
CALM: Final = 3.0  # sigma: keeps them out of the correlation
FAR: Final = 5  # pixels; beyond the seeing of most frames
SAMPLED: Final = 128  # rows or columns that the mean of each column or row is taken over
NORMAL: Final = 1.4826  # a Gaussian's standard deviation over its median absolute deviation
ENOUGH: Final = 20_000  # values, for a median
FAINTEST: Final = 1e-3  # sigma; less is nothing
LEAST_CELLS: Final = 4
COARSER: Final = 4  # times: from 8 to 32 to 128 pixels
FAINTEST_LIGHT: Final = 0.05  # sigma; what the sky model leaves
LEAST_COARSER: Final = 4  # times: from 8 to 32 to 128 pixels

Floats = NDArray[np.float32]
Figures = dict[str, float]


def spread(values: NDArray[np.floating]) -> float:
    """Give the standard deviation that the median absolute deviation of finite values stands for."""
    some = thin(values)
    return NORMAL * float(find_medians(np.abs(some - find_medians(some))))


def thin(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Take enough of the values for a median, evenly."""
    return values.ravel()[:: max(values.size // ENOUGH, 1)]


def measure_noise(subtracted: Floats, mask: NDArray[np.bool_] | None, noise: float) -> Figures:
    """Measure the noise in blocks: how it varies over the frame, how it is correlated, its tails.

    `subtracted` (ny, nx) and `noise` are in the units of the pixels.
    """
    blocks = _cut_blocks(subtracted, mask)
    if not len(blocks):
        return {}
    flat = blocks.reshape(len(blocks), -1)
    flat = flat - find_medians(flat)[:, None]
    local = np.maximum(NORMAL * find_medians(np.abs(flat)), FAINTEST * noise)
    scaled = (flat / local[:, None]).reshape(blocks.shape)
    low, less, more, high = find_percentiles(np.log(local), [5, 16, 84, 95])
    calm = np.clip(scaled, -CALM, CALM)
    variance = np.maximum(np.einsum("nij,nij->n", calm, calm), FAINTEST) / calm[0].size
    x, y, far_x, far_y = (
        np.mean(one * other, axis=(1, 2)) / variance
        for one, other in (
            (calm[:, :, 1:], calm[:, :, :-1]),
            (calm[:, 1:], calm[:, :-1]),
            (calm[:, :, FAR:], calm[:, :, :-FAR]),
            (calm[:, FAR:], calm[:, :-FAR]),
        )
    )
    # The calm quarter of the blocks tells of the noise, the middle of what is on it.
    quiet_x, quiet_y, quiet_far = find_percentiles(np.stack([x, y, far_x + far_y]), [25])[:, 0]
    return {
        "noise_spread": more - less,
        "noise_range": high - low,
        "correlation": float(quiet_x + quiet_y) / 2,
        "correlation_uneven": float(abs(quiet_x - quiet_y)),
        "correlation_far": float(quiet_far) / 2,
        "blur": float(find_medians(x + y)) / 2,
        "bright_pixels": float(np.log10(np.mean(scaled > CLIP) + 1e-5)),
        "dark_pixels": float(np.log10(np.mean(scaled < -CLIP) + 1e-5)),
    }


def _cut_blocks(pixels: Floats, mask: NDArray[np.bool_] | None) -> Floats:
    """Cut a grid of blocks (n, 48, 48), or smaller ones from a smaller frame, that are hardly masked."""
    side = min(BLOCK, *pixels.shape)
    tops, lefts = (np.unique(np.linspace(0, length - side, GRID).astype(int)) for length in pixels.shape)
    places = [(slice(y, y + side), slice(x, x + side)) for y in tops for x in lefts]
    if mask is not None:
        places = [place for place in places if mask[place].mean() <= MOST_MASKED]
    return np.array([pixels[place] for place in places], np.float32).reshape(-1, side, side)


def measure_stripes(subtracted: Floats, noise: float) -> Figures:
    """Measure rows and columns: the noise of their means over that of white noise, and the worst.

    Which of the two are the columns is left out, as a camera may be turned.
    """
    usual, worst = [], []
    for axis in (0, 1):
        every = max(subtracted.shape[axis] // SAMPLED, 1)
        lines = subtracted[::every] if axis == 0 else subtracted[:, ::every]
        means = np.clip(lines, -CALM * noise, CALM * noise).mean(axis=axis) / noise
        white = 1 / np.sqrt(lines.shape[axis])
        steps = max(spread(np.diff(means)) / np.sqrt(2), FAINTEST * white)
        usual.append(float(np.log(steps / white)))
        aside = np.abs(means[2:-2] - (means[:-4] + means[4:]) / 2)
        worst.append(float(np.log(aside.max() / max(spread(aside), white))))
    return {
        "stripes": max(usual),
        "stripes_across": min(usual),
        "worst_stripe": max(worst),
        "worst_stripe_across": min(worst),
    }


def bin_pixels(subtracted: Floats, mask: NDArray[np.bool_] | None, noise: float) -> tuple[Floats, int]:
    """Average 8 x 8 pixels, clipped at 5 sigma, in sigma; NaN where many are masked.

    Two rows of each eight stand for all in a large frame: gives also how many pixels make a mean.
    """
    height, width = (side // BIN for side in subtracted.shape)
    pixels = subtracted[: height * BIN, : width * BIN].reshape(height, BIN, width * BIN)
    rows = slice(0, BIN) if subtracted.size <= LARGE else slice(BIN // 2 - 1, BIN // 2 + 1)
    binned = np.empty((height, width), np.float32)
    for top in range(0, height, SAMPLED):
        part = slice(top, top + SAMPLED)
        clipped = np.clip(pixels[part, rows], np.float32(-CLIP * noise), np.float32(CLIP * noise))
        binned[part] = _average(clipped)
    binned /= np.float32(noise)
    if mask is not None:
        cells = mask[: height * BIN, : width * BIN].reshape(height, BIN, width * BIN)[:, rows]
        bad = _average(cells.astype(np.float32))
        binned = np.where(bad > MOST_MASKED, np.float32(np.nan), binned / np.maximum(1 - bad, MOST_MASKED))
    return binned, BIN * (rows.stop - rows.start)


def _average(groups: Floats) -> Floats:
    """Average groups of rows (ny, k, nx * 8) by bins: (ny, nx); short sums go faster as a product."""
    rows, columns = groups.shape[1], groups.shape[2] // BIN
    sums = groups.reshape(-1, BIN) @ np.ones(BIN, np.float32)
    means: Floats = sums.reshape(-1, rows, columns).sum(axis=1) / np.float32(rows * BIN)
    return means


def measure_structure(binned: Floats, pixels: int) -> Figures:
    """Measure structure from 8 to 128 pixels, diffuse light and shadows.

    `binned` (ny, nx) are means of so many `pixels`, in sigma; structure is the logarithm over white noise.
    """
    good = np.isfinite(binned)
    if not good.any():
        return {}
    known = binned[good]
    level = float(find_medians(thin(known)))
    figures: Figures = {"covered": float(np.log10(np.mean(known > level + 1) + 1e-3))}
    cells = group_bins(binned, COARSER)
    figures |= _measure_diffuse(cells, level)
    means, white = binned, 1 / np.sqrt(pixels)
    for side in (BIN, COARSER * BIN, COARSER**2 * BIN):
        usable = means[np.isfinite(means)]
        if len(usable) >= LEAST_CELLS:
            figures[f"structure_{side}"] = float(np.log(max(spread(usable) / white, FAINTEST)))
        means = (cells if side == BIN else group_bins(means, COARSER)).mean(axis=2)
        white /= COARSER
    return figures


def _measure_diffuse(cells: Floats, level: float) -> Figures:
    """Measure the brightest and the darkest cells (ny, nx, 16 bins) over the level: logarithms of sigma.

    Stars fill few of the bins of a cell; what fills most of them is diffuse.
    """
    ordered = np.sort(cells.reshape(-1, cells.shape[2]), axis=1)
    ordered = ordered[np.isfinite(ordered[:, -1])]  # NaN is last
    if len(ordered) < LEAST_CELLS:
        return {}
    bright = float(find_percentiles(ordered[:, 4], [98])[0]) - level
    dark = level - float(find_percentiles(ordered[:, 11], [2])[0])
    return {
        "diffuse": float(np.log(max(bright, FAINTEST_LIGHT))),
        "shadow": float(np.log(max(dark, FAINTEST_LIGHT))),
    }


def group_bins(binned: Floats, factor: int) -> Floats:
    """Bring the bins of each cell of factor x factor together: (ny, nx, factor^2)."""
    height, width = (side // factor for side in binned.shape)
    cells = binned[: height * factor, : width * factor].reshape(height, factor, width, factor)
    return cells.swapaxes(1, 2).reshape(height, width, factor * factor)
