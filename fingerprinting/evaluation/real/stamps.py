"""Labelled stamps: a folder with images.zip (JPEG or PNG) and labels.csv (columns file, label, and others).

The folder may come from anybody: nothing is unpacked to disk, and every size is checked before it is used.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError

IMAGES_FILE, LABELS_FILE = "images.zip", "labels.csv"
FORMATS: Final = ("JPEG", "PNG")
LARGEST_LABELS: Final = 64 << 20  # bytes
LARGEST_ARCHIVE: Final = 4 << 30
LARGEST_PICTURE: Final = 1 << 20
# Of the others zipfile unpacks all that it has read, however large it becomes.
COMPRESSIONS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MOST_STAMPS: Final = 200_000
LONGEST_FIELD: Final = 1000  # characters
SMALLEST_SIDE, LARGEST_SIDE = 16, 512  # pixels


@dataclass(frozen=True)
class Stamp:
    """A picture of one object: its name in the archive, its label, and the other columns of its row."""

    name: str
    label: str
    facts: dict[str, str]

    def read_number(self, column: str) -> float | None:
        """Give the number in a column, or None where there is none."""
        try:
            number = float(self.facts.get(column, ""))
        except ValueError:
            return None
        return number if np.isfinite(number) else None


def find_sets(folders: Iterable[Path]) -> list[Path]:
    """Find the folders of labelled stamps among folders and the folders in them."""
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise ParameterError(
                f"{folder} is no folder; give one that holds {IMAGES_FILE} and {LABELS_FILE}."
            )
        inner = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
        found += [path for path in inner if (path / IMAGES_FILE).is_file() and (path / LABELS_FILE).is_file()]
    return found


def read_labels(folder: Path) -> list[Stamp]:
    """Read the rows of a set, in the order of their names."""
    path = folder / LABELS_FILE
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_LABELS + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    if len(data) > LARGEST_LABELS:
        raise ParameterError(f"{path} is larger than {LARGEST_LABELS >> 20} MB.")
    stamps = list(_parse(path, text))
    if len({stamp.name for stamp in stamps}) < len(stamps):
        raise ParameterError(f"{path} names a file twice; each stamp has one row.")
    return sorted(stamps, key=lambda stamp: stamp.name)


def _parse(path: Path, text: str) -> Iterator[Stamp]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if not {"file", "label"} <= set(reader.fieldnames or ()):
            raise ParameterError(f"{path} needs a first line that names the columns file and label.")
        for number, row in enumerate(reader):
            facts = {key: value for key, value in row.items() if isinstance(key, str) and value is not None}
            name, label = facts.pop("file", ""), facts.pop("label", "")
            if (
                not name
                or not label
                or max(map(len, row.values() if None not in row else [""])) > LONGEST_FIELD
            ):
                raise ParameterError(
                    f"Row {number + 1} of {path} has no file, no label, or a column too long."
                )
            if number >= MOST_STAMPS:
                raise ParameterError(f"{path} has more than {MOST_STAMPS:,} rows.")
            yield Stamp(name, label, facts)
    except csv.Error as error:
        raise ParameterError(f"{path} is no table of comma-separated values: {error}.") from error


def identify(folder: Path) -> str:
    """Give a word that changes when a label or a picture of a set does."""
    with Pictures(folder) as pictures:
        return f"{zlib.crc32((folder / LABELS_FILE).read_bytes()):08x}-{pictures.checksum:08x}"


class Pictures:
    """The pictures of a set, read one at a time from the archive."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / IMAGES_FILE
        try:
            if self.path.stat().st_size > LARGEST_ARCHIVE:
                raise ParameterError(f"{self.path} is larger than {LARGEST_ARCHIVE >> 30} GB.")
            self._archive = zipfile.ZipFile(self.path)
        except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
            raise ParameterError(f"{self.path} is no zip archive that can be read: {error}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def checksum(self) -> int:
        """Give a checksum of the names and checksums in the archive."""
        entries = [(entry.filename, entry.CRC, entry.file_size) for entry in self._archive.infolist()]
        return zlib.crc32(repr(entries).encode(errors="surrogateescape"))

    def read(self, stamp: Stamp) -> NDArray[np.float32]:
        """Read a stamp as grey values from 0 to 1, (ny, nx), first row at the top."""
        try:
            return decode(self._unpack(stamp.name))
        except ParameterError as error:
            raise ParameterError(f"{stamp.name} in {self.path} cannot be used: {error}") from error

    def _unpack(self, name: str) -> bytes:
        broken = (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error)
        try:
            entry = self._archive.getinfo(name)
            if entry.compress_type not in COMPRESSIONS:
                raise ParameterError("it is packed otherwise than by deflate.")
            with self._archive.open(entry) as file:
                data = file.read(LARGEST_PICTURE + 1)
        except KeyError as error:
            raise ParameterError("the archive has no such file.") from error
        except (zipfile.BadZipFile, *broken) as error:
            raise ParameterError(f"it cannot be unpacked ({error}).") from error
        if len(data) > LARGEST_PICTURE:
            raise ParameterError(f"it is larger than {LARGEST_PICTURE >> 20} MB.")
        return data


def decode(data: bytes) -> NDArray[np.float32]:
    """Decode a JPEG or PNG as grey values from 0 to 1; colours count alike."""
    from PIL import Image  # noqa: PLC0415  # of an extra: only labelled stamps need it

    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in picture.size):
                raise ParameterError(f"its sides are not {SMALLEST_SIDE} to {LARGEST_SIDE} pixels.")
            colours = np.asarray(picture.convert("RGB"), np.float32)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ParameterError(f"it is no sound JPEG or PNG ({error}).") from error
    return np.asarray(colours.mean(axis=2) / np.float32(255), np.float32)
