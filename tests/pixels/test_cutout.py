"""Cut-outs: what the encoder sees of an object, wherever it lies and however the frame is turned."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprinting.cutout import HIGHEST, LOWEST, cut_out, fovea, windows

RNG = np.random.default_rng(11)
FRAME = RNG.normal(0, 5, (150, 130)).astype("f4")


def test_windows_are_the_pixels_around_an_object_in_sigma() -> None:
    (cut,) = windows(FRAME, 5.0, np.array([60.3]), np.array([70.8]))
    np.testing.assert_allclose(cut, FRAME[70 - 31 : 70 + 33, 60 - 31 : 60 + 33] / 5, rtol=1e-6)


def test_beyond_the_frame_there_is_nothing() -> None:
    x, y = np.array([0.0, 129.0, 64.5, -0.4]), np.array([0.0, 149.0, 2.0, 80.0])
    padded = np.pad(FRAME, 64)
    for cut, x0, y0 in zip(windows(FRAME, 1.0, x, y), x, y, strict=True):
        left, bottom = int(np.floor(x0)) + 64 - 31, int(np.floor(y0)) + 64 - 31
        np.testing.assert_array_equal(cut, padded[bottom : bottom + 64, left : left + 64])


def test_noise_is_that_of_the_place() -> None:
    sigma = np.ones_like(FRAME)
    sigma[:, 65:] = 4
    here, there = windows(FRAME, sigma, np.array([40.0, 90.0]), np.array([75.0, 75.0]))
    assert here.std() == pytest.approx(5, rel=0.1)
    assert there.std() == pytest.approx(5 / 4, rel=0.1)


def test_frames_smaller_than_a_window() -> None:
    small = FRAME[:20, :30].copy()
    (cut,) = windows(small, 1.0, np.array([15.0]), np.array([10.0]))
    assert np.count_nonzero(cut) == small.size


def test_a_turned_frame_gives_turned_cut_outs() -> None:
    x, y = RNG.uniform(32, 97, 40), RNG.uniform(32, 117, 40)  # whole: noise beyond the frame is not turned
    straight = cut_out(FRAME, 5.0, x, y)
    turned = cut_out(np.ascontiguousarray(np.rot90(FRAME)), 5.0, y, 129 - x)
    np.testing.assert_allclose(np.rot90(straight, axes=(2, 3)), turned, atol=1e-6)


def test_the_fovea_holds_the_native_centre_and_the_binned_whole() -> None:
    cut = RNG.normal(0, 1, (3, 64, 64)).astype("f4")
    cut[:, 30:34, 30:34] += 50
    views = fovea(cut)
    assert views.shape == (3, 2, 32, 32)
    assert views.dtype == np.float32
    for view, window in zip(views, cut, strict=True):
        binned = window.reshape(32, 2, 32, 2).mean(axis=(1, 3))
        for channel, scale in ((view[0], window[16:48, 16:48]), (view[1], binned)):
            stretched = np.arcsinh(scale / 2)
            peak = np.sort(stretched[12:20, 12:20].ravel())[-5:].mean()
            np.testing.assert_allclose(channel, np.clip(stretched / peak, -0.5, 1.5), atol=1e-5)


@pytest.mark.parametrize("value", [0.0, -40.0, 1e30, 1e-30])
def test_views_stay_in_their_range(value: float) -> None:
    views = fovea(np.full((2, 64, 64), value, np.float32))
    assert np.isfinite(views).all()
    assert LOWEST <= views.min() <= views.max() <= HIGHEST


def test_no_objects_are_no_cut_outs() -> None:
    assert cut_out(FRAME, 1.0, np.zeros(0), np.zeros(0)).shape == (0, 2, 32, 32)
