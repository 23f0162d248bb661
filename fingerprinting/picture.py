"""PNG and JPEG pictures as FITS images: one grey plane, turned over so that y counts from the bottom."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from caomai.errors import UnusableImageError
from fingerprinting.fitsfile import FitsFile, open_fits, open_stream

SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
MOST_PIXELS: Final = 64 << 20
STRIP: Final = 1 << 20  # pixels that are made grey at once
GREY: Final = ("1", "L")
DEEP: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N")


def find_kind(path: Path) -> str | None:
    """Tell by its first bytes whether a file is a picture, and of which kind."""
    with path.open("rb") as file:
        start = file.read(max(map(len, SIGNATURES)))
    return next((kind for signature, kind in SIGNATURES.items() if start.startswith(signature)), None)


@contextmanager
def open_image(path: Path) -> Iterator[FitsFile]:
    """Open a FITS file or a picture, which then looks like one."""
    kind = find_kind(path) if path.is_file() else None
    if kind is None:
        with open_fits(path) as file:
            yield file
        return
    with io.BytesIO() as buffer:
        # astropy moves integers of 16 bits, which are signed in FITS, and says so in the header.
        fits.PrimaryHDU(read_picture(path, kind)).writeto(buffer)
        with open_stream(path.name, buffer) as file:
            yield file


def read_picture(path: Path, kind: str) -> NDArray[Any]:
    """Read the pixels (ny, nx) of a picture, bottom row first: uint8, the mean of its colours, or uint16."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own limit, and what it thinks of odd chunks
            with Image.open(path, formats=(kind,)) as picture:
                # Before it is unpacked: a few kilobytes may declare gigabytes.
                if math.prod(picture.size) > MOST_PIXELS:
                    raise _too_large(path.name)
                return _to_grey(picture)[::-1]
    except Image.DecompressionBombError as error:
        raise _too_large(path.name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnusableImageError(
            f"{path.name} is truncated or damaged: it is no {kind} that can be read."
        ) from error


def _too_large(name: str) -> UnusableImageError:
    return UnusableImageError(
        f"{name} has more than the {MOST_PIXELS:,} pixels that a picture may have: send the FITS file."
    )


def _to_grey(picture: Image.Image) -> NDArray[Any]:
    if picture.mode in DEEP:
        deep: NDArray[np.uint16] = np.clip(np.asarray(picture), 0, 2**16 - 1).astype(np.uint16)
        return deep
    if picture.mode in GREY:
        return np.asarray(picture.convert("L"))
    colours = picture if picture.mode == "RGB" else picture.convert("RGB")
    values = np.asarray(colours)
    grey = np.empty(values.shape[:2], np.uint8)
    step = max(STRIP // values.shape[1], 1)
    for y in range(0, len(grey), step):
        grey[y : y + step] = (values[y : y + step].sum(axis=2, dtype=np.uint16) + 1) // 3
    return grey
