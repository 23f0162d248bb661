"""Each score against a case worked out by hand, or against another way of computing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Context, Seen
from fingerprinting.evaluation.method import Frames, Objects
from fingerprinting.evaluation.scores.bootstrap import (
    bound,
    count_pairs,
    draw_weights,
    mean,
    mean_of_shares,
    share,
)
from fingerprinting.evaluation.scores.grid import trustworthiness
from fingerprinting.evaluation.scores.halves import rank_other_half, score_halves
from fingerprinting.evaluation.scores.kinds import Truth, name_nodes, score_predictions, score_recall
from fingerprinting.evaluation.scores.neighbours import find_nearest, predict, vote
from fingerprinting.evaluation.scores.occupation import effective_nodes, score_occupation
from fingerprinting.evaluation.scores.retrieval import average_precision, rank_others, score_retrieval
from fingerprinting.evaluation.scores.stability import cells_apart, share_by_frame
from fingerprinting.evaluation.scores.usable import score_usable
from fingerprinting.evaluation.scoring import score_kinds
from fingerprinting.training.collect import Source


def test_interval_of_a_mean_is_that_of_the_central_limit() -> None:
    values = np.random.default_rng(1).normal(5, 2, 400)
    figure = mean(values, draw_weights(400, 4000))
    assert figure.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / 20
    assert (figure.low, figure.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_objects_of_one_frame_do_not_narrow_the_interval() -> None:
    """A frame is all right or all wrong: 100 objects of each tell no more than one."""
    right = np.random.default_rng(2).random(60) < 0.5
    weights = draw_weights(60, 2000)
    one, hundred = (share(right * n, np.full(60, n), weights) for n in (1, 100))
    assert (one.value, one.low, one.high) == pytest.approx((hundred.value, hundred.low, hundred.high))
    assert one.high - one.low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(60), rel=0.1)


def test_resamples_are_the_same_for_every_method() -> None:
    weights = draw_weights(30, 50)
    assert np.array_equal(weights, draw_weights(30, 50))
    assert (weights.sum(axis=1) == 30).all()


def test_missing_values_and_classes_count_for_nothing() -> None:
    weights = np.eye(3)
    assert mean(np.array([1.0, np.nan, 0.0]), weights).value == 0.5
    assert bound(0.3, np.full(4, np.nan)).low == 0.3
    hits, total = np.array([[1, 0], [1, 0], [2, 3]]), np.array([[2, 0], [2, 0], [2, 4]])
    figure = mean_of_shares(hits, total, weights)
    assert figure.value == pytest.approx((4 / 6 + 3 / 4) / 2)
    assert figure.high <= (1 + 3 / 4) / 2  # the first two frames lack the second class: 0.5 alone
    assert figure.low == pytest.approx(0.5)


def test_nodes_are_named_by_number_or_by_rate() -> None:
    votes = np.array([[90, 4], [10, 0], [0, 1], [0, 0]])
    assert list(name_nodes(votes, balanced=False)) == [0, 0, 1, 0]
    # 90 of 100 against 4 of 5: the first kind still; with 80 of 5 it would not be.
    assert list(name_nodes(votes, balanced=True)) == [0, 0, 1, 0]
    votes[0] = [79, 4]
    votes[1] = [21, 0]
    assert list(name_nodes(votes, balanced=True)) == [1, 0, 1, 0]


def test_accuracy_and_recall_of_predictions_by_hand() -> None:
    truth = Truth(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 0, 0, 1]), np.array(["star", "trail"]), 2)
    plain, balanced = np.array([0, 0, 0, 0, 0]), np.array([0, 1, 0, 0, 1])
    weights = draw_weights(2, 100)
    figures = score_predictions(plain, balanced, truth, weights, "node")
    assert figures["node_accuracy"].value == pytest.approx(4 / 5)
    assert figures["node_accuracy_balanced"].value == pytest.approx((3 / 4 + 1) / 2)
    recall = score_recall(balanced, truth, weights)
    assert {name: one.value for name, one in recall.items()} == {"recall_star": 0.75, "recall_trail": 1.0}


def test_nearest_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(3)
    base, query = rng.normal(size=(700, 5)).astype(np.float32), rng.normal(size=(600, 5)).astype(np.float32)
    apart = np.linalg.norm(query[:, None].astype(float) - base[None], axis=2)
    assert np.array_equal(find_nearest(base, query, 10), np.argsort(apart, axis=1)[:, :10])
    apart = np.linalg.norm(base[:, None].astype(float) - base[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert np.array_equal(find_nearest(base, base, 3, itself=True), np.argsort(apart, axis=1)[:, :3])


def test_votes_are_counted_and_the_nearest_settles_ties() -> None:
    classes = np.array([[0, 1, 1, 2], [2, 1, 1, 2], [1, 2, 2, 1]])
    assert list(vote(classes, np.ones(3))) == [1, 2, 1]
    assert list(vote(classes, np.array([9.0, 1, 1]))) == [0, 2, 1]


def test_balanced_neighbours_find_rare_kinds() -> None:
    """Ten rare objects among a thousand others at the same place."""
    rng = np.random.default_rng(4)
    base = rng.normal(size=(1010, 2)).astype(np.float32)
    kind = np.repeat([0, 1], [1000, 10])
    plain, balanced = predict((base, kind), base[-10:], 2)
    assert plain.sum() == 0
    assert balanced.sum() == 10


def test_effective_nodes_are_those_in_even_use() -> None:
    counts = np.zeros((2, 400), int)
    counts[0, :4], counts[1, 7] = 5, 9
    assert effective_nodes(counts) == pytest.approx([4, 1])
    figure = score_occupation(np.random.default_rng(3).poisson(0.01, (60, 400)), draw_weights(60, 200))
    assert figure.low < figure.value < figure.high
    assert effective_nodes(np.zeros(400)) == pytest.approx(1)


def test_cells_apart_are_kings_moves() -> None:
    first, second = np.array([0, 21, 19, 399], np.int16), np.array([21, 21, 20, 0], np.int16)
    assert list(cells_apart(first, second, 20)) == [1, 0, 19, 19]


def test_share_by_frame_counts_objects() -> None:
    kept, frame = np.array([True, True, False, False]), np.array([0, 2, 2, 2])
    assert share_by_frame(kept, frame, 3, draw_weights(3, 20)).value == 0.5


def slow_trustworthiness(vectors: np.ndarray, cells: np.ndarray, k: int) -> float:
    """Venna & Kaski 2001, eq. 1, word by word."""
    n, total = len(vectors), 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        by_vector = sorted(others, key=lambda j: (np.sum((vectors[i] - vectors[j]) ** 2), j))
        by_cell = sorted(others, key=lambda j: (np.sum((cells[i] - cells[j]) ** 2), j))
        rank = {j: place for place, j in enumerate(by_vector, 1)}
        total += sum(rank[j] - k for j in by_cell[:k] if rank[j] > k)
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * total


def test_trustworthiness_is_that_of_its_definition() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(36, 4))
    cells = np.stack([np.arange(36) % 6, np.arange(36) // 6], axis=1)
    assert trustworthiness(vectors, 6, 6, 5) == pytest.approx(slow_trustworthiness(vectors, cells, 5))
    assert trustworthiness(rng.normal(size=(400, 16)), 20, 20) == pytest.approx(0.5, abs=0.05)
    assert trustworthiness(cells + 1e-9 * vectors[:, :2], 6, 6, 8) > 0.98


def test_average_precision_by_hand() -> None:
    right = np.array([[True, False, True, False], [False, False, False, True], [False] * 4])
    assert average_precision(right)[:2] == pytest.approx([(1 + 2 / 3) / 2, 1 / 4])
    assert np.isnan(average_precision(right)[2])


def test_retrieval_of_separate_types_is_perfect_and_of_noise_is_chance() -> None:
    rng = np.random.default_rng(6)
    types = np.repeat(["a", "b", "c", "d"], 25)
    apart = np.repeat(np.eye(4) * 9, 25, axis=0) + rng.normal(size=(100, 4))
    weights = draw_weights(100, 200)
    figures = score_retrieval(apart, types, weights)
    assert figures["retrieval_p10"].value == figures["retrieval_map"].value == 1
    chance = score_retrieval(rng.normal(size=(100, 4)), types, weights)
    assert chance["retrieval_p10"].value == pytest.approx(24 / 99, abs=0.05)
    assert chance["retrieval_p10"].low < 24 / 99 < chance["retrieval_p10"].high


def test_precision_is_of_what_can_be_found() -> None:
    """Two frames of each type: the one other is all that the first ten could hold."""
    vectors = np.repeat(np.arange(8.0) * 10, 2)[:, None] + np.tile([0, 1], 8)[:, None]
    figures = score_retrieval(vectors, np.repeat(list("abcdefgh"), 2), draw_weights(16, 20))
    assert figures["retrieval_p10"].value == 1


def test_others_are_ranked_by_euclidean_distance() -> None:
    vectors = np.array([[0.0], [1.0], [3.0]])
    assert rank_others(vectors).tolist() == [[1, 2], [0, 2], [1, 0]]


def test_usable_frames_are_told_by_their_neighbours() -> None:
    types = np.repeat(["sparse", "trailed", "bias"], 10)
    vectors = np.repeat([[0.0, 0], [5, 0], [0.5, 0]], 10, axis=0) + np.random.default_rng(7).normal(
        0, 0.3, (30, 2)
    )
    figures = score_usable(vectors, types, draw_weights(30, 100))
    assert figures["usable_agreement"].value == figures["usable_spoiled_found"].value == 1
    assert figures["field_type_agreement"].value < 1  # sparse and bias lie in one another


def test_the_other_half_is_ranked_among_all_halves() -> None:
    vectors = np.array([[0.0], [1.0], [1.4], [9.0]])
    assert list(rank_other_half(vectors)) == [0, 1, 2, 0]
    figures = score_halves(vectors, np.array([True, True]), np.ones((5, 2)))
    assert figures["other_half_rank1"].value == 0.5
    assert figures["other_half_top5"].value == 1
    assert score_halves(vectors, np.array([False, True]), np.ones((5, 1)))["other_half_rank1"].value == 0.5


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_who_gives_all_halves_the_same_vector_finds_none(value: float) -> None:
    assert rank_other_half(np.full((6, 2), value)).min() >= 4


def test_a_classifier_answers_otherwise_where_the_plain_accuracy_counts() -> None:
    class Sure:
        def assign_plain(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
            return np.zeros(len(embeddings), np.int16)

    kinds = np.array(["a", "a", "a", "b"])
    objects = Objects(np.zeros(4), kinds, np.zeros(4, np.intp), np.zeros(4), np.ones(4))
    nothing = np.zeros((1, 1), np.float32)
    frames = Frames([Source("x", "")], nothing, nothing)
    none, node = cast("Any", None), np.array([0, 1, 0, 1], np.int16)
    seen = Seen(cast("Any", Sure()), objects, frames, none, none, np.zeros((4, 1), np.float32), node)
    context = Context(none, seen, seen, none, Path(), (), (), 1, 10, print)
    figures = score_kinds(none, "", context)
    assert figures["node_accuracy"].value == 0.75  # a for all
    assert figures["node_accuracy_balanced"].value == pytest.approx((2 / 3 + 1) / 2)


def test_pairs_are_counted() -> None:
    counts = count_pairs(np.array([0, 1, 1]), np.array([2, 0, 0]), (2, 3))
    assert counts.tolist() == [[0, 0, 1], [2, 0, 0]]
