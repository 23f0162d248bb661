"""Views of an object: what a telescope could have seen, stretched as the encoder's input is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fingerprinting.cutout import fovea
from fingerprinting.training.augment import Augmentation, fill, make_view, stretch
from fingerprinting.training.reach import measure_reach

STILL = Augmentation(shift=0.0, zoom=0.0, dimmest=1.0, unturned=1.0, moved=0.0)


@pytest.fixture
def sky_windows() -> NDArray[np.float32]:
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((64, 64, 64), dtype=np.float32)
    y, x = np.mgrid[:64, :64] - 31.5
    blob = 40 * np.exp(-(x**2 / 18 + y**2 / 6)).astype(np.float32)
    noise += blob
    return noise


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def test_the_stretch_of_training_is_that_of_inference(sky_windows: NDArray[np.float32]) -> None:
    sky_windows[0] = 0
    sky_windows[1, :, 50:] = 0
    assert np.allclose(stretch(fill(torch.from_numpy(sky_windows))).numpy(), fovea(sky_windows), atol=2e-6)


def test_unturned_views_are_the_window_in_one_of_eight_orientations(sky_windows: NDArray[np.float32]) -> None:
    views = make_view(torch.from_numpy(sky_windows), STILL, generator()).numpy()
    orientations = [
        fovea(np.ascontiguousarray(np.rot90(mirrored, turns, axes=(1, 2))))
        for mirrored in (sky_windows, sky_windows[:, :, ::-1])
        for turns in range(4)
    ]
    apart = np.abs(np.stack(orientations) - views[None]).max(axis=(2, 3, 4))
    assert (apart.min(axis=0) < 1e-3).all()
    assert len(set(apart.argmin(axis=0))) == 8


def test_any_turn_keeps_the_noise_at_one_sigma() -> None:
    noise = torch.randn((256, 64, 64), generator=generator())
    # A pixel of huge value in the core fixes the scale of the stretch, so that the rest can be read back.
    noise[:, 28:36, 28:36] = 1e4
    views = make_view(noise, Augmentation(zoom=0.0, shift=0.0, unturned=0.0, moved=0.0), generator())
    outer = views[:, 0, :6, :].numpy() * np.arcsinh(1e4 / 2)
    dimmed = 2 * np.sinh(outer)
    assert dimmed.std() == pytest.approx(1, abs=0.1)


def test_what_lies_beyond_the_frame_becomes_noise_of_one_sigma() -> None:
    windows = torch.full((200, 64, 64), 30.0)
    windows[:, :, 44:] = 0
    plan = Augmentation(shift=0.0, zoom=0.0, dimmest=1.0, unturned=1.0, moved=0.0)
    native = make_view(windows, plan, generator()).numpy()[:, 0] * np.arcsinh(30 / 2)
    sigmas = 2 * np.sinh(native[native < 0.5 * np.arcsinh(30 / 2)])
    assert sigmas.std() == pytest.approx(1, abs=0.05)
    binned = make_view(windows, plan, generator()).numpy()[:, 1]
    assert (binned < 0.5).mean() == pytest.approx(20 / 64, abs=0.01)


def test_surroundings_change_and_the_object_stays(sky_windows: NDArray[np.float32]) -> None:
    windows = torch.from_numpy(sky_windows)
    windows[:, 2:10, 2:62] += 50.0  # a neighbour on one side of each object
    plan = Augmentation(shift=0.0, zoom=0.0, dimmest=1.0, unturned=1.0, moved=1.0)
    native = stretch(windows)[:, 0, 12:20, 12:20].amax(dim=(1, 2))
    views = make_view(windows, plan, generator())
    assert torch.allclose(views[:, 0, 12:20, 12:20].amax(dim=(1, 2)), native, atol=1e-5)
    bright = (views[:, 1] > 0.5).float().mean(dim=(1, 2))  # 0.12 of a window is its neighbour
    assert (bright < 0.02).float().mean() == pytest.approx(0.5, abs=0.25)  # those that went to empty sky


@pytest.mark.parametrize(("long", "wide", "reach"), [(3, 3, 8), (9, 3, 24), (30, 3, 30)])
def test_the_reach_of_an_object_is_where_its_light_ends(long: float, wide: float, reach: float) -> None:
    y, x = np.mgrid[:64, :64] - 31.5
    turned = x * np.cos(0.5) + y * np.sin(0.5), y * np.cos(0.5) - x * np.sin(0.5)
    light = 40 * np.exp(-((turned[0] / long) ** 2 + (turned[1] / wide) ** 2) / 2)
    noise = np.random.default_rng(2).standard_normal((50, 64, 64))
    measured = measure_reach(torch.from_numpy((noise + light).astype(np.float32)))
    assert float(measured.median()) == pytest.approx(reach, abs=3)


def test_faint_objects_are_not_dimmed_away() -> None:
    window = torch.zeros((300, 64, 64))
    window[:, 30:34, 30:34] = 3.0
    bright = window * 100
    plan = Augmentation(shift=0.0, zoom=0.0, dimmest=0.35, unturned=1.0)
    for source, least in ((window, 0.99), (bright, 0.3)):
        views = make_view(source + 1e-6, plan, generator())
        assert views.isfinite().all()
        assert (views[:, 0, 12:20, 12:20].amax(dim=(1, 2)) > least).float().mean() > 0.99
