"""When an exposure was made: the date keywords of FITS 4.0 sect. 9 and their relatives, as MJD in UTC."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import date
from typing import Final

import erfa  # type: ignore[import-untyped]

from caomai.ingest.cards import Keywords

_DATE: Final = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ]+(.*))?")
_OLD_DATE: Final = re.compile(r"(\d\d?)/(\d\d?)/(\d\d)")
_CLOCK: Final = re.compile(r"(\d\d?):(\d\d?)(?::(\d\d?(?:\.\d*)?))?\s*(?:Z|UTC?|([+-])(\d\d):?(\d\d))?")
_MJD_OF_ORDINAL: Final = 678576
_JD_OF_MJD: Final = 2400000.5
# The first photograph of the sky and a date no archive has reached.
_EARLIEST: Final = -9000.0
_LATEST: Final = 88069.0
# What clocks and programs write that were never set: 1858-11-17, 1900-01-01, 1970-01-01.
_UNSET: Final = {0.0, 15020.0, 40587.0}
_TT_MINUS_TAI: Final = 32.184
_FIRST_LEAP_SECOND: Final = 41317.0
# A clock time and an MJD that differ by no more than this are two ways to write the same instant.
_SAME: Final = 0.01

_BEGIN_MJD: Final = ("MJD-BEG", "EXPSTART", "MJD-OBS", "MJD_OBS", "OBSMJD", "MJD-STR")
_BEGIN_DATE: Final = ("DATE-BEG", "DATE-OBS", "DATE_OBS", "DATEOBS")
_BEGIN_CLOCK: Final = ("TIME-OBS", "UTC-OBS", "UTSTART", "UT-STR", "UTC-BEG", "UT")
_END_MJD: Final = ("MJD-END", "EXPEND", "MJD_END", "MJDEND")
_END_DATE: Final = ("DATE-END", "DATE_END")
_END_CLOCK: Final = ("TIME-END", "UTC-END", "UT-END")
# X-ray missions write the frame time as EXPTIME and mean LIVETIME.
_EXPOSURE: Final = ("LIVETIME", "XPOSURE", "EFFEXPTM", "EXPTIME", "EXPOSURE", "EXP_TIME", "EXPTIM", "ITIME")


@dataclass(frozen=True)
class Times:
    """MJD (UTC) of begin and end and seconds of exposure; `is_wrong` if dates are there but none can be."""

    lower: float | None
    upper: float | None
    exposure: float | None
    is_wrong: bool


def read_times(keywords: Keywords) -> Times:
    """Read when an exposure began and ended, and how long it was."""
    exposure = read_exposure(keywords)
    lower, day_long = _find_instant(keywords, _BEGIN_MJD, _BEGIN_DATE, _BEGIN_CLOCK)
    upper, _ = _find_instant(keywords, _END_MJD, _END_DATE, _END_CLOCK)
    if lower is None:
        written = keywords.text(*_BEGIN_MJD, *_BEGIN_DATE) is not None
        return Times(None, None, exposure, written)
    if day_long:
        # A date without a clock time says that the exposure lies within this day.
        return Times(lower, lower + 1, exposure, is_wrong=False)
    if upper is None or upper < lower:
        upper = None if exposure is None else lower + exposure / 86400
    return Times(lower, upper, exposure, is_wrong=False)


def read_exposure(keywords: Keywords) -> float | None:
    """Read the exposure time in seconds; zero counts where nothing says more."""
    found = [number for number in keywords.numbers(*_EXPOSURE) if number >= 0]
    return next((number for number in found if number > 0), found[0] if found else None)


def parse_date(text: str) -> tuple[float, bool] | None:
    """Read a date as MJD and whether it has a clock time; None if there is no such date."""
    modern, old = _DATE.fullmatch(text), _OLD_DATE.fullmatch(text)
    try:
        if modern:
            day = date(int(modern[1]), int(modern[2]), int(modern[3]))
        elif old:
            day = date(1900 + int(old[3]), int(old[2]), int(old[1]))
        else:
            return None
    except ValueError:
        return None
    clock = _parse_clock(modern[4]) if modern and modern[4] else None
    return day.toordinal() - _MJD_OF_ORDINAL + (clock or 0.0), clock is not None


def _parse_clock(text: str) -> float | None:
    """Read a clock time as a fraction of the day; an offset from UTC is taken off."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0)
    if hours > 24 or minutes > 59 or seconds >= 61:  # noqa: PLR2004 - 23:59:60 is a leap second
        return None
    offset = (int(found[5]) * 60 + int(found[6])) * (-1 if found[4] == "-" else 1) if found[4] else 0
    return (hours * 3600 + (minutes - offset) * 60 + seconds) / 86400


def _find_instant(
    keywords: Keywords, mjds: tuple[str, ...], dates: tuple[str, ...], clocks: tuple[str, ...]
) -> tuple[float | None, bool]:
    """Find the MJD of one instant, and whether only its day is known."""
    mjd = next((number for number in keywords.numbers(*mjds) if _is_likely(number)), None)
    written = _find_date(keywords, dates, clocks)
    if written is None or (mjd is not None and abs(mjd - written[0]) > _SAME):
        found, exact = mjd, True
        if mjd is not None and mjd.is_integer() and written is not None and written[0] // 1 == mjd:
            found, exact = written
    else:
        found, exact = written if written[1] or mjd is None else (mjd, True)
    return (None, False) if found is None else (_to_utc(found, keywords) if exact else found, not exact)


def _find_date(
    keywords: Keywords, dates: tuple[str, ...], clocks: tuple[str, ...]
) -> tuple[float, bool] | None:
    for text in keywords.texts(*dates):
        parsed = parse_date(text)
        if parsed is None or not _is_likely(parsed[0]):
            continue
        if not parsed[1]:
            fraction = next((_parse_clock(clock) for clock in keywords.texts(*clocks)), None)
            return (parsed[0], False) if fraction is None else (parsed[0] + fraction, True)
        return parsed
    return None


def _is_likely(mjd: float) -> bool:
    return _EARLIEST < mjd < _LATEST and mjd not in _UNSET


def _to_utc(mjd: float, keywords: Keywords) -> float:
    scale = (keywords.text("TIMESYS") or "UTC").upper()
    if scale not in {"TAI", "TT", "TDT", "ET", "TDB"} or mjd < _FIRST_LEAP_SECOND:
        return mjd
    day = date.fromordinal(int(mjd) + _MJD_OF_ORDINAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a year so far ahead that leap seconds may be missing
        seconds = float(erfa.dat(day.year, day.month, day.day, 0.0))
    return mjd - (seconds + (0 if scale == "TAI" else _TT_MINUS_TAI)) / 86400
