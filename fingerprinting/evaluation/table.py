"""The table: one row for a method within a budget, over its seeds; and the goals beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.fits import Course, Fit, list_fits, read_course, read_scores
from fingerprinting.evaluation.methods import BASELINES, MODEL, OURS, TWIN

RECALL: Final = "recall_"


@dataclass(frozen=True)
class Row:
    """Figures of a method: means over its fits, with the mean interval; spread is over seeds (0 for one)."""

    method: str
    budget: str
    fits: tuple[Fit, ...]
    courses: tuple[Course, ...]
    figures: dict[str, Figure]
    spread: dict[str, float]
    each: dict[str, tuple[float, ...]]

    @property
    def name(self) -> str:
        """Name the row for people."""
        return f"{self.method} {self.budget}"


def read_table(work: Path, part: str) -> list[Row]:
    """Read the rows of all fits that have been scored on a part: ours first, the ceiling last."""
    grouped: dict[tuple[str, str], list[tuple[Fit, dict[str, Figure]]]] = {}
    for fit in list_fits(work):
        scores = read_scores(fit, part, work)
        figures = {name: figure for some in scores.values() for name, figure in some.items()}
        if figures:
            grouped.setdefault((fit.method, fit.budget), []).append((fit, figures))
    order = (MODEL, OURS, *BASELINES)
    rows = [_summarise(key, fits, work) for key, fits in grouped.items()]
    return sorted(rows, key=lambda row: (order.index(row.method), "epochs" in row.budget, row.budget))


def _summarise(key: tuple[str, str], fits: Sequence[tuple[Fit, dict[str, Figure]]], work: Path) -> Row:
    names = dict.fromkeys(name for _, figures in fits for name in figures)
    each = {name: [figures[name] for _, figures in fits if name in figures] for name in names}
    return Row(
        method=key[0],
        budget=key[1],
        fits=tuple(fit for fit, _ in fits),
        courses=tuple(read_course(fit, work) for fit, _ in fits),
        figures={name: _average(figures) for name, figures in each.items()},
        spread={name: float(np.ptp([one.value for one in figures])) for name, figures in each.items()},
        each={name: tuple(one.value for one in figures) for name, figures in each.items()},
    )


def _average(figures: Iterable[Figure]) -> Figure:
    value, low, high = np.mean([(one.value, one.low, one.high) for one in figures], axis=0)
    return Figure(float(value), float(low), float(high))


@dataclass(frozen=True)
class Goal:
    """What a row of ours had to reach, and what it reached."""

    row: str
    text: str
    value: float
    wanted: float

    @property
    def met(self) -> bool:
        """Tell whether it was reached."""
        return bool(self.value >= self.wanted)


PLAIN_GOALS: Final = {
    "same_node_any_turn_and_noise": 0.75,
    "within_one_cell_any_turn_and_noise": 0.92,
    "retrieval_p10": 0.94,
    "retrieval_map": 0.88,
}
OF_TWIN: Final = 0.97
RECALL_OF_TWIN: Final = 0.9
OVER_SOM: Final = 0.15
BALANCED: Final = "node_accuracy_balanced"


def check_goals(rows: Sequence[Row]) -> list[Goal]:
    """Compare our rows with the goals that were fixed before tuning, where what they refer to is there."""
    goals: list[Goal] = []
    for row in (row for row in rows if row.method in {OURS, MODEL}):
        twin, som = _find(rows, TWIN, row.budget), _find(rows, "ae-som", row.budget)
        goals += [
            Goal(row.name, name, row.figures[name].value, wanted)
            for name, wanted in PLAIN_GOALS.items()
            if name in row.figures
        ]
        goals += _compare(row, twin, BALANCED, "0.97 of the twin's", lambda value: OF_TWIN * value)
        goals += _compare(row, som, BALANCED, "0.15 above ae-som", lambda value: value + OVER_SOM)
        for name in row.figures:
            if name.startswith(RECALL):
                goals += _compare(row, twin, name, "0.9 of the twin's", lambda value: RECALL_OF_TWIN * value)
    return goals


def _compare(row: Row, other: Row | None, name: str, text: str, want: Callable[[float], float]) -> list[Goal]:
    if other is None or name not in row.figures or name not in other.figures:
        return []
    return [Goal(row.name, f"{name}: {text}", row.figures[name].value, want(other.figures[name].value))]


def _find(rows: Sequence[Row], method: str, budget: str) -> Row | None:
    """Find the row of a method with the same budget, else the best: a model's budget is not known."""
    of = [row for row in rows if row.method == method and BALANCED in row.figures]
    same = [row for row in of if row.budget == budget]
    return max(same or of, key=lambda row: row.figures[BALANCED].value, default=None)


def find_best_baseline(rows: Sequence[Row], budget: str) -> str | None:
    """Name the baseline whose nodes name kinds best; the twin, which is told them, is none."""
    able = [
        row for row in rows
        if row.method in BASELINES and row.method != TWIN and row.budget == budget and BALANCED in row.figures
    ]  # fmt: skip
    best = max(able, key=lambda row: row.figures[BALANCED].value, default=None)
    return best.method if best else None
