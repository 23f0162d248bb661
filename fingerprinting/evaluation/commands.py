"""The command `caom-ai evaluate`."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from caomai.console import print_json
from caomai.errors import ParameterError, UsageError
from caomai.settings import read_settings
from fingerprinting.training.commands import EXTRA

if TYPE_CHECKING:
    from fingerprinting.evaluation.campaign import Campaign

NEEDED: Final = ("torch", "onnx", "matplotlib")
QUICK: Final[dict[str, Any]] = {"frames": 80, "minutes": 0.05, "seeds": 1, "resamples": 200, "stable": 320}


class Step(StrEnum):
    """A step of an evaluation."""

    sets = "sets"
    fits = "fits"
    scores = "scores"
    table = "table"


class Part(StrEnum):
    """What maps are scored on."""

    test = "test"
    validation = "validation"


class Epochs(StrEnum):
    """How long baselines are trained beside the rows of equal time."""

    same = "same"


def evaluate(  # noqa: PLR0917  # options of a command
    work: Annotated[
        Path | None,
        typer.Option(help="Working folder: sets, fits, scores, table. Default: caom-ai-evaluation."),
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(
            help="Only these, as ours,twin: model, ours, pca-kmeans, ae-som, published, twin; and, to see "
            "what a part of ours is worth, ours:moved=0 (any number of the recipe on a model's card)."
        ),
    ] = None,
    images: Annotated[
        list[Path] | None, typer.Option(help="A folder of real FITS files to use too (may be repeated).")
    ] = None,
    labelled: Annotated[
        list[Path] | None, typer.Option(help="A folder of labelled stamps to score on (may be repeated).")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of the method called model [CAOMAI_MODEL].")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.01, help="Wall time of every fit.")] = 6.0,
    epochs: Annotated[
        Epochs | None, typer.Option(help="Fit each baseline with as many epochs as ours took, too.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Fits of ours and of the best baseline, or of each method named.")
    ] = 3,
    frames: Annotated[
        int,
        typer.Option(min=40, help="Simulated frames to train on; 0.4 times as many are kept for the scores."),
    ] = 960,
    part: Annotated[
        Part,
        typer.Option("--on", help="Score on the test set, or, to tune something, on the validation set."),
    ] = Part.test,
    only: Annotated[Step | None, typer.Option(help="Only this step; scores are then made anew.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute or two on few frames, to see how it goes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Compare the maps of CAOM-AI with others, on images that none has seen; one table, with intervals.

    Simulated frames of 16 field types with 17 kinds of objects are rendered, and objects detected in them;
    with --images real ones join, half of the files to learn from, a fifth for tuning, the rest for the test.
    Every method crops and learns from the same objects for the same time: ours anew, three published ways,
    and a twin of ours that is told the true kinds, the ceiling. The maps in use are scored as `model`.

    Everything is kept in the working folder and found there again: the command may be killed and started
    anew, and fits can be made one by one, on one machine after the other:

    caom-ai evaluate --work W --only sets
    caom-ai evaluate --work W --methods twin --seeds 1 --only fits
    caom-ai evaluate --work W --only scores

    Fits of all methods take their minutes each; the default is an hour of work. The table is written as
    table-test.json, table-test.md and PNG pictures. Look at the test set rarely: what is tuned by it fits to
    it (--on validation is there for that).
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(EXTRA)
    from fingerprinting.evaluation.campaign import Campaign, run  # noqa: PLC0415  # heavy
    from fingerprinting.evaluation.methods import make_method  # noqa: PLC0415  # heavy
    from fingerprinting.model import default_folder  # noqa: PLC0415  # heavy

    started = time.monotonic()

    def say(text: str) -> None:
        if not as_json or sys.stderr.isatty():
            sys.stderr.write(f"{time.monotonic() - started:7.0f} s  {text}\n")
            sys.stderr.flush()

    names = tuple(name.strip() for name in methods.split(",")) if methods else ()
    folder = model or read_settings().model or default_folder()
    for name in names:
        make_method(name, folder)
    for one in (*(images or ()), *(labelled or ())):
        if not one.is_dir():
            raise ParameterError(f"{one} is no folder.")
    default = "caom-ai-evaluation-quick" if quick else "caom-ai-evaluation"
    chosen: dict[str, Any] = {"frames": frames, "minutes": minutes, "seeds": seeds}
    campaign = Campaign(
        work=work or Path(default), model=folder, methods=names, same_epochs=epochs is not None,
        part=part.value, images=tuple(images or ()), labelled=tuple(labelled or ()),
        **(QUICK if quick else chosen),
    )  # fmt: skip
    rows = run(campaign, only.value if only else None, say)
    if only in {None, Step.scores, Step.table}:
        _report(campaign, rows, as_json=as_json)


def _report(campaign: Campaign, rows: list[Any], *, as_json: bool) -> None:
    """Write the table into the working folder and show it."""
    from fingerprinting.evaluation.goals import check_goals  # noqa: PLC0415  # heavy
    from fingerprinting.evaluation.report import show, to_json, write_report  # noqa: PLC0415  # heavy

    if not rows:
        raise ParameterError(f"Nothing has been scored on the {campaign.part} set in {campaign.work} yet.")
    settings = campaign.to_json()
    paths = write_report(rows, campaign.work, campaign.part, settings)
    if as_json:
        print_json(to_json(rows, check_goals(rows), settings))
    else:
        show(rows)
        typer.echo("\n".join(f"written: {path}" for path in paths))
