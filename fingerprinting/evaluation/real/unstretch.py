"""Stamps made for the eye, brought back to units of the sky's noise: an approximation, told as such.

The stretch of a published picture is rarely stated. EFIGI's pictures (Baillard et al. 2011) were made with
STIFF (Bertin 2012), whose default is a gamma of 2.2; pictures that show the noise of the sky as grey grain
are taken as linear. White stays white: what was cut off there is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float32]

BORDER: Final = 6  # pixels
QUARTILE: Final = 0.6745  # sigma that the lower quartile of noise lies below its mean
TO_SIGMA: Final = 1.4826  # of the median absolute deviation
STEP: Final = 1 / 255
FADED: Final = (0.72, 1.0)  # of half the side: between them a stamp fades out
BRIGHT: Final = 3.0  # sigma
LEAST_SIDE: Final = 12  # pixels


@dataclass(frozen=True)
class Style:
    """How pictures of a set were stretched, and what objects of frames are like that they shall be like.

    gamma 1 is linear. extent is the range of the larger standard deviation of the light in pixels, peak that
    of the brightest light in sigma; None keeps what the stamp has. seeing is the standard deviation (pixels)
    of a blur after shrinking, which makes stars sharper than any telescope's.
    """

    gamma: float
    extent: tuple[float, float] | None
    peak: tuple[float, float] | None
    seeing: float = 0.0


GALAXIES: Final = Style(gamma=2.2, extent=(4.0, 11.0), peak=(15, 120), seeing=1.0)
POINTS: Final = Style(gamma=1.0, extent=None, peak=None)


def to_sigma(grey: Image, style: Style, rng: np.random.Generator) -> Image:
    """Turn grey values 0 to 1 into light above the sky with a noise of 1 sigma; the stamp's edge fades out.

    The stamp keeps its own noise, and fresh noise makes up for what fading, shrinking and dimming took away.
    JPEG smooths noise, so bright galaxies would have peaks of 1000 sigma: with a range of peaks they are
    dimmed to one of them. No object is made brighter.
    """
    linear = (np.maximum(grey, STEP / 2) ** np.float32(style.gamma)).astype(np.float32)
    steepness = style.gamma * float(np.median(grey)) ** (style.gamma - 1)
    sky, sigma = measure_border(linear, floor=STEP * max(steepness, STEP))
    light = (linear - np.float32(sky)) / np.float32(sigma)
    if style.extent is not None:
        light = shrink(light, _draw(style.extent, rng))
    if style.seeing:
        light = ndimage.gaussian_filter(light, style.seeing)
    if style.peak is not None:
        light *= np.float32(min(_draw(style.peak, rng) / max(measure_peak(light), 1.0), 1.0))
    weight = fade(light.shape)
    own = min(measure_border(light, floor=0.0)[1], 1.0) * weight
    fresh = rng.standard_normal(light.shape, dtype=np.float32)
    return np.asarray(light * weight + np.sqrt(1 - own**2) * fresh, np.float32)


def _draw(limits: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(limits))))


def measure_border(linear: Image, *, floor: float) -> tuple[float, float]:
    """Measure the level and the noise of the sky along the border; the noise is at least `floor`."""
    inner = np.zeros(linear.shape, bool)
    inner[BORDER:-BORDER, BORDER:-BORDER] = True
    # Differences of neighbours do not see the light of a galaxy that reaches the border, nor does the
    # lower quartile see that of its neighbours.
    strips = linear[:BORDER], linear[-BORDER:], linear[:, :BORDER].T, linear[:, -BORDER:].T
    steps = np.concatenate([np.diff(strip, axis=1).ravel() for strip in strips])
    sigma = max(TO_SIGMA * float(np.median(np.abs(steps))) / float(np.sqrt(2)), floor)
    return float(np.quantile(linear[~inner], 0.25)) + QUARTILE * sigma, sigma


def measure_peak(light: Image) -> float:
    """Measure the brightest light near the middle, a mean of 3 x 3 pixels."""
    smooth = ndimage.uniform_filter(light, 3)
    height, width = light.shape
    return float(smooth[height // 4 : height - height // 4, width // 4 : width - width // 4].max())


def measure_extent(light: Image) -> float:
    """Measure the larger standard deviation (pixels) of the light around the middle that is above 3 sigma."""
    smooth = ndimage.uniform_filter(light, 3)
    labels, _ = ndimage.label(smooth > max(BRIGHT, 0.03 * measure_peak(light)))
    y, x = np.indices(light.shape)
    middle = labels[light.shape[0] // 2, light.shape[1] // 2]
    weight = np.where(labels == middle, smooth, 0).clip(0) if middle else smooth.clip(0)
    total = weight.sum()
    if not total > 0:
        return 1.0
    x0, y0 = (x * weight).sum() / total, (y * weight).sum() / total
    xx, yy = ((x - x0) ** 2 * weight).sum() / total, ((y - y0) ** 2 * weight).sum() / total
    xy = ((x - x0) * (y - y0) * weight).sum() / total
    return float(np.sqrt((xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)))


def shrink(light: Image, extent: float) -> Image:
    """Shrink a stamp until its light has that standard deviation (pixels); none is enlarged."""
    from PIL import Image as Picture  # noqa: PLC0415  # its filter averages all pixels that fall into one

    factor = min(extent / measure_extent(light), 1.0)
    width, height = (max(round(side * factor), LEAST_SIDE) for side in light.shape[::-1])
    picture = Picture.fromarray(light).resize((width, height), Picture.Resampling.LANCZOS)
    return np.array(picture, np.float32)


def fade(shape: tuple[int, ...]) -> Image:
    """Make weights (ny, nx) that fall from 1 to 0 along circles, so that no stamp shows a square."""
    y, x = (np.linspace(-1, 1, side) for side in shape)
    first, last = FADED
    inside = np.clip((last - np.hypot(y[:, None], x)) / (last - first), 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * inside), np.float32)
