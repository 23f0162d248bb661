"""Map 2: images that look alike lie together, and stay where they are when the archive grows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.clusters import normalise
from fingerprinting.evaluation.scores.fields import choose_old, score_company
from fingerprinting.evaluation.scores.stability import cells_apart
from fingerprinting.fieldmap import FIELDS, SIDE, FieldMap, field_node, field_nodes, fit_fields
from fingerprinting.layout import lay_out, mend, neighbour_ratio
from fingerprinting.training.collect import Source

TYPES = 24


def draw(
    number: int, seed: int, types: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Draw images of 24 types: unit vectors (n, 400) around a centre each, spread along three axes."""
    fixed = np.random.default_rng(1)
    centres, axes = fixed.standard_normal((TYPES, 400)), fixed.standard_normal((TYPES, 3, 400))
    rng = np.random.default_rng(seed)
    chosen = rng.choice(np.arange(TYPES) if types is None else types, number)
    vectors = centres[chosen] + 0.5 * np.einsum("nk,nkd->nd", rng.standard_normal((number, 3)), axes[chosen])
    return normalise((vectors + 0.1 * rng.standard_normal((number, 400))).astype(np.float32)), chosen


def stay(vectors: NDArray[np.float32], first: FieldMap, second: FieldMap) -> float:
    apart = cells_apart(field_nodes(vectors, first), field_nodes(vectors, second), SIDE)
    return float((apart <= 1).mean())


def test_nodes_of_many_are_those_of_each() -> None:
    vectors, _ = draw(200, 2)
    fields = fit_fields(vectors, 1)
    assert list(field_nodes(vectors, fields)) == [field_node(vector, fields) for vector in vectors]


def test_images_of_one_type_lie_together() -> None:
    vectors, types = draw(900, 3)
    fields = fit_fields(vectors, 1)
    node = field_nodes(*(draw(300, 4)[0], fields))
    figures = score_company(node, draw(300, 4)[1].astype(str), 50)
    alike, others = figures["fields_same_type_together"], figures["fields_other_type_together"]
    assert alike.value > 0.5
    assert others.value < 0.1
    assert alike.low <= alike.value <= alike.high
    assert len(set(types)) == TYPES


def test_company_is_counted_over_pairs() -> None:
    node = np.array([0, 1, 143, 13])  # 13 is a diagonal step from 0
    figures = score_company(node, np.array(["a", "a", "a", "b"]), 10)
    assert figures["fields_same_type_together"].value == pytest.approx(1 / 3)
    assert figures["fields_other_type_together"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_images_stay_when_the_archive_grows_by_half(seed: int) -> None:
    """Issue 4, point 4."""
    vectors, _ = draw(900, seed)
    before = fit_fields(vectors[:600], seed)
    after = fit_fields(vectors, seed, before)
    assert stay(vectors[:600], before, after) >= 0.9
    assert stay(vectors[:600], before, fit_fields(vectors, seed)) < 0.5  # made anew, all would move
    assert neighbour_ratio(after.centroids, SIDE, SIDE) < 1.2 * neighbour_ratio(before.centroids, SIDE, SIDE)


def test_images_stay_when_new_content_comes() -> None:
    old, _ = draw(600, 5, np.arange(16))
    new, _ = draw(300, 6, np.arange(16, TYPES))
    before = fit_fields(old, 1)
    after = fit_fields(np.concatenate([old, new]), 1, before)
    assert stay(old, before, after) >= 0.85
    used = [set(field_nodes(vectors, after)) for vectors in (old, new)]
    assert len(used[1]) >= 10  # what is new has fields of its own
    assert len(used[0] & used[1]) <= 5


def test_a_map_of_other_content_is_laid_out_anew() -> None:
    before = fit_fields(draw(600, 7, np.arange(12))[0], 1)
    vectors, _ = draw(600, 8, np.arange(12, TYPES))
    after, fresh = fit_fields(vectors, 1, before), fit_fields(vectors, 1)
    ratios = [neighbour_ratio(one.centroids, SIDE, SIDE) for one in (after, fresh)]
    assert ratios[0] < 1.25 * ratios[1]


def test_the_same_archive_gives_the_same_map_again() -> None:
    vectors, _ = draw(400, 9)
    first = fit_fields(vectors, 1)
    again = fit_fields(vectors, 1, fit_fields(vectors, 1, first))
    assert stay(vectors, first, again) > 0.97
    assert np.array_equal(fit_fields(vectors, 1, first).centroids, fit_fields(vectors, 1, first).centroids)


def test_a_layout_that_is_smooth_stays() -> None:
    vectors = normalise(np.random.default_rng(4).standard_normal((FIELDS, 3)).astype(np.float32))
    laid = vectors[lay_out(vectors, SIDE, SIDE, 1)]
    order = mend(laid, SIDE, SIDE, 2)
    assert cells_apart(np.arange(FIELDS), order, SIDE).max() <= 2
    assert sorted(order) == list(range(FIELDS))
    mixed = laid[np.random.default_rng(5).permutation(FIELDS)]
    assert neighbour_ratio(mixed[mend(mixed, SIDE, SIDE, 2)], SIDE, SIDE) < 0.6


def test_an_archive_grows_by_images_and_by_kinds_of_them() -> None:
    sources = [Source(f"{i}", f"camera{i % 6}") for i in range(300)]
    chosen = choose_old(sources, 1)
    assert {name: int(old.sum()) for name, old in chosen.items()} == {
        "grown_by_half": 200,
        "new_content": 200,
    }
    cameras = {source.instrument for source, old in zip(sources, chosen["new_content"], strict=True) if old}
    assert len(cameras) == 4
    assert choose_old(sources[:100], 1) == {}
