"""Pixel values of an image HDU as float32 in native byte order (FITS 4.0 sect. 5 and 10), a box at a time."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.fitsfile import FitsFile, Hdu, read_card
from fingerprinting.rice import find_tiles
from fingerprinting.section import Box

RAW: Final = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
CHUNK: Final = 1 << 20  # bytes read at once: what fits the cache of a core
CHUNK_ROWS: Final = 512  # of a compressed image
WHOLE: Final = 64 << 20  # pixels of a compressed image that are decompressed at once


def read_box(file: FitsFile, hdu: Hdu, index: int, box: Box) -> NDArray[np.float32]:
    """Read a box of slice `index`, (ny, nx); undefined pixels are NaN."""
    if hdu.compressed:
        return _read_compressed(file, hdu, index, box)
    pixels = np.empty(box.shape, np.float32)
    dtype = np.dtype(RAW[hdu.bitpix])
    width = hdu.shape[-1]
    row = width * dtype.itemsize
    start = hdu.offset + index * hdu.shape[-2] * row
    step = max(CHUNK // row, 1)
    buffer = np.empty((step, width), dtype)
    file.handle.seek(start + box.y0 * row)
    convert = _Scaling(hdu)
    for y in range(0, box.shape[0], step):
        raw = buffer[: min(step, box.shape[0] - y)]
        _fill(file, raw)
        convert(raw[:, box.x0 : box.x1], pixels[y : y + step])
    return pixels


def _fill(file: FitsFile, raw: NDArray[Any]) -> None:
    """Read whole rows from where the file stands."""
    view = raw.view(np.uint8).reshape(-1).data
    done = 0
    while done < len(view):
        block = file.handle.read(len(view) - done)
        if not block:
            raise UnusableImageError(f"{file.name} ended while it was read.")
        view[done : done + len(block)] = block
        done += len(block)


class _Scaling:
    """BSCALE, BZERO and BLANK of an HDU (FITS 4.0 sect. 4.4.2.5)."""

    def __init__(self, hdu: Hdu) -> None:
        scale, zero = read_card(hdu.header, "BSCALE", float), read_card(hdu.header, "BZERO", float)
        self.scale = 1.0 if scale is None or scale == 0 else scale
        self.zero = 0.0 if zero is None else zero
        self.blank = read_card(hdu.header, "BLANK", int) if hdu.bitpix > 0 else None
        # Up to 16 bits are exact in float32; wider integers with an offset such as 2**31 are not.
        self.kind = np.dtype(np.float64 if hdu.bitpix in {32, 64, -64} else np.float32)

    def __call__(self, raw: NDArray[Any], out: NDArray[np.float32]) -> None:
        """Convert big-endian stored values into physical ones."""
        kind = self.kind.type
        with np.errstate(over="ignore", invalid="ignore"):
            if self.scale == 1 and self.zero == 0:
                out[...] = raw
            elif self.scale == 1:
                np.add(raw.astype(self.kind), kind(self.zero), out=out, casting="same_kind")
            else:
                values = raw.astype(self.kind) * kind(self.scale)
                np.add(values, kind(self.zero), out=out, casting="same_kind")
        if self.blank is not None:
            out[raw == self.blank] = np.nan


def _read_compressed(file: FitsFile, hdu: Hdu, index: int, box: Box) -> NDArray[np.float32]:
    """Decompress the tiles of a box, some rows at once so that a large frame never lies in memory twice."""
    pixels = np.empty(box.shape, np.float32)
    lead = tuple(int(axis) for axis in np.unravel_index(index, hdu.shape[:-2]))
    columns = slice(box.x0, box.x1)
    try:
        tiles = find_tiles(file, hdu)
        if tiles is not None:
            convert = _Scaling(hdu)
            for y, raw in tiles.read(index, box.y0, box.y1):
                convert(raw[:, columns], pixels[y - box.y0 : y - box.y0 + len(raw)])
            return pixels
        section = file.astropy[hdu.number].section
        with np.errstate(over="ignore", invalid="ignore"):
            if not lead and math.prod(hdu.shape) <= WHOLE:  # the heap is then read at once, else tile by tile
                pixels[...] = section[...][box.y0 : box.y1, columns]
                return pixels
            for y in range(0, box.shape[0], CHUNK_ROWS):
                rows = slice(box.y0 + y, min(box.y0 + y + CHUNK_ROWS, box.y1))
                pixels[y : y + CHUNK_ROWS] = section[(*lead, rows, columns)]
    except (MemoryError, UnusableImageError):
        raise
    except Exception as error:  # astropy and its decoders raise many kinds
        raise UnusableImageError(
            f"HDU {hdu.number} of {file.name} is damaged: it cannot be decompressed ({error})."
        ) from error
    return pixels
