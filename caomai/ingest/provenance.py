"""Which software made a file, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from caomai.ingest.cards import Keywords
from caomai.ingest.times import parse_date

# No FITS file is older; a year with two digits is then 20yy written against the standard.
_FIRST_FITS: Final = 1980
_MJD_ZERO: Final = datetime(1858, 11, 17)  # noqa: DTZ001 - timestamps of CAOM are UTC without a zone
# Name of the software, and where its version stands.
_SOFTWARE: Final = (
    ("PIPELINE", "PIPEVERS"),
    ("PROCSOFT", "PROCVERS"),
    ("SOFTNAME", "SOFTVERS"),
    ("ESO PRO REC1 ID", "ESO PRO REC1 PIPE ID"),
    ("CREATOR", "CREATVER"),
    ("SWCREATE", "SWVER"),
)


@dataclass(frozen=True)
class Provenance:
    """What a header says of the software that wrote the file; CAOM wants a name before anything else."""

    name: str | None = None
    version: str | None = None
    producer: str | None = None
    last_executed: datetime | None = None


def read_provenance(keywords: Keywords) -> Provenance:
    """Read the software, the institution that ran it and the date of the file."""
    for name, version in _SOFTWARE:
        software = keywords.text(name)
        if software is not None:
            written = parse_date(keywords.text("DATE") or "")
            when = _to_datetime(written[0]) if written else None
            return Provenance(software, keywords.text(version), keywords.text("ORIGIN"), when)
    return Provenance()


def _to_datetime(mjd: float) -> datetime | None:
    """Turn an MJD into a timestamp, rounded to the second: a date in days has no more digits."""
    when = (_MJD_ZERO + timedelta(days=mjd, microseconds=500_000)).replace(microsecond=0)
    return when if when.year >= _FIRST_FITS else None
