"""Nodes, histograms, search vectors, clusters and layouts against plain formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from caomai.errors import CaomAiError, ParameterError
from fingerprinting.clusters import count_effective, find_clusters, normalise
from fingerprinting.fieldmap import FieldMap, field_node, fit_fields
from fingerprinting.fingerprint import count_nodes, fit_means, make_kernel
from fingerprinting.layout import draw_together, grid_positions, lay_out, neighbour_ratio
from fingerprinting.nodes import assign
from fingerprinting.training.maps import count_between


def unit_vectors(n: int, d: int, seed: int) -> NDArray[np.float32]:
    return normalise(np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32))


def test_assignment_is_that_of_brute_force() -> None:
    embeddings, centroids = unit_vectors(500, 8, 1), unit_vectors(40, 8, 2)
    node, confidence, oddness = assign(embeddings, centroids)
    for i in range(500):
        cosine = np.array([float(embeddings[i] @ centroid) for centroid in centroids])
        assert node[i] == cosine.argmax()
        share = np.exp(cosine / 0.05)
        assert confidence[i] == pytest.approx(share.max() / share.sum(), rel=1e-3)
        assert oddness[i] == pytest.approx(1 - cosine.max(), abs=1e-5)


def test_no_objects_are_assigned_to_no_nodes() -> None:
    node, confidence, oddness = assign(np.empty((0, 8), np.float32), unit_vectors(40, 8, 2))
    assert node.shape == confidence.shape == oddness.shape == (0,)
    assert count_nodes(node).sum() == 0


def test_counts_are_a_histogram() -> None:
    counts = count_nodes(np.array([0, 399, 399, 5], np.int16))
    assert counts.dtype == np.int32
    assert counts.shape == (400,)
    assert (counts[0], counts[5], counts[399], counts.sum()) == (1, 1, 2, 4)


def test_kernel_is_a_gaussian_of_the_distance_whose_rows_sum_to_one() -> None:
    centroids = unit_vectors(400, 6, 4)
    kernel = make_kernel(centroids)
    assert kernel.sum(axis=1) == pytest.approx(np.ones(400), abs=1e-5)
    apart = np.linalg.norm(centroids[:, None].astype(float) - centroids[None], axis=2)
    nearest = np.sort(apart, axis=1)[:, 1]
    plain = np.exp(-(apart**2) / (2 * (0.7 * np.median(nearest)) ** 2))
    assert np.allclose(kernel, plain / plain.sum(axis=1, keepdims=True), atol=1e-5)


def test_means_weigh_every_image_the_same_and_leave_empty_ones_out() -> None:
    counts = np.zeros((3, 400), int)
    counts[0, 0], counts[1, 1] = 1000, 1
    prior, mean = fit_means(counts, np.eye(400, dtype=np.float32))
    assert (prior[0], prior[1]) == pytest.approx((0.5, 0.5))
    p = (np.array([[1000, 0], [0, 1]]) + 2.5) / np.array([[1005], [6]])
    assert mean[:2] == pytest.approx(np.sqrt(p).mean(axis=0), abs=1e-6)


def test_clusters_are_found_where_they_are_whatever_the_order_of_sizes() -> None:
    rng = np.random.default_rng(8)
    centres = unit_vectors(6, 20, 5)
    vectors = normalise(
        (centres[rng.integers(6, size=600)] + 0.05 * rng.standard_normal((600, 20))).astype(np.float32)
    )
    found = find_clusters(vectors, 24, seed=1)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(24), abs=1e-5)
    assert (centres @ found.T).max(axis=1).min() > 0.97
    assert np.array_equal(found, find_clusters(vectors, 24, seed=1))


def test_effective_number_counts_clusters_in_even_use() -> None:
    centroids = np.eye(8, dtype=np.float32)
    assert count_effective(np.repeat(centroids[:4], 5, axis=0), centroids) == pytest.approx(4)
    assert count_effective(centroids[:1], centroids) == pytest.approx(1)


def test_too_few_vectors_for_the_clusters_are_refused() -> None:
    with pytest.raises(ParameterError, match="144"):
        fit_fields(unit_vectors(20, 400, 1), seed=1)


def test_layout_is_a_permutation_in_which_neighbours_are_alike() -> None:
    angle = np.random.default_rng(1).uniform(0, 1, (100, 2))
    vectors = normalise(np.c_[np.cos(angle), np.sin(angle)].astype(np.float32))
    order = lay_out(vectors, 10, 10, seed=1)
    assert sorted(order) == list(range(100))
    assert np.array_equal(order, lay_out(vectors, 10, 10, seed=1))
    assert neighbour_ratio(vectors[order], 10, 10) < 0.35
    assert neighbour_ratio(vectors, 10, 10) > 0.9


def test_node_numbers_run_along_x_and_then_upward() -> None:
    positions = grid_positions(20, 20)
    assert tuple(positions[1]) == (1, 0)
    assert tuple(positions[45]) == (5, 2)


def test_field_map_survives_its_bytes_and_finds_the_nearest_field() -> None:
    vectors = unit_vectors(300, 400, 3)
    fields = fit_fields(vectors, seed=2)
    again = FieldMap.from_bytes(fields.to_bytes())
    assert np.array_equal(fields.centroids, again.centroids)
    for vector in vectors[:20]:
        apart = [float(np.linalg.norm(vector - centroid)) for centroid in again.centroids]
        assert field_node(vector, again) == int(np.argmin(apart))


def test_bytes_that_are_no_field_map_are_refused() -> None:
    with pytest.raises(CaomAiError, match="field map is broken"):
        FieldMap.from_bytes(b"PK\x03\x04 nothing")


def test_nodes_between_which_objects_waver_come_to_lie_side_by_side() -> None:
    rng = np.random.default_rng(6)
    flow = np.zeros((30, 30))
    for first, second in rng.permutation(30).reshape(15, 2):  # each node has one other, anywhere on the grid
        flow[first, second] = flow[second, first] = 1.0
    order = draw_together(flow, 6, 5)
    assert sorted(order) == list(range(30))
    cells = grid_positions(6, 5)
    place = cells[np.argsort(order)]
    steps = np.abs(place[:, None] - place[None]).max(axis=2)
    before = np.abs(cells[:, None] - cells[None]).max(axis=2)
    assert (steps[flow > 0] == 1).mean() >= 0.9
    assert (before[flow > 0] == 1).mean() < 0.5


def test_wavering_objects_are_counted_between_the_nodes_they_waver_between() -> None:
    nodes = np.eye(4, dtype=np.float32)
    sure = np.array([[1, 0, 0, 0]], np.float32)
    torn = np.array([[1, 1, 0, 0]], np.float32) / np.sqrt(2).astype(np.float32)
    assert not count_between(np.repeat(sure, 7, axis=0), nodes).any()
    flow = count_between(np.repeat(torn, 8, axis=0), nodes)
    assert flow[0, 1] == flow[1, 0] == pytest.approx(8 / 4)
    assert flow.sum() == pytest.approx(4)
