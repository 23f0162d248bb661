"""Search vectors of counts and statistics against plain formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.axes import Axes, fit_axes
from fingerprinting.clusters import normalise
from fingerprinting.defects import HIDDEN, KINDS, judge
from fingerprinting.description import DESCRIBED, STATISTICS, PartDescription, Quality
from fingerprinting.fingerprint import (
    OBJECT_AXES,
    distance,
    make_kernel,
    search_vector,
    search_vectors,
    sum_descriptions,
)
from fingerprinting.training.judgement import Network
from fingerprinting.training.maps import Placing

KNOWN = len(STATISTICS)


def place_by(axes: Axes) -> Placing:
    """Join axes and a network that finds some defects in everything."""
    rng = np.random.default_rng(9)
    shapes = (KNOWN, HIDDEN), (HIDDEN,), (HIDDEN, len(KINDS)), (len(KINDS),)
    arrays = [0.2 * rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    return Placing(**vars(axes), **vars(Network(*arrays)))


@pytest.fixture(scope="module")
def archive() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rng = np.random.default_rng(2)
    counts = rng.poisson(rng.gamma(0.5, 1.0, (80, 400)))
    statistics = rng.standard_normal((80, KNOWN)) * np.linspace(1, 9, KNOWN) + 50
    statistics[rng.random((80, KNOWN)) < 0.1] = np.nan
    return counts, statistics


@pytest.fixture(scope="module")
def axes(archive: tuple[NDArray[np.int64], NDArray[np.float64]]) -> Placing:
    centroids = normalise(np.random.default_rng(1).standard_normal((400, 16)).astype(np.float32))
    return place_by(fit_axes(*archive, make_kernel(centroids)))


def unknown() -> NDArray[np.float64]:
    return np.full(KNOWN, np.nan)


def test_a_vector_is_the_formula_of_the_design(axes: Placing) -> None:
    rng = np.random.default_rng(3)
    counts, statistics = rng.poisson(0.2, 400), 50 + 5 * rng.standard_normal(KNOWN)
    statistics[4], statistics[5] = np.nan, 1e9
    total = float(counts.sum())
    p = [(float(counts[i]) + 5 * float(axes.prior[i])) / (total + 5) for i in range(400)]
    smooth = [sum(p[i] * float(axes.kernel[i, j]) for i in range(400)) for j in range(400)]
    objects = (np.sqrt(smooth) - axes.vector_mean) @ axes.object_axes.astype(float)
    usual = (statistics - axes.statistics_centre) / axes.statistics_scale
    usual[4], usual[5] = 0, 5
    whole = np.clip(usual, -5, 5) @ axes.statistics_axes.astype(float)
    shares = judge(np.clip(usual, -5, 5)[None], axes)[0]
    parts = [objects / np.linalg.norm(objects) * total / (total + 5), whole / np.linalg.norm(whole)]
    parts.append(1.5 * np.array([shares[0] - 1, *shares[1:]]))
    plain = np.concatenate(parts) / np.linalg.norm(np.concatenate(parts))
    vector = search_vector(counts, statistics, axes)
    assert vector is not None
    assert vector.dtype == np.float32
    assert vector.shape == (400,)
    assert vector == pytest.approx(plain, abs=1e-5)


def test_vectors_of_many_are_those_of_each(
    axes: Placing, archive: tuple[NDArray[np.int64], NDArray[np.float64]]
) -> None:
    for row, counts, statistics in zip(search_vectors(*archive, axes), *archive, strict=True):
        assert row == pytest.approx(search_vector(counts, statistics, axes), abs=1e-6)


def test_nothing_known_has_no_vector_and_looks_alone_have_one(axes: Placing) -> None:
    nothing = np.zeros(400, np.int32)
    assert search_vector(nothing, unknown(), axes) is None
    vector = search_vector(nothing, np.full(KNOWN, 55.0), axes)
    assert vector is not None
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert not vector[:OBJECT_AXES].any()


def test_a_few_objects_hardly_move_a_frame_without_any(axes: Placing) -> None:
    looks = np.full(KNOWN, 55.0)
    counts = np.zeros((3, 400), np.int32)
    counts[1, 7], counts[2, 7] = 1, 500
    none, one, many = (search_vector(row, looks, axes) for row in counts)
    assert none is not None
    assert one is not None
    assert many is not None
    assert 0 < distance(none, one) < 0.5 * distance(none, many)


def test_distances_of_objects_are_kept_by_their_axes(
    axes: Placing, archive: tuple[NDArray[np.int64], NDArray[np.float64]]
) -> None:
    gram = axes.object_axes.T.astype(float) @ axes.object_axes
    assert np.allclose(gram, np.eye(OBJECT_AXES), atol=1e-5)
    smooth = np.sqrt(
        (archive[0] + 5 * axes.prior) / (archive[0].sum(axis=1, keepdims=True) + 5) @ axes.kernel
    )
    centred = smooth - axes.vector_mean
    kept = np.linalg.norm(centred @ axes.object_axes, axis=1) / np.linalg.norm(centred, axis=1)
    assert kept.min() > 0.999


def test_statistics_are_centred_and_of_like_scale(
    axes: Placing, archive: tuple[NDArray[np.int64], NDArray[np.float64]]
) -> None:
    assert axes.statistics_centre == pytest.approx(np.full(KNOWN, 50), abs=4)
    assert axes.statistics_scale == pytest.approx(np.linspace(1, 9, KNOWN), rel=0.4)
    outlier = archive[1].copy()
    outlier[0] = 1e6
    scale = fit_axes(archive[0], outlier, axes.kernel).statistics_scale
    assert scale == pytest.approx(axes.statistics_scale, rel=0.3)


def test_axes_do_not_depend_on_the_order_of_images(
    axes: Placing, archive: tuple[NDArray[np.int64], NDArray[np.float64]]
) -> None:
    again = place_by(fit_axes(archive[0][::-1], archive[1][::-1], axes.kernel))
    first, second = search_vectors(*archive, axes), search_vectors(*archive, again)
    assert np.allclose(first @ first.T, second @ second.T, atol=1e-4)


def test_an_archive_of_which_nothing_is_known_but_objects_can_be_fitted(
    archive: tuple[NDArray[np.int64], NDArray[np.float64]], axes: Placing
) -> None:
    blind = place_by(fit_axes(archive[0], np.full((80, KNOWN), np.nan), axes.kernel))
    vectors = search_vectors(archive[0], archive[1], blind)
    assert np.isfinite(vectors).all()


def test_a_plane_of_two_parts_is_their_sum() -> None:
    rng = np.random.default_rng(5)
    parts = []
    for number, shape in enumerate([(100, 300), (100, 100)]):
        statistics = np.full(KNOWN, 50.0 + 8 * number, np.float32)
        quality = Quality(0, 1, None, None, None, None, 0, statistics)
        counts = rng.poisson(0.3, 400).astype(np.int32)
        parts.append(
            PartDescription(str(number), number, shape, 9, 1.0, counts, np.zeros(0, DESCRIBED), quality)
        )
    total, statistics = sum_descriptions(parts)
    assert np.array_equal(total, parts[0].fingerprint + parts[1].fingerprint)
    assert statistics == pytest.approx(np.full(KNOWN, 52), rel=1e-6)
