"""Gravitational lenses: arcs and rings of an isothermal sphere with shear (Schneider et al. 1992)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

REACH: Final = 2.2  # Einstein radii from the lens to the edge of its stamp


@dataclass(frozen=True)
class Lens:
    """A lens and the galaxy behind it: lengths in pixels, angles in radians, 0-based position.

    The source lies `offset` Einstein radii from the axis: near 0 it becomes a ring, from 0.3 on an arc.
    """

    x: float
    y: float
    einstein: float
    offset: float
    angle: float
    source: float  # half-light radius of the source
    shear: float


def draw_arcs(lens: Lens) -> Image:
    """Draw the images of the source on a stamp (n, n), n odd, whose pixels sum to 1; the lens is dark."""
    half = int(np.ceil(REACH * lens.einstein + 3 * lens.source))
    fine = np.arange(-half - 0.375, half + 0.5, 0.25)  # four by four points a pixel: arcs are thin
    x, y = np.meshgrid(fine - (lens.x - round(lens.x)), fine - (lens.y - round(lens.y)))
    cos, sin = np.cos(lens.angle), np.sin(lens.angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    r = np.maximum(np.hypot(along, across), 1e-6)
    behind_x = along * (1 - lens.shear - lens.einstein / r) - lens.offset * lens.einstein
    behind_y = across * (1 + lens.shear - lens.einstein / r)
    light = np.exp(-1.678 * np.hypot(behind_x, behind_y) / lens.source)  # an exponential disk
    side = 2 * half + 1
    stamp = light.reshape(side, 4, side, 4).sum(axis=(1, 3))
    drawn: Image = (stamp / stamp.sum()).astype(np.float32)
    return drawn


def add_stamp(image: Image, stamp: Image, x: float, y: float) -> None:
    """Add a stamp (n, n), n odd, around the pixel nearest to x, y; what lies beyond the edge is lost."""
    half = stamp.shape[0] // 2
    left, bottom = round(x) - half, round(y) - half
    columns = slice(max(left, 0), min(left + stamp.shape[1], image.shape[1]))
    rows = slice(max(bottom, 0), min(bottom + stamp.shape[0], image.shape[0]))
    if columns.start < columns.stop and rows.start < rows.stop:
        image[rows, columns] += stamp[
            rows.start - bottom : rows.stop - bottom, columns.start - left : columns.stop - left
        ]
