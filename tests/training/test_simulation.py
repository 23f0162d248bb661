"""The simulator against independent arithmetic: what it says of a frame is what is in the pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from astropy.io import fits
from astropy.wcs import WCS
from scipy import ndimage
from typer.testing import CliRunner

from caomai.errors import ParameterError
from fingerprinting.command_line import register
from fingerprinting.simulation.exposure import Exposure
from fingerprinting.simulation.fields import CALIBRATIONS, FIELD_TYPES, render
from fingerprinting.simulation.galaxies import Galaxy, draw_galaxy
from fingerprinting.simulation.optics import convolve, deposit, make_donut, make_moffat, trail
from fingerprinting.simulation.truth import DISK, SATELLITE_TRAIL, STAR, make_truth, match_kinds
from fingerprinting.simulation.write import choose_types, write_frame, write_set

SHAPE = (300, 340)


@pytest.mark.parametrize("field_type", FIELD_TYPES)
def test_every_type_of_field_is_rendered_from_its_seed(field_type: str) -> None:
    frame, again, other = (render(field_type, seed, SHAPE) for seed in (4, 4, 5))
    assert frame.pixels.shape == SHAPE
    assert frame.pixels.dtype in (np.uint16, np.float32)
    assert np.isfinite(frame.pixels).all()
    assert np.array_equal(frame.pixels, again.pixels)
    assert frame.header == again.header
    assert not np.array_equal(frame.pixels, other.pixels)
    assert len(frame.objects)


def test_field_types_differ_in_their_pixels() -> None:
    seen = {render(field_type, 1, (120, 120)).pixels.tobytes() for field_type in FIELD_TYPES}
    assert len(seen) == len(FIELD_TYPES)


def test_unknown_field_type_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match="'comet' is no field type"):
        render("comet", 1)


def test_a_star_keeps_its_flux_its_place_and_its_width_at_any_position() -> None:
    psf = make_moffat(3.0)
    y, x = np.mgrid[:101, :101]
    widths = []
    for place in ((50.0, 50.0), (50.5, 50.5), (49.83, 50.21)):
        scene = np.zeros((101, 101), np.float32)
        deposit(scene, np.array([place[0]]), np.array([place[1]]), np.array([1000.0]))
        light = convolve(scene, psf).astype(float)
        assert light.sum() == pytest.approx(1000, rel=1e-4)
        centre = (light * x).sum() / light.sum(), (light * y).sum() / light.sum()
        assert centre == pytest.approx(place, abs=2e-3)
        widths.append(np.sum(light * ((x - place[0]) ** 2 + (y - place[1]) ** 2)) / light.sum())
    assert widths == pytest.approx([widths[0]] * 3, rel=1e-3)


def test_moffat_has_the_width_that_was_asked_for() -> None:
    psf = make_moffat(10.0, beta=3.5)
    profile = psf[psf.shape[0] // 2]
    above = np.interp(-psf.max() / 2, -profile[profile.argmax() :], np.arange(profile.argmax() + 1))
    assert 2 * above == pytest.approx(10.0, rel=0.02)


def test_point_spread_functions_have_unit_sum_and_their_own_shape() -> None:
    donut, star = make_donut(8.0), make_moffat(3.0)
    smeared = trail(star, 15.0, 0.0)
    for psf in (donut, star, smeared):
        assert psf.sum() == pytest.approx(1, abs=1e-5)
    middle = donut.shape[0] // 2
    assert donut[middle, middle] < 0.2 * donut.max()
    long, across = (np.count_nonzero(smeared.sum(axis=axis) > 0.02) for axis in (0, 1))
    assert long >= across + 9


def test_a_galaxy_sums_to_its_flux() -> None:
    scene = np.zeros((201, 201), np.float32)
    draw_galaxy(scene, Galaxy(DISK, 100.3, 99.8, 5000.0, 4.0, 0.7, 0.4), np.random.default_rng(1))
    assert scene.sum() == pytest.approx(5000, rel=1e-4)
    assert ndimage.center_of_mass(scene) == pytest.approx((99.8, 100.3), abs=0.1)


def test_noise_is_that_of_sky_and_read_out() -> None:
    exposure = Exposure(np.random.default_rng(3), (400, 400))
    counts = exposure.read_out()
    camera = exposure.camera
    assert counts.std() == pytest.approx(camera.sigma / camera.gain, rel=0.01)
    assert counts.mean() == pytest.approx(camera.bias + camera.sky / camera.gain, rel=0.001)


def test_truth_flux_and_position_are_those_of_the_pixels() -> None:
    frame = render("sparse", 11, (900, 900))
    others, stars = frame.objects, frame.objects[frame.objects["kind"] == STAR]
    checked = 0
    for star in stars[np.argsort(-stars["flux"])][:25]:
        apart = np.hypot(others["x"] - star["x"], others["y"] - star["y"])
        x, y = round(float(star["x"])), round(float(star["y"]))
        if np.sort(apart)[1] < 40 or not (20 < x < 880 and 20 < y < 880):
            continue
        stamp = frame.pixels[y - 14 : y + 15, x - 14 : x + 15].astype(float)
        border = np.r_[stamp[0], stamp[-1], stamp[:, 0], stamp[:, -1]]
        local = stamp - np.median(border)
        error = border.std() * np.sqrt(stamp.size * (1 + 1.57 * stamp.size / border.size))
        assert abs(local.sum() - star["flux"]) < 4 * error + 0.06 * star["flux"]
        core = np.maximum(local[10:19, 10:19], 0)
        row, column = ndimage.center_of_mass(core)
        assert (x - 4 + column, y - 4 + row) == pytest.approx((star["x"], star["y"]), abs=0.4)
        checked += 1
    assert checked >= 3


def test_written_frames_carry_honest_headers_and_a_wcs_that_astropy_confirms(tmp_path: Path) -> None:
    frame = render("galaxy_cluster", 2, SHAPE)
    write_frame(frame, tmp_path / "cluster.fits")
    with fits.open(tmp_path / "cluster.fits") as hdus:
        hdus.verify("exception")
        header, data = hdus[0].header, hdus[0].data
        assert np.array_equal(data, frame.pixels)
        assert header["INSTRUME"].startswith("SIM")
        assert header["IMAGETYP"] == "object"
        assert "Simulated" in str(header["COMMENT"])
        sky = WCS(header).pixel_to_world(frame.objects["x"], frame.objects["y"])
    apart = np.hypot(
        (sky.ra.deg - frame.objects["ra"]) * np.cos(np.deg2rad(frame.objects["dec"])),
        sky.dec.deg - frame.objects["dec"],
    )
    assert apart.max() * 3600 < 1e-4


@pytest.mark.parametrize("field_type", CALIBRATIONS)
def test_calibration_frames_look_at_no_sky(field_type: str) -> None:
    frame = render(field_type, 1, SHAPE)
    assert frame.header["IMAGETYP"] == field_type
    assert "CTYPE1" not in frame.header


def test_half_a_dead_frame_has_no_objects() -> None:
    frame = render("half_dead", 6, (400, 400))
    blocks = frame.pixels[:400, :400].astype(float).reshape(8, 50, 8, 50).std(axis=(1, 3))
    assert blocks.max() > 2 * blocks.min()
    extent = np.ptp(frame.objects["x"]), np.ptp(frame.objects["y"])
    assert min(extent) < 0.7 * 400


def test_small_sets_hold_eight_of_each_type_and_large_ones_all_types(tmp_path: Path) -> None:
    assert len(choose_types(96)) == 12
    assert choose_types(128) == FIELD_TYPES
    assert choose_types(3) == ("sparse",)
    paths = list(write_set(tmp_path, 18, seed=1, shape=(64, 64)))
    assert [path.name for path in paths[:3]] == ["sparse-01.fits", "crowded-01.fits", "sparse-02.fits"]
    assert all(path.exists() for path in paths)


def test_the_command_lists_what_it_wrote(tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    arguments = ["simulate", str(tmp_path), "--frames", "2", "--type", "bias", "--type", "dark", "--json"]
    answer = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert [Path(name).name for name in answer["files"]] == ["bias-01.fits", "dark-01.fits"]
    with fits.open(answer["files"][1]) as hdus:
        assert hdus[0].header["IMAGETYP"] == "dark"


def test_truth_is_matched_by_the_nearest_object_and_then_by_segments() -> None:
    truth = np.concatenate([
        make_truth(STAR, [10.0, 14.0], 10.0, 100.0, radius=3.0),
        make_truth(SATELLITE_TRAIL, 50.0, 50.0, 1e5, radius=2.0, length=200.0, theta=np.pi / 4),
    ])  # fmt: skip
    x, y = np.array([11.0, 30.0, 30.0, 14.5]), np.array([10.0, 30.5, 40.0, 10.0])
    assert list(match_kinds(truth, x, y)) == [STAR, SATELLITE_TRAIL, "", STAR]
