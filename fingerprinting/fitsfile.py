"""FITS files (FITS 4.0 sect. 3 and 4), also in gzip or bzip2: their headers, read within limits."""

from __future__ import annotations

import bz2
import gzip
import math
import re
import tempfile
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from astropy.io import fits

from caomai.errors import NotFoundError, UnusableImageError

BLOCK: Final = 2880
CARD: Final = 80
MOST_HEADER_BLOCKS: Final = 2000
MOST_HDUS: Final = 2000
MOST_PIXELS: Final = 1 << 32
MOST_INFLATED: Final = 4 << 30  # bytes on disk; more than this is inflated beforehand by who has it
IN_MEMORY: Final = 64 << 20
STEP: Final = 1 << 20
PRINTABLE: Final = bytes(code if 32 <= code < 127 else 32 for code in range(256))  # noqa: PLR2004
END: Final = re.compile(rb"END[ \0]*$")

T = TypeVar("T", bool, int, float, str)


@dataclass(frozen=True)
class Hdu:
    """One header and where its data lie; shape is (..., ny, nx), also of a tile-compressed image."""

    number: int
    name: str
    header: fits.Header
    shape: tuple[int, ...]
    bitpix: int
    offset: int
    compressed: bool
    is_image: bool


class FitsFile:
    """A FITS file whose headers were read; `handle` gives its (inflated) bytes."""

    def __init__(self, name: str, handle: IO[bytes], hdus: list[Hdu]) -> None:
        self.name = name
        self.handle = handle
        self.hdus = hdus
        self._astropy: fits.HDUList | None = None

    @property
    def astropy(self) -> fits.HDUList:
        """The same file by astropy, for tile compression and for WCS tables in other HDUs."""
        if self._astropy is None:
            self.handle.seek(0)
            self._astropy = fits.open(self.handle, memmap=False, lazy_load_hdus=True, ignore_missing_end=True)
        return self._astropy


@contextmanager
def open_fits(path: Path) -> Iterator[FitsFile]:
    """Open a FITS file, inflating it no further than its headers declare, or say what is wrong with it."""
    if not path.is_file():  # nor a pipe, which would block
        raise NotFoundError(f"There is no file {path}.")
    try:
        source = path.open("rb")
    except OSError as error:
        raise UnusableImageError(f"{path.name} cannot be opened: {error.strerror}.") from error
    with source, open_stream(path.name, source) as file:
        yield file


@contextmanager
def open_stream(name: str, source: IO[bytes]) -> Iterator[FitsFile]:
    """Open the bytes of a FITS file, as open_fits does."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool, warnings.catch_warnings():
        content = _Content(name, source, spool)
        warnings.simplefilter("ignore")  # illegal cards are common and none of them matters here
        yield FitsFile(name, content.handle, list(_scan(content)))


class _Content:
    """The bytes of a file, inflated step by step and never further than asked."""

    def __init__(self, name: str, source: IO[bytes], spool: IO[bytes]) -> None:
        self.name = name
        magic = source.read(4)
        source.seek(0)
        self._inflater: gzip.GzipFile | bz2.BZ2File | None = None
        if magic[:2] == b"\x1f\x8b":
            self._inflater = gzip.GzipFile(fileobj=source)
        elif magic[:3] == b"BZh":
            self._inflater = bz2.BZ2File(source)
        self.handle = source if self._inflater is None else spool
        self._size = 0 if self._inflater is not None else source.seek(0, 2)

    def reach(self, size: int) -> int:
        """Make `size` bytes available if the file has them, and give how many there are."""
        while self._inflater is not None and self._size < size:
            if size > MOST_INFLATED:
                raise UnusableImageError(
                    f"{self.name} declares {size:,} bytes once inflated; the limit is {MOST_INFLATED:,}."
                )
            self._inflate()
        return self._size

    def _inflate(self) -> None:
        assert self._inflater is not None
        try:
            chunk = self._inflater.read(STEP)
        except (EOFError, OSError, ValueError, zlib.error) as error:
            raise UnusableImageError(
                f"{self.name} is truncated or damaged: it cannot be decompressed ({error})."
            ) from error
        if chunk:
            self.handle.seek(self._size)
            self._size += self.handle.write(chunk)
        else:
            self._inflater = None

    def read(self, offset: int, size: int) -> bytes:
        """Read up to `size` bytes."""
        self.reach(offset + size)
        self.handle.seek(offset)
        return self.handle.read(size)


def _scan(content: _Content) -> Iterator[Hdu]:
    """Walk over the headers; data units are only measured."""
    start = content.read(0, 9)
    if not start:
        raise UnusableImageError(f"{content.name} is empty (0 bytes).")
    if start != b"SIMPLE  =":
        raise UnusableImageError(f"{content.name} is not a FITS file: it does not begin with SIMPLE.")
    offset = 0
    for number in range(MOST_HDUS):
        text = _read_header(content, offset, number)
        if not text:
            return
        header = fits.Header.fromstring(text)
        offset += -(-len(text) // BLOCK) * BLOCK
        size = _data_size(header, content.name, number)
        there = content.reach(offset + size)
        if there < offset + size:
            raise UnusableImageError(
                f"{content.name} is truncated: HDU {number} declares {size:,} bytes of data, "
                f"{max(there - offset, 0):,} are there."
            )
        yield _describe(number, header, offset, content.name)
        offset += -(-size // BLOCK) * BLOCK


def _read_header(content: _Content, offset: int, number: int) -> str:
    """Read one header as text; nothing where no further HDU begins (the end, or special records)."""
    cards: list[bytes] = []
    for index in range(MOST_HEADER_BLOCKS):
        block = content.read(offset + index * BLOCK, BLOCK)
        if index == 0 and number > 0 and block[:8] != b"XTENSION":
            return ""
        for start in range(0, len(block), CARD):
            card = block[start : start + CARD]
            if END.match(card):
                return b"".join([*cards, b"END".ljust(CARD)]).decode("latin-1")
            cards.append(card.ljust(CARD).translate(PRINTABLE))
        if len(block) < BLOCK:
            break
    raise UnusableImageError(f"{content.name} is truncated or damaged: header {number} has no END.")


def read_card(header: fits.Header, keyword: str, kind: type[T]) -> T | None:
    """Give the value of a keyword, or None when it is absent, illegal or of another type."""
    try:
        value: Any = header.get(keyword)
    except (fits.VerifyError, ValueError, IndexError):
        return None
    if isinstance(value, bool) != (kind is bool):
        return None
    if kind is float and isinstance(value, int):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, kind) else None


def _axes(header: fits.Header, prefix: str, name: str, number: int) -> tuple[int, ...]:
    """Give the lengths of the axes, slowest first."""
    count = read_card(header, f"{prefix}NAXIS", int)
    if count is None or not 0 <= count <= 999:  # noqa: PLR2004
        raise UnusableImageError(f"{name} is damaged: the header of HDU {number} has no valid {prefix}NAXIS.")
    axes = [read_card(header, f"{prefix}NAXIS{axis}", int) for axis in range(count, 0, -1)]
    lengths = tuple(length for length in axes if length is not None and length >= 0)
    if len(lengths) != count:
        raise UnusableImageError(
            f"{name} is damaged: the header of HDU {number} does not say how long all its axes are."
        )
    return lengths


def _data_size(header: fits.Header, name: str, number: int) -> int:
    """Give the bytes of the data unit, without padding (FITS 4.0 eq. 1, 2 and 4)."""
    axes = _axes(header, "", name, number)
    if not axes:
        return 0
    if axes[-1] == 0 and read_card(header, "GROUPS", bool):
        axes = axes[:-1]  # random groups
    bitpix = read_card(header, "BITPIX", int)
    if bitpix not in {8, 16, 32, 64, -32, -64}:
        raise UnusableImageError(f"{name} is damaged: HDU {number} has the unknown BITPIX {bitpix}.")
    groups = read_card(header, "GCOUNT", int)
    heap = read_card(header, "PCOUNT", int) or 0
    if heap < 0 or (groups is not None and groups < 0):
        raise UnusableImageError(f"{name} is damaged: PCOUNT or GCOUNT of HDU {number} is negative.")
    _refuse_giants(axes, name, number)
    return abs(bitpix) // 8 * (1 if groups is None else groups) * (heap + math.prod(axes))


def _refuse_giants(axes: tuple[int, ...], name: str, number: int) -> None:
    if math.prod(axes) > MOST_PIXELS:
        size = " x ".join(f"{length:,}" for length in reversed(axes))
        raise UnusableImageError(
            f"HDU {number} of {name} declares {size} elements, more than the limit of {MOST_PIXELS:,}."
        )


def _describe(number: int, header: fits.Header, offset: int, name: str) -> Hdu:
    """Say what an HDU holds; the CFITSIO tile-compression convention makes images look like tables."""
    kind = (read_card(header, "XTENSION", str) or "IMAGE").strip().upper()
    compressed = kind == "BINTABLE" and read_card(header, "ZIMAGE", bool) is True
    is_image = compressed or (kind in {"IMAGE", "IUEIMAGE"} and not read_card(header, "GROUPS", bool))
    prefix = "Z" if compressed else ""
    shape = _axes(header, prefix, name, number) if is_image else ()
    if is_image:
        _refuse_giants(shape, name, number)
    label = read_card(header, "EXTNAME", str) or ""
    if label.strip().upper() == "COMPRESSED_IMAGE":  # what fpack calls an image without a name
        label = ""
    label = label or read_card(header, "EXTTYPE", str) or ""
    bitpix = read_card(header, f"{prefix}BITPIX", int) or 0
    return Hdu(number, label.strip().upper(), header, shape, bitpix, offset, compressed, is_image)
