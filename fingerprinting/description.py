"""What the pipeline says of one science plane; light enough for processes that read no pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

DESCRIBED: Final = np.dtype(
    [
        ("x", "f8"),  # FITS pixels of the HDU, counted from 1
        ("y", "f8"),
        ("ra", "f8"),  # ICRS degrees; NaN where the file gives no sky coordinates
        ("dec", "f8"),
        ("a", "f4"),  # pixels, one standard deviation along the axis
        ("b", "f4"),
        ("theta_deg", "f4"),  # counter-clockwise from x
        ("flux", "f4"),  # sky-subtracted, in the units of the pixels
        ("snr", "f4"),
        ("flags", "i2"),  # of SEP: 1 merged, 2 truncated, 4 and 8 measured with difficulty, 16 masked pixels
        ("node", "i2"),
        ("confidence", "f4"),
        ("oddness", "f4"),
    ]
)
OBJECT_VECTOR: Final = 64  # numbers that say what an object looks like
# What some objects look like: their number among the objects of the part, from 0, and a vector of length 1.
LOOK: Final = np.dtype([("number", "i4"), ("vector", "f2", (OBJECT_VECTOR,))])
# Statistics of a whole image, see fingerprinting.statistics; a part of what search vectors are made of.
STATISTICS: Final = (
    "sky_gradient", "sky_curvature", "sky_shear", "sky_residual",
    "noise_spread", "noise_range", "correlation", "correlation_uneven", "correlation_far", "blur",
    "bright_pixels", "dark_pixels", "stripes", "stripes_across", "worst_stripe", "worst_stripe_across",
    "structure_8", "structure_32", "structure_128", "diffuse", "shadow", "covered",
    "line", "line_contrast", "line_upright", "disc", "ring", "ring_share", "plateaus",
    "step", "step_whole", "step_noise", "step_light", "step_density",
    "density", "clumping", "size", "size_range", "axis_ratio", "axis_ratio_high", "alignment",
    "blended", "sharp", "snr", "snr_range", "largest", "area", "plateau",
    "concentration", "concentration_high", "concentration_top", "thin", "longest", "longest_ratio",
    "flattest", "fwhm", "elongation",
    "dip", "stack_half", "stack_80", "stack_25", "stack_10", "stack_length", "stack_trail", "stack_direction",
)  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """How good a plane is; None where it cannot be measured. Levels are in the units of the pixels."""

    background: float
    noise: float
    fwhm: float | None  # arcsec
    fwhm_pixel: float | None
    elongation: float | None
    saturated_fraction: float | None
    masked_fraction: float
    statistics: NDArray[np.float32]  # (s,) in the order of STATISTICS, NaN where unknown

    def name_columns(self) -> dict[str, float | None]:
        """Name all but the statistics as the columns of caom2_ai.fingerprint."""
        return {
            "background": self.background,
            "noise": self.noise,
            "fwhm": self.fwhm,
            "fwhmPixel": self.fwhm_pixel,
            "elongation": self.elongation,
            "saturatedFraction": self.saturated_fraction,
            "maskedFraction": self.masked_fraction,
        }


@dataclass(frozen=True)
class PartDescription:
    """One science plane: its fingerprint (400 counts), its embedded objects (DESCRIBED) and its quality.

    `looks` (LOOK) are those of the objects that can be compared with others, about `object_share` of all.
    """

    name: str
    hdu: int
    shape: tuple[int, int]  # ny, nx of the HDU's image, with overscan
    n_detected: int
    sampled_fraction: float
    fingerprint: NDArray[np.int32]
    objects: NDArray[np.void]
    quality: Quality
    looks: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, LOOK))
    object_share: float = 0.0
    thumbnail: bytes | None = None  # PNG, of the part that stands for its file
