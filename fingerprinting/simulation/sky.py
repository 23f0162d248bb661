"""The gnomonic projection (TAN, FITS WCS paper II sect. 5.1.3) of a simulated frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Pointing:
    """Where a frame looks: centre (ra, dec) in degrees, scale in arcsec a pixel, rotation in degrees."""

    ra: float
    dec: float
    scale: float
    rotation: float
    shape: tuple[int, int]

    @property
    def reference(self) -> tuple[float, float]:
        """Give the reference pixel (x, y), FITS convention (1-based)."""
        return (self.shape[1] + 1) / 2, (self.shape[0] + 1) / 2

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Give the CD matrix in degrees a pixel: east to the left before the rotation."""
        angle, step = np.deg2rad(self.rotation), self.scale / 3600
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return step * turn @ np.diag([-1.0, 1.0])

    def cards(self) -> dict[str, str | float]:
        """Give the FITS cards of this pointing."""
        cd = self.matrix
        return {
            "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CUNIT1": "deg", "CUNIT2": "deg",
            "CRVAL1": self.ra, "CRVAL2": self.dec,
            "CRPIX1": self.reference[0], "CRPIX2": self.reference[1],
            "CD1_1": cd[0, 0], "CD1_2": cd[0, 1], "CD2_1": cd[1, 0], "CD2_2": cd[1, 1],
            "RADESYS": "ICRS",
        }  # fmt: skip

    def locate(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give ra and dec (degrees) of pixel positions (0-based)."""
        offset = np.stack([np.asarray(x) + 1 - self.reference[0], np.asarray(y) + 1 - self.reference[1]])
        xi, eta = np.deg2rad(np.tensordot(self.matrix, offset, 1))
        dec0 = np.deg2rad(self.dec)
        down = np.cos(dec0) - eta * np.sin(dec0)
        ra = np.rad2deg(np.arctan2(xi, down)) + self.ra
        dec = np.arctan2(np.sin(dec0) + eta * np.cos(dec0), np.hypot(xi, down))
        return np.mod(ra, 360.0), np.rad2deg(dec)


def choose_pointing(rng: np.random.Generator, scale: float, shape: tuple[int, int]) -> Pointing:
    """Choose where to look, away from the poles by 10 degrees."""
    dec = float(np.rad2deg(np.arcsin(rng.uniform(-0.98, 0.98))))
    return Pointing(rng.uniform(0, 360), dec, scale, rng.uniform(0, 360), shape)
