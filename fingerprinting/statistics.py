"""What a whole image looks like apart from the kinds of its objects: sky, noise, structure, shapes.

All is in units of the noise or of pixels; none depends on gain, bias or read noise: these figures are not to
recognise cameras.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import STATISTICS
from fingerprinting.detect import Detection
from fingerprinting.image import Part
from fingerprinting.lines import measure_lines
from fingerprinting.ranks import find_medians, find_percentiles
from fingerprinting.rings import measure_rings
from fingerprinting.section import Box
from fingerprinting.stack import measure_stack
from fingerprinting.steps import measure_steps
from fingerprinting.texture import Figures, bin_pixels, measure_noise, measure_stripes, measure_structure

LEAST_SIDE: Final = 32  # pixels; a smaller piece tells nothing
SKY_POINTS: Final = 32  # along each axis
LEAST_OBJECTS: Final = 3
LEAST_STARS: Final = 5
FEW: Final = 10  # objects
SHARP: Final = 0.9  # pixels, one standard deviation: sharper than most stars
THIN, LONG = 1.0, 1.6  # pixels of b, and times it: tracks of particles
TINY: Final = 1e-9
SATURATED: Final = 0.9  # of the level of saturation
CLUMPS: Final = 4  # cells along each axis
PLATEAU: Final = 0.9  # of the highest peak

Values = NDArray[np.float32]


def measure_statistics(
    part: Part, detection: Detection, objects: NDArray[np.void], core: Box, stars: NDArray[np.float64]
) -> Values:
    """Measure the core (pixels of the part) of a tile: float32 (s,), NaN where unknown.

    `objects` are its own, `stars` (n, 2) the FWHM in pixels and axis ratio of its point sources.
    """
    if min(core.shape) < LEAST_SIDE:
        return np.full(len(STATISTICS), np.nan, np.float32)
    inner = slice(core.y0, core.y1), slice(core.x0, core.x1)
    mask = None if part.mask is None else part.mask[inner]
    subtracted = detection.sky_subtracted[inner]
    figures = measure_sky(part.pixels[inner], subtracted, mask, detection.noise)
    figures |= measure_noise(subtracted, mask, detection.noise)
    figures |= measure_stripes(subtracted, detection.noise)
    places = np.stack([objects["x"] - core.x0, objects["y"] - core.y0], axis=1)
    figures |= measure_steps(part.pixels[inner], mask, detection.noise, places)
    binned, number = bin_pixels(subtracted, mask, detection.noise)
    figures |= measure_structure(binned, number) | measure_lines(binned, number) | measure_rings(binned)
    figures |= measure_objects(objects, core) | measure_shapes(objects, core) | measure_stars(stars)
    highest = limit_peaks(part, detection)
    figures |= measure_stack(detection.sky_subtracted, detection.noise, objects, highest)
    figures["plateau"] = _measure_plateau(subtracted, objects)
    values: Values = np.array([figures.get(name, np.nan) for name in STATISTICS], np.float32)
    values[~np.isfinite(values)] = np.nan
    return values


def limit_peaks(part: Part, detection: Detection) -> float:
    """Give the peak above the sky beyond which an object may be saturated, in the units of the pixels."""
    return np.inf if part.saturation is None else SATURATED * part.saturation - detection.background


def measure_sky(pixels: Values, subtracted: Values, mask: NDArray[np.bool_] | None, noise: float) -> Figures:
    """Measure the shape of the subtracted sky, -1 to 1 across the frame: slope, bowl, saddle, the rest."""
    rows, columns = (np.unique(np.linspace(0, side - 1, SKY_POINTS).astype(int)) for side in pixels.shape)
    points = np.ix_(rows, columns)
    y, x = np.meshgrid(2 * rows / rows[-1] - 1, 2 * columns / columns[-1] - 1, indexing="ij")
    good = np.ones(x.shape, bool) if mask is None else ~mask[points]
    if np.count_nonzero(good) < x.size / 4:
        return {}
    level = ((pixels[points] - subtracted[points]) / noise)[good].astype(np.float64)
    x, y = x[good], y[good]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    fit = np.linalg.lstsq(terms, level, rcond=None)[0]
    _, along_x, along_y, xx, xy, yy = (float(term) for term in fit)
    return {
        "sky_gradient": float(np.arcsinh(np.hypot(along_x, along_y))),
        "sky_curvature": float(np.arcsinh(xx + yy)),
        "sky_shear": float(np.arcsinh(np.hypot(xx - yy, xy))),
        "sky_residual": float(np.arcsinh(np.std(level - terms @ fit))),
    }


def measure_objects(objects: NDArray[np.void], core: Box) -> Figures:
    """Measure number, places, sizes, shapes and brightness of objects; sizes are in pixels."""
    height, width = core.shape
    n, area = len(objects), height * width
    figures = {
        "density": float(np.log10((n + 1) / (area / 1e6))),
        "area": float(np.log10(objects["npix"].sum(dtype=float) / area + 1e-5)),
    }
    if n < LEAST_OBJECTS:
        return figures
    a, b = np.maximum(objects["a"], 0.3), np.maximum(objects["b"], 0.3)
    low, middle, high = find_percentiles(np.log(a * b) / 2, [10, 50, 90])
    ratio, ratio_high = find_percentiles(np.log(a / b), [50, 90])
    snr, snr_high = find_percentiles(np.log(np.maximum(objects["snr"], 1)), [50, 90])
    return figures | {
        "clumping": _measure_clumping(objects, core),
        "size": middle,
        "size_range": high - low,
        "axis_ratio": ratio,
        "axis_ratio_high": ratio_high,
        "alignment": _measure_alignment(a, b, objects["theta"]),
        "blended": float(np.mean((objects["flags"] & 1) > 0)),
        "sharp": float(np.mean(objects["b"] < SHARP)),
        "snr": snr,
        "snr_range": snr_high - snr,
        "largest": float(np.log10(objects["npix"].max() / area)),
    }


def _measure_clumping(objects: NDArray[np.void], core: Box) -> float:
    """Measure how much the numbers in 16 cells vary beyond Poisson, relative to a large mean."""
    places = ((objects["x"] - core.x0, core.shape[1]), (objects["y"] - core.y0, core.shape[0]))
    column, row = ((at / side * CLUMPS).astype(int).clip(0, CLUMPS - 1) for at, side in places)
    number = np.bincount(column + CLUMPS * row, minlength=CLUMPS**2)
    return float(np.arcsinh(CLUMPS * (number.var() - number.mean()) / (1 + number.mean() ** 2)))


def _measure_alignment(a: Values, b: Values, theta: Values) -> float:
    """Measure how parallel elongated objects lie: 1 all, 0 none; a few of them by chance say little."""
    weight = (1 - b / a).astype(np.float64)
    alone = np.sum(weight**2)
    pairs = np.sum(weight) ** 2 - alone
    aligned = np.abs(np.sum(weight * np.exp(2j * theta))) ** 2 - alone
    return float(aligned / pairs * len(a) / (len(a) + FEW)) if pairs > 0 else 0.0


def measure_shapes(objects: NDArray[np.void], core: Box) -> Figures:
    """Measure how concentrated objects are, and the longest and the flattest: logarithms."""
    if len(objects) < LEAST_OBJECTS:
        return {}
    a, b = np.maximum(objects["a"], 0.3), np.maximum(objects["b"], 0.3)
    concentration = np.log(np.maximum(objects["peak"], TINY) / np.maximum(objects["flux"], TINY))
    usual, high, top = find_percentiles(concentration, [50, 90, 98])
    longest = int(np.argmax(a))
    large = objects["npix"] >= find_percentiles(objects["npix"], [90])[0]
    gaussian = concentration + np.log(2 * np.pi * a * b)  # 0 for a Gaussian seen whole
    return {
        "concentration": usual,
        "concentration_high": high,
        "concentration_top": top,
        "thin": float(np.mean((b < THIN) & (a > LONG * b))),
        "longest": float(np.log(a[longest] / np.hypot(*core.shape))),
        "longest_ratio": float(np.log(a[longest] / b[longest])),
        "flattest": float(find_percentiles(gaussian[large], [10])[0]),
    }


def measure_stars(stars: NDArray[np.float64]) -> Figures:
    """Measure FWHM in pixels and elongation of point sources (n, 2), as logarithms."""
    if len(stars) < LEAST_STARS:
        return {}
    fwhm, elongation = find_medians(np.log(stars).T)
    return {"fwhm": float(fwhm), "elongation": float(elongation)}


def _measure_plateau(subtracted: Values, objects: NDArray[np.void]) -> float:
    """Count the pixels nearly as high as the highest peak: the tops of saturated stars, without a keyword."""
    if not len(objects):
        return np.nan
    return float(np.log10(np.count_nonzero(subtracted >= PLATEAU * objects["peak"].max()) + 1))
