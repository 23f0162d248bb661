"""The sky on a mesh: what sep.Background says of whole frames."""

from __future__ import annotations

import numpy as np
import pytest
import sep
from numpy.typing import NDArray

from fingerprinting.mesh import Mesh, fit_meshes

Floats = NDArray[np.float32]


def make_frame(shape: tuple[int, int]) -> Floats:
    """Make a sky that is uneven in level and in noise, in whole steps."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    noise = np.random.default_rng(3).normal(0, 10, shape) * (1 + x / 3000)
    frame: Floats = (1000 + 50 * np.sin(y / 300) + 30 * np.cos(x / 200) + noise).round().astype("f4")
    return frame


def evaluate(mesh: Mesh) -> Floats:
    whole = np.full(mesh.shape, np.nan, np.float32)
    for rows, values in mesh.strips():
        whole[rows].reshape(len(values), -1, mesh.shape[1])[...] = values
    return whole


@pytest.mark.parametrize("shape", [(300, 260), (130, 700), (500, 130), (511, 1000), (100, 90)])
def test_small_frames_have_the_sky_that_sep_gives_them(shape: tuple[int, int]) -> None:
    frame = make_frame(shape)
    wanted = sep.Background(frame, bw=min(128, shape[1]), bh=min(128, shape[0]))
    level, noise = fit_meshes(frame, None, 128)
    assert np.allclose(evaluate(level), wanted.back(), atol=1e-3)
    assert np.allclose(evaluate(noise), wanted.rms(), atol=1e-4)
    assert np.median(level.values) == pytest.approx(wanted.globalback)


@pytest.mark.parametrize("shape", [(700, 90), (513, 600), (1031, 300)])
def test_large_frames_have_the_sky_of_pairs_of_rows(shape: tuple[int, int]) -> None:
    frame = make_frame(shape)
    pairs = np.concatenate([frame[y : y + 2] for y in range(0, shape[0] - 3, 4)])
    wanted = sep.Background(pairs, bw=min(128, shape[1]), bh=64)
    for mesh, values in zip(fit_meshes(frame, None, 128), (wanted.back(), wanted.rms()), strict=True):
        whole = evaluate(mesh)
        assert np.allclose(whole[: 2 * len(pairs)], np.repeat(values, 2, axis=0), atol=1e-3)
        assert np.isfinite(whole).all()


def test_boxes_that_are_mostly_masked_take_their_neighbours_sky() -> None:
    frame = make_frame((500, 600))
    mask = np.random.default_rng(4).random(frame.shape) < 0.1
    mask[:140, :300] = True
    wanted = sep.Background(frame, mask=mask, bw=128, bh=128)
    frame[mask] = 0
    level, noise = fit_meshes(frame, mask, 128)
    assert np.allclose(evaluate(level), wanted.back(), atol=1e-3)
    assert np.allclose(evaluate(noise), wanted.rms(), atol=1e-4)


def test_boxes_without_noise_have_none() -> None:
    frame = np.zeros((300, 300), np.float32)
    frame[200:] = make_frame((100, 300))
    wanted = sep.Background(frame, bw=128, bh=128).rms()
    assert wanted.min() <= 0
    assert np.allclose(evaluate(fit_meshes(frame, None, 128)[1]), wanted, atol=1e-4)
