"""Sky level and noise of a part: a mesh as in SExtractor (Bertin & Arnouts 1996), kept from being absurd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.image import Part
from fingerprinting.mesh import Mesh, fit_meshes
from fingerprinting.ranks import find_percentiles

ROUNDING: Final = 0.2887  # standard deviation of a value rounded to whole steps, in steps
LEAST_LOCAL: Final = 0.5  # of the frame's noise: the spline between meshes swings below 0 at bright objects
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
    level, spread = _fit(part, mesh)
    noise, least = _usual(spread), part.step * ROUNDING
    if not spread.values.max() > 0:  # most pixels are equal: single photons, or a few objects on nothing
        noise = least = max(_sparse_step(part) * ROUNDING, least)
    lowest = np.float32(max(least, LEAST_LOCAL * noise))
    sigma, subtracted = np.empty((2, *part.shape), np.float32)
    for (rows, sky), (_, local) in zip(level.strips(), spread.strips(), strict=True):
        group = len(sky), -1, part.shape[1]
        np.subtract(part.pixels[rows].reshape(group), sky, out=subtracted[rows].reshape(group))
        np.maximum(local, lowest, out=sigma[rows].reshape(group))
    if part.mask is not None:
        subtracted[part.mask] = 0
    if part.noise is not None:
        sigma = _scale(part, part.noise, sigma)
    return Sky(float(np.median(level.values)), max(noise, least), subtracted, sigma)


def _fit(part: Part, mesh: int) -> tuple[Mesh, Mesh]:
    try:
        return fit_meshes(part.pixels, part.mask, mesh)
    except MemoryError:
        raise
    except Exception as error:  # SEP raises bare Exception
        raise UnusableImageError(f"The sky of this image cannot be modelled: {error}.") from error


def _usual(spread: Mesh) -> float:
    """Give the median noise of the boxes; if that is 0, of those boxes that have any."""
    middle = np.median(spread.values)
    some = spread.values if middle > 0 else spread.values[spread.values > 0]
    return float(np.median(some)) if some.size else 1.0


def _refuse_constant(part: Part) -> None:
    """Refuse what has no signal at all; a few rows mostly show that there is some."""
    for rows in (slice(None, None, BLOCK), slice(None)):
        pixels = part.pixels[rows]
        good = pixels if part.mask is None else pixels[~part.mask[rows]]
        if good.size and good.min() != good.max():
            return
    if good.size == 0:
        raise UnusableImageError("The image has no usable pixel: all are undefined, flagged or weightless.")
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
    height, width = sky.subtracted.shape
    tops = np.unique(np.linspace(0, max(height - BLOCK, 0), GRID).astype(int))
    lefts = np.unique(np.linspace(0, max(width - BLOCK, 0), GRID).astype(int))
    places = [(slice(y, y + BLOCK), slice(x, x + BLOCK)) for y in tops for x in lefts]
    if mask is not None:
        places = [place for place in places if mask[place].mean() <= MOST_MASKED]
    if not places:
        return WHITE
    pixels = np.array([sky.subtracted[place] / sky.sigma[place] for place in places])
    np.clip(pixels, -CLIP, CLIP, out=pixels)
    rows = pixels[:, :-2] + 2 * pixels[:, 1:-1] + pixels[:, 2:]
    smooth = (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 16
    middle, low = find_percentiles(smooth.reshape(len(smooth), -1), [50, 15.87]).T  # below lie no objects
    spreads = np.sort(middle - low)
    return float(np.median(spreads[: max(len(spreads) // 4, 1)]))
