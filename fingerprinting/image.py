"""Science planes of a FITS file and what their pixels are worth: mask, noise, saturation, place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from astropy.wcs import WCS
from numpy.typing import NDArray

from fingerprinting import mask as masks
from fingerprinting.fitsfile import FitsFile, Hdu, open_fits, read_card
from fingerprinting.pixels import read_box
from fingerprinting.planes import Plane, choose_planes
from fingerprinting.section import Box
from fingerprinting.sky import pixel_scale, read_wcs

SATURATION_KEYWORDS: Final = ("SATURATE", "SATLEVEL", "SATURATA")
CEILINGS: Final = {8: 255, 16: 32767}  # of the stored integers; wider ones are no digitiser's
DO_NOT_USE: Final = 1  # the only bit of a JWST or Roman DQ that spoils a pixel
BIT_FLAGGED: Final = frozenset({"JWST", "ROMAN"})
ERROR_MESH: Final = 32  # pixels; larger than most objects, whose own photon noise is not the sky's


@dataclass(frozen=True)
class Part:
    """One science plane, or a tile of it: pixels (ny, nx) float32 in native byte order, masked ones 0."""

    name: str
    hdu: int
    pixels: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    noise: NDArray[np.float32] | None
    origin: tuple[int, int]
    wcs: WCS | None
    saturation: float | None
    pixel_scale: float | None
    resampled: bool = False
    step: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the pixels, (ny, nx)."""
        height, width = self.pixels.shape
        return height, width


def read_parts(path: Path, selection: Collection[str] | None = None) -> Iterator[Part]:
    """Read the science planes of a FITS file whole, in the order of its HDUs."""
    with open_fits(path) as file:
        for plane in choose_planes(file, selection):
            yield read_part(file, plane, plane.box)


def read_part(file: FitsFile, plane: Plane, box: Box) -> Part:
    """Read a box (0-based pixels of the HDU) of a plane with everything known of its pixels."""
    pixels = read_box(file, plane.hdu, plane.index, box)
    mask = masks.undefined(pixels)
    mask = _join(mask, masks.border(pixels, mask))
    noise, useless = _read_noise(file, plane, box)
    mask = _join(_join(mask, useless), _read_flags(file, plane, box))
    if mask is not None:
        pixels[mask] = 0
    wcs = read_wcs(file, plane.hdu.header)
    return Part(
        name=plane.name,
        hdu=plane.hdu.number,
        pixels=pixels,
        mask=mask,
        noise=noise,
        origin=(box.x0, box.y0),
        wcs=wcs,
        saturation=_saturation(file, plane.hdu),
        pixel_scale=pixel_scale(wcs, plane.hdu.header),
        resampled=plane.resampled,
        step=_step(plane.hdu),
    )


def _join(first: NDArray[np.bool_] | None, second: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    if first is None or second is None:
        return second if first is None else first
    return np.logical_or(first, second, out=first)


def _read_noise(
    file: FitsFile, plane: Plane, box: Box
) -> tuple[NDArray[np.float32] | None, NDArray[np.bool_] | None]:
    """Read the noise (one sigma, any scale) a companion gives and where it says that there is no signal."""
    companion = plane.weight or plane.variance or plane.error
    if companion is None:
        return None, None
    value = read_box(file, companion, plane.index, box)
    useless = ~((value > 0) & (value < masks.HUGE))
    value[useless] = 1
    if companion is not plane.error:
        np.sqrt(value, out=value)
    if companion is plane.weight:
        np.divide(1, value, out=value)
    else:
        _level(value, useless)
    return value, useless if useless.any() else None


def _level(error: NDArray[np.float32], useless: NDArray[np.bool_]) -> None:
    """Cap an error map, in place, at what is usual around: in an object it holds the photon noise too."""
    height, width = error.shape
    columns = width // ERROR_MESH
    usual = ERROR_MESH**2 * 3 // 4  # upper quartile
    if columns == 0 or height < ERROR_MESH:
        return
    cell = np.minimum(np.arange(width) // ERROR_MESH, columns - 1)
    for y in range(0, height, ERROR_MESH):
        top = min(y, height - ERROR_MESH)
        rows = np.where(useless[top : top + ERROR_MESH], np.inf, error[top : top + ERROR_MESH])
        cells = rows[:, : columns * ERROR_MESH].reshape(ERROR_MESH, columns, ERROR_MESH).swapaxes(0, 1)
        cap = np.partition(cells.reshape(columns, -1), usual, axis=1)[:, usual]
        np.minimum(error[y : y + ERROR_MESH], cap[cell], out=error[y : y + ERROR_MESH])


def _read_flags(file: FitsFile, plane: Plane, box: Box) -> NDArray[np.bool_] | None:
    """Read the pixels that a data quality image flags."""
    if plane.flags is None:
        return None
    flags = read_box(file, plane.flags, plane.index, box)
    if _inherit(file, plane.hdu, "TELESCOP") in BIT_FLAGGED:
        bad = (np.nan_to_num(flags).astype(np.int64) & DO_NOT_USE) != 0
    else:
        bad = flags != 0
    return bad if bad.any() else None


def _inherit(file: FitsFile, hdu: Hdu, keyword: str) -> str | None:
    """Look a word up in an HDU's header, then in the primary one."""
    value = read_card(hdu.header, keyword, str) or read_card(file.hdus[0].header, keyword, str)
    return value.strip().upper() if value else None


def _saturation(file: FitsFile, hdu: Hdu) -> float | None:
    """Give the level of saturation: what a keyword says, else the ceiling of an 8 or 16 bit digitiser."""
    for header in (hdu.header, file.hdus[0].header):
        for keyword in SATURATION_KEYWORDS:
            level = read_card(header, keyword, float)
            if level is not None and level > 0:
                return level
    ceiling = CEILINGS.get(hdu.bitpix)
    if ceiling is None:
        return None
    return ceiling * _step(hdu) + (read_card(hdu.header, "BZERO", float) or 0.0)


def _step(hdu: Hdu) -> float:
    """Give the step between neighbouring values of integer pixels; 0 for floating point."""
    return abs(read_card(hdu.header, "BSCALE", float) or 1.0) if hdu.bitpix > 0 else 0.0
