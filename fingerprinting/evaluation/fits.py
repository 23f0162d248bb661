"""Fits and their scores in the working folder: a fit is there as a whole or not at all."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fingerprinting.evaluation.figure import Figure
from fingerprinting.evaluation.method import Budget, Fitted, Method

FITS, MAPS, COURSE = "fits", "maps", "fit.json"

Scores = dict[str, dict[str, Figure]]


@dataclass(frozen=True, order=True)
class Fit:
    """A method fitted within a budget with a seed; budget is a word such as 6min or 9.3epochs."""

    method: str
    budget: str
    seed: int

    @property
    def name(self) -> str:
        """Name the folder."""
        return f"{self.method}-{self.budget}-{self.seed}"

    def folder(self, work: Path) -> Path:
        """Give the folder of the fit in a working folder."""
        return work / FITS / self.name


@dataclass(frozen=True)
class Course:
    """What a fit took; NaN where nobody knows."""

    epochs: float
    seconds: float


def write_budget(budget: Budget) -> str:
    """Write a budget as a word."""
    return f"{budget.minutes:g}min" if budget.minutes is not None else f"{budget.epochs:.3g}epochs"


def save_fit(fit: Fit, fitted: Fitted, work: Path) -> None:
    """Save a fit beside its place and move it there; another of the same name is replaced."""
    folder = fit.folder(work)
    part = folder.with_name(f"{fit.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / MAPS).mkdir(parents=True)
    fitted.save(part / MAPS)
    course = {"epochs": fitted.epochs, "seconds": fitted.seconds}
    write_json(part / COURSE, asdict(fit) | {name: to_number(value) for name, value in course.items()})
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def load_fit(fit: Fit, method: Method, work: Path) -> Fitted:
    """Load what save_fit saved."""
    return method.load(fit.folder(work) / MAPS)


def list_fits(work: Path) -> list[Fit]:
    """List the complete fits of a working folder."""
    found = []
    for path in sorted((work / FITS).glob(f"*/{COURSE}")):
        if path.parent.suffix != ".part":
            one = json.loads(path.read_text())
            found.append(Fit(one["method"], one["budget"], one["seed"]))
    return sorted(found)


def read_course(fit: Fit, work: Path) -> Course:
    """Read what a fit took."""
    one = json.loads((fit.folder(work) / COURSE).read_text())
    return Course(*(math.nan if one[name] is None else one[name] for name in ("epochs", "seconds")))


def write_scores(fit: Fit, part: str, scores: Mapping[str, Mapping[str, Figure]], work: Path) -> None:
    """Keep the scores of a fit on a part of the data (test or validation)."""
    plain = {
        score: {name: {key: to_number(value) for key, value in asdict(figure).items()}
                for name, figure in figures.items()}
        for score, figures in scores.items()
    }  # fmt: skip
    write_json(fit.folder(work) / f"scores-{part}.json", plain)


def read_scores(fit: Fit, part: str, work: Path) -> Scores:
    """Read the scores of a fit, none if it has not been scored."""
    path = fit.folder(work) / f"scores-{part}.json"
    if not path.exists():
        return {}
    plain = json.loads(path.read_text())
    return {
        score: {name: Figure(*(math.nan if value is None else value for value in figure.values()))
                for name, figure in figures.items()}
        for score, figures in plain.items()
    }  # fmt: skip


def to_number(value: float) -> float | None:
    """Give a number that JSON has: NaN and infinity become null."""
    return value if math.isfinite(value) else None


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file as a whole."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n")
    part.replace(path)
