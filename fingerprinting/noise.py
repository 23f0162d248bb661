"""Sky level and noise of a part: a mesh as in SExtractor (Bertin & Arnouts 1996), kept from being absurd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import sep
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.image import Part

ROUNDING: Final = 0.2887  # standard deviation of a value rounded to whole steps, in steps
LEAST_LOCAL: Final = 0.5  # of the frame's noise: the spline between meshes swings below 0 at bright objects
LARGE: Final = 512  # rows
BLOCK: Final = 64
GRID: Final = 6
CLIP: Final = 3.0  # sigma: keeps stars out of the correlation
MOST_MASKED: Final = 0.2
WHITE: Final = 0.375  # noise left by the detection kernel (1 2 1) x (1 2 1) / 16 where pixels are independent


@dataclass(frozen=True)
class Sky:
    """The sky of a part: level and noise in its units, subtracted pixels and local noise (ny, nx)."""

    level: float
    noise: float
    subtracted: NDArray[np.float32]
    sigma: NDArray[np.float32]


def model_sky(part: Part, mesh: int) -> Sky:
    """Subtract the sky of a part; masked pixels become 0."""
    _refuse_constant(part)
    background = _fit(part, mesh)
    noise, least = float(background.globalrms), part.step * ROUNDING
    local = background.rms()
    if not local.max() > 0:  # most pixels are equal: single photons, or a few objects on nothing
        noise = least = max(_sparse_step(part) * ROUNDING, least)
    np.maximum(local, np.float32(max(least, LEAST_LOCAL * noise)), out=local)
    sigma = _stretch(local, part.shape)
    subtracted = _stretch(background.back(), part.shape)
    np.subtract(part.pixels, subtracted, out=subtracted)
    if part.mask is not None:
        subtracted[part.mask] = 0
    if part.noise is not None:
        sigma = _scale(part, part.noise, sigma)
    return Sky(float(background.globalback), max(noise, least), subtracted, sigma)


def _fit(part: Part, mesh: int) -> Any:
    """Fit the mesh; to every other pair of rows of a large part, which takes half the time."""
    pixels, mask = part.pixels, part.mask
    (height, width), thinning = part.shape, 1
    if height >= LARGE:
        pixels, mask, thinning = _thin(pixels), None if mask is None else _thin(mask), 2
    try:
        return sep.Background(pixels, mask=mask, bw=min(mesh, width), bh=min(mesh, height) // thinning)
    except MemoryError:
        raise
    except Exception as error:  # SEP raises bare Exception
        raise UnusableImageError(f"The sky of this image cannot be modelled: {error}.") from error


def _thin(rows: NDArray[Any]) -> NDArray[Any]:
    """Take two rows of every four: pairs, so that odd and even rows count alike."""
    height, width = rows.shape
    return np.ascontiguousarray(rows[: height - height % 4].reshape(-1, 4, width)[:, :2]).reshape(-1, width)


def _stretch(rows: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Bring what was computed for thinned rows back to the full height, (ny, nx)."""
    if rows.shape == shape:
        return rows
    whole = np.empty(shape, np.float32)
    twice = 2 * len(rows)
    whole[:twice].reshape(-1, 2, shape[1])[...] = rows[:, None]
    whole[twice:] = rows[-1]
    return whole


def _refuse_constant(part: Part) -> None:
    """Refuse what has no signal at all."""
    good = part.pixels if part.mask is None else part.pixels[~part.mask]
    if good.size == 0:
        raise UnusableImageError("The image has no usable pixel: all are undefined, flagged or weightless.")
    if good.min() == good.max():
        raise UnusableImageError(f"The image is constant: every usable pixel is {good.flat[0]:g}.")


def _sparse_step(part: Part) -> float:
    """Give the usual step from the most common value, as one photon makes it, where most pixels are equal."""
    good = part.pixels if part.mask is None else part.pixels[~part.mask]
    steps = np.abs(good - np.median(good))
    return float(np.percentile(steps[steps > 0], 10))


def _scale(part: Part, relative: NDArray[np.float32], sigma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring the relative noise of a weight map to the noise that the sky really has."""
    good = np.isfinite(relative) & (relative > 0)
    if part.mask is not None:
        good &= ~part.mask
    if not good.any():
        return sigma
    ratio = np.median(sigma[good] / relative[good])
    scaled: NDArray[np.float32] = np.where(good, relative * ratio, sigma)
    return scaled


def kernel_noise(sky: Sky, mask: NDArray[np.bool_] | None) -> float:
    """Measure the noise that the detection kernel leaves, in sigma: 0.375 if white, more if correlated.

    It is taken from the quietest quarter of a grid of blocks, where the fewest objects are.
    """
    spreads = []
    height, width = sky.subtracted.shape
    for y in np.unique(np.linspace(0, max(height - BLOCK, 0), GRID).astype(int)):
        for x in np.unique(np.linspace(0, max(width - BLOCK, 0), GRID).astype(int)):
            block = slice(y, y + BLOCK), slice(x, x + BLOCK)
            if mask is not None and mask[block].mean() > MOST_MASKED:
                continue
            pixels = np.clip(sky.subtracted[block] / sky.sigma[block], -CLIP, CLIP)
            rows = pixels[:-2] + 2 * pixels[1:-1] + pixels[2:]
            smooth = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16
            middle, low = np.percentile(smooth, [50, 15.87])  # the lower half holds no objects
            spreads.append(float(middle - low))
    quietest = sorted(spreads)[: max(len(spreads) // 4, 1)]
    return float(np.median(quietest)) if quietest else WHITE
