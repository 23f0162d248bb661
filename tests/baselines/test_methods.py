"""Each baseline learns, keeps what it learnt in a folder, and learns the same from the same seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from caomai.errors import CaomAiError, ParameterError
from fingerprinting.baselines.twin import FittedTwin
from fingerprinting.evaluation.method import Fitted, Frames
from fingerprinting.evaluation.methods import BASELINES, make_method
from fingerprinting.simulation.truth import OBJECT_KINDS

from .conftest import EPOCHS, FEW, IMAGES, KINDS, Bench, Sky

Fit = Callable[[str], Fitted]
every = pytest.mark.parametrize("name", sorted(BASELINES))


def see(fitted: Fitted, name: str, sky: Sky) -> NDArray[np.int16]:
    return fitted.assign(fitted.embed(make_method(name, Path()).crop(sky.patches, sky.size)))


def count(node: NDArray[np.int16], sky: Sky) -> NDArray[np.int32]:
    counts = np.zeros((IMAGES, 400), np.int32)
    np.add.at(counts, (sky.image, node), 1)
    return counts


@every
def test_nodes_tell_kinds_apart_on_objects_not_seen(name: str, fitted: Fit, sky: Sky, other_sky: Sky) -> None:
    """Chance is 0.25; nodes that hold everything, or noise, would not be far from it.

    The published pipeline gets no more than three steps here: what its parts learn, test_losses tells.
    """
    maps = fitted(name)
    code, other = (np.array([KINDS.index(kind) for kind in each.kinds]) for each in (sky, other_sky))
    votes = np.zeros((400, len(KINDS)), int)
    np.add.at(votes, (see(maps, name, sky), code), 1)
    right = votes.argmax(axis=1)[see(maps, name, other_sky)] == other
    assert right.mean() > (0.5 if name == "published" else 0.85)


@every
def test_what_is_saved_gives_the_same_nodes_and_vectors(
    name: str, fitted: Fit, other_sky: Sky, frames: Frames, tmp_path: Path
) -> None:
    maps = fitted(name)
    maps.save(tmp_path)
    again = make_method(name, Path()).load(tmp_path)
    node = see(maps, name, other_sky)
    assert np.array_equal(see(again, name, other_sky), node)
    counts = count(node, other_sky)
    assert np.array_equal(again.vectors(counts, frames), maps.vectors(counts, frames))
    assert np.array_equal(again.nodes, maps.nodes)
    assert (again.epochs, again.seconds) == (maps.epochs, maps.seconds)
    assert not [path for path in tmp_path.iterdir() if path.suffix not in {".onnx", ".npz", ".json"}]


@every
def test_the_same_seed_gives_the_same_weights(name: str, bench: Bench, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        bench.fit(name, FEW[name]).save(tmp_path / folder)
    for path in (tmp_path / "first").iterdir():
        if path.suffix != ".json":
            assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes(), path.name


@every
def test_a_budget_of_epochs_is_kept(name: str, fitted: Fit, sky: Sky) -> None:
    assert fitted(name).epochs == pytest.approx(EPOCHS[name], abs=257 / len(sky.size))


@every
def test_a_damaged_folder_is_an_error_that_says_so(name: str, fitted: Fit, tmp_path: Path) -> None:
    fitted(name).save(tmp_path)
    (tmp_path / "arrays.npz").write_bytes((tmp_path / "arrays.npz").read_bytes()[:200])
    with pytest.raises(CaomAiError, match="fit it again"):
        make_method(name, Path()).load(tmp_path)


@pytest.mark.parametrize("name", ["ae-som", "pca-kmeans"])
def test_images_of_like_content_are_nearest(name: str, fitted: Fit, bench: Bench) -> None:
    maps = fitted(name)
    vectors = maps.vectors(count(see(maps, name, bench.sky), bench.sky), bench.frames)
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert np.mean(apart.argmin(axis=1) % 2 == np.arange(IMAGES) % 2) > 0.75


@every
def test_images_without_objects_have_vectors(name: str, fitted: Fit, frames: Frames) -> None:
    vectors = fitted(name).vectors(np.zeros((IMAGES, 400), np.int32), frames)
    assert len(vectors) == IMAGES
    assert np.isfinite(vectors).all()


def test_the_nodes_of_the_twin_are_its_classes(fitted: Fit, other_sky: Sky) -> None:
    maps = fitted("twin")
    assert isinstance(maps, FittedTwin)
    node = see(maps, "twin", other_sky)
    kinds = np.array(OBJECT_KINDS)[node]
    assert np.mean(kinds == other_sky.kinds) > 0.85
    assert set(kinds) <= set(KINDS)


def test_the_twin_prefers_frequent_classes_only_when_asked_for_plain_accuracy() -> None:
    shares = np.full((2, 17), 1 / 17, np.float32)
    shares[1] = 0
    shares[1, :2] = 0.9, 0.1
    logits = np.zeros((17, 128), np.float32)
    logits[1, 0] = 1
    # An embedding in favour of class 1 by a factor e, while class 0 is nine times as frequent.
    embedding = np.zeros((1, 128), np.float32)
    embedding[0, 0] = 1
    maps = FittedTwin(None, logits, np.zeros(17, np.float32), shares, 0, 0)  # type: ignore[arg-type]
    assert maps.assign(embedding)[0] == 1
    assert maps.assign_plain(embedding)[0] == 0


def test_a_twin_that_is_told_nothing_is_refused(bench: Bench) -> None:
    with pytest.raises(ParameterError, match="kind is known"):
        bench.fit("twin", 1.0, kinds=np.full(len(bench.sky.size), ""))
