"""A small evaluation from end to end, started anew, killed and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from caomai.errors import ParameterError, UsageError
from fingerprinting.command_line import register
from fingerprinting.evaluation import commands
from fingerprinting.evaluation.campaign import Campaign, plan_fits, run
from fingerprinting.evaluation.fits import Fit, list_fits
from fingerprinting.evaluation.method import Budget, Objects
from fingerprinting.evaluation.methods import make_method
from fingerprinting.evaluation.ours import Ours
from fingerprinting.evaluation.split import TRAIN
from fingerprinting.evaluation.table import Row
from fingerprinting.model import default_folder, load_model

SMALL = Campaign(
    work=Path(), model=default_folder(), methods=("model", "pca-kmeans"), seeds=1, part="validation",
    frames=64, resamples=20, stable=64,
)  # fmt: skip


@dataclass(frozen=True)
class Finished:
    """A finished campaign, its rows and what it said."""

    campaign: Campaign
    rows: list[Row]
    said: list[str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    work, said = tmp_path_factory.mktemp("work"), list[str]()
    campaign = replace(SMALL, work=work)
    return Finished(campaign, run(campaign, None, said.append), said)


def thin_out(objects: Objects, number: int) -> Objects:
    """Take about so many objects of a set, of all its frames."""
    chosen = slice(None, None, -(-len(objects.crops) // number))
    return Objects(**{name: value[chosen] for name, value in vars(objects).items()})


def start(campaign: Campaign, *options: str) -> subprocess.Popen[str]:
    """Start the real command in the working folder of a campaign."""
    command = [sys.executable, "-m", "caomai", "evaluate", "--work", str(campaign.work)]
    command += ["--frames", str(campaign.frames), "--on", campaign.part, *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_every_score_gives_figures_of_every_method(finished: Finished) -> None:
    assert [row.method for row in finished.rows] == ["model", "pca-kmeans"]
    for row in finished.rows:
        for name in (
            "node_accuracy", "node_accuracy_balanced", "knn_accuracy_balanced", "effective_nodes",
            "same_node_rot90", "within_one_cell_any_turn_and_noise", "layout_trustworthiness",
            "retrieval_p10", "retrieval_map", "usable_agreement", "cutouts_per_second", "recall_star",
        ):  # fmt: skip
            figure = row.figures[name]
            assert figure.low <= figure.value <= figure.high
            assert figure.value > 0
        assert "other_half_rank1" not in row.figures  # there are no real images
    model, pca = (row.figures["same_node_rot90"].value for row in finished.rows)
    assert model > pca + 0.2  # components know up from down


def test_what_is_there_is_used_again(finished: Finished) -> None:
    said: list[str] = []
    again = run(finished.campaign, None, said.append)
    assert [row.figures for row in again] == [row.figures for row in finished.rows]
    assert said == []
    run(replace(finished.campaign, methods=("pca-kmeans",)), "scores", said.append)
    assert [line for line in said if "fit" in line.split()] == []
    assert "pca-kmeans-6min-1: score kinds" in said


def test_a_kill_loses_only_the_running_fit(finished: Finished) -> None:
    before = list_fits(finished.campaign.work)
    process = start(finished.campaign, "--methods", "ours", "--seeds", "1", "--minutes", "30")
    assert process.stderr is not None
    for line in process.stderr:
        if "fit 1 of 1" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert list_fits(finished.campaign.work) == before
    table = start(finished.campaign, "--only", "table", "--json")
    printed, said = table.communicate()
    assert table.returncode == 0, said
    rows = json.loads(printed)["rows"]
    assert [row["method"] for row in rows] == ["model", "pca-kmeans"]
    assert (finished.campaign.work / "table-validation.md").exists()


def test_ours_is_trained_on_the_set_and_comes_back_from_its_folder(
    finished: Finished, tmp_path: Path
) -> None:
    image_set = finished.campaign.open_set(TRAIN)
    objects, frames = thin_out(image_set.read_objects(Ours()), 900), image_set.read_frames()
    fitted = Ours().fit(objects, frames, Budget(epochs=0.5), 1, lambda _: None)
    assert fitted.epochs == pytest.approx(0.5, abs=0.15)
    fitted.save(tmp_path)
    again = Ours().load(tmp_path)
    assert load_model(tmp_path).hash == fitted.model.hash
    assert (again.epochs, again.seconds) == (fitted.epochs, fitted.seconds)
    embeddings = fitted.embed(objects.crops[:50])
    assert np.array_equal(again.embed(objects.crops[:50]), embeddings)
    assert np.array_equal(again.assign(embeddings), fitted.assign(embeddings))


def test_only_ours_and_the_best_baseline_get_all_seeds(finished: Finished) -> None:
    everything = replace(finished.campaign, methods=(), seeds=3)
    fits = [fit for fit, _ in plan_fits(everything)]
    number = {name: sum(fit.method == name for fit in fits) for name in everything.chosen}
    assert number == {"model": 1, "ours": 3, "pca-kmeans": 3, "ae-som": 1, "published": 1, "twin": 1}
    assert Fit("model", load_model().hash[:8], 0) in fits


def test_a_folder_of_other_sets_is_refused(finished: Finished) -> None:
    with pytest.raises(ParameterError, match="another working folder"):
        run(replace(finished.campaign, frames=65), "sets", lambda _: None)


def test_unknown_methods_are_named() -> None:
    with pytest.raises(ParameterError, match="'vae' is no method; choose from model, ours"):
        make_method("vae", default_folder())


@pytest.fixture
def ask() -> Callable[..., Exception | None]:
    app = typer.Typer()
    register(app)

    def ask(*options: str) -> Exception | None:
        error = CliRunner().invoke(app, ["evaluate", *options]).exception
        assert error is None or isinstance(error, Exception)
        return error

    return ask


def test_missing_torch_is_said_as_training_says_it(
    ask: Callable[..., Exception | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str) -> ModuleSpec | None:
        return None if name == "torch" else ModuleSpec(name, None)

    monkeypatch.setattr(commands, "find_spec", find)
    error = ask("--quick")
    assert isinstance(error, UsageError)
    assert "pip install 'caom-ai[train]'" in str(error)


def test_wrong_options_are_refused_before_any_work(
    ask: Callable[..., Exception | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(ask("--methods", "ours,vae"), ParameterError)
    assert isinstance(ask("--images", "nowhere"), ParameterError)
    assert isinstance(ask("--only", "table", "--work", "empty"), ParameterError)
    assert not (tmp_path / "caom-ai-evaluation").exists()
