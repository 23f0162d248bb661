"""Detection: the true objects, few others, on every kind of sky."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.detect import detect
from fingerprinting.image import Part, read_parts
from fingerprinting.noise import kernel_noise, model_sky
from fingerprinting.parameters import DetectionParameters
from tests.pixels.rendering import match, render, scatter, write

SHAPE = (1024, 1024)


def part_of(pixels: NDArray[np.floating], mask: NDArray[np.bool_] | None = None, step: float = 0) -> Part:
    return Part("0", 0, np.ascontiguousarray(pixels, "f4"), mask, None, (0, 0), None, None, None, step=step)


def read_one(path: Path) -> Part:
    (part,) = read_parts(path)
    return part


def drizzle(white: NDArray[np.float32]) -> NDArray[np.float32]:
    """Correlate noise as resampling onto shifted pixels does."""
    rows = 0.55 * white + 0.45 * np.roll(white, 1, 0)
    both = 0.55 * rows + 0.45 * np.roll(rows, 1, 1)
    return np.asarray(both / both.std(), np.float32)


def test_bright_stars_are_found_where_they_are() -> None:
    x, y = scatter(300, SHAPE)
    detection = detect(part_of(render(SHAPE, x, y, np.full(300, 5000.0))))
    assert detection.n_detected == 300
    _, distance = match(x, y, detection.objects["x"], detection.objects["y"])
    assert np.median(distance) < 0.05
    assert distance.max() < 0.3
    assert detection.background == pytest.approx(1000, abs=1)
    assert detection.noise == pytest.approx(10, rel=0.03)


def test_shapes_and_angles_are_those_of_the_object() -> None:
    grid_y, grid_x = np.mgrid[:128, :128] - 64.0
    angle = np.radians(30)
    major = grid_x * np.cos(angle) + grid_y * np.sin(angle)
    minor = grid_y * np.cos(angle) - grid_x * np.sin(angle)
    noise = np.random.default_rng(1).normal(0, 1, (128, 128))
    (found,) = detect(part_of(noise + 2000 * np.exp(-((major / 6) ** 2 + (minor / 3) ** 2) / 2))).objects
    assert found["a"] == pytest.approx(6, rel=0.05)
    assert found["b"] == pytest.approx(3, rel=0.05)
    assert found["theta"] == pytest.approx(angle, abs=0.02)
    assert found["flux"] == pytest.approx(2000 * 2 * np.pi * 18, rel=0.02)


def test_white_noise_gives_no_objects_and_correlated_noise_few() -> None:
    white = np.random.default_rng(2).normal(0, 1, (2048, 2048)).astype("f4")
    assert detect(part_of(white)).n_detected == 0
    correlated = detect(part_of(drizzle(white)))
    assert correlated.threshold > 2.3
    assert correlated.n_detected <= 4


def test_a_drizzled_product_with_its_weights(tmp_path: Path) -> None:
    shape = (2048, 1024)
    x, y = scatter(200, shape, margin=60)
    white = np.random.default_rng(4).normal(0, 1, shape).astype("f4")
    weight = np.full(shape, 1000.0, "f4")
    weight[:, 512:] = 250.0  # half the exposures, twice the noise
    weight[:40] = 0
    science = 0.01 * drizzle(white) * np.sqrt(1000 / np.maximum(weight, 1)) + render(
        shape, x, y, np.full(200, 3.0), sky=0, noise=0, fwhm=2.5
    )
    science[:40] = 0
    path = write(
        tmp_path / "drz.fits",
        fits.ImageHDU(science.astype("f4"), name="SCI"),
        fits.ImageHDU(weight, name="WHT"),
        fits.ImageHDU(np.ones(shape, "i4"), name="CTX"),
    )
    detection = detect(read_one(path))
    nearest, distance = match(x, y, detection.objects["x"], detection.objects["y"])
    assert distance.max() < 0.3
    assert detection.threshold >= 2.5
    assert detection.n_detected - len(set(nearest.tolist())) <= 4
    assert isinstance(detection.sigma, np.ndarray)
    deep, shallow = np.median(detection.sigma[100:, :400]), np.median(detection.sigma[100:, 600:])
    assert shallow == pytest.approx(2 * deep, rel=0.02)


def test_correlation_is_measured_between_the_stars() -> None:
    x, y = scatter(900, SHAPE)
    frame = render(SHAPE, x, y, np.full(900, 4000.0))
    assert kernel_noise(model_sky(part_of(frame), 128), None) == pytest.approx(0.375, abs=0.03)


def test_masked_pixels_make_no_objects_and_hide_none() -> None:
    x, y = scatter(100, SHAPE)
    frame = render(SHAPE, x, y, np.full(100, 5000.0))
    mask = np.zeros(SHAPE, bool)
    mask[:, 500:503] = True
    mask[300:420, 200:330] = True
    frame[mask] = 60000
    detection = detect(part_of(np.where(mask, 0, frame), mask))
    clear = ~mask[np.rint(y).astype(int), np.rint(x).astype(int)] & (np.abs(x - 501) > 8)
    clear &= (x < 190) | (x > 340) | (y < 290) | (y > 430)
    _, distance = match(x[clear], y[clear], detection.objects["x"], detection.objects["y"])
    assert distance.max() < 0.3
    assert np.all(detection.sky_subtracted[mask] == 0)
    assert detection.n_detected <= 100


def test_images_without_objects_are_no_failure() -> None:
    bias = np.random.default_rng(6).normal(300, 4, (256, 256)).round()
    assert detect(part_of(bias, step=1)).n_detected == 0


def test_a_bias_with_less_noise_than_one_step() -> None:
    bias = np.full((256, 256), 300.0)
    bias[np.random.default_rng(6).uniform(size=bias.shape) < 0.001] = 301
    assert detect(part_of(bias, step=1)).n_detected == 0


def test_single_photons_are_no_objects_but_their_clusters_are() -> None:
    rng = np.random.default_rng(8)
    photons = rng.poisson(0.01, (512, 512)).astype("f4")
    photons[200:204, 300:304] += rng.poisson(4, (4, 4))
    detection = detect(part_of(photons, step=1))
    _, distance = match(np.array([301.5]), np.array([201.5]), detection.objects["x"], detection.objects["y"])
    assert distance[0] < 1.5
    assert detection.n_detected < 10
    assert detect(part_of(photons * 1e-4)).n_detected < 10


@pytest.mark.parametrize("value", [0.0, 65535.0])
def test_constant_images_are_refused(value: float) -> None:
    with pytest.raises(UnusableImageError, match=f"is constant: every usable pixel is {value:g}"):
        detect(part_of(np.full((64, 64), value)))


def test_an_image_of_masked_pixels_is_refused() -> None:
    with pytest.raises(UnusableImageError, match="no usable pixel"):
        detect(part_of(np.zeros((64, 64)), np.ones((64, 64), bool)))


def test_full_buffers_raise_the_threshold_until_it_works() -> None:
    rng = np.random.default_rng(9)
    frame = rng.normal(0, 1, (600, 600))
    frame[100:500, 100:500] += 30 + rng.normal(0, 9, (400, 400))
    few, many = (detect(part_of(frame), DetectionParameters(sub_objects=most)) for most in (20, 20_000))
    assert few.threshold > many.threshold
    never = DetectionParameters(sub_objects=2, retries=2)
    with pytest.raises(UnusableImageError, match="structure everywhere"):
        detect(part_of(frame), never)


@pytest.mark.parametrize("power", [-60, 60])
def test_units_do_not_matter(power: int) -> None:
    x, y = scatter(60, (400, 400))
    frame = render((400, 400), x, y, np.full(60, 3000.0))
    plain, scaled = detect(part_of(frame)), detect(part_of(frame * np.float32(2.0) ** power))
    assert plain.n_detected == scaled.n_detected == 60
    np.testing.assert_allclose(scaled.objects["snr"], plain.objects["snr"], rtol=1e-4)


def test_crowded_fields_are_found_without_cleaning_too() -> None:
    x, y = scatter(3000, (1100, 1900))
    part = part_of(render((1100, 1900), x, y, np.full(3000, 3000.0), fwhm=3))
    cleaned, quick = detect(part), detect(part, DetectionParameters(crowded=1000))
    assert cleaned.n_detected == quick.n_detected == 3000
