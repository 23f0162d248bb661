"""What the HDUs of a file are to CAOM: science, weight, noise or auxiliary; image, spectrum or cube."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from typing import Final, Literal

from caomai.ingest.cards import Cards
from caomai.ingest.hdus import Hdu

ProductType = Literal["science", "weight", "noise", "auxiliary"]

# Names that HST, JWST, DECam, CFHT, SDSS and Euclid products give their HDUs; a number may follow.
_NAMES: Final[dict[ProductType, str]] = {
    "weight": "WHT|WGT|WT|WEIGHT.*|IVAR|INVVAR",
    "noise": "ERR|ERRORS?|VAR.*|SIGMA|UNCERT.*|RMS|STD|STDEV|STDDEV|NOISE",
    "auxiliary": "DQ|MASK|MSK|CTX|CON|SAMP|TIME|BPM|BADPIX.*|FLAGS?|FLG|QUALITY|COVERAGE|EXPMAP|EXPOSURE|"
    "NPIX|BKG|BACKGROUND|SEG.*|PSF.*|AREA|WAVELENGTH|CRMASK|WMAP|D2IMARR|WCSDVARR|WCSCORR|HDRLET|HISTORY",
}
_SPECTRAL: Final = re.compile(r"(FREQ|ENER|WAVN|VRAD|WAVE|VOPT|ZOPT|AWAV|VELO|BETA|LAMBDA|WAVELENGTH)\b")
_WAVELENGTHS: Final = {"ANGSTROM", "ANGSTROMS", "NM", "UM", "HZ", "GHZ"}
MOST_SLICES: Final = 16


def classify(hdus: Sequence[Hdu]) -> dict[int, ProductType | None]:
    """Say for each HDU number what it is; None for an HDU without data."""
    main = find_science(hdus)
    return {hdu.number: None if hdu.kind == "empty" else _classify(hdu, main) for hdu in hdus}


def find_science(hdus: Sequence[Hdu]) -> list[Hdu]:
    """Find the HDUs that a file is about: its images, else its one-dimensional data, else its tables."""
    images = [hdu for hdu in hdus if is_plane(hdu) and _name_type(hdu) is None]
    named = [hdu for hdu in images if hdu.name in {"SCI", "SCIENCE"}]
    lines = [hdu for hdu in hdus if hdu.kind == "image" and _name_type(hdu) is None]
    return named or images or lines or [hdu for hdu in hdus if hdu.kind in {"table", "other"}]


def is_plane(hdu: Hdu) -> bool:
    """Tell whether an HDU holds at least one two-dimensional image."""
    return hdu.kind == "image" and len(hdu.axes) > 1 and min(hdu.axes[:2]) > 1


def find_data_product_type(science: Sequence[Hdu]) -> str | None:
    """Say image, cube, spectrum or event where the axes make it plain, else None."""
    if not science:
        return None
    first = science[0]
    if first.kind != "image":
        return {"SPECTRUM": "spectrum", "EVENTS": "event"}.get(first.name)
    slices = prod(first.axes[2:])
    if _is_spectral(first.cards, 1) or _is_spectral(first.cards, 2):
        return "spectrum"
    if not is_plane(first):
        return None
    if slices == 1:
        return "image"
    deep = any(_is_spectral(first.cards, axis) for axis in (3, 4))
    return "cube" if slices > MOST_SLICES or deep else None


def _classify(hdu: Hdu, main: Sequence[Hdu]) -> ProductType:
    if hdu in main:
        return "science"
    return (_name_type(hdu) if hdu.kind == "image" else None) or "auxiliary"


def _name_type(hdu: Hdu) -> ProductType | None:
    found = (kind for kind, names in _NAMES.items() if re.fullmatch(rf"({names})[ _.-]?\d*", hdu.name))
    return next(found, None)


def _is_spectral(cards: Cards, axis: int) -> bool:
    ctype = (cards.text(f"CTYPE{axis}") or "").upper()
    unit = (cards.text(f"CUNIT{axis}") or "").upper()
    return bool(_SPECTRAL.match(ctype)) or unit in _WAVELENGTHS
