"""Pictures of FITS files against what NumPy makes of the same pixels; one is real, of ../shared/data."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.visualization import ZScaleInterval
from numpy.typing import NDArray
from PIL import Image

from caomai.errors import ImageError, NotAnImageError, UnusableImageError
from caomai.previews import STRETCHES, View, ask_preview, ask_stamp, ask_thumbnail
from fingerprinting.previews.canvas import Canvas
from fingerprinting.previews.drawing import draw_views
from fingerprinting.previews.grey import draw_grey, find_limits
from fingerprinting.previews.sprite import draw_sprite
from fingerprinting.section import Box

SKY, NOISE = 1000.0, 10.0


def make_sky(height: int = 96, width: int = 128, seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(SKY, NOISE, (height, width)).astype(np.float32)


def write(path: Path, *pixels: NDArray[np.generic], **cards: object) -> Path:
    units = [fits.PrimaryHDU(), *(fits.ImageHDU(one) for one in pixels)]
    for unit in units[1:]:
        unit.header.update(cards)
    fits.HDUList(units).writeto(path, overwrite=True)
    return path


def draw(path: Path, view: View) -> NDArray[np.uint8]:
    (png,) = draw_views(path, [view])
    if isinstance(png, ImageError):
        raise png
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize(("x", "y"), [(1, 1), (128, 1), (1, 96), (37, 80)])
def test_a_bright_pixel_lands_where_it_must(tmp_path: Path, x: int, y: int) -> None:
    pixels = make_sky()
    pixels[y - 1, x - 1] = 60_000
    grey = draw(write(tmp_path / "a.fits", pixels), ask_preview("", "linear"))
    assert grey.shape == (96, 128)
    assert grey[96 - y, x - 1] == 255  # row 1 of FITS is the bottom
    pixels[y - 1, x - 1] = -60_000
    grey = draw(write(tmp_path / "a.fits", pixels), ask_preview("", "asinh"))
    assert grey[96 - y, x - 1] == 0


@pytest.mark.parametrize("seed", range(20))
def test_squares_are_averaged_however_the_frame_comes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width, longest = (int(number) for number in rng.integers(16, 90, 3))
    pixels, mask = make_sky(height, width, seed), rng.random((height, width)) < 0.3
    pixels[mask] = 0
    frame = Box(3, 3 + width, 5, 5 + height)
    canvas = Canvas(frame, longest)
    factor, y, x = canvas.factor, int(rng.integers(1, height)), int(rng.integers(1, width))
    for bottom, top in ((0, y), (y, height)):
        for left, right in ((0, x), (x, width)):
            place = np.s_[bottom:top, left:right]
            canvas.add(pixels[place], mask[place], Box(3 + left, 3 + right, 5 + bottom, 5 + top))
    shape = -(-height // factor), -(-width // factor)
    whole = np.full((shape[0] * factor, shape[1] * factor), np.nan)
    whole[:height, :width] = np.where(mask, np.nan, pixels)
    squares = np.ma.masked_invalid(whole.reshape(shape[0], factor, shape[1], factor))
    np.testing.assert_allclose(canvas.average(), squares.mean(axis=(1, 3)).filled(np.nan), rtol=1e-4)


BENDS: dict[str, Callable[[NDArray[np.float64], float], NDArray[np.float64]]] = {
    "linear": lambda light, _: light,
    "sqrt": lambda light, _: np.sqrt(light),
    "log": lambda light, _: np.log(1000 * light + 1) / np.log(1001),
    "asinh": lambda light, bend: np.arcsinh(light / bend) / np.arcsinh(1 / bend),
}


def expect(small: NDArray[np.float64], stretch: str) -> NDArray[np.uint8]:
    """Stretch a frame between zscale's black and white, or the brightest pixels where these are brighter."""
    black, plain = ZScaleInterval().get_limits(small)
    white = plain if stretch == "linear" else max(plain, np.percentile(small, 99.8))
    light = np.clip((small - black) / (white - black), 0, 1)
    bright = BENDS[stretch](light, (plain - black) / (white - black) / 2)
    return np.asarray(np.rint(255 * bright)[::-1], np.uint8)


@pytest.mark.parametrize("stretch", STRETCHES)
def test_a_real_image_is_as_numpy_draws_it(shared: Path, stretch: str) -> None:
    (path,) = (shared / "data/fits").rglob("sewpy__image.fits")
    pixels = fits.getdata(path).astype(np.float64)
    factor = -(-max(pixels.shape) // 1024)
    height, width = (length // factor * factor for length in pixels.shape)
    squares = pixels[:height, :width].reshape(height // factor, factor, width // factor, factor)
    small = squares.mean(axis=(1, 3))
    grey = draw(path, ask_preview("", stretch)).astype(int)
    assert grey.shape == tuple(-(-length // factor) for length in pixels.shape)
    drawn = grey[-small.shape[0] :, : small.shape[1]]
    assert np.abs(drawn - expect(small, stretch)).max() <= 1


@pytest.mark.parametrize("kind", ["int16", "uint16", "int32", "scaled", "fz", "float64"])
def test_the_kind_of_numbers_does_not_matter(tmp_path: Path, kind: str) -> None:
    pixels = np.rint(make_sky())
    pixels[40:44, 60:64] += 500
    path = tmp_path / "a.fits"
    if kind == "scaled":
        unit = fits.ImageHDU(((pixels - 900) * 4).astype(np.int16))
        fits.HDUList([fits.PrimaryHDU(), unit]).writeto(path)
        with fits.open(path, mode="update", do_not_scale_image_data=True) as file:
            file[1].header.update(BSCALE=0.25, BZERO=900.0)
    elif kind == "fz":
        path = tmp_path / "a.fits.fz"
        unit = fits.CompImageHDU(pixels.astype(np.int16), compression_type="RICE_1")
        fits.HDUList([fits.PrimaryHDU(), unit]).writeto(path)
    else:
        write(path, pixels.astype(kind))
    plain = draw(write(tmp_path / "plain.fits", pixels), ask_preview("", "asinh"))
    assert np.array_equal(draw(path, ask_preview("", "asinh")), plain)


def test_what_has_no_pixels_is_as_grey_as_what_is_around() -> None:
    frame = make_sky()
    frame[20:60, 30:90] += 3000
    frame[40, 60] = np.nan  # in the light
    frame[80, 10] = np.nan  # in the sky
    frame[:, 100:] = np.nan  # a part of the frame
    grey = draw_grey(frame, "asinh")[::-1].astype(int)
    assert grey[40, 60] > 200
    assert abs(grey[80, 10] - np.median(grey[70:, :30])) < 40
    assert abs(grey[50, 120] - np.median(draw_grey(frame, "asinh")[:, :100])) < 40
    clean = find_limits(np.where(np.isnan(frame), np.float32(np.inf), frame))
    assert clean == find_limits(frame)


@pytest.mark.parametrize("value", [0.0, -5.0, 1e28, -1e28, 3e38, np.nan])
def test_a_frame_of_one_value_is_drawn(value: float) -> None:
    grey = draw_grey(np.full((32, 48), value, np.float32), "asinh")
    assert grey.shape == (32, 48)
    assert len(np.unique(grey)) == 1


def test_one_absurd_pixel_does_not_darken_the_others() -> None:
    frame = make_sky(32, 32)
    frame[3, 3] = 1e28
    grey = draw_grey(frame, "asinh")
    assert grey[28, 3] == 255
    assert len(np.unique(grey)) > 1


def test_the_largest_part_stands_for_a_file_unless_another_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", make_sky(32, 32), make_sky(48, 64), make_sky(64, 48))
    assert draw(path, ask_preview("", "asinh")).shape == (48, 64)
    assert draw(path, ask_preview("1", "asinh")).shape == (32, 32)
    assert draw(path, ask_thumbnail("3")).shape == (64, 48)
    with pytest.raises(NotAnImageError, match="no image '9'"):
        draw(path, ask_preview("9", "asinh"))


def test_overscan_stays_in_the_picture_so_that_pixels_are_easily_found(tmp_path: Path) -> None:
    pixels = make_sky()
    pixels[:, :28] = 20
    pixels[49, 99] = 60_000
    grey = draw(write(tmp_path / "a.fits", pixels, DATASEC="[29:128,1:96]"), ask_preview("", "asinh"))
    assert grey.shape == (96, 128)
    assert grey[96 - 50, 99] == 255
    assert len(np.unique(grey[:, :20])) == 1


def test_a_large_frame_is_read_in_strips(tmp_path: Path) -> None:
    side = 6000
    write(tmp_path / "a.fits", np.resize(np.arange(251, dtype=np.int16), (side, side)))
    tracemalloc.start()
    try:
        grey = draw(tmp_path / "a.fits", ask_thumbnail())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert max(grey.shape) == 250  # squares of 24
    assert peak < 0.5 * 8 * side**2


def test_a_stamp_shows_an_object_upright_in_its_middle(tmp_path: Path) -> None:
    pixels = make_sky()
    pixels[59:62, 79:82] += 400
    pixels[69, 80] += 4000  # ten pixels above
    stamp = draw(write(tmp_path / "a.fits", pixels), ask_stamp("1", 81, 61, 2.0)).astype(int)
    assert stamp.shape == (96, 96)
    assert stamp[44:52, 44:52].max() > 100
    assert np.unravel_index(stamp.argmax(), stamp.shape)[0] == pytest.approx(48 - 2 * 10, abs=2)


def test_a_stamp_at_the_edge_is_filled_up_with_sky(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", make_sky())
    stamp = draw(path, ask_stamp("1", 1, 1, 2.0))
    assert len(np.unique(stamp[48:, :48])) <= 3
    with pytest.raises(UnusableImageError, match="outside"):
        draw(path, ask_stamp("1", 9000, 1, 2.0))


def test_large_objects_get_more_room() -> None:
    assert [ask_stamp("1", 5, 5, size).details[2] for size in (2, 5, 8, 30)] == ["48", "48", "96", "192"]


@pytest.mark.parametrize("content", [b"", b"SIMPLE  =", b"no image at all" * 400])
def test_a_file_that_is_no_image_is_an_error_of_ours(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.fits"
    path.write_bytes(content)
    with pytest.raises(UnusableImageError):
        draw_views(path, [ask_thumbnail()])


def test_one_view_that_cannot_be_drawn_does_not_cost_the_others(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", make_sky())
    lost, found = draw_views(path, [ask_thumbnail("7"), ask_thumbnail("1")])
    assert isinstance(lost, NotAnImageError)
    assert isinstance(found, bytes)


def test_a_map_has_its_node_0_at_the_bottom_left() -> None:
    def make(shade: int) -> bytes:
        stream = io.BytesIO()
        Image.new("L", (96, 96), shade).save(stream, "PNG")
        return stream.getvalue()

    picture = Image.open(io.BytesIO(draw_sprite({0: make(50), 3: make(200), 5: make(0)}, 3, 2)))
    grey = np.asarray(picture)
    assert grey.shape == (96, 144)
    assert grey[48:, :48].tolist() == [[50] * 48] * 48
    assert grey[:48, :48].min() == 200
    assert grey[:48, 96:].max() == 1  # black, and not transparent
    assert picture.info["transparency"] == 0
    assert not grey[48:, 48:].any()
