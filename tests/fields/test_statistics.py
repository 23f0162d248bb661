"""Whole-image statistics of frames made by hand, and that cameras do not matter to them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from fingerprinting.description import STATISTICS
from fingerprinting.detect import detect
from fingerprinting.fingerprint import combine_statistics
from fingerprinting.model import Model, load_model
from fingerprinting.quality import measure
from fingerprinting.section import Box
from tests.fields.scenes import NOISE, SIDE, add_stars, look, make_part, noise


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def blank() -> dict[str, float]:
    return look(noise(1))


@pytest.fixture(scope="module")
def stars() -> dict[str, float]:
    return look(add_stars(noise(2), 3))


def test_white_noise_has_no_structure(blank: dict[str, float]) -> None:
    for name in ("structure_8", "structure_32", "stripes", "stripes_across", "correlation", "blur"):
        assert blank[name] == pytest.approx(0, abs=0.3), name
    assert blank["noise_spread"] < 0.1
    assert blank["line"] == 0
    assert blank["sky_gradient"] < 0.3


def test_a_gradient_is_measured_in_sigma() -> None:
    ramp = np.linspace(-1, 1, SIDE) * 4 * NOISE
    found = look(noise(4) + ramp)
    assert np.sinh(found["sky_gradient"]) == pytest.approx(
        4, rel=0.25
    )  # the mesh takes a little of it for noise
    assert abs(found["sky_curvature"]) < 0.5
    turned = look(noise(4) + ramp[:, None])
    assert turned["sky_gradient"] == pytest.approx(found["sky_gradient"], abs=0.05)


def test_a_bowl_is_told_from_a_dome() -> None:
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    bowl, dome = (look(noise(5) + sign * 2 * NOISE * (x**2 + y**2)) for sign in (1, -1))
    assert 1 < np.sinh(bowl["sky_curvature"]) < 5  # the mesh flattens it
    assert -5 < np.sinh(dome["sky_curvature"]) < -1


def test_a_dead_half_shows_in_noise_and_sky(stars: dict[str, float]) -> None:
    frame = add_stars(noise(2), 3)
    frame[:, SIDE // 2 :] = 950 + 0.4 * (noise(6)[:, SIDE // 2 :] - 1000)
    found = look(frame)
    assert found["noise_spread"] == pytest.approx(-np.log(0.4), abs=0.25)
    assert found["noise_spread"] > stars["noise_spread"] + 0.5
    assert found["sky_gradient"] > stars["sky_gradient"] + 1
    assert found["clumping"] > stars["clumping"]


def test_correlated_noise_is_found(blank: dict[str, float]) -> None:
    smooth = gaussian_filter(noise(7) - 1000, 1.0)
    found = look(1000 + NOISE * smooth / smooth.std())
    assert found["correlation"] == pytest.approx(np.exp(-1 / 4), abs=0.08)  # of a Gaussian kernel
    assert found["correlation"] > blank["correlation"] + 0.5


def test_bad_columns_are_stripes_however_the_camera_is_turned(blank: dict[str, float]) -> None:
    frame = noise(8)
    frame += 0.5 * NOISE * np.random.default_rng(9).standard_normal(SIDE)
    frame[:, 100] += 8 * NOISE
    found, turned = look(frame), look(frame.T.copy())
    assert found["stripes"] > blank["stripes"] + 1
    assert found["worst_stripe"] > blank["worst_stripe"] + 0.5
    for name in ("stripes", "stripes_across", "worst_stripe", "worst_stripe_across", "correlation"):
        assert turned[name] == pytest.approx(found[name], abs=0.1), name


def test_trailed_stars_are_long_and_parallel(stars: dict[str, float]) -> None:
    found = look(add_stars(noise(2), 3, stretch=4, angle=0.7))
    assert found["axis_ratio"] > stars["axis_ratio"] + 0.7
    assert found["alignment"] > 0.7
    assert abs(stars["alignment"]) < 0.2


def test_sizes_and_fwhm_are_those_of_the_stars(stars: dict[str, float]) -> None:
    assert np.exp(stars["fwhm"]) == pytest.approx(2.3548 * 1.5, rel=0.07)
    assert stars["density"] == pytest.approx(np.log10(60 / (SIDE**2 / 1e6)), abs=0.1)


def test_a_satellite_trail_is_a_line(stars: dict[str, float]) -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    trail = 8 * NOISE * np.exp(-(((y - 0.6 * x - 90) / 2.5) ** 2))
    assert look(add_stars(noise(2), 3) + trail)["line"] > 0.5 > stars["line"] + 0.2


def test_a_ghost_is_diffuse_light_and_stars_are_not(blank: dict[str, float], stars: dict[str, float]) -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    ghost = 4 * NOISE * (np.abs(np.hypot(x - 200, y - 300) - 35) < 20)
    found = look(add_stars(noise(2), 3) + ghost)
    assert found["diffuse"] > stars["diffuse"] + 1.5
    assert stars["diffuse"] < blank["diffuse"] + 1


def test_saturated_stars_have_plateaus(stars: dict[str, float]) -> None:
    found = look(np.minimum(add_stars(noise(2), 3), 1250))
    assert found["plateau"] > stars["plateau"] + 0.7


def test_cameras_do_not_matter(model: Model) -> None:
    scene = add_stars(noise(2), 3)
    first = look(scene)
    other = look(np.round(7.3 * (scene - 1000) + 300))  # another gain, bias and unit
    noisier = look(scene + 0.3 * NOISE * np.random.default_rng(10).standard_normal(scene.shape))
    scale = dict(zip(STATISTICS, model.statistics_scale, strict=True))
    for name in STATISTICS:
        if np.isfinite(first[name]):
            assert other[name] == pytest.approx(first[name], abs=0.15 * float(scale[name]) + 0.1), name
    moved = [
        abs(noisier[name] - first[name]) / scale[name] for name in STATISTICS if np.isfinite(first[name])
    ]
    assert np.median(moved) < 0.15


def test_masked_pixels_say_nothing() -> None:
    frame, mask = add_stars(noise(2), 3), np.zeros((SIDE, SIDE), bool)
    whole = look(frame)
    frame[100:140, 200:300], mask[100:140, 200:300] = 1e5, True
    found = look(frame, mask)
    for name in ("structure_8", "noise_range", "diffuse", "plateau", "size", "correlation"):
        assert found[name] == pytest.approx(whole[name], abs=0.3), name


def test_a_frame_without_objects_has_statistics_of_its_sky_alone(blank: dict[str, float]) -> None:
    assert np.isfinite(blank["structure_8"])
    assert np.isfinite(blank["density"])
    assert np.isnan(blank["size"])
    assert np.isnan(blank["fwhm"])


def test_a_frame_too_small_to_tell_has_none() -> None:
    assert all(np.isnan(value) for value in look(noise(11, side=24)).values())


def test_tiles_together_say_what_the_whole_frame_says(model: Model) -> None:
    frame = add_stars(noise(2), 3)
    part = make_part(frame)
    detection = detect(part)
    halves = []
    for x0, x1 in ((0, SIDE // 2), (SIDE // 2, SIDE)):
        own = detection.objects[(detection.objects["x"] >= x0) & (detection.objects["x"] < x1)]
        halves.append(measure(part, detection, own, Box(x0, x1, 0, SIDE)).statistics)
    joined = combine_statistics(halves, [1, 1])
    apart = (joined - np.array(list(look(frame).values()))) / model.statistics_scale
    assert np.nanmedian(np.abs(apart)) < 0.3


def test_parts_are_averaged_by_their_pixels_and_unknown_values_left_out() -> None:
    first, second = np.full((2, len(STATISTICS)), 1.0, np.float32)
    second[:] = 4
    first[2] = np.nan
    first[3] = second[3] = np.nan
    joined = combine_statistics([first, second], [2000, 1000])
    assert joined[0] == pytest.approx(2)
    assert joined[2] == pytest.approx(4)
    assert np.isnan(joined[3])
