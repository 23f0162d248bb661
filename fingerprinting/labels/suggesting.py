"""The body of `caom-ai label suggest`: labelled sets through the archive's model into its labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from caomai.console import progress
from caomai.errors import ParameterError
from caomai.settings import Settings
from fingerprinting.labels.label import Label
from fingerprinting.labels.sets import MOST_OBJECTS, LabelledSet, see_simulated, see_stamps, suggest
from fingerprinting.labels.store import open_labels, replace_suggestions
from fingerprinting.model import Model, load_model
from fingerprinting.pictures.members import Observer


def suggest_here(
    settings: Settings, stamps: Sequence[Path], frames: int, seed: int, *, quiet: bool, keep: bool
) -> tuple[list[Label], int]:
    """Suggest labels for the current map from each set; give them and how many were stored."""
    model = load_model(settings.model)
    if keep:
        _check_model(settings, model)  # before minutes of work
    sets = _see_sets(Observer(model, MOST_OBJECTS, seed), stamps, frames, quiet=quiet)
    suggested = {one.name: suggest(one, model.hash) for one in sets}
    labels = [label for some in suggested.values() for label in some]
    if not keep:
        return labels, 0
    with open_labels(settings) as (connection, current):
        if current.model != model.hash:
            raise ParameterError("The archive's map has changed meanwhile; suggest again.")
        taken = [
            replace_suggestions(connection, current.number, name, some) for name, some in suggested.items()
        ]
    return labels, sum(taken)


def _see_sets(observer: Observer, stamps: Sequence[Path], frames: int, *, quiet: bool) -> list[LabelledSet]:
    sets = []
    if frames:
        with progress(frames, "Simulating", "frames", quiet=quiet) as bar:
            sets.append(see_simulated(observer, frames, bar))
    for folder in stamps:
        with progress(None, "Stamps", "stamps", quiet=quiet) as bar:
            sets.append(see_stamps(observer, folder, bar))
    return sets


def _check_model(settings: Settings, model: Model) -> None:
    with open_labels(settings) as (_, current):
        if current.model != model.hash:
            raise ParameterError(
                f"The archive's map was made with the model {current.model[:12]}, and this is "
                f"{model.hash[:12]}: set CAOMAI_MODEL to the folder of that model."
            )
