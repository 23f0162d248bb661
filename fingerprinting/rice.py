"""Integer images in RICE_1 tiles of whole rows (FITS 4.0 sect. 10), as fpack makes them.

astropy decodes any tile, at four times the cost of the codec: this calls its codec for the common kind alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.fitsfile import FitsFile, Hdu, read_card

Codec = Callable[[bytes, int, int, int], bytes]

TOGETHER: Final = 1 << 18  # pixels, which stay in the cache of a core
BYTES: Final = {16: 2, 32: 4}  # of a pixel, by ZBITPIX
BLOCK: Final = 32  # pixels coded together, unless a header tells


@dataclass(frozen=True)
class RiceTiles:
    """The tiles of an HDU, each `height` whole rows; `place` gives length and offset in the heap, (n, 2)."""

    file: FitsFile
    hdu: Hdu
    height: int
    block: int
    heap: int
    place: NDArray[np.integer]
    decode: Codec

    def read(self, index: int, first: int, last: int) -> Iterator[tuple[int, NDArray[np.integer]]]:
        """Give stored rows from `first` up to `last` of slice `index`, some at once, each with its number."""
        rows, width = self.hdu.shape[-2:]
        start = index * -(-rows // self.height)
        step = max(TOGETHER // (width * self.height), 1)
        bottom, top = first // self.height, -(-last // self.height)
        for tile in range(bottom, top, step):
            numbers = range(tile, min(tile + step, top))
            lines = b"".join(self._decode(start + number, number, rows, width) for number in numbers)
            raw = np.frombuffer(lines, f"i{BYTES[self.hdu.bitpix]}").reshape(-1, width)
            row = tile * self.height
            begin, end = max(first - row, 0), min(last - row, len(raw))
            yield row + begin, raw[begin:end]

    def _decode(self, tile: int, number: int, rows: int, width: int) -> bytes:
        length, offset = (int(value) for value in self.place[tile])
        self.file.handle.seek(self.heap + offset)
        pixels = min(self.height, rows - number * self.height) * width
        return self.decode(self.file.handle.read(length), self.block, BYTES[self.hdu.bitpix], pixels)


def find_tiles(file: FitsFile, hdu: Hdu) -> RiceTiles | None:
    """Find the tiles of an HDU, or None where it is of another kind: that is for astropy."""
    codec, header = _find_codec(), hdu.header
    shape = [read_card(header, f"ZTILE{axis + 1}", int) for axis in range(len(hdu.shape))]
    descriptor = {"P": ">i4", "Q": ">i8"}.get((read_card(header, "TFORM1", str) or "").lstrip("1")[:1])
    settings = _read_settings(hdu)
    if (
        codec is None
        or descriptor is None
        or hdu.bitpix not in BYTES
        or (read_card(header, "ZCMPTYPE", str) or "").strip() not in {"RICE_1", "RICE_ONE"}
        or settings.get("BYTEPIX", 4) != BYTES[hdu.bitpix]
        or read_card(header, "TFIELDS", int) != 1
        or any(keyword in header for keyword in ("BLANK", "ZBLANK"))
        or shape[0] != hdu.shape[-1]
        or any(depth != 1 for depth in shape[2:])
    ):
        return None
    height = min(shape[1] or 1, hdu.shape[-2])
    count = math.prod(hdu.shape[:-2]) * -(-hdu.shape[-2] // max(height, 1))
    width, lines = (read_card(header, f"NAXIS{axis}", int) or 0 for axis in (1, 2))
    size, heap = width * lines, read_card(header, "PCOUNT", int) or 0
    start = read_card(header, "THEAP", int) or size
    if height < 1 or lines != count or width != 2 * np.dtype(descriptor).itemsize or start < size:
        return None
    file.handle.seek(hdu.offset)
    place = np.frombuffer(file.handle.read(size), descriptor).reshape(count, 2)
    length, offset = place.T
    if length.min() <= 0 or offset.min() < 0 or (length > heap - (start - size) - offset).any():
        raise UnusableImageError(f"HDU {hdu.number} of {file.name} is damaged: its tiles lie beyond its end.")
    return RiceTiles(file, hdu, height, settings.get("BLOCKSIZE", BLOCK), hdu.offset + start, place, codec)


def _find_codec() -> Codec | None:
    """Give astropy's own codec; it may move there one day, and all tiles are then astropy's."""
    try:
        from astropy.io.fits.hdu.compressed._compression import decompress_rice_1_c  # noqa: PLC0415
    except ImportError:
        return None
    codec: Codec = decompress_rice_1_c
    return codec


def _read_settings(hdu: Hdu) -> dict[str, Any]:
    """Read the parameters of the codec by their names."""
    pairs = (
        (read_card(hdu.header, f"ZNAME{n}", str), read_card(hdu.header, f"ZVAL{n}", int)) for n in (1, 2)
    )
    return {name.strip(): value for name, value in pairs if name is not None and value is not None}
