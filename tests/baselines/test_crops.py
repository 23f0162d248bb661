"""Cut-outs of the baselines against independent arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.baselines.autoencoder import AutoEncoderSom
from fingerprinting.baselines.pca import PcaKmeans
from fingerprinting.baselines.published import Published, measure_speed
from fingerprinting.baselines.published.crops import choose_side, crop_patches, prepare, resample, scale_crops
from fingerprinting.baselines.twin import Twin
from fingerprinting.cutout import WINDOW, fovea

from .conftest import Sky


def keys(side: int, wanted: int = 128) -> NDArray[np.float64]:
    """Weights (wanted, side) of the cubic kernel of Keys 1981 with a = -1/2, widened where it shrinks."""
    scale = side / wanted
    weights = np.zeros((wanted, side))
    for row in range(wanted):
        t = np.abs((np.arange(side) + 0.5 - (row + 0.5) * scale) / scale)
        near, far = 1.5 * t**3 - 2.5 * t**2 + 1, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
        weights[row] = np.where(t < 1, near, np.where(t < 2, far, 0))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("side", [130, 150, 192])
def test_large_cut_outs_are_resampled_by_the_cubic_kernel(side: int) -> None:
    images = np.random.default_rng(1).standard_normal((3, side, side)).astype(np.float32)
    weights = keys(side)
    assert np.allclose(resample(images), weights @ images @ weights.T, atol=1e-4)


def test_side_follows_the_object() -> None:
    size = np.array([0.5, 7.9, 8.0, 8.1, 31.9, 33.1, 48.0, 60.0], np.float32)
    # 4 times the size, rounded up, made even, kept within 32 and 192
    assert choose_side(size).tolist() == [32, 32, 32, 34, 128, 134, 192, 192]


def test_small_objects_are_cut_in_native_pixels_about_their_middle() -> None:
    patch = np.zeros((1, 192, 192), np.float32)
    patch[0, 95:97, 95:97] = 1.0
    patch[0, 10, 10] = 9.0  # outside the cut-out: it must not count
    crop = crop_patches(patch, np.array([2.0], np.float32))[0]
    assert crop.shape == (128, 128)
    # 4 of 16384 pixels are above the percentile 99, which is 0 here.
    assert not crop.any()
    patch[0, 80:112, 80:112] = 1.0
    crop = crop_patches(patch, np.array([2.0], np.float32))[0]
    assert np.array_equal(np.argwhere(crop).min(axis=0), [48, 48])
    assert np.array_equal(np.argwhere(crop).max(axis=0), [79, 79])


def test_scaling_is_by_percentiles_0_and_99() -> None:
    image = np.random.default_rng(2).gamma(2, 5, (1, 128, 128)).astype(np.float32)
    low, high = image.min(), np.quantile(image, 0.99)
    wanted = np.floor((np.clip(image, low, high) - low) / (high - low) * 255)
    assert np.abs(scale_crops(image).astype(int) - wanted).max() <= 1
    assert not scale_crops(np.full((1, 128, 128), 3.0, np.float32)).any()
    assert prepare(np.array([[[0, 255]]], np.uint8)).ravel().tolist() == [-1.0, 1.0]


def test_crops_of_methods_are_of_the_middle_of_the_patch(other_sky: Sky) -> None:
    patches, size = other_sky.patches[:8], other_sky.size[:8]
    edge = (192 - WINDOW) // 2
    middle = patches[:, edge:-edge, edge:-edge]
    assert np.array_equal(Twin().crop(patches, size), middle.astype(np.float16))
    assert np.allclose(PcaKmeans().crop(patches, size), fovea(middle), atol=1e-3)
    small = AutoEncoderSom().crop(patches, size)
    assert small.dtype == np.uint8
    assert small.min() == 0
    assert small.max() == 255
    stretched = np.arcsinh(middle[:, 16:48, 16:48] / 2)
    low, high = (each(stretched, axis=(1, 2), keepdims=True) for each in (np.min, np.max))
    assert np.allclose(small / 255, (stretched - low) / (high - low), atol=0.003)
    assert Published().crop(patches, size).shape == (8, 128, 128)


def test_speed_of_the_published_network_can_be_measured(other_sky: Sky) -> None:
    speed = measure_speed(other_sky.patches[:64], other_sky.size[:64], rounds=1)
    assert speed["both"] < min(speed["crop"], speed["embed"])
    assert 1 / speed["both"] == pytest.approx(1 / speed["crop"] + 1 / speed["embed"])
