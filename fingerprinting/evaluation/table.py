"""The table: one row for a method within a budget, over its seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.fits import Course, Fit, list_fits, read_course, read_scores
from fingerprinting.evaluation.methods import BASELINES, MODEL, OURS, TWIN

RECALL: Final = "recall_"
BALANCED: Final = "node_accuracy_balanced"


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

    @property
    def variant(self) -> bool:
        """Tell whether this is ours with a part of its recipe changed."""
        return ":" in self.method


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
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.method.partition(":")[0]),
            row.method,
            "epochs" in row.budget,
            row.budget,
        ),
    )


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


def find_best_baseline(rows: Sequence[Row], budget: str) -> str | None:
    """Name the baseline whose nodes name kinds best; the twin, which is told them, is none."""
    able = [
        row for row in rows
        if row.method in BASELINES and row.method != TWIN and row.budget == budget and BALANCED in row.figures
    ]  # fmt: skip
    best = max(able, key=lambda row: row.figures[BALANCED].value, default=None)
    return best.method if best else None
