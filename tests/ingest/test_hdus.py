"""HDUs: what real and broken files hold, without a look at their pixels."""

from __future__ import annotations

import bz2
import gzip
import os
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from caomai.errors import UnusableImageError
from caomai.ingest.content import read_content
from caomai.ingest.hdus import BLOCK, read_hdus

Write = Callable[..., Path]


def header(**cards: object) -> bytes:
    lines = [f"{keyword:<8}= {value!s:>20}" for keyword, value in cards.items()]
    text = "".join(line.ljust(80) for line in [*lines, "END"])
    return text.encode().ljust(-(-len(text) // BLOCK) * BLOCK)


PRIMARY = header(SIMPLE="T", BITPIX=8, NAXIS=0)
EXTENSION = header(XTENSION="'IMAGE   '", BITPIX=8, NAXIS=0, PCOUNT=0, GCOUNT=1)
LINE = header(SIMPLE="T", BITPIX=16, NAXIS=1, NAXIS1=100)


def shapes_of(path: Path) -> list[tuple[int, ...]]:
    """Read the shapes of all images with astropy, x first; () for anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as hdus:
            return [(hdu.shape or ())[::-1] if hdu.is_image else () for hdu in hdus]


def test_real_files_hold_what_astropy_finds_in_them(real_files: list[Path]) -> None:
    differing = []
    for path in real_files:
        found = [hdu.axes if hdu.kind == "image" else () for hdu in read_hdus(path)]
        if found != [shape if all(shape) else () for shape in shapes_of(path)]:
            differing.append(path.name)
    assert not differing


@pytest.mark.parametrize("name", ["a.fits.gz", "a.fits.bz2", "a.fits"])
def test_packed_files_read_like_plain_ones(write: Write, tmp_path: Path, name: str) -> None:
    plain = write("plain.fits", {"OBJECT": "M 51"}, fits.ImageHDU(np.zeros((3, 5)), name="SCI"))
    content = plain.read_bytes()
    packed = {".gz": gzip.compress(content), ".bz2": bz2.compress(content), ".fits": content}
    (tmp_path / name).write_bytes(packed[Path(name).suffix])
    hdus = read_hdus(tmp_path / name)
    assert [(hdu.axes, hdu.name) for hdu in hdus] == [((6, 4), ""), ((5, 3), "SCI")]
    assert hdus[0].cards.text("OBJECT") == "M 51"


def test_packed_image_counts_as_image(write: Write) -> None:
    pixels = np.arange(200, dtype=np.int16).reshape(10, 20)
    path = write("a.fits.fz", {}, fits.CompImageHDU(pixels), shape=())
    hdus = read_hdus(path)
    assert [(hdu.kind, hdu.axes, hdu.name) for hdu in hdus] == [("empty", (), ""), ("image", (20, 10), "")]


def test_tables_and_random_groups_are_no_images(write: Write, tmp_path: Path) -> None:
    column = fits.Column("flux", "E", array=np.zeros(3))
    path = write("t.fits", {}, fits.BinTableHDU.from_columns([column]), shape=())
    assert [hdu.kind for hdu in read_hdus(path)] == ["empty", "table"]
    groups = header(SIMPLE="T", BITPIX=8, NAXIS=2, NAXIS1=0, NAXIS2=5, GROUPS="T", PCOUNT=1, GCOUNT=4)
    (tmp_path / "g.fits").write_bytes(groups + bytes(24))
    assert [hdu.kind for hdu in read_hdus(tmp_path / "g.fits")] == ["other"]


def test_missing_extend_and_padding_and_junk_at_the_end_are_forgiven(write: Write, tmp_path: Path) -> None:
    whole = write("a.fits", {}, fits.ImageHDU(np.zeros((3, 5), np.uint8))).read_bytes()
    assert b"EXTEND" in whole
    sloppy = tmp_path / "b.fits"
    sloppy.write_bytes(whole.replace(b"EXTEND  =", b"COMMENT  ")[: -BLOCK + 15])
    assert [hdu.axes for hdu in read_hdus(sloppy)] == [(6, 4), (5, 3)]
    sloppy.write_bytes(whole + b"\0" * 5000)
    assert len(read_hdus(sloppy)) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello, this is a text about FITS\n", "is not FITS"),
        (PRIMARY[:BLOCK].replace(b"END", b"XYZ"), "header of HDU 0 has no END"),
        (LINE + bytes(199), "should hold 200 bytes and 199 are there"),
        (header(SIMPLE="T", BITPIX=16, NAXIS=2, NAXIS1=10**18, NAXIS2=10**18), "truncated"),
        (header(SIMPLE="T", BITPIX=16, NAXIS=10**9), "1000000000 axes"),
        (header(SIMPLE="T", BITPIX=16, NAXIS=2, NAXIS1=5), "no usable NAXIS2"),
        (header(SIMPLE="T", BITPIX=16, NAXIS=1, NAXIS1=-5), "no usable NAXIS1"),
        (header(SIMPLE="T", BITPIX="'many'", NAXIS=0), "no usable BITPIX"),
        (header(SIMPLE="T"), "no usable NAXIS"),
        (PRIMARY + EXTENSION[:BLOCK].replace(b"END", b"XYZ"), "header of HDU 1 has no END"),
        (gzip.compress(LINE + bytes(range(200)))[:-100], "cannot be unpacked to its end"),
        (bz2.compress(PRIMARY)[:-10], "cannot be unpacked to its end"),
        (b"\x1f\x8b" + b"garbage" * 100, "cannot be unpacked to its end"),
        (b"BZh9" + b"garbage" * 100, "cannot be unpacked to its end"),
        (gzip.compress(b""), "The file is empty."),
    ],
)
def test_broken_file_is_refused_with_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "broken.fits"
    path.write_bytes(content)
    with pytest.raises(UnusableImageError) as refusal:
        read_content(path)
    message = str(refusal.value)
    assert sentence in message
    assert message.endswith(".")
    assert "\n" not in message


def test_hundred_thousand_hdus_are_refused_early(tmp_path: Path) -> None:
    path = tmp_path / "many.fits"
    path.write_bytes(PRIMARY + EXTENSION * 20_000)
    with pytest.raises(UnusableImageError, match="more than 10,000 HDUs"):
        read_hdus(path)


def test_endless_header_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.fits"
    path.write_bytes(LINE[:320] + b"COMMENT ".ljust(80) * 300_000)
    with pytest.raises(UnusableImageError, match="longer than 16 MiB"):
        read_hdus(path)


def test_bomb_is_stepped_over_without_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.fits.gz"
    claim = header(SIMPLE="T", BITPIX=16, NAXIS=1, NAXIS1=9 * 10**9)
    path.write_bytes(gzip.compress(claim + bytes(60 << 20)))
    tracemalloc.start()
    try:
        with pytest.raises(UnusableImageError, match="18,000,000,000 bytes and 62,914,560 are there"):
            read_hdus(path)
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fits")
    with pytest.raises(UnusableImageError, match="no regular file"):
        read_content(tmp_path / "pipe.fits")


def test_file_that_vanished_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableImageError, match="cannot be read: no such file"):
        read_content(tmp_path / "gone.fits")
