"""How good an image is: seeing and tracking from its star-like objects, what is saturated, what is masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import Quality
from fingerprinting.detect import Detection
from fingerprinting.fingerprint import combine_statistics
from fingerprinting.image import Part
from fingerprinting.section import Box
from fingerprinting.statistics import limit_peaks, measure_statistics

FWHM: Final = 2.3548  # of a Gaussian, in standard deviations
LEAST_SNR: Final = 20.0
LEAST_CONTRAST: Final = 3.0  # peak over threshold
KERNEL_VARIANCE: Final = 0.5  # pixels^2 along each axis, of the detection kernel (1 2 1)
LEAST_AXIS: Final = 0.3  # pixels; sharper than any optics: hot pixels
LOCUS: Final = 0.2  # half width of the stellar sizes around their mode
LEAST_STARS: Final = 5


@dataclass(frozen=True)
class Measure:
    """What one tile adds to the quality of its plane; `stars` are (n, 2): FWHM in pixels, axis ratio a/b."""

    background: float
    noise: float
    pixels: int
    masked: int
    saturated: int | None
    stars: NDArray[np.float64]
    statistics: NDArray[np.float32]


def measure(part: Part, detection: Detection, objects: NDArray[np.void], core: Box) -> Measure:
    """Measure the core (pixels of the part) of a tile and those of its objects that are its own."""
    inner = slice(core.y0, core.y1), slice(core.x0, core.x1)
    pixels = part.pixels[inner]
    saturated = None if part.saturation is None else int(np.count_nonzero(pixels >= part.saturation))
    masked = 0 if part.mask is None else int(np.count_nonzero(part.mask[inner]))
    stars = _point_sources(objects, detection.threshold, limit_peaks(part, detection))
    statistics = measure_statistics(part, detection, objects, core, stars)
    return Measure(detection.background, detection.noise, pixels.size, masked, saturated, stars, statistics)


def measure_whole(part: Part, detection: Detection) -> Quality:
    """Measure a part that was detected in one piece, with all its objects."""
    height, width = part.shape
    whole = measure(part, detection, detection.objects, Box(0, width, 0, height))
    return combine([whole], part.pixel_scale)


def _point_sources(objects: NDArray[np.void], threshold: float, level: float) -> NDArray[np.float64]:
    """Give FWHM and axis ratio of objects that are bright, whole and not saturated.

    Moments inside an isophote miss the wings: for a Gaussian the loss follows from peak over threshold. They
    are taken after the detection kernel, which adds to the variance.
    """
    snr = np.maximum(objects["snr"], np.float32(1e-6))
    limit = threshold * objects["flux"] / (snr * np.sqrt(objects["npix"]))  # threshold times the local noise
    contrast = np.divide(objects["peak"], limit, out=np.zeros(len(objects)), where=limit > 0)
    good = (objects["flags"] == 0) & (objects["snr"] >= LEAST_SNR) & (contrast >= LEAST_CONTRAST)
    good &= objects["peak"] < level
    depth = np.log(contrast[good])
    inside = 1 - depth / np.expm1(depth)
    a, b = (objects[axis][good] ** 2 / inside - KERNEL_VARIANCE for axis in ("a", "b"))
    whole = b > LEAST_AXIS**2
    return np.column_stack([FWHM * (a[whole] * b[whole]) ** 0.25, np.sqrt(a[whole] / b[whole])])


def combine(measures: Sequence[Measure], pixel_scale: float | None) -> Quality:
    """Make the quality of a plane from its tiles; pixel_scale is in arcsec."""
    pixels = sum(one.pixels for one in measures)
    saturated = [one.saturated for one in measures if one.saturated is not None]
    fwhm, elongation = _stellar(np.concatenate([one.stars for one in measures]))
    return Quality(
        background=float(np.median([one.background for one in measures])),
        noise=float(np.median([one.noise for one in measures])),
        fwhm=None if fwhm is None or pixel_scale is None else fwhm * pixel_scale,
        fwhm_pixel=fwhm,
        elongation=elongation,
        saturated_fraction=sum(saturated) / pixels if saturated else None,
        masked_fraction=sum(one.masked for one in measures) / pixels,
        statistics=combine_statistics([one.statistics for one in measures], [one.pixels for one in measures]),
    )


def _stellar(sources: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Take the median FWHM and elongation of the stars: the objects whose size is the most common one."""
    if len(sources) < LEAST_STARS:
        return None, None
    sizes = np.log(sources[:, 0])
    stars = sources[np.abs(sizes - _half_sample_mode(np.sort(sizes))) < LOCUS]
    if len(stars) < LEAST_STARS:
        return None, None
    return float(np.median(stars[:, 0])), float(np.median(stars[:, 1]))


def _half_sample_mode(values: NDArray[np.float64]) -> float:
    """Find the mode of sorted values by halving the densest stretch (Bickel & Fruehwirth 2006)."""
    while len(values) > 3:  # noqa: PLR2004
        half = (len(values) + 1) // 2
        start = int(np.argmin(values[half - 1 :] - values[: len(values) - half + 1]))
        values = values[start : start + half]
    return float(values.mean())
