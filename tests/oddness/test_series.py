"""What is put into a clean series of simulated frames stands out: seeded, the whole way from file to rank."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.oddities import NOTHING, ODD, Size, expose, rank_series, take
from fingerprinting.model import Model, load_model

SERIES = 61  # a camera and site that nothing was tuned on

Ranks = dict[str, NDArray[np.float64]]


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def ranks(model: Model) -> Ranks:
    shoot = partial(expose, "sparse", SERIES, 288)
    return rank_series(shoot, Size(history=150, injected=8, clean=60), model, Encoder(model.encoder))


def reaching(ranks: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(ranks >= ODD))


@pytest.mark.parametrize(("oddity", "least"), [("arc", 7), ("ring", 7)])
def test_lenses_are_among_the_oddest_objects(ranks: Ranks, oddity: str, least: int) -> None:
    assert reaching(ranks[f"object_{oddity}"]) >= least


@pytest.mark.parametrize(("oddity", "least"), [("trail", 7), ("dead_half", 8)])
def test_spoiled_frames_are_among_the_oddest_images(ranks: Ranks, oddity: str, least: int) -> None:
    assert reaching(ranks[f"image_{oddity}"]) >= least


def test_clean_frames_are_not(ranks: Ranks) -> None:
    assert reaching(ranks["image_nothing"]) <= 3  # of 60: more have a chance of 3 %


def test_faint_arcs_stand_out_less_than_bright_ones(ranks: Ranks) -> None:
    faint, bright = (ranks[f"object_arc_snr_{low}"] for low in (0, 40))
    assert len(faint) > 0
    assert np.mean(faint >= ODD) < np.mean(bright >= ODD)


def test_the_shipped_model_knows_what_is_usual_for_the_shipped_filters(model: Model) -> None:
    shots = take(partial(expose, "sparse", SERIES, 288), NOTHING, range(5), model, Encoder(model.encoder))
    oddness = np.concatenate([shot.description.objects["oddness"] for shot in shots])
    assert 0.3 < np.percentile(oddness, 75) < 0.8
    assert 0 < np.mean(oddness > 0.95) < 0.15
