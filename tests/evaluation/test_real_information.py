"""Information beyond metadata: cases whose answer is known, and search with images left out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.evaluation.real.beyond import Facts, plan_frames, score_information, score_search
from fingerprinting.evaluation.real.exclusion import measure_distances, search, share_of_own
from fingerprinting.evaluation.real.information import Information, measure_information
from fingerprinting.evaluation.scores.bootstrap import draw_weights
from fingerprinting.simulation.instruments import INSTRUMENTS, Setup

Codes = NDArray[np.intp]
FRAMES, FIELDS, SETUPS, CONTENTS = 400, 144, 45, 16
RNG = np.random.default_rng(4)
SETUP = RNG.integers(0, SETUPS, FRAMES)
CONTENT = RNG.integers(0, CONTENTS, FRAMES)


def measure(content: Codes, field: Codes, side: int = 12) -> Information:
    return measure_information(content, field, SETUP, side, permutations=10, seed=1)


def test_fields_that_know_nothing_add_nothing() -> None:
    found = measure(CONTENT, RNG.integers(0, FIELDS, FRAMES))
    assert abs(found.bits) < 0.05
    assert found.p_value > 0.05


def test_fields_that_know_the_setup_alone_add_nothing() -> None:
    content = (SETUP // 3 + RNG.integers(0, 3, FRAMES)) % CONTENTS  # the setup tells much of it
    found = measure(content, SETUP * 3 + RNG.integers(0, 3, FRAMES))
    assert found.content < 3
    assert abs(found.bits) < 0.05


def test_fields_that_tell_all_add_nearly_all() -> None:
    found = measure(CONTENT, CONTENT * 9 + RNG.integers(0, 9, FRAMES))
    assert 3.2 < found.bits <= found.content
    assert found.p_value < 0.1


def test_a_noisy_map_is_not_overrated() -> None:
    kept = RNG.random(FRAMES) < 0.7
    told = np.where(kept, CONTENT, RNG.integers(0, CONTENTS, FRAMES))
    right, wrong = 0.7 + 0.3 / CONTENTS, 0.3 / CONTENTS
    truth = np.log2(CONTENTS) + right * np.log2(right) + (CONTENTS - 1) * wrong * np.log2(wrong)
    assert 0.6 * truth < measure(CONTENT, told * 9 + RNG.integers(0, 9, FRAMES)).bits < truth + 0.1


def test_what_field_and_setup_tell_together_is_found() -> None:
    content, setup = RNG.integers(0, 4, FRAMES), RNG.integers(0, 4, FRAMES)
    found = measure_information(content, (content + setup) % 4, setup, 0, permutations=5, seed=1)
    assert found.bits == pytest.approx(2, abs=0.1)


def test_left_out_images_are_no_answers() -> None:
    vectors = np.array([[0.0], [0.1], [0.2], [5.0], [5.1]])
    kind = np.array([0, 0, 1, 0, 1])
    camera = np.array([0, 0, 0, 1, 1])
    distances, wanted = measure_distances(vectors), kind[:, None] == kind
    first, average, chance = search(distances, wanted, np.ones((5, 5), bool), 1)
    assert first.tolist() == [1, 1, 0, 0, 0]
    assert chance.tolist() == [0.5, 0.5, 0.25, 0.5, 0.25]
    first, average, _ = search(distances, wanted, camera[:, None] != camera, 1)
    assert first.tolist() == [1, 1, 0, 0, 1]
    assert np.isfinite(average).all()


def test_frames_that_lie_by_camera_recognise_it() -> None:
    camera = np.repeat([0, 1], 10)
    own = camera[:, None] == camera
    every = np.ones((20, 20), bool)
    by_camera, chance = share_of_own(measure_distances(camera[:, None].astype(float)), own, every)
    by_chance, _ = share_of_own(measure_distances(np.random.default_rng(1).random((20, 3))), own, every)
    assert by_camera.mean() == 1
    assert chance.mean() == pytest.approx(9 / 19)
    assert abs(by_chance.mean() - 9 / 19) < 0.15


def lay_out_facts() -> list[Facts]:
    return plan_frames("train", 4)[1]


def test_content_and_camera_are_told_apart() -> None:
    facts = lay_out_facts()
    weights = draw_weights(len(facts), 20)
    types = np.unique([one.field_type for one in facts], return_inverse=True)[1]
    camera = np.unique([one.setup.instrument.name for one in facts], return_inverse=True)[1]
    noise = 0.01 * np.random.default_rng(2).standard_normal((len(facts), 16))
    content = score_search((np.eye(16)[types] + noise).astype(np.float32), facts, weights)
    instrument = score_search((np.eye(16)[camera] + noise).astype(np.float32), facts, weights)
    assert content["beyond_instrument_p10"].value == 1
    assert content["instrument_recognised"].value < content["instrument_chance"].value + 0.1
    assert instrument["instrument_recognised"].value == 1
    assert instrument["beyond_instrument_p10"].value < 0.2
    assert score_information(types * 9, facts, 20, 5)["map2_information_share"].value > 0.8
    assert score_information(camera * 9, facts, 20, 5)["map2_information_share"].value < 0.05


def test_frames_are_of_each_type_and_instrument_and_disjoint_between_parts() -> None:
    recipes, facts = plan_frames("validation", 2)
    assert len({(one.field_type, one.setup.instrument.name) for one in facts}) == 16 * len(INSTRUMENTS)
    assert len(recipes) == 160
    others, _ = plan_frames("test", 2)
    assert not np.array_equal(recipes[0].look().part.pixels, others[0].look().part.pixels)


def test_a_bias_has_neither_filter_nor_time() -> None:
    setup = Setup(INSTRUMENTS[0], "g", 600.0)
    assert Facts("bias", setup).metadata == (INSTRUMENTS[0].name, "", 0)
    assert Facts("sparse", setup).metadata == (INSTRUMENTS[0].name, "g", 2)
