"""Whole images for methods that look at them: 256 x 256 pixels in sigma above the sky."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.detect import Detection
from fingerprinting.evaluation.method import THUMBNAIL
from fingerprinting.image import Part
from fingerprinting.section import Box


def make_thumbnail(part: Part, detection: Detection, box: Box | None = None) -> NDArray[np.float32]:
    """Shrink a box of a part (all of it by default) to (256, 256) by averaging, whatever its aspect.

    The level is the image's one background and the unit its noise: a slope of the sky is seen. Masked pixels
    are 0. An image smaller than the thumbnail repeats pixels.
    """
    box = box or Box(0, part.shape[1], 0, part.shape[0])
    place = slice(box.y0, box.y1), slice(box.x0, box.x1)
    scale = np.float32(1 / detection.noise if detection.noise > 0 else 1)
    pixels = (part.pixels[place] - np.float32(detection.background)) * scale
    if part.mask is not None:
        pixels[part.mask[place]] = 0
    pixels[~np.isfinite(pixels)] = 0
    return _average(_average(pixels, 0), 1)


def _average(pixels: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    length = pixels.shape[axis]
    edges = np.arange(THUMBNAIL + 1) * length // THUMBNAIL
    # Where edges repeat, reduceat gives the pixel itself.
    sums = np.add.reduceat(pixels, edges[:-1], axis=axis)
    width = np.maximum(np.diff(edges), 1).astype(np.float32)
    return np.asarray(sums / (width[:, None] if axis == 0 else width), np.float32)
