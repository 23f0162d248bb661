"""The model that comes with the package: whole, small, steady and good enough to be shipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.cutout import cut_out, windows
from fingerprinting.detect import detect
from fingerprinting.encoder import Encoder
from fingerprinting.fingerprint import count_nodes, distance, make_kernel, search_vector
from fingerprinting.layout import neighbour_ratio
from fingerprinting.model import Model, default_folder, load_model
from fingerprinting.nodes import assign
from fingerprinting.parameters import describe_parameters
from fingerprinting.quality import measure_whole
from fingerprinting.simulation.fields import SimulatedFrame, render
from fingerprinting.training.collect import as_part

TYPES = ("sparse", "crowded", "globular", "trailed", "defocused", "bad_seeing", "dark")
SEEDS = (501, 502, 503)


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def encoder(model: Model) -> Encoder:
    return Encoder(model.encoder)


@pytest.fixture(scope="module")
def foveae() -> NDArray[np.float32]:
    detection = detect(as_part(render("crowded", 77, (700, 700))))
    objects = detection.objects
    return cut_out(detection.sky_subtracted, detection.sigma, objects["x"], objects["y"])


def make_vector(model: Model, encoder: Encoder, frame: SimulatedFrame) -> NDArray[np.float32]:
    part = as_part(frame)
    detection = detect(part)
    views = cut_out(detection.sky_subtracted, detection.sigma, detection.objects["x"], detection.objects["y"])
    counts = count_nodes(assign(encoder.embed(views), model.centroids)[0])
    vector = search_vector(counts, measure_whole(part, detection).statistics, model)
    assert vector is not None
    return vector


def test_it_is_small_and_holds_no_images() -> None:
    files = {path.name: path.stat().st_size for path in default_folder().iterdir()}
    assert set(files) == {"encoder.onnx", "maps.npz", "card.toml", "card.md"}
    assert sum(files.values()) < 3_000_000
    assert files["encoder.onnx"] < 1_000_000


def test_it_was_made_with_the_detection_and_cut_outs_of_this_code(model: Model) -> None:
    assert model.card["parameters"] == describe_parameters()


def test_its_figures_are_worth_shipping(model: Model) -> None:
    figures = model.card["evaluation"]
    assert figures["int8_cosine_mean"] >= 0.9995
    assert figures["int8_cosine_min"] >= 0.995
    assert figures["node_accuracy"] > 0.68
    assert figures["node_accuracy_balanced"] > 0.64
    assert figures["retrieval_p10"] > 0.9


def test_its_maps_are_what_they_say(model: Model) -> None:
    assert np.linalg.norm(model.centroids, axis=1) == pytest.approx(np.ones(400), abs=1e-4)
    assert np.linalg.norm(model.fields.centroids, axis=1) == pytest.approx(np.ones(144), abs=1e-4)
    assert np.allclose(model.kernel, make_kernel(model.centroids), atol=1e-5)
    assert model.prior.sum() == pytest.approx(1, abs=1e-4)
    assert neighbour_ratio(model.centroids, 20, 20) < 0.7
    assert neighbour_ratio(model.fields.centroids, 12, 12) < 0.75


def test_embeddings_are_unit_vectors_and_use_many_nodes(
    model: Model, encoder: Encoder, foveae: NDArray[np.float32]
) -> None:
    embeddings = encoder.embed(foveae)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(np.ones(len(foveae)), abs=1e-4)
    node, confidence, oddness = assign(embeddings, model.centroids)
    assert len(set(node)) > 20
    assert 1 / 400 <= confidence.min() <= confidence.max() <= 1
    assert 0 <= oddness.min() <= oddness.max() <= 2


def test_neither_threads_nor_neighbours_in_a_batch_change_an_embedding(
    model: Model, encoder: Encoder, foveae: NDArray[np.float32]
) -> None:
    whole = encoder.embed(foveae)
    assert np.array_equal(Encoder(model.encoder, threads=2).embed(foveae), whole)
    assert np.array_equal(encoder.embed(foveae[::-1])[::-1], whole)
    assert np.array_equal(np.concatenate([encoder.embed(foveae[i : i + 1]) for i in range(40)]), whole[:40])


def test_an_empty_batch_gives_nothing(encoder: Encoder) -> None:
    assert encoder.embed(np.empty((0, 2, 32, 32), np.float32)).shape == (0, 128)


def test_extreme_windows_give_finite_embeddings(encoder: Encoder) -> None:
    frame = np.zeros((64, 64), np.float32)
    frame[30:34, 30:34] = 1e30
    place = np.array([31.5])
    for scale in (0.0, 1.0, -1.0):
        views = cut_out(frame * np.float32(scale), 1.0, place, place)
        assert np.isfinite(encoder.embed(views)).all()
    assert windows(frame, 1.0, place, place).shape == (1, 64, 64)


def test_frames_are_found_again_when_turned_and_types_are_told_apart(model: Model, encoder: Encoder) -> None:
    vectors, turned = [], []
    for field_type in TYPES:
        for seed in SEEDS:
            frame = render(field_type, seed, (500, 500))
            vectors.append(make_vector(model, encoder, frame))
            turned.append(make_vector(model, encoder, replace(frame, pixels=np.rot90(frame.pixels).copy())))
    apart = np.array([[distance(a, b) for b in vectors] for a in turned])
    assert (apart.argmin(axis=1) == np.arange(len(vectors))).all()
    between = np.array([[distance(a, b) for b in vectors] for a in vectors]) + 9 * np.eye(len(vectors))
    nearest_type = between.argmin(axis=1) // len(SEEDS)
    assert (nearest_type == np.arange(len(vectors)) // len(SEEDS)).mean() > 0.7  # by chance: 0.1
