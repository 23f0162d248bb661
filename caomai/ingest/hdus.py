"""The HDUs of a FITS file (FITS 4.0 sect. 3): headers are read, data are stepped over."""

from __future__ import annotations

import bz2
import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from caomai.errors import UnusableImageError
from caomai.ingest.cards import CARD, END, Cards

BLOCK: Final = 2880
MOST_HDUS: Final = 10_000
LONGEST_HEADER: Final = 16 << 20
LARGEST_UNPACKED: Final = 16 << 30
_CHUNK: Final = 1 << 20
_MOST_AXES: Final = 999

Kind = Literal["image", "empty", "table", "other"]


@dataclass(frozen=True)
class Hdu:
    """One HDU: `axes` are its NAXISn (x first) after unpacking, `header` its cards as bytes."""

    number: int
    kind: Kind
    axes: tuple[int, ...]
    cards: Cards
    header: bytes

    @property
    def name(self) -> str:
        """Give EXTNAME in capitals, '' for an unnamed HDU."""
        name = (self.cards.text("EXTNAME") or "").upper()
        return "" if name == "COMPRESSED_IMAGE" else name


def read_hdus(path: Path) -> list[Hdu]:
    """Read all headers of a FITS file, plain, .fz, .gz or .bz2, and check that its data are all there."""
    with path.open("rb") as file:
        try:
            return list(_walk(_open_stream(file)))
        except (OSError, EOFError, zlib.error) as error:
            raise UnusableImageError(f"The file cannot be unpacked to its end: {_lower(error)}.") from error


class _Plain:
    """A file that lies open: data are stepped over by seeking."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = os.fstat(file.fileno()).st_size

    def read(self, count: int) -> bytes:
        return self.file.read(count)

    def skip(self, count: int) -> int:
        """Step over bytes and give how many of them were there."""
        start = self.file.tell()
        end = min(start + count, self.size)
        self.file.seek(end)
        return end - start


class _Packed:
    """A compressed file: it is unpacked as it is read, up to a limit."""

    def __init__(self, file: gzip.GzipFile | bz2.BZ2File) -> None:
        self.file = file
        self.left = LARGEST_UNPACKED

    def read(self, count: int) -> bytes:
        self.left -= count
        if self.left < 0:
            raise UnusableImageError(
                f"The file unpacks to more than {LARGEST_UNPACKED >> 30} GiB: unpack it first."
            )
        block = bytearray()
        while more := self.file.read(min(count - len(block), _CHUNK)):
            block += more
        return bytes(block)

    def skip(self, count: int) -> int:
        """Unpack bytes without keeping them and give how many of them were there."""
        done = 0
        while more := len(self.read(min(count - done, _CHUNK))):
            done += more
        return done


def _open_stream(file: BinaryIO) -> _Plain | _Packed:
    magic = file.read(3)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return _Packed(gzip.GzipFile(fileobj=file))
    if magic == b"BZh":
        return _Packed(bz2.BZ2File(file))
    return _Plain(file)


def _walk(stream: _Plain | _Packed) -> Iterator[Hdu]:
    block = stream.read(BLOCK)
    if not block:
        raise UnusableImageError("The file is empty.")
    if not block.startswith(b"SIMPLE  ="):
        raise UnusableImageError("The file is not FITS: it does not begin with the keyword SIMPLE.")
    number = 0
    # What follows the last HDU and is no extension are special records, which readers ignore.
    while number == 0 or block.startswith(b"XTENSION="):
        if number == MOST_HDUS:
            raise UnusableImageError(f"The file has more than {MOST_HDUS:,} HDUs.")
        hdu = _describe(number, _complete_header(block, stream, number))
        yield hdu
        _step_over(hdu, stream)
        number += 1
        block = stream.read(BLOCK)


def _complete_header(block: bytes, stream: _Plain | _Packed, number: int) -> bytes:
    header = bytearray(block)
    while (end := _find_end(header, len(header) - len(block))) < 0:
        if len(header) >= LONGEST_HEADER:
            raise UnusableImageError(f"The header of HDU {number} is longer than {LONGEST_HEADER >> 20} MiB.")
        block = stream.read(BLOCK)
        if not block:
            raise UnusableImageError(f"The file is truncated: the header of HDU {number} has no END.")
        header += block
    return bytes(header[:end])


def _find_end(header: bytearray, start: int) -> int:
    found = header.find(END, start)
    while found % CARD and found > 0:
        found = header.find(END, found + 1)
    return found


def _describe(number: int, header: bytes) -> Hdu:
    cards = Cards.parse(header)
    if cards.text("XTENSION") in {"BINTABLE", "A3DTABLE"} and cards.flag("ZIMAGE"):
        return Hdu(number, "image", read_axes(cards, number, "Z"), cards, header)
    axes = read_axes(cards, number)
    return Hdu(number, _find_kind(cards, axes), axes, cards, header)


def _find_kind(cards: Cards, axes: tuple[int, ...]) -> Kind:
    extension = cards.text("XTENSION")
    if extension in {"BINTABLE", "TABLE", "A3DTABLE"}:
        return "table"
    if extension not in {None, "IMAGE", "IUEIMAGE"} or _is_groups(cards, axes):
        return "other"
    return "image" if axes and all(axes) else "empty"


def _is_groups(cards: Cards, axes: tuple[int, ...]) -> bool:
    return len(axes) > 1 and axes[0] == 0 and cards.flag("GROUPS")


def read_axes(cards: Cards, number: int, prefix: str = "") -> tuple[int, ...]:
    """Read NAXIS and NAXISn (ZNAXISn of a packed image), x first; numbers that cannot be are refused."""
    count = _whole(cards, f"{prefix}NAXIS", number)
    if count > _MOST_AXES:
        raise UnusableImageError(f"HDU {number} claims {count} axes; FITS allows {_MOST_AXES}.")
    return tuple(_whole(cards, f"{prefix}NAXIS{axis}", number) for axis in range(1, count + 1))


def _whole(cards: Cards, keyword: str, number: int, default: int | None = None) -> int:
    value = cards.integer(keyword)
    value = default if value is None and keyword not in cards.fields else value
    if value is None or value < 0:
        raise UnusableImageError(f"HDU {number} has no usable {keyword}, so its size is unknown.")
    return value


def count_bytes(hdu: Hdu) -> int:
    """Count the data bytes of an HDU (FITS 4.0 eq. 1 and 2), padding left out."""
    cards, number = hdu.cards, hdu.number
    axes = list(read_axes(cards, number))
    bits = cards.integer("BITPIX")
    if bits not in {8, 16, 32, 64, -32, -64}:
        raise UnusableImageError(f"HDU {number} has no usable BITPIX, so its size is unknown.")
    if _is_groups(cards, tuple(axes)):
        axes = axes[1:]
    count = 1 if axes else 0
    for axis in axes:
        count *= axis
    groups = _whole(cards, "GCOUNT", number, 1)
    return abs(bits) // 8 * groups * (_whole(cards, "PCOUNT", number, 0) + count)


def _step_over(hdu: Hdu, stream: _Plain | _Packed) -> None:
    size = count_bytes(hdu)
    there = stream.skip(size)
    if there < size:
        raise UnusableImageError(
            f"The file is truncated: HDU {hdu.number} should hold {size:,} bytes and {there:,} are there."
        )
    # The last block is often not filled up; its data are whole all the same.
    stream.skip(-size % BLOCK)


def _lower(error: BaseException) -> str:
    text = str(error).rstrip(".") or type(error).__name__
    return text[:1].lower() + text[1:]
