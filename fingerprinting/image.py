"""Science planes of a FITS file (FITS 4.0): which HDUs, which pixels, what noise."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray

from caomai.errors import NotAnImageError, UnusableImageError

NOT_SCIENCE: Final = re.compile(r"^(ERR|DQ|WHT|CTX|CON|VAR.*|SAMP|TIME|MASK)$")
MOST_SLICES: Final = 16


@dataclass(frozen=True)
class Part:
    """One science plane: pixels (ny, nx) float32, native byte order, and what is known of them."""

    name: str
    hdu: int
    pixels: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    noise: NDArray[np.float32] | None
    origin: tuple[int, int]
    wcs: WCS | None
    saturation: float | None
    pixel_scale: float | None


def read_parts(path: Path, selection: Collection[str] | None = None) -> Iterator[Part]:
    """Read the science planes of a FITS file, in the order of its HDUs."""
    found = False
    try:
        with fits.open(path, memmap=False, ignore_missing_end=True) as hdus:
            for number, hdu in enumerate(hdus):
                for part in _read_hdu(number, hdu):
                    if selection is None or part.name in selection:
                        found = True
                        yield part
    except (OSError, ValueError, TypeError) as error:
        raise UnusableImageError(f"{path.name} cannot be read as FITS: {error}.") from error
    if not found:
        raise NotAnImageError(f"{path.name} holds no two-dimensional image.")


def _read_hdu(number: int, hdu: Any) -> Iterator[Part]:
    if not getattr(hdu, "is_image", False) or NOT_SCIENCE.match(hdu.name.strip().upper()):
        return
    shape = getattr(hdu, "shape", ())
    if len(shape) < 2 or min(shape[-2:]) < 2:  # noqa: PLR2004
        return
    slices = int(np.prod(shape[:-2]))
    if slices > MOST_SLICES:
        return
    cube = np.asarray(hdu.data).reshape(slices, *shape[-2:])
    for index in range(slices):
        name = str(number) if slices == 1 else f"{number}[{index + 1}]"
        pixels = np.ascontiguousarray(cube[index], dtype=np.float32)
        bad = ~np.isfinite(pixels)
        mask = bad if bad.any() else None
        if mask is not None:
            pixels = np.where(mask, np.float32(0), pixels)
        saturation = hdu.header.get("SATURATE")
        yield Part(name, number, pixels, mask, None, (0, 0), None, saturation, None)
