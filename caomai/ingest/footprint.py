"""Where images lie on the sky: centre and outline in ICRS from their celestial WCS (FITS 4.0 sect. 8)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from astropy.coordinates import ICRS, UnitSphericalRepresentation
from astropy.io.fits import Header, VerifyError
from astropy.units import deg
from astropy.wcs import WCS
from astropy.wcs.utils import wcs_to_celestial_frame

from caomai.ingest.cards import Cards, split_cards
from caomai.ingest.hdus import Hdu
from caomai.ingest.sphere import (
    Vectors,
    contains,
    find_centroid,
    find_hull,
    find_mean,
    is_simple,
    project,
    signed_area,
    thin,
    to_degrees,
    to_vectors,
    wind,
)

MOST_VERTICES: Final = 64
_SIDE: Final = 8
_TOLERANCE: Final = 0.1
_ARCSEC: Final = float(np.degrees(3600.0))
_LARGEST_PIXEL: Final = float(np.radians(5.0))
_HIGHEST_ORDER: Final = 20
_FIRST_EQUINOX: Final = 1800
_LAST_EQUINOX: Final = 2100
# A hull that is so much larger than its images would claim sky that nobody observed.
_LOOSEST: Final = 10.0
# Between the outline of an image and its pixels, and between the sides of a pixel.
_MOST_STRETCHED: Final = 4.0
_MOST_OBLONG: Final = 100.0
_NARROW: Final = float(np.radians(20.0))
_CELESTIAL: Final = re.compile(r"(RA--|DEC-|GLON|GLAT|RA$|DEC$)")
_FRAMES: Final = {"ICRS", "FK5", "FK4", "FK4-NO-E"}
_WCS_KEYWORD: Final = re.compile(
    rb"WCSAXES|WCSDIM|(CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA)\d\d?|(CD|PC|PV|PS|WAT)\d\d?_\d{1,3}|PC\d{6}"
    rb"|LONPOLE|LATPOLE|RADE(C?)SYS|EQUINOX|EPOCH|MJD-OBS|DATE-OBS"
    rb"|[AB]P?_(ORDER|DMAX|\d\d?_\d\d?)"
)
_SIP_KEYWORD: Final = re.compile(rb"[AB]P?_.*")


# The many ways in which wcslib and astropy say that a header makes no sense.
_SENSELESS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    VerifyError,
)


class UnusableWcsError(ValueError):
    """A header claims a place on the sky that cannot be worked out."""


@dataclass(frozen=True)
class Footprint:
    """Centroid and outline in degrees ICRS, counter-clockwise from inside; arcsec a pixel; degrees across."""

    centre: tuple[float, float]
    outline: tuple[tuple[float, float], ...]
    pixel_scale: float
    size: float


@dataclass(frozen=True)
class _Frame:
    """One image on the sky: unit vectors of its border (n, 3) and centre (3,), side of a pixel in radians.

    `area` is that of all its pixels in steradians, as large as the one in the centre.
    """

    border: Vectors
    centre: Vectors
    pixel: float
    area: float


def find_footprint(images: Sequence[Hdu]) -> Footprint | None:
    """Find the footprint of all images of a file together.

    None if no image has celestial coordinates; UnusableWcsError if they make no sense.
    """
    frames = [_place(hdu) for hdu in images if has_celestial_axes(hdu.cards)]
    if not frames:
        return None
    if len(frames) == 1:
        centre, corners = frames[0].centre, frames[0].border
    else:
        centre = find_mean(np.stack([frame.centre * frame.area for frame in frames]))
        corners = np.concatenate([frame.border for frame in frames])
    points = _flatten(corners, centre)
    pixel = frames[0].pixel
    if len(frames) > 1:
        hull = find_hull(points)
        corners, points = corners[hull], points[hull]
        if abs(signed_area(points)) > _LOOSEST * sum(frame.area for frame in frames):
            raise UnusableWcsError("its images lie far apart on the sky")
    return _outline(corners, points, centre, pixel)


def has_celestial_axes(cards: Cards) -> bool:
    """Tell whether the first two axes of a header are celestial."""
    return all(_CELESTIAL.match((cards.text(f"CTYPE{axis}") or "").upper()) for axis in (1, 2))


def _outline(corners: Vectors, points: Vectors, centre: Vectors, pixel: float) -> Footprint:
    """Make the footprint of a border: `corners` (n, 3) on the sphere are `points` (n, 2) on the plane."""
    kept = thin(points, _TOLERANCE * pixel, MOST_VERTICES)
    corners, points = corners[kept], points[kept]
    if not is_simple(points) or not contains(points, np.zeros(2)):
        raise UnusableWcsError("its outline crosses itself")
    order = wind(points)
    outline = to_degrees(corners[order]).round(10)
    across = np.linalg.norm(corners[:, None] - corners[None], axis=-1).max()
    size = 2 * np.degrees(np.arcsin(min(across / 2, 1.0)))
    ra, dec = to_degrees(find_centroid(corners, centre)[None])[0].round(10).tolist()
    vertices = tuple((float(lon) % 360.0, float(lat)) for lon, lat in outline)
    return Footprint((ra % 360.0, dec), vertices, _shorten(pixel * _ARCSEC), _shorten(size))


def _shorten(number: float) -> float:
    """Round to the digits that a difference of directions can give."""
    return float(f"{number:.7g}")


def _flatten(vectors: Vectors, centre: Vectors) -> Vectors:
    points = project(vectors, centre)
    if points is None:
        raise UnusableWcsError("it claims more than 80 degrees from its centre")
    return points


def _place(hdu: Hdu) -> _Frame:
    """Work out where the border and the centre of one image lie."""
    width, height = hdu.axes[:2]
    x, y = (width - 1) / 2, (height - 1) / 2
    pixels = np.concatenate([_border(width, height), [[x, y]], np.add(_CROSS, [x, y])])
    vectors = _to_sky(hdu, pixels)
    if not np.isfinite(vectors).all():
        raise UnusableWcsError("its border lies outside the projection")
    border, centre = vectors[:-5], vectors[-5]
    right, up = vectors[-4] - vectors[-3], vectors[-2] - vectors[-1]
    sides = np.linalg.norm(right), np.linalg.norm(up)
    area = float(np.cross(right, up) @ centre)
    pixel = abs(area) ** 0.5
    if not 0 < pixel < _LARGEST_PIXEL or max(sides) > _MOST_OBLONG * min(sides):
        raise UnusableWcsError("its pixels have no sensible size")
    # The border turns as the pixels do, x to y; only a distortion that folds the image can make it otherwise.
    stretch = signed_area(_flatten(border, centre)) / (area * width * height)
    if stretch <= 0 or (stretch > _MOST_STRETCHED and width * height * pixel**2 < _NARROW**2):
        raise UnusableWcsError("its distortion folds or blows up the image")
    return _Frame(border, centre, pixel, width * height * pixel**2)


# Half a pixel to each side of the centre: their differences are one pixel.
_CROSS: Final = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.5], [0.0, -0.5]])


def _border(width: int, height: int) -> Vectors:
    """Give points (4 * _SIDE, 2) along the outer edge of an image, 0-based pixels, corner to corner."""
    step = np.arange(_SIDE) / _SIDE
    zero, one = np.zeros(_SIDE), np.ones(_SIDE)
    x = np.concatenate([step, one, 1 - step, zero])
    y = np.concatenate([zero, step, one, 1 - step])
    return np.stack([x * width - 0.5, y * height - 0.5], axis=-1)


def _to_sky(hdu: Hdu, pixels: Vectors) -> Vectors:
    """Turn 0-based pixels (n, 2) into ICRS unit vectors (n, 3)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wcs = _read_wcs(hdu)
            world = wcs.all_pix2world(pixels, 0)
            frame = wcs_to_celestial_frame(wcs)
            longitude, latitude = world[:, wcs.wcs.lng], world[:, wcs.wcs.lat]
            return _to_icrs(frame, longitude, latitude)
    except _SENSELESS as error:
        raise UnusableWcsError(f"its WCS cannot be read: {error}") from error


def _to_icrs(frame: Any, longitude: Vectors, latitude: Vectors) -> Vectors:
    if isinstance(frame, ICRS) or not np.isfinite(longitude + latitude).all():
        return to_vectors(longitude, latitude)
    place = frame.realize_frame(UnitSphericalRepresentation(longitude * deg, latitude * deg))
    there = place.transform_to(ICRS()).represent_as(UnitSphericalRepresentation)
    return to_vectors(there.lon.degree, there.lat.degree)


def _read_wcs(hdu: Hdu) -> WCS:
    cards = hdu.cards
    orders = (cards.integer(f"{name}_ORDER") or 0 for name in ("A", "B", "AP", "BP"))
    if (cards.integer("WCSAXES") or 0) > len(hdu.axes) + 8 or max(orders) > _HIGHEST_ORDER:
        raise UnusableWcsError("its WCS claims too many axes or terms")
    wanted = [card for card in split_cards(hdu.header) if _is_wanted(card)]
    if not all((cards.text(f"CTYPE{axis}") or "").endswith("-SIP") for axis in (1, 2)):
        # What is left of a distortion that resampling has taken out already.
        wanted = [card for card in wanted if not _SIP_KEYWORD.fullmatch(card[:8].rstrip())]
    wcs = WCS(Header.fromstring(b"".join(wanted)))
    if wcs.naxis > 2:  # noqa: PLR2004 - the sky has two axes
        wcs = wcs.celestial
    if wcs.wcs.lng < 0 or wcs.wcs.lat < 0:
        raise UnusableWcsError("its axes are not a pair of celestial ones")
    return wcs


def _is_wanted(card: bytes) -> bool:
    """Tell whether a card belongs to the WCS, and does not mislead it."""
    keyword = card[:8].rstrip()
    if card[8:9] != b"=" or not _WCS_KEYWORD.fullmatch(keyword):
        return False
    value = Cards.parse(card)
    name = keyword.decode("ascii")
    if keyword in {b"RADESYS", b"RADECSYS"}:
        return (value.text(name) or "").upper() in _FRAMES
    if keyword == b"EQUINOX":
        year = value.number(name)
        return year is None or _FIRST_EQUINOX < year < _LAST_EQUINOX
    if keyword == b"EPOCH":
        # Often the year of the observation instead of the equinox.
        return value.number(name) in {1950.0, 2000.0}
    return True
