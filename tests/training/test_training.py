"""Training from the command to a model that describes images."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from astropy.io import fits
from typer.testing import CliRunner

from caomai.errors import CaomAiError, ParameterError
from fingerprinting.command_line import register
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.ours import ModelMaps
from fingerprinting.fieldmap import FIELDS, field_node
from fingerprinting.fingerprint import search_vector
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file
from fingerprinting.training.card import write_toml
from fingerprinting.training.collect import (
    Collection,
    Source,
    find_images,
    gather,
    see_real,
    see_simulated,
    weigh,
)
from fingerprinting.training.contrast import Recipe
from fingerprinting.training.evaluate import blind
from fingerprinting.training.images import Image, see
from fingerprinting.training.loop import train_encoder
from fingerprinting.training.maps import count_images, draw_sample, fit_maps
from fingerprinting.training.plan import Plan
from fingerprinting.training.run import train_model
from fingerprinting.training.teller import Teller
from tests.training.conftest import Run


@pytest.fixture(scope="module")
def collection() -> Collection:
    return gather(see_simulated(16, 40, seed=5))


def ignore(*_: object) -> None:
    """Take a report and do nothing."""


def test_trained_model_loads_and_fingerprints_a_frame(run: Run) -> None:
    model = load_model(run.folder)
    assert model.hash == run.answer["hash"]
    (part,) = describe_file(run.images / "crowded-01.fits", model)
    assert part.fingerprint.sum() == len(part.objects) > 50
    vector = search_vector(part.fingerprint, part.quality.statistics, model)
    assert vector is not None
    assert 0 <= field_node(vector, model.fields) < FIELDS


def test_training_says_what_it_does_and_what_it_refused(run: Run) -> None:
    assert "step 24 of 24" in run.said
    assert " left" in run.said
    assert "refused" in run.said
    assert "notes.fits" in run.said


def test_card_tells_training_set_and_figures_to_people_and_programs(run: Run) -> None:
    card = load_model(run.folder).card
    assert card["evaluation"] == run.answer["evaluation"]
    assert card["training"]["real_planes"] == 4
    assert card["training"]["simulated_frames"] == 16
    assert card["training"]["steps"] == 24
    assert 0 < card["evaluation"]["node_accuracy"] <= 1
    assert card["evaluation"]["int8_cosine_mean"] > 0.99
    page = (run.folder / "card.md").read_text()
    assert card["hash"] in page
    assert "node_accuracy_balanced" in page


def test_the_same_steps_and_seed_give_the_same_weights(collection: Collection) -> None:
    recipe = Recipe(steps=4, batch=16)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        first, again, other = (
            train_encoder(collection, recipe, seed, ignore)[0].state_dict() for seed in (1, 1, 2)
        )
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["first.convolution.weight"], other["first.convolution.weight"])


def test_minutes_become_steps(collection: Collection) -> None:
    _, standing = train_encoder(collection, Recipe(minutes=0.01, batch=8), 1, ignore)
    assert standing.step == standing.steps >= 1


def test_maps_fitted_twice_are_equal_and_use_every_image(collection: Collection) -> None:
    rng = np.random.default_rng(1)
    embeddings = rng.standard_normal((len(collection.x), 128)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    first, again = (fit_maps(collection, embeddings, 3) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["prior"].sum() == pytest.approx(1, abs=1e-5)
    assert first["kernel"].sum(axis=1) == pytest.approx(np.ones(400), abs=1e-5)
    counts = count_images(collection, np.zeros(len(collection.x), np.int16))
    assert counts[:, 0].sum() == len(collection.x)


def test_search_vectors_of_many_are_those_of_each(run: Run) -> None:
    model = load_model(run.folder)
    counts = np.random.default_rng(2).poisson(0.3, (5, 400)).astype(np.int32)
    counts[2] = 0
    maps = ModelMaps(model, Encoder(model.encoder))
    frames = blind([Source("image", "camera")] * 5)
    vectors = maps.vectors(counts, frames)
    singles = [search_vector(row, known, model) for row, known in zip(counts, frames.statistics, strict=True)]
    assert singles[2] is None
    assert not vectors[2].any()  # as far from all as unrelated images are from each other, and no nearer
    for vector, single in zip(vectors, singles, strict=True):
        assert single is None or np.allclose(vector, single, atol=1e-6)


def test_no_instrument_dominates_the_training_set() -> None:
    sources = [Source(f"a{i}", "common") for i in range(60)]
    sources += [Source(f"b{i}", f"rare{i}") for i in range(30)]
    image = np.repeat(np.arange(90), 100)
    weight = weigh(sources, image, np.full(len(image), ""), 0.5)
    assert weight.sum() == pytest.approx(1)
    common = weight[image < 60].sum()
    assert common < 0.5
    assert weight[image < 60].max() < weight[image >= 60].min()


def test_real_and_simulated_objects_share_the_weight_as_asked() -> None:
    sources = [Source("r", "camera"), Source("s", "simulated", "sparse")]
    image = np.repeat([0, 1], [10, 500])
    kinds = np.array([""] * 10 + ["star"] * 480 + ["spiral"] * 20)
    weight = weigh(sources, image, kinds, 0.3)
    assert weight[:10].sum() == pytest.approx(0.3)
    assert weigh(sources[1:], image[10:] - 1, kinds[10:], 0.3).sum() == pytest.approx(1)


def test_rare_kinds_of_simulated_objects_count_more_than_as_they_come() -> None:
    kinds = np.array(["star"] * 900 + ["spiral"] * 100)
    weight = weigh([Source("s", "simulated", "sparse")], np.zeros(1000, np.intp), kinds)
    assert weight[900:].sum() == pytest.approx(1 / (1 + 3))  # as the roots of 1 and 9


def test_a_sample_by_weight_holds_different_objects() -> None:
    weight = np.r_[np.full(100, 10.0), np.full(900, 0.1)]
    chosen = draw_sample(weight, 150, seed=1)
    assert len(set(chosen)) == 150
    assert np.count_nonzero(chosen < 100) > 90


def test_a_rich_image_is_capped(images: Path) -> None:
    seen = list(see_real([images / "crowded-01.fits"], 30, 1, ignore))
    assert sum(len(one.x) for one in seen) == 30


def test_frames_without_objects_tell_what_they_look_like(tmp_path: Path) -> None:
    path = tmp_path / "bias.fits"
    noise = np.random.default_rng(1).normal(300, 4, (200, 200)).astype(np.float32)
    fits.PrimaryHDU(noise).writeto(path)
    (seen,) = see(Image(str(path)), 10, 1, {}, tmp_path)
    assert len(seen.x) == 0
    assert np.isfinite(seen.statistics).any()
    sources = [seen.source, Source("a", "camera"), Source("b", "another")]
    weight = weigh(sources, np.array([1] * 90 + [2]), np.full(91, ""))
    assert np.array_equal(weight, weigh(sources[1:], np.array([0] * 90 + [1]), np.full(91, "")))


def test_names_in_another_encoding_are_taken(images: Path, tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.fits"
    path.symlink_to(images / "crowded-01.fits")
    (seen,) = see(Image(str(path)), 5, 1, {}, tmp_path)[:1]
    assert len(seen.x) == 5


def test_too_few_objects_are_refused_before_anything_is_trained(images: Path, tmp_path: Path) -> None:
    plan = Plan(tmp_path / "model", images=(images,), most_real=10, simulated=0)
    with pytest.raises(ParameterError, match=r"400 nodes need at least as many objects; there are \d+:"):
        train_model(plan, Teller())
    (tmp_path / "model.partial" / "images.json").write_text("[{}]")
    with pytest.raises(CaomAiError, match=r"images\.json is broken: begin anew with --restart"):
        train_model(plan, Teller())


def test_folders_and_sets_without_anything_to_learn_from_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is no folder"):
        find_images([tmp_path / "missing"])
    with pytest.raises(ParameterError, match="No object"):
        gather([])


def test_help_of_the_command_teaches() -> None:
    app = typer.Typer()
    register(app)
    text = CliRunner().invoke(app, ["train", "--help"]).stdout
    assert "no labels are needed" in " ".join(text.split())


@pytest.mark.parametrize("words", [("--minutes", "nan"), ("--checkpoint", "inf"), ("--seed", str(1 << 64))])
def test_numbers_that_cannot_be_are_wrong_use(words: tuple[str, str], tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    assert CliRunner().invoke(app, ["train", "-o", str(tmp_path / "model"), *words]).exit_code == 2
    assert not any(tmp_path.iterdir())


def test_cards_are_toml() -> None:
    deep = {"er": {"flag": True}, "quoted key": 1}
    card = {"id": "a-1", "n": 3, "x": 1e-06, "names": ["ä", 'q"'], "deep": deep}
    assert tomllib.loads(write_toml(card)) == card


@pytest.mark.parametrize(
    ("word", "kept"), [("\U0001f52d", "\U0001f52d"), ("a\x7f\x01", "a\x7f\x01"), ("a\udcff", "a?")]
)
def test_cards_hold_any_name(word: str, kept: str) -> None:
    assert tomllib.loads(write_toml({"name": word, "tables": {word: 1}})) == {
        "name": kept,
        "tables": {kept: 1},
    }
