"""The oddness of objects: what it means, and that lenses have it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.arcs import measure_arcs, read_filters
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


def test_arcs_are_told_from_what_else_is_beside_galaxies() -> None:
    star, pair = window((0, 0, 100)), window((0, 0, 60), (8, 3, 40))
    edge_on = window(*[(x, x / 3, 40 / (1 + abs(x) / 4)) for x in range(-15, 16)])
    spike = window((0, 0, 900), *[(x, 0, 25) for x in range(-30, 31)], *[(0, y, 25) for y in range(-30, 31)])
    crowd = window((0, 0, 50), (9, 1, 60), (-4, 8, 45), (-7, -7, 30), (3, -11, 80))
    hollow = lensed(0.0) - window((0, 0, 30)) * np.float32(0.99)
    plain = measure_arcs(np.stack([star, pair, edge_on, spike, crowd, window((0, 0, 3)), window()]))
    arcs = measure_arcs(np.stack([lensed(0.3), lensed(0.15), lensed(0.0)]))
    assert plain.max() < 0
    assert arcs.min() > plain.max() + 5
    assert measure_arcs(hollow[None]) < arcs.min() - 5  # a star out of focus is no lens


def test_arcs_do_not_turn_with_the_frame() -> None:
    cut = np.stack([lensed(0.2), window((0, 0, 60), (8, 3, 40))])
    assert measure_arcs(np.rot90(cut, axes=(1, 2)).copy()) == pytest.approx(measure_arcs(cut), abs=1e-3)
    assert measure_arcs(cut[:0]).shape == (0,)


def test_evidence_for_arcs_is_what_plain_loops_find() -> None:
    filters = read_filters()
    for cut in (lensed(0.2), window((0, 0, 60), (8, 3, 40))):
        light = [[sample(cut, radius, turn) for radius in range(1, 17)] for turn in range(32)]
        for layer in (filters.first, filters.second):
            around = [[one for tap in range(-2, 3) for one in light[(turn + tap) % 32]] for turn in range(32)]
            light = [answer(layer, values) for values in around]
        columns = list(zip(*light, strict=True))
        pooled = [max(column) for column in columns] + [sum(column) / 32 for column in columns]
        hidden = answer(filters.third, pooled)
        expected = sum(w * v for w, v in zip(filters.last[0], [*hidden, 1.0], strict=True))
        assert measure_arcs(cut[None])[0] == pytest.approx(expected, abs=1e-3)


def sample(cut: NDArray[np.float32], radius: int, turn: int) -> float:
    """Read a point of a circle around the middle of a window: between four pixels, compressed."""
    x, y = (31.5 + radius * wave(2 * math.pi * turn / 32) for wave in (math.cos, math.sin))
    column, row = math.floor(x), math.floor(y)
    across, up = x - column, y - row
    low = cut[row, column] * (1 - across) + cut[row, column + 1] * across
    high = cut[row + 1, column] * (1 - across) + cut[row + 1, column + 1] * across
    light = float(low * (1 - up) + high * up)
    return light / (abs(light) + 4)


def answer(layer: NDArray[np.float32], values: Sequence[float]) -> list[float]:
    """Weigh values by each row of a layer, whose last number is added."""
    return [max(sum(w * v for w, v in zip(row, [*values, 1.0], strict=True)), 0.0) for row in layer.tolist()]


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


@pytest.mark.parametrize("length", [20, 60, 100, 400])
def test_no_more_than_two_in_a_hundred_usual_images_are_in_the_top_two_percent(length: int) -> None:
    series, new = 24_000 // (length + 200), 100
    reached = []
    for number in range(series):
        rng = np.random.default_rng([5, length, number])
        figures = rng.standard_t(4, (length + new, 48))
        figures[:, :8] *= rng.random((length + new, 8)) < 0.05  # fractions, 0 in most images
        vectors = rng.normal(size=(length + new, 24)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        history = History.fit(Evidence(vectors[:length], figures[:length]))
        ranks = history.rank(history.score(Evidence(vectors[length:], figures[length:])))
        reached.append(np.mean(ranks >= 98))
    error = np.std(reached) / math.sqrt(series)
    assert 0.002 < np.mean(reached) < 0.02 + 2.5 * error


def test_images_of_a_history_are_ranked_among_the_others() -> None:
    rng = np.random.default_rng(8)
    vectors = rng.normal(size=(200, 24)).astype(np.float32)
    history = History.fit(Evidence(vectors, rng.standard_t(4, (200, 48))))
    own = history.rank_own()
    assert np.count_nonzero(own >= 98) == 4
    order = np.argsort(history.scores)
    assert own[order][:-1] == pytest.approx(100 * np.arange(199) / 200)
    assert own[order[-1]] > own[order[-2]]


def test_equal_images_are_not_odd_and_farther_ones_always_odder() -> None:
    vectors = np.ones((60, 4), np.float32)
    same = History.fit(Evidence(vectors, np.ones((60, 3))))
    assert same.rank_own().max() == 0
    assert same.rank(same.score(Evidence(vectors[:1], np.ones((1, 3))))) == 0
    rng = np.random.default_rng(9)
    history = History.fit(Evidence(vectors, rng.normal(size=(60, 3))))
    far = Evidence(vectors[:5], np.outer([3, 5, 8, 12, 20], np.ones(3)))
    ranks = history.rank(history.score(far))
    assert np.all(np.diff(ranks) > 0)
    assert 98 < ranks[1] < ranks[-1] <= 100
