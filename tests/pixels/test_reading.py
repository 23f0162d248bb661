"""Reading: any sound FITS file gives its values, any broken one a sentence."""

from __future__ import annotations

import bz2
import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from caomai.errors import NotAnImageError, NotFoundError, UnusableImageError
from fingerprinting.fitsfile import open_fits
from fingerprinting.image import Part, read_parts
from tests.pixels.rendering import write

RNG = np.random.default_rng(3)
PIXELS = RNG.normal(1000, 30, (64, 48))


def read_one(path: Path) -> Part:
    (part,) = read_parts(path)
    return part


@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4", "u4", "i8", "f4", "f8"])
def test_every_pixel_type_is_read_as_native_float32(tmp_path: Path, kind: str) -> None:
    values = (PIXELS / 10 if kind == "u1" else PIXELS).astype(kind)
    part = read_one(write(tmp_path / "a.fits", values))
    assert part.pixels.dtype == np.dtype("=f4")
    assert part.pixels.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(part.pixels, values.astype("f4"))


def test_small_values_of_unsigned_32_bit_pixels_survive_their_offset(tmp_path: Path) -> None:
    values = np.arange(64 * 48, dtype="u4").reshape(64, 48)
    np.testing.assert_array_equal(read_one(write(tmp_path / "a.fits", values)).pixels, values)


def test_scaled_and_blank_integers(tmp_path: Path) -> None:
    stored = PIXELS.astype("i2")
    stored[5, 7] = -99
    hdu = fits.PrimaryHDU(stored)
    hdu.header.update({"BSCALE": 0.5, "BZERO": 100.0, "BLANK": -99})
    path = write(tmp_path / "a.fits", hdu)
    assert b"BSCALE  =                  0.5" in path.read_bytes()
    part = read_one(path)
    with fits.open(path) as hdus:
        expected = hdus[0].data
    assert np.nanmax(expected) > 500
    assert part.mask is not None
    np.testing.assert_array_equal(part.mask, np.isnan(expected))
    np.testing.assert_allclose(part.pixels[~part.mask], expected[~part.mask], rtol=1e-6)


@pytest.mark.parametrize("codec", ["RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"])
def test_tile_compressed_integers(tmp_path: Path, codec: str) -> None:
    values = PIXELS.astype("i2")
    part = read_one(write(tmp_path / "a.fits.fz", fits.CompImageHDU(values, compression_type=codec)))
    np.testing.assert_array_equal(part.pixels, values)
    assert (part.name, part.hdu) == ("1", 1)


def test_tile_compressed_floats_with_undefined_pixels(tmp_path: Path) -> None:
    values = PIXELS.astype("f4")
    values[3, 4] = np.nan
    path = write(
        tmp_path / "a.fits.fz", fits.CompImageHDU(values, compression_type="RICE_1", quantize_level=64)
    )
    part = read_one(path)
    assert part.mask is not None
    assert np.argwhere(part.mask).tolist() == [[3, 4]]
    np.testing.assert_allclose(part.pixels[~part.mask], values[~part.mask], atol=1)


@pytest.mark.parametrize(("suffix", "squeeze"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed_files_are_inflated(
    tmp_path: Path, suffix: str, squeeze: Callable[[bytes], bytes]
) -> None:
    plain = write(tmp_path / "a.fits", PIXELS.astype("f4"))
    packed = tmp_path / f"a.fits{suffix}"
    packed.write_bytes(squeeze(plain.read_bytes()))
    np.testing.assert_array_equal(read_one(packed).pixels, read_one(plain).pixels)


def test_missing_padding_and_trailing_bytes_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", PIXELS.astype("f4"))
    whole = path.read_bytes()
    expected = read_one(path).pixels
    path.write_bytes(whole[: 2880 + PIXELS.size * 4])
    np.testing.assert_array_equal(read_one(path).pixels, expected)
    path.write_bytes(whole + b"\0" * 777)
    np.testing.assert_array_equal(read_one(path).pixels, expected)


def test_illegal_cards_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", PIXELS.astype("f4"))
    content = path.read_bytes()
    cards = b"".join(
        card.ljust(80)
        for card in (
            b"low case= 1",
            b"SATURATE= 12 34 ",
            b"CTYPE1  = RA---TAN",
            b"OBJECT  = 'no end",
            b"\xe9\x00\x07 = 3",
            b"END",
        )
    )
    end = content.index(b"END     ")
    path.write_bytes((content[:end] + cards).ljust(2880) + content[2880:])
    np.testing.assert_array_equal(read_one(path).pixels, PIXELS.astype("f4"))


def card(keyword: str, value: object) -> bytes:
    return f"{keyword:<8}= {value!s:>20}".ljust(80).encode()


def bare_header(*cards: bytes) -> bytes:
    text = b"".join([card("SIMPLE", "T"), *cards, b"END".ljust(80)])
    return text.ljust(-(-len(text) // 2880) * 2880)


GIANT = bare_header(card("BITPIX", 16), card("NAXIS", 2), card("NAXIS1", 10**6), card("NAXIS2", 10**6))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"Dear observer,\n this is no image.\n" * 200, "is not a FITS file"),
        (GIANT, "1,000,000 x 1,000,000"),
        (bare_header(card("BITPIX", 16)), "no valid NAXIS"),
        (bare_header(card("BITPIX", 12), card("NAXIS", 1), card("NAXIS1", 5)), "unknown BITPIX 12"),
        (bare_header(card("BITPIX", 8), card("NAXIS", 2), card("NAXIS1", 5)), "how long"),
        (bare_header(card("BITPIX", 8), card("NAXIS", 1), card("NAXIS1", -5)), "how long"),
        (bare_header(card("BITPIX", 8), card("NAXIS", 1), card("NAXIS1", 9), card("PCOUNT", -1)), "negative"),
        (card("SIMPLE", "T").ljust(2880) * 3, "has no END"),
        (card("SIMPLE", "T").ljust(1000), "has no END"),
        (
            bare_header(card("BITPIX", 8), card("NAXIS", 2), card("NAXIS1", 99), card("NAXIS2", 99)),
            "truncated",
        ),
        (b"\x1f\x8b" + b"no gzip at all" * 9, "decompressed"),
        (gzip.compress(GIANT + bytes(2880)), "1,000,000 x 1,000,000"),
        (gzip.compress(RNG.bytes(100_000))[:5000], "truncated or damaged"),
        (b"BZh9 no bzip2 at all", "decompressed"),
    ],
)
def test_broken_files_are_refused_with_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "broken.fits"
    path.write_bytes(content)
    with pytest.raises(UnusableImageError, match=reason) as refusal:
        list(read_parts(path))
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)
    assert "broken.fits" in str(refusal.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        list(read_parts(tmp_path / "nowhere.fits"))


def test_truncated_image_says_how_much_is_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", PIXELS.astype("f4"))
    path.write_bytes(path.read_bytes()[: 2880 + 1000])
    with pytest.raises(
        UnusableImageError, match=r"truncated: HDU 0 declares 12,288 bytes of data, 1,000 are there\."
    ):
        list(read_parts(path))


def test_truncated_gzip_and_damaged_tiles(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.fits", RNG.normal(0, 1, (200, 200)).astype("f4")).read_bytes()
    (tmp_path / "b.fits.gz").write_bytes(gzip.compress(plain)[:-5000])
    with pytest.raises(UnusableImageError, match="truncated"):
        list(read_parts(tmp_path / "b.fits.gz"))
    path = write(tmp_path / "c.fits.fz", fits.CompImageHDU(PIXELS.astype("i2"), compression_type="GZIP_1"))
    content = bytearray(path.read_bytes())
    content[-2880 * 2 : -2000] = RNG.bytes(2880 * 2 - 2000)
    path.write_bytes(content)
    with pytest.raises(UnusableImageError, match="cannot be decompressed"):
        list(read_parts(path))


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.fits.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(GIANT)
        for _ in range(64):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(UnusableImageError, match="limit"):
        list(read_parts(path))
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


def test_bytes_after_the_last_hdu_are_not_inflated(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.fits", PIXELS.astype("f4")).read_bytes()
    path = tmp_path / "tail.fits.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(plain)
        for _ in range(64):
            file.write(bytes(1 << 20))
    with open_fits(path) as file:
        assert file.handle.seek(0, 2) < 4 << 20
    np.testing.assert_array_equal(read_one(path).pixels, PIXELS.astype("f4"))


@pytest.mark.parametrize(
    ("hdus", "error", "reason"),
    [
        ([np.zeros((1, 1), "f4")], UnusableImageError, "too small: 1 x 1 pixels"),
        ([np.zeros((15, 200), "f4")], UnusableImageError, "too small: 200 x 15 pixels"),
        ([np.zeros((17, 32, 32), "f4")], NotAnImageError, "cube of 17 slices"),
        ([np.zeros((2, 9, 32, 32), "f4")], NotAnImageError, "cube of 18 slices"),
        ([np.zeros(2000, "f4")], NotAnImageError, "one-dimensional"),
        ([np.zeros((1, 2000), "f4")], NotAnImageError, "one-dimensional"),
        ([fits.PrimaryHDU()], NotAnImageError, "declare no pixels"),
        (
            [fits.BinTableHDU.from_columns([fits.Column("flux", "E", array=np.arange(9.0))])],
            NotAnImageError,
            "tables only",
        ),
        (
            [fits.ImageHDU(np.zeros((99, 99), "f4"), name="WHT"), np.zeros(3, "f4")],
            NotAnImageError,
            "one-dim",
        ),
    ],
)
def test_files_without_an_image_say_what_they_hold(
    tmp_path: Path, hdus: list[Any], error: type[Exception], reason: str
) -> None:
    path = write(tmp_path / "thing.fits", *hdus)
    with pytest.raises(error, match=reason) as refusal:
        list(read_parts(path))
    assert str(refusal.value).startswith("thing.fits ")
    assert str(refusal.value).endswith(".")
