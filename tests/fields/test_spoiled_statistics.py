"""Statistics that tell what spoils a frame, against plain formulas and frames whose defect is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.detect import detect
from fingerprinting.lines import measure_lines
from fingerprinting.rings import measure_rings, smooth_bins
from fingerprinting.simulation.optics import convolve, make_donut, make_moffat
from fingerprinting.stack import measure_stack
from fingerprinting.steps import measure_steps
from tests.fields.scenes import NOISE, SIDE, add_stars, look, make_part, noise

HALF = SIDE // 2
NOBODY = np.zeros((0, 2))


@pytest.fixture(scope="module")
def stars() -> dict[str, float]:
    return look(add_stars(noise(2), 3))


def sparkle(kernel: NDArray[np.float32], seed: int = 3) -> NDArray[np.float64]:
    """Make a frame of 50 points of light as a kernel shows them."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((SIDE, SIDE), np.float32)
    x, y = rng.integers(30, SIDE - 30, (2, 50))
    scene[y, x] = rng.uniform(2e4, 9e4, 50)
    return noise(seed) + convolve(scene, kernel)


def step_of(frame: NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> dict[str, float]:
    return measure_steps(frame.astype(np.float32), mask, NOISE, NOBODY)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_step_is_the_difference_of_the_medians_of_its_sides(sign: int, *, turned: bool) -> None:
    frame = noise(1)
    frame[:, HALF:] = 1000 + 1.5 * (frame[:, HALF:] - 1000) + sign * 9 * NOISE
    plain = abs(np.median(frame[:, :HALF]) - np.median(frame[:, HALF:])) / NOISE
    found = step_of(frame.T.copy() if turned else frame)
    assert np.exp(found["step"]) == pytest.approx(plain, rel=0.1)
    assert np.sinh(found["step_whole"]) == pytest.approx(plain, rel=0.05)
    dark, bright = sorted((frame[:, :HALF], frame[:, HALF:]), key=np.median)
    assert found["step_noise"] == pytest.approx(np.log(dark.std() / bright.std()), abs=0.1)


def test_slopes_and_single_objects_are_no_steps() -> None:
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    assert step_of(noise(2) + 30 * NOISE * (x + y**2))["step"] < 0
    blob = noise(3)
    blob[100:160, 100:160] += 50 * NOISE
    assert step_of(blob)["step"] < 0


def test_masked_pixels_make_no_step() -> None:
    frame, mask = noise(4), np.zeros((SIDE, SIDE), bool)
    frame[:, 300:], mask[:, 300:] = 0, True
    assert step_of(frame, mask)["step"] < 0
    assert np.isfinite(list(step_of(frame, mask).values())).all()


def test_light_is_missing_from_a_dead_half_and_not_from_one_of_another_gain(stars: dict[str, float]) -> None:
    dead, gained = (add_stars(noise(2), 3, number=200) for _ in range(2))
    dead[:HALF] = 900 + 0.4 * (noise(5)[:HALF] - 1000)
    gained[:HALF] = 950 + 0.8 * (gained[:HALF] - 1000)
    spoiled, changed = look(dead), look(gained)
    assert min(spoiled["step"], changed["step"]) > stars["step"] + 1
    for name in ("step_light", "step_density"):
        assert spoiled[name] < changed[name] - 1, name
        assert abs(changed[name]) < 0.7, name
    assert spoiled["step_noise"] == pytest.approx(np.log(0.4), abs=0.2)


def test_a_frame_of_a_few_rows_has_no_bands() -> None:
    assert measure_steps(noise(1, 34).astype(np.float32), None, NOISE, NOBODY) == {}


def test_a_stack_is_the_profile_of_its_stars(stars: dict[str, float]) -> None:
    assert np.exp(stars["stack_half"]) == pytest.approx(1.5 * 1.1774, abs=0.5)  # of a Gaussian of 1.5 pixels
    assert np.exp(stars["stack_10"]) == pytest.approx(np.sqrt(np.log(10) / np.log(2)), rel=0.15)
    assert stars["dip"] > 0.8
    assert stars["stack_trail"] < 0.1


def test_stars_out_of_focus_have_a_dip_as_deep_as_their_kernel() -> None:
    kernel = make_donut(9.0, hole=0.4, fwhm=1.5)
    middle = kernel.shape[0] // 2
    y, x = np.mgrid[-middle : middle + 1, -middle : middle + 1]
    radius = np.hypot(x, y)
    profile = [kernel[(radius >= r) & (radius < r + 1)].mean() for r in range(12)]
    found = look(sparkle(kernel))
    assert found["dip"] == pytest.approx(np.mean(profile[:2]) / max(profile), abs=0.15)
    assert np.exp(found["stack_half"]) == pytest.approx(9, abs=1)


def test_bad_seeing_is_wide_and_has_wings() -> None:
    good, bad = (look(sparkle(make_moffat(fwhm, beta=3.0, reach=5.0))) for fwhm in (3.0, 9.0))
    assert np.exp(bad["stack_half"]) == pytest.approx(4.5, abs=0.7)
    assert bad["stack_half"] > good["stack_half"] + 0.8
    assert bad["dip"] > 0.85
    assert bad["stack_10"] > np.log(np.sqrt(np.log(10) / np.log(2)))  # a Gaussian's


def test_trails_are_long_in_one_direction(stars: dict[str, float]) -> None:
    found = look(add_stars(noise(2), 3, stretch=4, angle=0.7))
    assert found["stack_length"] == pytest.approx((4**2 - 1) / (4**2 + 1), abs=0.05)  # of second moments
    assert found["stack_trail"] > 0.6
    assert found["stack_direction"] > 0.8 > stars["stack_direction"] + 0.3


def test_galaxies_at_any_angle_are_no_trails() -> None:
    frame = noise(2)
    for number, angle in enumerate(np.linspace(0, np.pi, 40, endpoint=False)):
        frame += add_stars(np.zeros((SIDE, SIDE)), number, number=1, stretch=3, angle=angle)
    found = look(frame)
    assert found["stack_length"] > 0.4
    assert found["stack_trail"] < 0.25


def test_a_saturated_star_is_not_stacked() -> None:
    frame = add_stars(noise(2), 3)
    detection = detect(make_part(frame))
    few = np.sort(detection.objects["peak"])[3]
    assert measure_stack(detection.sky_subtracted, detection.noise, detection.objects, few) == {}


@pytest.mark.parametrize("angle", [0.2, 0.7, 1.2, 2.0])
def test_a_line_is_the_share_of_its_cells_that_are_bright(angle: float) -> None:
    y, x = np.mgrid[:64, :64] - 31.5
    aside = y * np.cos(angle) - x * np.sin(angle)
    bins = np.where(np.abs(aside) < 0.7, 4.0, 0.1 * np.random.default_rng(1).standard_normal((64, 64)))
    found = measure_lines(bins.astype(np.float32), 64)
    assert found["line"] > 0.75
    assert found["line_contrast"] > found["line_upright"] + 1


def test_a_bad_column_is_upright() -> None:
    bins = 0.1 * np.random.default_rng(1).standard_normal((64, 48)).astype(np.float32)
    bins[:, 20] = 3
    found = measure_lines(bins, 64)
    assert found["line_upright"] > found["line_contrast"] + 0.5


def test_scattered_stars_and_nothing_at_all_make_no_line() -> None:
    rng = np.random.default_rng(2)
    bins = (0.1 * rng.standard_normal((64, 64)) + 4 * (rng.random((64, 64)) < 0.06)).astype(np.float32)
    assert measure_lines(bins, 64)["line"] < 0.4
    assert measure_lines(np.zeros((64, 64), np.float32), 64)["line"] == 0
    assert measure_lines(np.full((64, 64), np.nan, np.float32), 64)["line"] == 0


def test_bins_are_smoothed_by_medians_of_three() -> None:
    bins = np.random.default_rng(3).standard_normal((9, 7)).astype(np.float32)
    wide = np.pad(bins, ((1, 1), (0, 0)), mode="edge")
    rows = np.array([[np.median(wide[i : i + 3, j]) for j in range(7)] for i in range(9)])
    wide = np.pad(rows, ((0, 0), (1, 1)), mode="edge")
    wanted = np.array([[np.median(wide[i, j : j + 3]) for j in range(7)] for i in range(9)])
    assert smooth_bins(bins) == pytest.approx(wanted)


def test_a_ghost_has_an_edge_all_around_and_a_galaxy_has_none() -> None:
    y, x = np.mgrid[:64, :64]
    radius = np.hypot(y - 30, x - 33)
    ghost = measure_rings(np.where(radius < 4.5, 3.0, 0.0).astype(np.float32))
    galaxy = measure_rings((12 * np.exp(-radius / 4)).astype(np.float32))
    assert np.exp(ghost["disc"]) == pytest.approx(3, abs=0.1)
    assert ghost["ring_share"] == pytest.approx(1, abs=0.05)
    assert ghost["plateaus"] > np.log10(1 / 64**2) + 0.5
    assert galaxy["ring_share"] < 0.5
    assert galaxy["plateaus"] < ghost["plateaus"]


def test_a_ring_is_darker_in_its_middle() -> None:
    y, x = np.mgrid[:64, :64]
    radius = np.hypot(y - 30, x - 33)
    disc, ring = (np.where((radius < 6) & (radius >= hole), 3.0, 0.0) for hole in (0, 3))
    assert measure_rings(disc.astype(np.float32))["ring"] < 0
    assert np.exp(measure_rings(ring.astype(np.float32))["disc"]) > 0.05
    hollow = ring + np.where(radius < 3, 1.5, 0)
    assert np.exp(measure_rings(hollow.astype(np.float32))["ring"]) == pytest.approx(3, abs=0.3)


def test_stars_and_masked_bins_are_no_rings() -> None:
    rng = np.random.default_rng(4)
    bins = (0.1 * rng.standard_normal((64, 64)) + 4 * (rng.random((64, 64)) < 0.05)).astype(np.float32)
    bins[10:20, 10:20] = np.nan
    assert measure_rings(bins)["ring_share"] == 0
    assert measure_rings(np.full((8, 8), np.nan, np.float32)) == {}


def test_concentration_is_peak_over_light(stars: dict[str, float]) -> None:
    assert np.exp(stars["concentration"]) == pytest.approx(1 / (2 * np.pi * 1.5**2), rel=0.25)
    rays, rng = add_stars(noise(2), 3), np.random.default_rng(5)
    for x, y in rng.integers(20, SIDE - 20, (60, 2)):
        rays[y, x : x + 5] += 60 * NOISE
    found = look(rays)
    assert found["thin"] > stars["thin"] + 0.3


def test_the_longest_object_is_measured_across_the_frame(stars: dict[str, float]) -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    trail = 12 * NOISE * np.exp(-(((y - 0.6 * x - 90) / 2.5) ** 2))
    found = look(add_stars(noise(2), 3, number=15) + trail)
    assert found["longest"] > stars["longest"] + 2
    assert np.exp(found["longest_ratio"]) > 8
