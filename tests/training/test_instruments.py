"""Frames of fixed instruments: true to their cards, and each with the same bad pixels every time."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprinting.simulation.fields import FIELD_TYPES, render
from fingerprinting.simulation.instruments import INSTRUMENTS, Setup

SHAPE = (240, 260)


@pytest.mark.parametrize("field_type", FIELD_TYPES)
def test_cards_are_those_of_the_setup(field_type: str) -> None:
    setup = Setup(INSTRUMENTS[0], "g", 120.0)
    frame = render(field_type, 3, SHAPE, setup)
    assert frame.header["INSTRUME"] == setup.instrument.name
    assert frame.header["PIXSCALE"] == setup.instrument.pixel_scale
    assert frame.pixels.dtype == np.uint16
    if field_type not in {"bias", "flat"}:
        assert frame.header["EXPTIME"] == 120.0
    if field_type not in {"bias", "dark"}:
        assert frame.header["FILTER"] == "g"
    assert np.array_equal(frame.pixels, render(field_type, 3, SHAPE, setup).pixels)


def test_an_instrument_has_its_hot_pixels_in_every_frame() -> None:
    noisy, clean = INSTRUMENTS[3], INSTRUMENTS[2]

    def hottest(instrument: int, seed: int) -> set[int]:
        frame = render("dark", seed, SHAPE, Setup(INSTRUMENTS[instrument], "r", 900.0))
        return set(np.argsort(frame.pixels, axis=None)[-2000:].tolist())

    same, other = len(hottest(3, 1) & hottest(3, 2)), len(hottest(3, 1) & hottest(1, 2))
    assert noisy.hot_pixels > clean.hot_pixels
    assert same > other + 5


def test_a_longer_exposure_has_a_brighter_sky() -> None:
    short, long = (
        np.median(render("sparse", 5, SHAPE, Setup(INSTRUMENTS[0], "i", time)).pixels)
        for time in (30.0, 600.0)
    )
    assert long > short + 100
