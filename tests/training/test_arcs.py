"""The filters that find arcs: what they learn from, and that numpy weighs as torch does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from fingerprinting.arcs import ANGLES, LAYOUTS, RADII, Filters, unroll
from fingerprinting.training.arcs import train_filters, unroll_all
from fingerprinting.training.lensing import LENSES, Examples, draw_examples

FRAMES = 8


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def draw(frames: int) -> Examples:
    return draw_examples([], frames, 3, lambda path, error: pytest.fail(f"{path}: {error}"))


@pytest.fixture(scope="module")
def examples() -> Examples:
    return draw(FRAMES)


def test_examples_are_objects_and_lenses_in_empty_places(examples: Examples) -> None:
    assert examples.lensed.sum() == FRAMES * LENSES
    assert examples.windows.shape == (len(examples.lensed), 64, 64)
    first = draw(1)
    assert np.array_equal(first.windows, draw(1).windows)
    lit = first.windows[first.lensed].astype(float)
    middle, edge = lit[:, 16:48, 16:48].mean(axis=(1, 2)), lit[:, :, :4].mean(axis=(1, 2))
    assert np.mean(middle > edge) > 0.7  # elsewhere there may be other objects


def test_filters_learn_to_tell_lenses_and_weigh_as_torch_does(examples: Examples) -> None:
    network = train_filters(examples, 1, steps=60)
    arrays = network.to_arrays()
    assert {name: array.shape for name, array in arrays.items()} == {
        name: shape for name, (_, shape) in LAYOUTS.items()
    }
    light = unroll_all(examples.windows)
    assert light.shape[1:] == (RADII, ANGLES)
    with torch.no_grad():
        wanted = network(torch.from_numpy(light)).numpy()
    weighed = Filters(**arrays).weigh(unroll(examples.windows.astype(np.float32)))
    assert weighed == pytest.approx(wanted, abs=1e-3)
    lenses, others = wanted[examples.lensed], wanted[~examples.lensed]
    assert np.mean(lenses[:, None] > others) > 0.7


def test_the_same_seed_gives_the_same_filters(examples: Examples) -> None:
    first, second = (train_filters(examples, 4, steps=5).to_arrays() for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)
