"""Statistics of a whole image, or of a part of it, as numbers for methods to use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.detect import Detection
from fingerprinting.image import Part
from fingerprinting.quality import combine, measure
from fingerprinting.section import Box


def describe_part(part: Part, detection: Detection, box: Box | None = None) -> NDArray[np.float32]:
    """Give FWHM in pixels, elongation, saturated and masked fraction of a box; NaN where unknown."""
    box = box or Box(0, part.shape[1], 0, part.shape[0])
    objects = detection.objects
    inside = (objects["x"] >= box.x0) & (objects["x"] < box.x1)
    inside &= (objects["y"] >= box.y0) & (objects["y"] < box.y1)
    quality = combine([measure(part, detection, objects[inside], box)], part.pixel_scale)
    known = (quality.fwhm_pixel, quality.elongation, quality.saturated_fraction, quality.masked_fraction)
    return np.array([np.nan if value is None else value for value in known], np.float32)
