"""Statistics of a whole image, or of a part of it, as numbers for methods to use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprinting.detect import Detection
from fingerprinting.image import Part
from fingerprinting.quality import combine, measure
from fingerprinting.section import Box


def describe_part(part: Part, detection: Detection, box: Box | None = None) -> NDArray[np.float32]:
    """Give the statistics (s,) of a box of a part (all of it by default), NaN where unknown."""
    box = box or Box(0, part.shape[1], 0, part.shape[0])
    objects = detection.objects
    inside = (objects["x"] >= box.x0) & (objects["x"] < box.x1)
    inside &= (objects["y"] >= box.y0) & (objects["y"] < box.y1)
    return combine([measure(part, detection, objects[inside], box)], part.pixel_scale).statistics
