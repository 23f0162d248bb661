"""What an archive's own list says that images show: MANIFEST.csv with the columns path, instrument, shows.

The classes are read from words that somebody wrote about the images, not from pixels: an image may be of
several classes, and one whose words say nothing is of none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caomai.errors import ParameterError

LIST_FILE: Final = "MANIFEST.csv"
LARGEST: Final = 64 << 20  # bytes
# What no sound science frame of the optical or infrared sky is called.
HARM: Final = re.compile(
    r"\b(bias|dark|darks|flat|lamp|spectrum|spectrograph|trail|streak|ghosts?|hot pixels?|cosmic rays|slit|"
    r"scattered light|pattern noise|raised background|raw|raw-ish|bayer|all-sky|moon|radio|x-ray|photons?|"
    r"supernova remnant|cube|pinhole|log-scaled|bright background|bad columns|no sky subtraction|binned by|"
    r"chandra|xmm|rosat|galex|neossat)\b",
    re.IGNORECASE,
)
CLASSES: Final = {
    "galaxy": r"\bgalax(y|ies)\b(?! cluster)|\bNGC(1316|1961|4342|2207|4151)\b|\bM(33|51|61|81)\b|\bhost\b",
    "deep field": r"\bdeep\b|\bwide field stack\b|\bXDF\b|\bVIKING\b|\bfield of galaxies\b|\bCDF-S\b",
    "star cluster": r"\bglobular\b|\bopen cluster\b|\bM13\b|\bM67\b|\bpleiades\b",
    "galaxy cluster": r"\bgalaxy cluster\b|\bcoma cluster\b|\bcluster A\d+\b",
    "nebula": r"\bnebula|nebulosity\b|\bstar-forming\b|\bNGC2024\b|\bM17\b|\bsupernova remnant\b",
    "crowded": r"\bcrowded\b|\bgalactic (centre|plane|bulge)\b",
    "star field": r"\bstar[- ]field\b|\bfield [VJ]\b|\btarget field\b|\bast(erism|eroid field)\b|\bHAT-P\b",
    "dark or bias": r"\b(bias|dark|darks)\b",
    "flat or lamp": r"\b(flat|lamp)\b",
    "all-sky": r"\ball-sky\b",
}
_CLASSES: Final = {name: re.compile(words, re.IGNORECASE) for name, words in CLASSES.items()}


@dataclass(frozen=True)
class Content:
    """What is said of an image: the instrument it comes from, and what it shows."""

    instrument: str
    shows: str

    @property
    def classes(self) -> frozenset[str]:
        """Give the classes that the words name."""
        return frozenset(name for name, words in _CLASSES.items() if words.search(self.shows))

    @property
    def harmed(self) -> bool:
        """Tell whether the words describe anything but a sound science frame."""
        return HARM.search(f"{self.instrument} {self.shows}") is not None


def read_contents(folders: Iterable[Path]) -> dict[Path, Content]:
    """Read the lists in folders, or in the folder above each; nothing where there is none."""
    found: dict[Path, Content] = {}
    for folder in folders:
        for place in (folder, folder.parent):
            if (place / LIST_FILE).is_file():
                found |= _read(place / LIST_FILE)
                break
    return found


def _read(path: Path) -> dict[Path, Content]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParameterError(
            f"{path} cannot be read as a table of comma-separated values: {error}."
        ) from error
    if len(data) > LARGEST or (rows and not {"path", "instrument", "shows"} <= set(rows[0])):
        raise ParameterError(f"{path} is too large, or lacks a column: path, instrument, shows.")
    return {
        (path.parent / row["path"]).resolve(): Content(row["instrument"] or "", row["shows"] or "")
        for row in rows
        if row["path"] and "\0" not in row["path"]
    }
