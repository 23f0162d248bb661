"""RICE_1 tiles of whole rows: the same pixels as astropy gives, and a sentence where they are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.fitsfile import open_fits
from fingerprinting.pixels import read_box
from fingerprinting.rice import find_tiles
from fingerprinting.section import Box

RNG = np.random.default_rng(5)


def compress(path: Path, pixels: NDArray[np.integer], tile: tuple[int, ...], **cards: float) -> Path:
    hdu = fits.CompImageHDU(pixels, compression_type="RICE_1", tile_shape=tile)
    hdu.header.update(cards)
    hdu.writeto(path)
    return path


@pytest.mark.parametrize("kind", ["u2", "i2", "i4", "u4"])
@pytest.mark.parametrize("height", [1, 7, 90])
def test_pixels_are_those_of_astropy(tmp_path: Path, kind: str, height: int) -> None:
    pixels = RNG.poisson(900, (90, 130)).astype(kind)
    path = compress(tmp_path / "a.fits", pixels, (height, 130))
    with open_fits(path) as file:
        assert find_tiles(file, file.hdus[1])
        for box in (Box(0, 130, 0, 90), Box(5, 99, 10, 12), Box(0, 130, 33, 90)):
            inside = pixels[box.y0 : box.y1, box.x0 : box.x1]
            np.testing.assert_array_equal(read_box(file, file.hdus[1], 0, box), inside.astype("f4"))


def test_slices_of_a_cube(tmp_path: Path) -> None:
    pixels = RNG.poisson(900, (3, 50, 70)).astype("i2")
    with open_fits(compress(tmp_path / "a.fits", pixels, (1, 8, 70))) as file:
        assert find_tiles(file, file.hdus[1])
        for index in range(3):
            found = read_box(file, file.hdus[1], index, Box(0, 70, 20, 50))
            np.testing.assert_array_equal(found, pixels[index, 20:])


@pytest.mark.parametrize(("tile", "cards"), [((30, 65), {}), ((1, 130), {"BLANK": 7})])
def test_other_tiles_are_left_to_astropy(
    tmp_path: Path, tile: tuple[int, int], cards: dict[str, float]
) -> None:
    pixels = RNG.poisson(900, (90, 130)).astype("i2")
    with open_fits(compress(tmp_path / "a.fits", pixels, tile, **cards)) as file:
        assert find_tiles(file, file.hdus[1]) is None
        np.testing.assert_array_equal(read_box(file, file.hdus[1], 0, Box(0, 130, 0, 90)), pixels)


@pytest.mark.parametrize("place", [(1 << 30, 0), (10, 1 << 30), (10, -5), (-1, 0), (3, 0)])
def test_tiles_that_are_not_there(tmp_path: Path, place: tuple[int, int]) -> None:
    path = compress(tmp_path / "a.fits", RNG.poisson(900, (90, 130)).astype("i2"), (1, 130))
    with open_fits(path) as file:
        start = file.hdus[1].offset
    data = bytearray(path.read_bytes())
    data[start + 80 : start + 88] = np.array(place, ">i4").tobytes()
    path.write_bytes(data)
    with open_fits(path) as file, pytest.raises(UnusableImageError, match=r"HDU 1 of a\.fits is damaged"):
        read_box(file, file.hdus[1], 0, Box(0, 130, 0, 90))
