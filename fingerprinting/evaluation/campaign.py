"""A whole evaluation: collect the sets, fit what is missing, score what is missing, write the table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from caomai.errors import ParameterError
from fingerprinting.evaluation.collecting import collect
from fingerprinting.evaluation.figure import Context
from fingerprinting.evaluation.fits import (
    Fit,
    list_fits,
    load_fit,
    read_course,
    read_scores,
    save_fit,
    write_budget,
    write_scores,
)
from fingerprinting.evaluation.method import Budget, Method, Say
from fingerprinting.evaluation.methods import BASELINES, MODEL, OURS, TRAINED, UNTRAINED, make_method
from fingerprinting.evaluation.scoring import SCORES
from fingerprinting.evaluation.seeing import see, see_turned
from fingerprinting.evaluation.sets import ImageSet, SetPlan
from fingerprinting.evaluation.split import TRAIN
from fingerprinting.evaluation.table import Row, find_best_baseline, read_table
from fingerprinting.model import load_model

FRAMES: Final = 960
UNSEEN_SHARE: Final = 0.4  # frames to test on, of those to train on
STABLE: Final = 4000  # objects that are turned
SETS, FITS, SCORING, TABLE = "sets", "fits", "scores", "table"
STEPS: Final = (SETS, FITS, SCORING, TABLE)


@dataclass(frozen=True)
class Campaign:
    """What to evaluate, on what, and where everything is kept."""

    work: Path
    model: Path
    methods: tuple[str, ...] = ()  # none: all of them
    minutes: float = 6.0
    same_epochs: bool = False
    seeds: int = 3
    part: str = "test"
    frames: int = FRAMES
    images: tuple[Path, ...] = ()
    labelled: tuple[Path, ...] = ()
    resamples: int = 1000
    stable: int = STABLE

    @property
    def chosen(self) -> tuple[str, ...]:
        """Give the methods to fit."""
        return self.methods or (MODEL, *TRAINED)

    def to_json(self) -> dict[str, Any]:
        """Give what the figures depend on, without places of this machine."""
        return {
            "part": self.part,
            "minutes": self.minutes,
            "frames": self.frames,
            "unseen_frames": self.plan_set(self.part).frames,
            "real_images": bool(self.images),
            "resamples": self.resamples,
        }

    def plan_set(self, part: str) -> SetPlan:
        """Plan a set of the campaign."""
        if part == TRAIN:
            return SetPlan(part, self.frames, self.images)
        return SetPlan(part, round(UNSEEN_SHARE * self.frames), self.images, stable=self.stable)

    def open_set(self, part: str) -> ImageSet:
        """Give the place of a set."""
        return ImageSet(self.work / "sets" / part)

    def make(self, name: str) -> Method:
        """Make a method."""
        return make_method(name, self.model)


def run(campaign: Campaign, only: str | None, say: Say) -> list[Row]:
    """Run the steps of a campaign, or only one of them; what is there already is used."""
    campaign.work.mkdir(parents=True, exist_ok=True)
    if only in {None, SETS}:
        collect_sets(campaign, campaign.chosen, say)
    if only in {None, FITS}:
        fit_all(campaign, plan_fits(campaign), say)
    if only in {None, SCORING}:
        score_all(campaign, say, again=only == SCORING)
    if only is None and not campaign.methods:
        # The best baseline and the epochs of ours are known by now.
        fit_all(campaign, plan_fits(campaign), say)
        score_all(campaign, say, again=False)
    return read_table(campaign.work, campaign.part)


def collect_sets(campaign: Campaign, names: tuple[str, ...], say: Say) -> None:
    """Collect the training set and the one to score on, for the methods named."""
    methods = [campaign.make(name) for name in dict.fromkeys(names)]
    for part in (TRAIN, campaign.part):
        collect(campaign.plan_set(part), campaign.open_set(part), methods, say)


def plan_fits(campaign: Campaign) -> list[tuple[Fit, Budget]]:
    """List the fits that are wanted: by time with all seeds, and baselines once by the epochs of ours.

    Of methods that were not named, only ours and the best baseline get more than one seed.
    """
    budget = Budget(minutes=campaign.minutes)
    word = write_budget(budget)
    best = find_best_baseline(read_table(campaign.work, campaign.part), word)
    wanted: list[tuple[Fit, Budget]] = []
    for name in campaign.chosen:
        if name == MODEL:
            wanted.append((Fit(MODEL, load_model(campaign.model).hash[:8], 0), budget))
            continue
        several = bool(campaign.methods) or name in {OURS, best}
        wanted += [(Fit(name, word, seed + 1), budget) for seed in range(campaign.seeds if several else 1)]
    if campaign.same_epochs:
        wanted += _plan_same_epochs(campaign, word)
    return wanted


def _plan_same_epochs(campaign: Campaign, word: str) -> Iterator[tuple[Fit, Budget]]:
    """Plan a fit of each baseline that trains, with as many epochs as ours took within the budget."""
    ours = [fit for fit in list_fits(campaign.work) if fit.method == OURS and fit.budget == word]
    epochs = [read_course(fit, campaign.work).epochs for fit in ours]
    if not epochs:
        return
    budget = Budget(epochs=float(f"{sum(epochs) / len(epochs):.3g}"))
    for name in campaign.chosen:
        if name in BASELINES and name not in UNTRAINED:
            yield Fit(name, write_budget(budget), 1), budget


def fit_all(campaign: Campaign, wanted: list[tuple[Fit, Budget]], say: Say) -> None:
    """Fit what is not there yet, one after the other; each is kept as soon as it is done."""
    missing = [(fit, budget) for fit, budget in wanted if not fit.folder(campaign.work).exists()]
    if not missing:
        return
    image_set = campaign.open_set(TRAIN)
    collect_sets(campaign, tuple(fit.method for fit, _ in missing), say)
    frames = image_set.read_frames()
    for number, (fit, budget) in enumerate(missing, 1):
        say(f"fit {number} of {len(missing)}: {fit.name}")
        method = campaign.make(fit.method)
        fitted = method.fit(image_set.read_objects(method), frames, budget, fit.seed, say)
        save_fit(fit, fitted, campaign.work)
        if math.isfinite(fitted.seconds):
            say(f"{fit.name}: {fitted.seconds / 60:.1f} min, {fitted.epochs:.3g} epochs")


def score_all(campaign: Campaign, say: Say, *, again: bool) -> None:
    """Score all fits of the working folder (of the methods named), each score kept as soon as it is made."""
    fits = [fit for fit in list_fits(campaign.work) if not campaign.methods or fit.method in campaign.methods]
    if not fits and again:
        raise ParameterError(f"There is nothing to score in {campaign.work}: fit something first.")
    for fit in fits:
        done = {} if again else read_scores(fit, campaign.part, campaign.work)
        if missing := [name for name in SCORES if name not in done]:
            context = make_context(campaign, fit, say)
            for name in missing:
                say(f"{fit.name}: score {name}")
                done[name] = SCORES[name](context.trained.fitted, fit.name, context)
                write_scores(fit, campaign.part, done, campaign.work)


def make_context(campaign: Campaign, fit: Fit, say: Say) -> Context:
    """Show both sets to a fitted method."""
    collect_sets(campaign, (fit.method,), say)
    method, folder = campaign.make(fit.method), fit.folder(campaign.work)
    fitted = load_fit(fit, method, campaign.work)
    say(f"{fit.name}: embed")
    train, unseen = campaign.open_set(TRAIN), campaign.open_set(campaign.part)
    shared = campaign.work / "cache"
    shared.mkdir(exist_ok=True)
    return Context(
        method=method,
        trained=see(method, fitted, train, folder),
        unseen=see(method, fitted, unseen, folder),
        turned=see_turned(method, fitted, unseen, folder),
        part=campaign.part,
        folder=shared,
        images=campaign.images,
        labelled=campaign.labelled,
        seed=fit.seed,
        resamples=campaign.resamples,
        say=say,
    )
