"""Celestial coordinates of FITS images (FITS WCS papers I-III) as ICRS degrees."""

from __future__ import annotations

from typing import Final

import numpy as np
from astropy.coordinates import ICRS, SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales, wcs_to_celestial_frame
from numpy.typing import NDArray

from fingerprinting.fitsfile import FitsFile, read_card

ARCSEC: Final = 3600.0
SCALE_KEYWORDS: Final = ("PIXSCALE", "SECPIX", "PIXSCAL1", "SCALE")
LARGEST_SCALE: Final = 3600.0


def read_wcs(file: FitsFile, header: fits.Header) -> WCS | None:
    """Read the celestial axes of a header, or None where there are none or they make no sense."""
    try:
        wcs = WCS(header, fobj=file.astropy if "D2IMDIS1" in header or "CPDIS1" in header else None)
        celestial: WCS | None = wcs.celestial if wcs.has_celestial else None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - wcslib and astropy raise many kinds for headers that only lack a WCS
        return None
    return celestial


def pixel_scale(wcs: WCS | None, header: fits.Header) -> float | None:
    """Give the size of a pixel in arcsec: the geometric mean of the axes, else what a keyword says."""
    if wcs is not None:
        scale = float(np.sqrt(np.prod(proj_plane_pixel_scales(wcs)))) * ARCSEC
        return scale if 0 < scale < LARGEST_SCALE else None
    for keyword in SCALE_KEYWORDS:
        named = read_card(header, keyword, float)
        if named is not None and 0 < named < LARGEST_SCALE:
            return named
    return None


def to_sky(wcs: WCS | None, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give ICRS (2, n) degrees of FITS pixels counted from 1; NaN where there is no sky."""
    if wcs is None or x.size == 0:
        return np.full((2, x.size), np.nan)
    try:
        sky = np.asarray(wcs.all_pix2world(x, y, 1))
        frame = wcs_to_celestial_frame(wcs)
        if not isinstance(frame, ICRS):
            turned = SkyCoord(sky[0], sky[1], unit="deg", frame=frame).icrs
            sky = np.asarray([turned.ra.deg, turned.dec.deg])
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a distortion that does not converge, a frame astropy does not know
        return np.full((2, x.size), np.nan)
    return np.where(np.isfinite(sky).all(axis=0), sky, np.nan)
