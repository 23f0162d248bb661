"""The table as JSON, as Markdown and as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from fingerprinting.evaluation.fits import to_number, write_json
from fingerprinting.evaluation.goals import Goal, check_goals
from fingerprinting.evaluation.headings import (
    HEADINGS,
    UNKNOWN,
    describe,
    sort_names,
    write_figure,
    write_value,
)
from fingerprinting.evaluation.methods import OURS
from fingerprinting.evaluation.table import RECALL, Row

MARKUP: Final = frozenset("\\`*_[]<>|#!")
HIDDEN_PREFIXES = (RECALL, "retrieval_p")  # a table or a plot of their own

EXPLANATION = """\
Each column is a way of making the maps, fitted within its budget (wall time, or passes over the training
objects) on the same objects of the same images. Values are on {part} images that no method has seen; in
brackets the 95 % interval of a bootstrap over frames (objects of one frame are not independent), which holds
for other frames and not for other fits; ± is half the range over seeds. `twin` is told the true kinds: it is
the ceiling. `model` is a model as it is: who trained it may have shown it real images of this part, and its
figures on real images are then too good. A node is named by the most frequent kind of the training objects in
it; balanced, by the kind with the greatest rate, and the figure is then the mean recall of the kinds.
"""


def write_report(rows: Sequence[Row], work: Path, part: str, settings: Mapping[str, Any]) -> list[Path]:
    """Write table-PART.json, .md and the pictures into the working folder; give their paths."""
    from fingerprinting.evaluation.plots import draw_plots  # noqa: PLC0415  # matplotlib

    goals = check_goals(rows)
    table, page = work / f"table-{part}.json", work / f"table-{part}.md"
    write_json(table, to_json(rows, goals, settings))
    pictures = draw_plots([row for row in rows if not row.variant], work, part)
    page.write_text(to_markdown(rows, goals, part, [path.name for path in pictures]))
    return [table, page, *pictures]


def to_json(rows: Sequence[Row], goals: Sequence[Goal], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give the table as plain values."""
    return {
        "settings": dict(settings),
        "rows": [_row_to_json(row) for row in rows],
        "goals": [_goal_to_json(goal) for goal in goals],
    }


def _goal_to_json(goal: Goal) -> dict[str, Any]:
    numbers = {"value": to_number(goal.value), "wanted": to_number(goal.wanted)}
    return asdict(goal) | numbers | {"met": goal.met}


def _row_to_json(row: Row) -> dict[str, Any]:
    return {
        "method": row.method,
        "budget": row.budget,
        "seeds": [fit.seed for fit in row.fits],
        "epochs": [to_number(course.epochs) for course in row.courses],
        "seconds": [to_number(course.seconds) for course in row.courses],
        "figures": {
            name: {
                "value": to_number(figure.value),
                "low": to_number(figure.low),
                "high": to_number(figure.high),
                "range_over_seeds": to_number(row.spread[name]),
                "each": [to_number(value) for value in row.each[name]],
            }
            for name, figure in row.figures.items()
        },
    }


def to_markdown(rows: Sequence[Row], goals: Sequence[Goal], part: str, pictures: Sequence[str]) -> str:
    """Give the table as a page; variants of ours have a table of their own."""
    variants = [row for row in rows if row.variant or row.method == OURS]
    rows = [row for row in rows if not row.variant]
    names = {name for row in rows for name in row.figures}
    main = sort_names({name for name in names if name in HEADINGS or not name.startswith(HIDDEN_PREFIXES)})
    recall = sorted(name for name in names if name.startswith(RECALL))
    parts = [f"# Evaluation on {part} images", EXPLANATION.format(part=part), _write_table(rows, main)]
    if goals:
        parts += ["## Goals", _write_goals(goals)]
    if len(variants) > 1:
        parts += ["## What parts of the recipe of ours are worth", _write_table(variants, main)]
    if recall:
        parts += ["## Recall of each kind (balanced names)", _write_table(rows, recall)]
    parts += [f"![{name}]({name})" for name in pictures]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _write_table(rows: Sequence[Row], names: Sequence[str]) -> str:
    lines = [["", *(row.name for row in rows)], ["---", *("---" for _ in rows)]]
    lines += [["fits", *(str(len(row.fits)) for row in rows)]]
    lines += [["epochs", *(_mean([course.epochs for course in row.courses]) for row in rows)]]
    lines += [["minutes", *(_mean([course.seconds / 60 for course in row.courses]) for row in rows)]]
    for name in names:
        heading = plain(describe(name).removeprefix(RECALL.replace("_", " ")))
        lines.append([heading, *(_cell(row, name) for row in rows)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """Write a heading so that nothing in it is markup: labels of stamps come from anybody."""
    letters = (letter if letter.isprintable() else "?" for letter in text)
    return "".join(f"\\{letter}" if letter in MARKUP else letter for letter in letters)


def _cell(row: Row, name: str) -> str:
    figure = row.figures.get(name)
    return UNKNOWN if figure is None else write_figure(figure, row.spread[name])


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3g}" if np.isfinite(values).all() else UNKNOWN


def _write_goals(goals: Sequence[Goal]) -> str:
    lines = [["row", "goal", "wanted", "reached", ""], ["---"] * 5]
    for goal in goals:
        name, _, text = goal.text.partition(": ")
        wanted = f"{write_value(goal.wanted)}{f' ({text})' if text else ''}"
        verdict = "met" if goal.met else "**missed**"
        lines.append([goal.row, describe(name), wanted, write_value(goal.value), verdict])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show(rows: Sequence[Row]) -> None:
    """Show the main figures to people: a value, and half its interval."""
    table = Table(title_justify="left")
    table.add_column("")
    for row in rows:
        table.add_column(row.name.replace(" ", "\n"), justify="right")
    for name in HEADINGS:
        if any(name in row.figures for row in rows):
            table.add_row(describe(name), *(_shorten(row, name) for row in rows))
    goals = check_goals(rows)
    console = Console(highlight=False)
    console.print(table)
    missed = [f"{goal.row}: {goal.text}" for goal in goals if not goal.met]
    if goals:
        console.print(
            f"{len(goals) - len(missed)} of {len(goals)} goals met; missed: {'; '.join(missed) or 'none'}"
        )


def _shorten(row: Row, name: str) -> str:
    figure = row.figures.get(name)
    if figure is None:
        return UNKNOWN
    half = (figure.high - figure.low) / 2
    return write_value(figure.value) + (f" ±{write_value(half)}" if half > 0 else "")
