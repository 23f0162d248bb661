"""PNG and JPEG pictures as they are read: one grey plane, y upward, and none that would fill the memory."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from caomai.errors import UnusableImageError
from fingerprinting.describer import make_plain
from fingerprinting.picture import open_image, read_picture
from fingerprinting.pixels import read_box
from fingerprinting.planes import choose_planes

SHADES = np.arange(24 * 32, dtype=np.uint8).reshape(24, 32)


def save(path: Path, picture: Image.Image, kind: str = "PNG") -> Path:
    picture.save(path, kind)
    return path


def read(path: Path, kind: str = "PNG") -> NDArray[np.generic]:
    return read_picture(path, kind)


def test_the_first_row_of_a_picture_is_the_top(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.fromarray(SHADES))
    assert (read(path) == SHADES[::-1]).all()
    with open_image(path) as file:
        (plane,) = choose_planes(file)
        pixels = read_box(file, plane.hdu, plane.index, plane.box)
    assert (pixels[0] == SHADES[-1]).all()  # FITS pixels (1..32, 1)


def test_colours_are_averaged(tmp_path: Path) -> None:
    colours = np.stack([SHADES, SHADES // 2, np.zeros_like(SHADES)], axis=2)
    mean = np.rint(colours.mean(axis=2))[::-1]
    assert np.abs(read(save(tmp_path / "a.png", Image.fromarray(colours))) - mean).max() <= 0.5


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(SHADES.astype(np.uint16) * 200 if mode == "I;16" else SHADES)
    path = save(tmp_path / "a.png", picture if mode == "I;16" else picture.convert(mode))
    found = read(path)
    assert found.shape == SHADES.shape
    assert found.dtype == (np.uint16 if mode == "I;16" else np.uint8)
    assert len(np.unique(found)) > 1


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_read(tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "a.jpg", Image.fromarray(SHADES).convert(mode), "JPEG")
    assert read(path, "JPEG").shape == SHADES.shape


def bomb(width: int, height: int) -> bytes:
    """Write a PNG that declares gigabytes and is some kilobytes long."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (9_000, 9_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(
    tmp_path: Path, width: int, height: int
) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(width, height))
    with pytest.raises(UnusableImageError, match="send the FITS file"):
        read(path)


def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(buffer.getvalue()[:2000])
    with pytest.raises(UnusableImageError, match="is truncated or damaged"):
        read(path)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("m51.fits.fz", "m51.fits.fz"),
        ("../../etc/passwd", "passwd"),
        ("C:\\images\\m51.fits", "m51.fits"),
        ("..", "file"),
        ("", "file"),
        ("a\x1b[31m;rm -rf b", "a__31m_rm_-rf_b"),
        ("Ω" * 300 + ".fits", "_" * 95 + ".fits"),
    ],
)
def test_names_are_made_plain(name: str, plain: str) -> None:
    assert make_plain(name) == plain
