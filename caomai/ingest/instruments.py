"""Which telescope, instrument, filter and proposal: the keywords of many observatories."""

from __future__ import annotations

import re
from typing import Final

from caomai.ingest.cards import Keywords

_FILTERS: Final = (
    "FILTNAM1",
    "FILTNAM2",
    "FILTER",
    "FILTER1",
    "FILTER2",
    "FILTER3",
    "FPA.FILTER",
    "ESO INS FILT1 NAME",
    "ESO INS FILT2 NAME",
    "BAND",
)
# A wheel position without a filter; it is named only where no other wheel holds one.
_OPEN: Final = re.compile(r"(clear|open|free|empty|filter|out)\d*[a-z]?", re.IGNORECASE)
_LEVELS: Final = {
    "PLANNED": -1,
    "RAW_INSTRUMENTAL": 0,
    "RAW_STANDARD": 1,
    "CALIBRATED": 2,
    "PRODUCT": 3,
    "ANALYSIS_PRODUCT": 4,
}
_PROPOSALS: Final = ("PROPOSID", "PROPID", "PROP_ID", "PROP-ID", "PROGID", "PROG_ID", "ESO OBS PROG ID")
_INVESTIGATORS: Final = ("PI_NAME", "PINAME", "PI", "PI-COI", "ESO OBS PI-COI NAME", "PROGRMPI", "PR_INV_L")
_FARTHEST: Final = 2e9

Place = tuple[float | None, float | None, float | None]


def read_observatory(keywords: Keywords) -> tuple[str | None, Place]:
    """Give the telescope and its geocentric place in metres (OBSGEO-X, -Y, -Z)."""
    x, y, z = (next(keywords.numbers(f"OBSGEO-{axis}"), None) for axis in "XYZ")
    sane = x is not None and y is not None and z is not None and max(abs(x), abs(y), abs(z)) < _FARTHEST
    return keywords.text("TELESCOP"), (x, y, z) if sane else (None, None, None)


def read_instrument(keywords: Keywords) -> str | None:
    """Give the instrument; for HST with its detector, as archives of CAOM do (ACS/WFC)."""
    instrument, detector = keywords.text("INSTRUME"), keywords.text("DETECTOR")
    if instrument and detector and not detector.isdigit() and keywords.text("TELESCOP") == "HST":
        return f"{instrument}/{detector}"
    return instrument


def read_bandpass(keywords: Keywords) -> str | None:
    """Give the filter, or the filters of several wheels joined by +."""
    # A number is a position of a wheel, which says nothing to people.
    names = [name for name in dict.fromkeys(keywords.texts(*_FILTERS)) if not re.fullmatch(r"[\d.]+", name)]
    real = [name for name in names if not _OPEN.fullmatch(name)]
    return "+".join(real) or next(iter(names), None)


def read_level(keywords: Keywords) -> int | None:
    """Give the calibration level where a header states CAOM's or ObsCore's own, -1 to 4."""
    names = ("CAL_LVL", "CAL_LEVEL", "CALLEVEL", "CALIBLEV", "CALIB_LEVEL")
    text = keywords.text(*names)
    level = _LEVELS.get(text.upper()) if text else None
    number = keywords.integer(*names) if level is None else level
    return number if number is not None and -1 <= number <= max(_LEVELS.values()) else None


def read_proposal(keywords: Keywords) -> tuple[str | None, str | None]:
    """Give the proposal and its principal investigator."""
    program = keywords.text("PROGRAM") if keywords.text("TELESCOP") == "JWST" else None
    return program or keywords.text(*_PROPOSALS), keywords.text(*_INVESTIGATORS)
