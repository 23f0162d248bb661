"""Which pixels count: HDUs, parts, sections, masks and noise (architecture sect. 4, "Which pixels")."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from caomai.errors import NotAnImageError
from fingerprinting.image import Part, read_parts
from tests.pixels.rendering import tan_header, write

RNG = np.random.default_rng(5)


def noise(*shape: int) -> np.ndarray:
    return RNG.normal(100, 5, shape or (40, 50)).astype("f4")


def image(name: str | None = None, data: np.ndarray | None = None, **cards: object) -> fits.ImageHDU:
    hdu = fits.ImageHDU(noise() if data is None else data, name=name)
    hdu.header.update(cards)
    return hdu


def names(path: Path, selection: set[str] | None = None) -> list[str]:
    return [part.name for part in read_parts(path, selection)]


def read_one(path: Path) -> Part:
    (part,) = read_parts(path)
    return part


@pytest.mark.parametrize(
    "name", ["ERR", "DQ", "WHT", "CTX", "CON", "VAR_POISSON", "var", "SAMP", "time", "Mask", "WGT", "D2IMARR"]
)
def test_auxiliary_hdus_are_never_images(tmp_path: Path, name: str) -> None:
    assert names(write(tmp_path / "a.fits", image("SCI"), image(name))) == ["1"]
    assert names(write(tmp_path / "b.fits", image(None), image(name))) == ["1"]


def test_where_sci_exists_nothing_else_is_science(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", image("sci", EXTVER=1), image("SKYMAP"), image("SCI", EXTVER=2))
    assert names(path) == ["1", "3"]


def test_unnamed_and_detector_names_are_science(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", image(), image("ccd07"), image("WIN1.CHIP2.OUT1"))
    assert names(path) == ["1", "2", "3"]


def test_a_selection_of_parts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", image("ccd00"), image("ccd01"), image("ccd02"))
    assert names(path, {"2", "3"}) == ["2", "3"]
    with pytest.raises(NotAnImageError, match="no image in the parts 9"):
        names(path, {"9"})


def test_degenerate_axes_are_squeezed_and_small_cubes_are_cut_into_slices(tmp_path: Path) -> None:
    assert names(write(tmp_path / "a.fits", noise(1, 1, 40, 50))) == ["0"]
    cube = noise(16, 40, 50)
    parts = list(read_parts(write(tmp_path / "b.fits", cube)))
    assert [part.name for part in parts] == [f"0[{index}]" for index in range(1, 17)]
    np.testing.assert_array_equal(parts[4].pixels, cube[4])
    assert names(tmp_path / "b.fits", {"0[3]"}) == ["0[3]"]


@pytest.mark.parametrize(
    "cards",
    [{"CTYPE1": "WAVE", "CTYPE2": "ANGLE"}, {"CTYPE2": "LAMBDA"}, {"CTYPE1": "AWAV-TAB"}, {"DISPAXIS": 1}],
)
def test_long_slit_spectra_are_skipped(tmp_path: Path, cards: dict[str, Any]) -> None:
    with pytest.raises(NotAnImageError, match="two-dimensional spectrum"):
        names(write(tmp_path / "a.fits", image(None, **cards)))


def test_a_sky_image_of_a_spectrograph_is_an_image(tmp_path: Path) -> None:
    hdu = fits.PrimaryHDU(noise(), tan_header(10, 20, (40, 50)))
    hdu.header["DISPAXIS"] = 1
    assert names(write(tmp_path / "a.fits", hdu)) == ["0"]


@pytest.mark.parametrize(
    ("cards", "origin", "shape"),
    [
        ({"DATASEC": "[9:48,1:40]"}, (8, 0), (40, 40)),
        ({"TRIMSEC": "[ 11: 50, 3: 40]"}, (10, 2), (38, 40)),
        ({"DATASEC": "[3:50,1:40]", "TRIMSEC": "[1:46,5:40]"}, (2, 4), (36, 44)),
        ({"BIASSEC": "[1:6,1:40]"}, (6, 0), (40, 44)),
        ({"BIASSEC": "[45:50,1:40]"}, (0, 0), (40, 44)),
        ({"DATASEC": "[33:2080,1:4612]", "BIASSEC": "[0:0,0:0]"}, (0, 0), (40, 50)),
        ({"TRIMSEC": "[3:50, :]"}, (2, 0), (40, 48)),
        ({"DATASEC": "[9:48,1:40]", "BIASSEC": "[1:8,1:40]"}, (8, 0), (40, 40)),
        ({"DATASEC": "nonsense", "TRIMSEC": 7}, (0, 0), (40, 50)),
        ({"DATASEC": "[3:4,1:40]"}, (0, 0), (40, 50)),
    ],
)
def test_overscan_is_cut_and_the_origin_kept(
    tmp_path: Path, cards: dict[str, object], origin: tuple[int, int], shape: tuple[int, int]
) -> None:
    data = noise()
    part = read_one(write(tmp_path / "a.fits", image(None, data, **cards)))
    assert (part.origin, part.pixels.shape) == (origin, shape)
    x, y = origin
    np.testing.assert_array_equal(part.pixels, data[y : y + shape[0], x : x + shape[1]])


def test_flags_weights_and_undefined_pixels_are_masked(tmp_path: Path) -> None:
    data, weight, flags = noise(), np.ones((40, 50), "f4"), np.zeros((40, 50), "i2")
    data[1, 2], data[1, 3], data[1, 4] = np.nan, np.inf, -3.4e38
    weight[5, 6], weight[5, 7] = 0, np.nan
    flags[8, 9] = 4
    part = read_one(write(tmp_path / "a.fits", image("SCI", data), image("WHT", weight), image("DQ", flags)))
    assert part.mask is not None
    assert {tuple(at) for at in np.argwhere(part.mask).tolist()} == {
        (1, 2),
        (1, 3),
        (1, 4),
        (5, 6),
        (5, 7),
        (8, 9),
    }
    assert np.all(part.pixels[part.mask] == 0)
    assert part.noise is not None
    assert np.isfinite(part.noise).all()


def test_companions_go_by_extver_and_by_shape(tmp_path: Path) -> None:
    first, second = np.zeros((40, 50), "i2"), np.zeros((40, 50), "i2")
    first[3, 3], second[7, 7] = 1, 1
    path = write(
        tmp_path / "a.fits",
        image("SCI", EXTVER=1),
        image("SCI", EXTVER=2),
        image("DQ", second, EXTVER=2),
        image("DQ", first, EXTVER=1),
    )  # fmt: skip
    masks = [part.mask for part in read_parts(path)]
    assert [np.argwhere(mask).tolist() for mask in masks if mask is not None] == [[[3, 3]], [[7, 7]]]
    path = write(tmp_path / "b.fits", image("SCI"), image("DQ", np.ones((4, 5), "i2")))
    assert read_one(path).mask is None


@pytest.mark.parametrize(("name", "power"), [("WHT", -0.5), ("VAR", 0.5), ("ERR", 1.0)])
def test_weight_variance_and_error_give_the_relative_noise(tmp_path: Path, name: str, power: float) -> None:
    companion = np.full((96, 96), 4.0, "f4")
    companion[:, 48:] = 64.0
    part = read_one(write(tmp_path / "a.fits", image("SCI", noise(96, 96)), image(name, companion)))
    assert part.noise is not None
    ratio = part.noise[50, 90] / part.noise[50, 5]
    assert ratio == pytest.approx(16.0**power)


def test_the_photon_noise_of_an_object_is_not_noise_of_the_sky(tmp_path: Path) -> None:
    error = np.full((96, 96), 2.0, "f4")
    error[40:50, 40:50] = 30.0
    part = read_one(write(tmp_path / "a.fits", image("SCI", noise(96, 96)), image("ERR", error)))
    assert part.noise is not None
    assert part.noise.max() == 2.0


def test_constant_borders_are_masked(tmp_path: Path) -> None:
    data = noise(60, 80)
    data[:, :9] = 0
    data[-5:] = 0
    for row in range(20):
        data[row, 60 + row :] = 0  # a turned frame leaves a triangle
    part = read_one(write(tmp_path / "a.fits", data))
    assert part.mask is not None
    np.testing.assert_array_equal(part.mask, data == 0)


def test_an_empty_sky_is_no_border(tmp_path: Path) -> None:
    photons = np.zeros((100, 100), "i2")
    photons[RNG.integers(0, 100, 60), RNG.integers(0, 100, 60)] = 1
    assert read_one(write(tmp_path / "a.fits", photons)).mask is None


def test_saturation_comes_from_the_header_or_the_digitiser(tmp_path: Path) -> None:
    assert read_one(write(tmp_path / "a.fits", image(None, SATURATE=42000.0))).saturation == 42000
    assert read_one(write(tmp_path / "b.fits", noise().astype("u2"))).saturation == 65535
    assert read_one(write(tmp_path / "c.fits", noise())).saturation is None


def test_pixel_scale(tmp_path: Path) -> None:
    part = read_one(write(tmp_path / "a.fits", fits.PrimaryHDU(noise(), tan_header(10, 20, (40, 50), 0.25))))
    assert part.pixel_scale == pytest.approx(0.25)
    assert read_one(write(tmp_path / "b.fits", image(None, PIXSCALE=0.4))).pixel_scale == 0.4
    assert read_one(write(tmp_path / "c.fits", image(None, CTYPE1="X", CTYPE2="Y"))).wcs is None
