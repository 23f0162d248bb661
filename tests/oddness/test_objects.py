"""The oddness of objects: what it means, and that lenses have it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.arcs import measure_arcs
from fingerprinting.oddness import Oddness, fit_oddness
from fingerprinting.simulation.lenses import Lens, draw_arcs
from fingerprinting.unlikeness import Evidence, History

N = 20_000


def window(*places: tuple[float, float, float], width: float = 1.5) -> NDArray[np.float32]:
    """Draw points of light (x, y from the centre, peak in sigma) in a window of 64 pixels."""
    y, x = np.mgrid[:64, :64] - 31.5
    light = [peak * np.exp(-((x - dx) ** 2 + (y - dy) ** 2) / 2 / width**2) for dx, dy, peak in places]
    noise = np.random.default_rng(1).normal(size=(64, 64))
    return np.asarray(np.sum(light, axis=0) + noise, np.float32)


def lensed(offset: float) -> NDArray[np.float32]:
    arcs = draw_arcs(Lens(32.0, 32.0, 9.0, offset, 0.3, 1.8, 0.02))
    picture, half = window((0, 0, 30)), arcs.shape[0] // 2
    inside = slice(max(half - 32, 0), half + 32)
    first = max(32 - half, 0)
    piece = arcs[inside, inside] * np.float32(2500)
    picture[first : first + len(piece), first : first + len(piece)] += piece
    return picture


def test_arcs_are_told_from_stars_and_pairs() -> None:
    star, pair = window((0, 0, 100)), window((0, 0, 60), (8, 3, 40))
    faint, hollow = window((0, 0, 3)), lensed(0.0) - window((0, 0, 30)) * np.float32(0.99)
    arcs = measure_arcs(np.stack([star, pair, faint, lensed(0.25), lensed(0.0), hollow]))
    assert arcs[:3].max() < 0.3 < arcs[3:5].min()
    assert arcs.max() <= 1
    assert arcs[5] < 0.3  # a star out of focus is no lens


def test_arcs_do_not_turn_with_the_frame() -> None:
    cut = np.stack([lensed(0.2), window((0, 0, 60), (8, 3, 40))])
    assert measure_arcs(np.rot90(cut, axes=(1, 2)).copy()) == pytest.approx(measure_arcs(cut), abs=0.02)
    assert measure_arcs(cut[:0]).shape == (0,)


@pytest.fixture(scope="module")
def usual() -> tuple[Oddness, NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    node = np.minimum(rng.geometric(0.02, N) - 1, 399).astype(np.intp)
    distance = (rng.gamma(4, 0.02, N) * (1 + node % 5)).astype(np.float32)  # dense and loose nodes
    arcs = rng.beta(1, 9, N).astype(np.float32)
    return fit_oddness(distance, node, arcs, np.ones(N)), distance, node, arcs


def test_oddness_is_the_share_of_the_training_that_is_less_odd(
    usual: tuple[Oddness, NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]],
) -> None:
    oddness, distance, node, arcs = usual
    judged = oddness.judge(distance, node, arcs)
    assert 0 <= judged.min() <= judged.max() < 1
    assert np.mean(judged > 0.98) == pytest.approx(0.02, abs=0.004)
    frequent = node < 100
    dense, loose = judged[frequent & (node % 5 == 0)], judged[frequent & (node % 5 == 4)]
    assert np.mean(dense > 0.95) == pytest.approx(np.mean(loose > 0.95), abs=0.02)


def test_far_rare_and_curved_objects_are_odd(
    usual: tuple[Oddness, NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]],
) -> None:
    oddness, *_ = usual

    def judge(distance: float, node: int, arcs: float) -> float:
        numbers = (np.array([value], np.float32) for value in (distance, arcs))
        far, curved = numbers
        return float(oddness.judge(far, np.array([node]), curved)[0])

    assert judge(0.08, 0, 0.1) < judge(0.16, 0, 0.1) < judge(0.24, 0, 0.1)
    assert judge(0.2, 0, 0.1) < judge(0.2, 300, 0.1)
    assert judge(0.08, 0, 0.1) < 0.9
    assert judge(0.08, 0, 1.0) > 0.98


def test_it_comes_back_from_the_arrays_of_a_model(
    usual: tuple[Oddness, NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]],
) -> None:
    oddness, distance, node, arcs = usual
    arrays = oddness.to_arrays()
    again = Oddness.from_arrays(arrays["usual_nodes"], arrays["usual_levels"])
    assert np.array_equal(again.judge(distance, node, arcs), oddness.judge(distance, node, arcs))


def test_two_in_a_hundred_usual_images_are_in_the_top_two_percent() -> None:
    rng = np.random.default_rng(5)
    figures = rng.standard_t(4, (1300, 48))
    vectors = rng.normal(size=(1300, 400)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    history = History.fit(Evidence(vectors[:500], figures[:500]))
    ranks = history.rank(history.score(Evidence(vectors[500:], figures[500:])))
    assert np.mean(ranks >= 98) == pytest.approx(0.02, abs=0.015)
