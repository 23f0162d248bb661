"""Which HDUs of a file are science images, and which others say what their pixels are worth."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from caomai.errors import ImageError, NotAnImageError, UnusableImageError
from fingerprinting.fitsfile import FitsFile, Hdu, read_card
from fingerprinting.section import Box, trim

MOST_SLICES: Final = 16
LEAST_SIDE: Final = 16
SCIENCE: Final = re.compile(r"^SCI(ENCE)?$")
# The first line is the contract; the others are what HST, JWST, DES, LSST and Herschel add.
NOT_SCIENCE: Final = re.compile(
    r"^(ERR|DQ|WHT|CTX|CON|VAR.*|SAMP|TIME|MASK"
    r"|ERROR|WGT|WEIGHT.*|MSK|BPM|BADPIX.*|FLAGS?|QUALITY|IVAR|INVVAR|RMS|SIGMA|NOISE|STD(EV)?"
    r"|COVERAGE|EXPMAP|EXPOSURE|BKG|BACKGROUND|SEG.*|PSF.*|AREA|D2IMARR|WCSDVARR|WAVELENGTH)$"
)
WEIGHT: Final = re.compile(r"^(WHT|WGT|WEIGHT.*|IVAR|INVVAR)$")
ERROR: Final = re.compile(r"^(ERR|ERROR)$")
VARIANCE: Final = re.compile(r"^VAR(IANCE)?$")
FLAGS: Final = re.compile(r"^DQ$")
RESAMPLED: Final = re.compile(r"^(WHT|CTX|CON)$")
SPECTRAL: Final = re.compile(
    r"^(WAVE|AWAV|WAVN|FREQ|ENER|VELO|VRAD|VOPT|ZOPT|BETA|FELO|LAMBDA|MULTISPE)", re.IGNORECASE
)


@dataclass(frozen=True)
class Plane:
    """One science image: slice `index` of an HDU, without overscan (`box`), and its companions."""

    name: str
    hdu: Hdu
    index: int
    box: Box
    weight: Hdu | None
    error: Hdu | None
    variance: Hdu | None
    flags: Hdu | None
    resampled: bool


def choose_planes(file: FitsFile, selection: Collection[str] | None = None) -> list[Plane]:
    """List the science images of a file; `selection` names parts as caom2.Part does. No image: say why."""
    images = [hdu for hdu in file.hdus if hdu.is_image and hdu.shape and not NOT_SCIENCE.match(hdu.name)]
    science = [hdu for hdu in images if SCIENCE.match(hdu.name)] or images
    refusals = {hdu.number: _refuse(hdu) for hdu in science}
    chosen = [hdu for hdu in science if refusals[hdu.number] is None]
    planes = [plane for hdu in chosen for plane in _split(file, hdu, science)]
    if selection is not None:
        planes = [plane for plane in planes if plane.name in selection or str(plane.hdu.number) in selection]
        if chosen and not planes:
            raise NotAnImageError(f"{file.name} has no image in the parts {', '.join(sorted(selection))}.")
    if not planes:
        raise _explain(file, [error for error in refusals.values() if error is not None])
    return planes


def _explain(file: FitsFile, refusals: list[ImageError]) -> ImageError:
    """Choose the most telling reason for a file without any usable image."""
    if refusals:
        unusable = [error for error in refusals if isinstance(error, UnusableImageError)]
        first = (unusable or refusals)[0]
        return type(first)(f"{file.name} {first}")
    if any(read_card(hdu.header, "XTENSION", str) in {"BINTABLE", "TABLE"} for hdu in file.hdus):
        return NotAnImageError(f"{file.name} holds tables only, no image.")
    return NotAnImageError(f"{file.name} holds no image: its headers declare no pixels.")


def _refuse(hdu: Hdu) -> ImageError | None:
    """Say why an HDU is no image to look at; the sentence begins after the file's name."""
    sides = hdu.shape[-2:]
    if math.prod(hdu.shape) == 0:
        return NotAnImageError("holds no image: its headers declare no pixels.")
    if math.prod(hdu.shape) > 1 and (len(sides) == 1 or min(sides) == 1):
        return NotAnImageError("is no image but a one-dimensional spectrum or list of values.")
    if _is_spectrum(hdu):
        return NotAnImageError("is no image but a two-dimensional spectrum: one of its axes is a wavelength.")
    slices = math.prod(hdu.shape[:-2])
    if slices > MOST_SLICES:
        return NotAnImageError(f"is a cube of {slices} slices; at most {MOST_SLICES} are taken as images.")
    if min(sides) < LEAST_SIDE:
        size = " x ".join(str(side) for side in reversed(sides))
        return UnusableImageError(
            f"is too small: {size} pixels, where at least {LEAST_SIDE} x {LEAST_SIDE} are needed."
        )
    return None


def _is_spectrum(hdu: Hdu) -> bool:
    """Tell a long-slit spectrum by the type of its image axes, or by the dispersion axis IRAF names."""
    types = (read_card(hdu.header, "CTYPE1", str), read_card(hdu.header, "CTYPE2", str))
    if any(SPECTRAL.match(kind or "") for kind in types):
        return True
    celestial = any((kind or "")[:4] in {"RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT"} for kind in types)
    return read_card(hdu.header, "DISPAXIS", int) in {1, 2} and not celestial


def _split(file: FitsFile, hdu: Hdu, science: list[Hdu]) -> Iterator[Plane]:
    """Make one plane of an image, n planes `k[1]`..`k[n]` of a small cube."""
    height, width = hdu.shape[-2:]
    slices = math.prod(hdu.shape[:-2])
    box = trim(hdu.header, width, height)
    if min(box.shape) < LEAST_SIDE:
        box = Box(0, width, 0, height)
    others = [other for other in _companions(file, hdu, science) if other.shape[-2:] == hdu.shape[-2:]]
    for index in range(slices):
        yield Plane(
            name=str(hdu.number) if slices == 1 else f"{hdu.number}[{index + 1}]",
            hdu=hdu,
            index=index,
            box=box,
            weight=_find(others, WEIGHT, hdu),
            error=_find(others, ERROR, hdu),
            variance=_find(others, VARIANCE, hdu),
            flags=_find(others, FLAGS, hdu),
            resampled=any(RESAMPLED.match(other.name) for other in _companions(file, hdu, science)),
        )


def _companions(file: FitsFile, hdu: Hdu, science: list[Hdu]) -> list[Hdu]:
    """Find what belongs to a science HDU: of the same EXTVER, else between it and the next one."""
    version = read_card(hdu.header, "EXTVER", int)
    others = [other for other in file.hdus if other.is_image and NOT_SCIENCE.match(other.name)]
    same = [other for other in others if read_card(other.header, "EXTVER", int) == version]
    if version is not None and same:
        return same
    following = min((other.number for other in science if other.number > hdu.number), default=len(file.hdus))
    return [other for other in others if hdu.number < other.number < following]


def _find(others: list[Hdu], role: re.Pattern[str], hdu: Hdu) -> Hdu | None:
    """Take the first companion of a role; for a cube only a cube of the same depth."""
    depth = math.prod(hdu.shape[:-2])
    fitting = (other for other in others if role.match(other.name) and math.prod(other.shape[:-2]) == depth)
    return next(fitting, None)
