"""What spoils an image, judged from its statistics: the network, its lessons, its place in search vectors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.defects import DEFECTS, HIDDEN, KINDS, SOUND, judge, place
from fingerprinting.description import STATISTICS
from fingerprinting.evaluation.real import spoiling
from fingerprinting.training.judgement import Network, fit_judgement, weigh_lessons
from fingerprinting.training.lessons import Lessons, have_none

KNOWN = len(STATISTICS)


def draw_lessons(seed: int, number: int = 40) -> tuple[Lessons, NDArray[np.float64]]:
    """Draw lessons in which each kind has a statistic of its own, and a camera another."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat(KINDS, number)
    usual = rng.standard_normal((len(kinds), KNOWN))
    usual[:, 20] += rng.choice([-4, 4], len(kinds))
    for code, kind in enumerate(KINDS):
        usual[kinds == kind, code] += 5 * (kind != SOUND)
    real = rng.random(len(kinds)) < 0.3
    return Lessons(kinds, usual.astype(np.float32), real), usual


@pytest.fixture(scope="module")
def network() -> Network:
    return fit_judgement(*draw_lessons(1), 1)


def test_the_names_of_defects_are_those_that_can_be_put_into_frames() -> None:
    assert set(DEFECTS) == set(spoiling.DEFECTS)


def test_a_judgement_is_a_plain_network() -> None:
    rng = np.random.default_rng(2)
    shapes = (KNOWN, HIDDEN), (HIDDEN,), (HIDDEN, len(KINDS)), (len(KINDS),)
    axes, bias, kinds, offsets = (
        np.float32(1 / 9) * rng.standard_normal(shape, np.float32) for shape in shapes
    )
    usual = rng.standard_normal((3, KNOWN))
    shares = judge(usual, Network(axes, bias, kinds, offsets))
    for row, found in zip(usual, shares, strict=True):
        hidden = [np.tanh(sum(row[i] * axes[i, j] for i in range(KNOWN)) + bias[j]) for j in range(HIDDEN)]
        odds = [np.exp(sum(h * kinds[j, k] for j, h in enumerate(hidden)) + offsets[k]) for k in range(9)]
        assert found == pytest.approx(np.array(odds) / sum(odds), rel=1e-4)


def test_what_was_taught_is_known_of_other_frames(network: Network) -> None:
    lessons, usual = draw_lessons(7)
    told = np.array(KINDS)[judge(usual, network).argmax(axis=1)]
    assert np.mean(told == lessons.kinds) > 0.8


def test_the_same_lessons_give_the_same_network(network: Network) -> None:
    again = fit_judgement(*draw_lessons(1), 1)
    for name, array in vars(network).items():
        assert np.array_equal(getattr(again, name), array), name


def test_without_lessons_all_is_sound() -> None:
    blind = fit_judgement(have_none(), np.zeros((0, KNOWN)), 1)
    places = place(judge(np.random.default_rng(3).standard_normal((5, KNOWN)), blind))
    assert np.abs(places).max() < 1e-9


def test_a_sound_image_lies_at_the_origin_and_defects_lie_apart() -> None:
    certain = np.eye(len(KINDS))
    places = place(certain)
    assert not places[0].any()
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    assert apart == pytest.approx(np.sqrt(2) * (1 - certain))


def test_defects_weigh_alike_and_real_frames_as_much_as_others() -> None:
    lessons, _ = draw_lessons(4)
    weight = weigh_lessons(lessons)
    assert weight.sum() == pytest.approx(1)
    assert weight[lessons.real].sum() == pytest.approx(0.5)
    by_kind = [weight[lessons.kinds == kind].sum() for kind in KINDS]
    assert by_kind[1:] == pytest.approx([by_kind[1]] * len(DEFECTS))
    assert by_kind[0] == pytest.approx(4 * by_kind[1])


def test_lessons_are_joined_in_order() -> None:
    first = Lessons.collect([("ghost", np.full(KNOWN, 1, np.float32))], real=True)
    second = Lessons.collect([(SOUND, np.full(KNOWN, 2, np.float32))] * 2, real=False)
    joined = Lessons.join([have_none(), first, second])
    assert joined.kinds.tolist() == ["ghost", SOUND, SOUND]
    assert joined.real.tolist() == [True, False, False]
    assert joined.statistics[:, 0].tolist() == [1, 2, 2]
    assert Lessons.join([]).statistics.shape == (0, KNOWN)
