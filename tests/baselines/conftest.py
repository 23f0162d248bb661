"""A small set of four kinds of objects, drawn by formulas, and every baseline fitted to it once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fingerprinting.baselines import autoencoder
from fingerprinting.evaluation.method import PATCH, Budget, Fitted, Frames, Method, Objects
from fingerprinting.evaluation.methods import make_method
from fingerprinting.simulation import truth
from fingerprinting.training.collect import Source

KINDS = (truth.STAR, truth.ELLIPTICAL, truth.SATELLITE_TRAIL, truth.COSMIC_RAY)
IMAGES = 20
# Enough for each to learn four kinds, in a few seconds each.
EPOCHS = {"pca-kmeans": 1.0, "ae-som": 16.0, "twin": 12.0, "published": 0.6}
FEW = {"pca-kmeans": 1.0, "ae-som": 2.0, "twin": 2.0, "published": 0.25}


@dataclass(frozen=True)
class Sky:
    """Patches (n, 192, 192) in sigma, with the size of each object, and what is true of it."""

    patches: NDArray[np.float32]
    size: NDArray[np.float32]
    kinds: NDArray[np.str_]
    image: NDArray[np.intp]

    def objects(self, method: Method) -> Objects:
        """Show the objects to a method."""
        number = len(self.size)
        crops = method.crop(self.patches, self.size)
        weight = np.full(number, 1 / number)
        return Objects(crops, self.kinds, self.image, np.full(number, 0.5), weight)


def hush(line: str) -> None:
    """Say nothing."""


def draw_sky(number: int, seed: int) -> Sky:
    """Draw stars, ellipticals, trails and cosmic rays in turn; even images hold more of the first two."""
    rng = np.random.default_rng(seed)
    patches = rng.standard_normal((number, PATCH, PATCH), dtype=np.float32)
    y, x = np.mgrid[:PATCH, :PATCH] - (PATCH - 1) / 2
    kind = np.arange(number) % len(KINDS)
    for i in range(number):
        shift, angle = rng.uniform(-0.5, 0.5, 2), rng.uniform(0, np.pi)
        u = (x - shift[0]) * np.cos(angle) + (y - shift[1]) * np.sin(angle)
        v = (y - shift[1]) * np.cos(angle) - (x - shift[0]) * np.sin(angle)
        wide, narrow = ((1.8, 1.8), (7.0, 3.5), (1e3, 1.5), (2.5, 0.4))[kind[i]]
        light = rng.uniform(20, 60) * np.exp(-(u**2 / wide**2 + v**2 / narrow**2) / 2)
        patches[i] += light.astype(np.float32)
    size = np.array([1.8, 7.0, 40.0, 2.5], np.float32)[kind]
    image = rng.integers(IMAGES // 2, size=number) * 2 + (rng.random(number) < np.where(kind < 2, 0.1, 0.9))
    return Sky(patches, size, np.array(KINDS)[kind], image.astype(np.intp))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def sky() -> Sky:
    return draw_sky(480, seed=1)


@pytest.fixture(scope="session")
def other_sky() -> Sky:
    return draw_sky(200, seed=2)


@pytest.fixture(scope="session")
def frames() -> Frames:
    rng = np.random.default_rng(3)
    sources = [Source(f"{number}", "simulated", "ab"[number % 2]) for number in range(IMAGES)]
    thumbnails = rng.standard_normal((IMAGES, 256, 256), dtype=np.float32)
    return Frames(sources, thumbnails, np.zeros((IMAGES, 0), np.float32))


@dataclass(frozen=True)
class Bench:
    """The set, and methods fitted to it."""

    sky: Sky
    frames: Frames

    def fit(self, name: str, epochs: float, **changes: Any) -> Fitted:
        """Fit a method with a seed."""
        method = make_method(name, Path())
        objects = replace(self.sky.objects(method), **changes)
        with pytest.MonkeyPatch.context() as patch:
            # So few objects would give a map of 400 nodes no more than 30 steps.
            patch.setattr(autoencoder, "BATCH", 64)
            return method.fit(objects, self.frames, Budget(epochs=epochs), 1, hush)


@pytest.fixture(scope="session")
def bench(sky: Sky, frames: Frames) -> Bench:
    return Bench(sky, frames)


@pytest.fixture(scope="session")
def fitted(bench: Bench) -> Any:
    return cache(lambda name: bench.fit(name, EPOCHS[name]))
