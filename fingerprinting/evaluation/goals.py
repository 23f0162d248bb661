"""The goals that were fixed before anything was tuned, and how far our rows reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fingerprinting.evaluation.methods import BASELINES, MODEL, OURS, TWIN
from fingerprinting.evaluation.real.spoiling import DEFECTS
from fingerprinting.evaluation.table import BALANCED, RECALL, Row

PLAIN_GOALS: Final = {
    "same_node_any_turn_and_noise": 0.75,
    "within_one_cell_any_turn_and_noise": 0.92,
    "retrieval_p10": 0.94,
    "retrieval_map": 0.88,
    "fields_kept_grown_by_half": 0.9,
    "real_usable_agreement": 0.97,
    **{f"real_{defect}_p10": 0.9 for defect in DEFECTS},
}
OF_TWIN: Final = 0.97
RECALL_OF_TWIN: Final = 0.9
OVER_SOM: Final = 0.15
PLAIN: Final = "node_accuracy"
SHAPES: Final = "efigi_node_accuracy_balanced"
ODD = "odd_"  # figures of injected oddities
NOT_ODD: Final = ("nothing", "_snr_")  # frames without one, and how the share falls with the signal: no goals
RIVALS: Final = frozenset(BASELINES) - {TWIN}
MOST_ODD: Final = 0.95  # of the oddities are to be in the top 2 %


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


def check_goals(rows: Sequence[Row]) -> list[Goal]:
    """Compare our rows with the goals, where what they refer to is there."""
    return [goal for row in rows if row.method in {OURS, MODEL} for goal in _check_row(row, rows)]


def _check_row(row: Row, rows: Sequence[Row]) -> Iterator[Goal]:
    twin, som = _find(rows, TWIN, row.budget), _find(rows, "ae-som", row.budget)
    for name, wanted in PLAIN_GOALS.items():
        if name in row.figures:
            yield Goal(row.name, name, row.figures[name].value, wanted)
    for name in (PLAIN, BALANCED):
        yield from _compare(row, twin, name, "0.97 of the twin's", lambda value: OF_TWIN * value)
    yield from _compare(row, som, BALANCED, "0.15 above ae-som", lambda value: value + OVER_SOM)
    for name, figure in row.figures.items():
        if name.startswith(RECALL):
            yield from _compare(row, twin, name, "0.9 of the twin's", lambda value: RECALL_OF_TWIN * value)
        elif name.startswith(ODD) and not any(word in name for word in NOT_ODD):
            yield Goal(row.name, f"{name}: in the top 2 %", figure.value, MOST_ODD)
    others = [one.figures[SHAPES].high for one in rows if one.method in RIVALS and SHAPES in one.figures]
    if others and SHAPES in row.figures:
        text = f"{SHAPES}: above the interval of every baseline"
        yield Goal(row.name, text, row.figures[SHAPES].value, max(others))


def _compare(
    row: Row, other: Row | None, name: str, text: str, want: Callable[[float], float]
) -> Iterator[Goal]:
    if other is not None and name in row.figures and name in other.figures:
        wanted = want(other.figures[name].value)
        yield Goal(row.name, f"{name}: {text}", row.figures[name].value, wanted)


def _find(rows: Sequence[Row], method: str, budget: str) -> Row | None:
    """Find the row of a method with the same budget, else the best: a model's budget is not known."""
    of = [row for row in rows if row.method == method and BALANCED in row.figures]
    same = [row for row in of if row.budget == budget]
    return max(same or of, key=lambda row: row.figures[BALANCED].value, default=None)
