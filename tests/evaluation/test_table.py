"""The table: rows over seeds, goals, and what people see of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.fits import (
    Course,
    Fit,
    list_fits,
    read_scores,
    save_fit,
    write_budget,
    write_scores,
)
from fingerprinting.evaluation.goals import check_goals
from fingerprinting.evaluation.headings import write_figure
from fingerprinting.evaluation.method import Budget, Frames
from fingerprinting.evaluation.report import plain, to_json, to_markdown, write_report
from fingerprinting.evaluation.table import Row, find_best_baseline, read_table
from fingerprinting.evaluation.training import vary
from fingerprinting.training.contrast import Recipe


class Still:
    """A fitted method that does nothing but lie in its folder."""

    epochs = 2.5
    seconds = 360.0
    nodes = np.zeros((400, 2), np.float32)

    def save(self, folder: Path) -> None:
        (folder / "here").write_text("here")

    def embed(self, crops: NDArray[np.float32]) -> NDArray[np.float32]:
        return crops

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        return np.zeros(len(embeddings), np.int16)

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        del frames
        return counts.astype(np.float32)


def add(work: Path, fit: Fit, **figures: float) -> None:
    """Put a scored fit into a working folder."""
    save_fit(fit, Still(), work)
    scores = {"some": {name: Figure(value, value - 0.1, value + 0.1) for name, value in figures.items()}}
    write_scores(fit, "test", scores, work)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    balanced = {"ours": (0.72, 0.70), "twin": (0.74,), "ae-som": (0.50,), "pca-kmeans": (0.47,)}
    for method, values in balanced.items():
        for seed, value in enumerate(values, 1):
            figures = {"node_accuracy_balanced": value, "recall_star": value, "retrieval_p10": 0.95}
            add(tmp_path, Fit(method, "6min", seed), **figures)
    add(tmp_path, Fit("ae-som", "9epochs", 1), node_accuracy_balanced=0.9)
    return tmp_path


def test_rows_are_means_over_seeds_with_their_range(work: Path) -> None:
    rows = read_table(work, "test")
    assert [row.name for row in rows] == [
        "ours 6min",
        "pca-kmeans 6min",
        "ae-som 6min",
        "ae-som 9epochs",
        "twin 6min",
    ]
    ours = rows[0].figures["node_accuracy_balanced"]
    assert (ours.value, ours.low, ours.high) == pytest.approx((0.71, 0.61, 0.81))
    assert rows[0].spread["node_accuracy_balanced"] == pytest.approx(0.02)
    assert rows[0].courses[0].epochs == 2.5
    assert not read_table(work, "validation")


def test_goals_refer_to_the_twin_and_to_the_method_of_2021_within_the_same_budget(work: Path) -> None:
    goals = {goal.text: goal for goal in check_goals(read_table(work, "test"))}
    assert goals["retrieval_p10"].met
    of_twin = goals["node_accuracy_balanced: 0.97 of the twin's"]
    assert of_twin.wanted == pytest.approx(0.97 * 0.74)
    assert not of_twin.met
    over_som = goals["node_accuracy_balanced: 0.15 above ae-som"]
    assert over_som.wanted == pytest.approx(0.65)
    assert over_som.met
    assert goals["recall_star: 0.9 of the twin's"].met
    assert find_best_baseline(read_table(work, "test"), "6min") == "ae-som"


def test_report_is_written_as_json_markdown_and_pictures(work: Path) -> None:
    rows = read_table(work, "test")
    paths = write_report(rows, work, "test", {"frames": 960})
    assert [path.name for path in paths] == [
        "table-test.json", "table-test.md", "figures-test.png", "recall-test.png", "retrieval-test.png",
    ]  # fmt: skip
    table = json.loads(paths[0].read_text())
    assert table["settings"] == {"frames": 960}
    assert table["rows"][0]["figures"]["node_accuracy_balanced"]["each"] == [0.72, 0.7]
    page = paths[1].read_text()
    assert "| held-out node accuracy, balanced | 0.710 [0.610, 0.810] ±0.010 |" in page
    assert "**missed**" in page
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths[2:])


def test_a_goal_that_cannot_be_measured_is_missed_and_written() -> None:
    figures = {"fields_kept_grown_by_half": Figure(math.nan, math.nan, math.nan)}
    row = Row("ours", "6min", (), (), figures, dict.fromkeys(figures, 0.0), dict.fromkeys(figures, ()))
    goals = check_goals([row])
    assert [goal["met"] for goal in to_json([row], goals, {})["goals"]] == [False]
    assert json.dumps(to_json([row], goals, {}), allow_nan=False)


def test_labels_of_others_are_no_markup() -> None:
    assert plain("stamps_a|<b>\n_auc") == r"stamps\_a\|\<b\>?\_auc"


def test_unlisted_figures_of_other_scores_have_a_line_of_their_own() -> None:
    figures = {"rings_found": Figure(0.5, 0.5, 0.5), "retrieval_p3": Figure(1, 1, 1)}
    row = Row("ours", "6min", (), (Course(1, 60),), figures, dict.fromkeys(figures, 0.0), {})
    page = to_markdown([row], [], "test", [])
    assert "| rings found | 0.500 |" in page
    assert "p3" not in page


def test_values_are_written_with_interval_and_range() -> None:
    assert write_figure(Figure(0.5, 0.5, 0.5)) == "0.500"
    assert write_figure(Figure(12345.6, 12000, 13000), 200) == "12,346 [12,000, 13,000] ±100"
    assert write_figure(Figure(math.nan, math.nan, math.nan)) == "-"


def test_unfinished_fits_do_not_count_and_scores_come_back(work: Path) -> None:
    (work / "fits" / "twin-6min-2.part").mkdir()
    (work / "fits" / "twin-6min-2.part" / "fit.json").write_text("{}")
    assert len(list_fits(work)) == 6
    fit = Fit("twin", "6min", 1)
    write_scores(fit, "test", {"map": {"a": Figure(math.nan, 0.5, 1)}}, work)
    figure = read_scores(fit, "test", work)["map"]["a"]
    assert math.isnan(figure.value)
    assert (figure.low, figure.high) == (0.5, 1)


def test_budgets_are_written_as_words() -> None:
    assert [write_budget(Budget(minutes=6)), write_budget(Budget(epochs=9.3333))] == ["6min", "9.33epochs"]
    with pytest.raises(Exception, match="minutes or epochs"):
        Budget()


def test_variants_of_ours_have_a_table_of_their_own(work: Path) -> None:
    add(work, Fit("ours:moved=0", "6min", 1), node_accuracy_balanced=0.55)
    rows = read_table(work, "test")
    assert [row.method for row in rows][:2] == ["ours", "ours:moved=0"]
    main, _, rest = to_markdown(rows, check_goals(rows), "test", []).partition("## What parts")
    assert "ours:moved=0" not in main
    assert "| ours 6min | ours:moved=0 6min |" in rest


def test_a_variant_changes_one_number_of_the_recipe() -> None:
    assert vary(Recipe(), "") == Recipe()
    assert vary(Recipe(), "clustering=0").clustering == 0
    assert vary(Recipe(), "moved=0.25").augmentation.moved == 0.25
    for change, words in (("colour=1", "no number of the recipe"), ("batch=many", "gives no number")):
        with pytest.raises(ParameterError, match=words):
            vary(Recipe(), change)
