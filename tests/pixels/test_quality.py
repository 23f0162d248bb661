"""Quality: seeing, tracking, saturation and masks as they were put in; None where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.description import Quality
from fingerprinting.detect import detect
from fingerprinting.image import Part
from fingerprinting.quality import combine, measure
from fingerprinting.section import Box
from tests.pixels.rendering import render, scatter

SHAPE = (600, 800)


def quality_of(
    pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None = None, saturation: float | None = None
) -> Quality:
    part = Part("0", 0, pixels, mask, None, (0, 0), None, saturation, 0.25)
    detection = detect(part)
    return combine(
        [measure(part, detection, detection.objects, Box(0, SHAPE[1], 0, SHAPE[0]))], part.pixel_scale
    )


@pytest.mark.parametrize("fwhm", [2.2, 3.5, 6.0])
def test_fwhm_is_that_of_the_stars(fwhm: float) -> None:
    x, y = scatter(120, SHAPE)
    flux = 10 ** np.random.default_rng(1).uniform(3.8, 5.2, 120)
    quality = quality_of(render(SHAPE, x, y, flux, fwhm=fwhm))
    assert quality.fwhm_pixel == pytest.approx(fwhm, rel=0.05)
    assert quality.fwhm == pytest.approx(0.25 * fwhm, rel=0.05)
    assert quality.elongation == pytest.approx(1, abs=0.06)
    assert quality.background == pytest.approx(1000, abs=1)
    assert quality.noise == pytest.approx(10, rel=0.05)


def test_galaxies_do_not_change_the_seeing() -> None:
    x, y = scatter(100, SHAPE)
    frame = render(SHAPE, x[:60], y[:60], np.full(60, 20_000.0), fwhm=3.0)
    for size, at in zip(np.linspace(5, 14, 40), range(60, 100), strict=True):
        frame += render(
            SHAPE, x[at : at + 1], y[at : at + 1], np.array([60_000.0]), fwhm=size, sky=0, noise=0
        )
    assert quality_of(frame).fwhm_pixel == pytest.approx(3.0, rel=0.05)


def test_trailed_stars_are_elongated() -> None:
    x, y = scatter(60, SHAPE)
    frame = sum(
        render(SHAPE, x + step, y, np.full(60, 4000.0), sky=0, noise=0) for step in np.arange(-6, 7)
    ) + render(SHAPE, x[:0], y[:0], x[:0])
    elongation = quality_of(np.asarray(frame, np.float32)).elongation
    assert elongation is not None
    assert elongation > 2


def test_saturated_and_masked_fractions() -> None:
    frame = render(SHAPE, *scatter(0, SHAPE), np.zeros(0))
    frame[:60] = 50_000
    mask = np.zeros(SHAPE, bool)
    mask[:, :80] = True
    quality = quality_of(np.where(mask, 0, frame).astype(np.float32), mask, 50_000.0)
    assert quality.saturated_fraction == pytest.approx(0.1 * 0.9)
    assert quality.masked_fraction == pytest.approx(0.1)


def test_what_cannot_be_measured_is_not_said() -> None:
    quality = quality_of(render(SHAPE, *scatter(0, SHAPE), np.zeros(0)))
    assert (quality.fwhm, quality.fwhm_pixel, quality.elongation, quality.saturated_fraction) == (None,) * 4
    x, y = scatter(60, SHAPE)
    part = Part("0", 0, render(SHAPE, x, y, np.full(60, 9000.0)), None, None, (0, 0), None, None, None)
    detection = detect(part)
    measured = combine([measure(part, detection, detection.objects, Box(0, 800, 0, 600))], None)
    assert measured.fwhm is None
    assert measured.fwhm_pixel is not None
