"""The table as pictures: figures with intervals, recall of each kind, and the search by depth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from fingerprinting.evaluation.goals import PLAIN_GOALS
from fingerprinting.evaluation.headings import LESS_IS_BETTER, describe
from fingerprinting.evaluation.methods import MODEL, OURS, TWIN
from fingerprinting.evaluation.scores.retrieval import DEPTHS
from fingerprinting.evaluation.table import RECALL, Row

SHOWN: Final = (
    "node_accuracy", "node_accuracy_balanced", "knn_accuracy", "knn_accuracy_balanced",
    "same_node_rot90", "same_node_any_turn_and_noise", "within_one_cell_any_turn_and_noise",
    "layout_neighbour_ratio", "layout_trustworthiness", "retrieval_p10", "retrieval_map", "usable_agreement",
    "other_half_rank1", "other_half_top5", "effective_nodes", "cutouts_per_second",
)  # fmt: skip
COLUMNS: Final = 4
OURS_COLOUR, CEILING, OTHERS, GOAL = "#d1495b", "#8d96a3", "#30638e", "#2a9d4e"
DARK: Final = 0.55  # of a cell's colour, from where its text is white


def draw_plots(rows: Sequence[Row], work: Path, part: str) -> list[Path]:
    """Draw what the rows have figures for; give the paths of the PNGs."""
    canvases = {
        "figures": draw_figures(rows),
        "recall": draw_recall(rows),
        "retrieval": draw_retrieval(rows),
    }
    paths = []
    for name, canvas in canvases.items():
        if canvas is not None:
            paths.append(work / f"{name}-{part}.png")
            canvas.savefig(paths[-1], dpi=110, facecolor="white")
    return paths


def draw_figures(rows: Sequence[Row]) -> Canvas | None:
    """Draw a panel for each main figure: value and interval of every row, a small dot for each seed."""
    names = [name for name in SHOWN if any(name in row.figures for row in rows)]
    if not names:
        return None
    lines = -(-len(names) // COLUMNS)
    canvas = Canvas(figsize=(4 * COLUMNS, (0.9 + 0.27 * len(rows)) * lines), layout="constrained")
    panels = canvas.subplots(lines, COLUMNS, squeeze=False, sharey=True).ravel()
    for panel, name in zip(panels, names, strict=False):
        _draw_panel(panel, rows, name)
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    return canvas


def _draw_panel(panel: Axes, rows: Sequence[Row], name: str) -> None:
    for place, row in enumerate(rows):
        if name in row.figures:
            figure, colour = row.figures[name], _colour(row)
            panel.plot([figure.low, figure.high], [place, place], color=colour, lw=2.5, alpha=0.45)
            panel.plot(row.each[name], [place] * len(row.each[name]), ".", color=colour, ms=4)
            panel.plot(figure.value, place, "o", color=colour, ms=7)
    if name in PLAIN_GOALS:
        panel.axvline(PLAIN_GOALS[name], color=GOAL, lw=1, ls="--")
    if name == "cutouts_per_second":
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
        panel.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        panel.xaxis.set_minor_locator(NullLocator())
    panel.set_title(describe(name).removesuffix(" (less is better)"), fontsize=9)
    if name in LESS_IS_BETTER:
        panel.set_xlabel("less is better", fontsize=8)
    panel.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=8)
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.tick_params(axis="x", labelsize=8)
    panel.grid(axis="x", alpha=0.3)


def draw_recall(rows: Sequence[Row]) -> Canvas | None:
    """Draw the recall of each kind by each row as coloured cells."""
    kinds = sorted({name for row in rows for name in row.figures if name.startswith(RECALL)})
    if not kinds:
        return None
    values = np.array(
        [[row.figures[kind].value if kind in row.figures else np.nan for row in rows] for kind in kinds]
    )
    canvas = Canvas(figsize=(2.2 + 1.1 * len(rows), 1.6 + 0.32 * len(kinds)), layout="constrained")
    axes = canvas.subplots()
    image = axes.imshow(values, vmin=0, vmax=1, cmap="viridis_r", aspect="auto")
    for (y, x), value in np.ndenumerate(values):
        if np.isfinite(value):
            axes.text(
                x, y, f"{value:.2f}", ha="center", va="center", fontsize=8,
                color="white" if value > DARK else "black",
            )  # fmt: skip
    axes.set_xticks(range(len(rows)), [row.name for row in rows], rotation=35, ha="right", fontsize=8)
    axes.set_yticks(range(len(kinds)), [describe(kind.removeprefix(RECALL)) for kind in kinds], fontsize=8)
    axes.set_title("recall of each kind, balanced names", fontsize=10)
    canvas.colorbar(image, ax=axes, shrink=0.6)
    return canvas


def draw_retrieval(rows: Sequence[Row]) -> Canvas | None:
    """Draw the precision of the first k frames found."""
    canvas = Canvas(figsize=(6.5, 4.5), layout="constrained")
    axes = canvas.subplots()
    marks = iter("osD^vP*Xph<>" * (1 + len(rows) // 12))
    for row in rows:
        depths = [k for k in DEPTHS if f"retrieval_p{k}" in row.figures]
        if depths:
            values = [row.figures[f"retrieval_p{k}"].value for k in depths]
            axes.plot(depths, values, f"{next(marks)}-", color=_colour(row), label=row.name, ms=5, lw=1.3)
    if not axes.lines:
        return None
    axes.set_xlabel("first k frames")
    axes.set_ylabel("share of the query's field type")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    return canvas


def _colour(row: Row) -> str:
    if row.method in {OURS, MODEL}:
        return OURS_COLOUR
    return CEILING if row.method == TWIN else OTHERS
