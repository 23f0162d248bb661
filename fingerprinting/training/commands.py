"""The command `caom-ai train`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Final

import typer

from caomai.console import print_json
from caomai.errors import UsageError
from caomai.settings import read_settings

MOST_SEED: Final = (1 << 32) - 1
EXTRA: Final = "Training needs torch, onnx and safetensors: pip install 'caom-ai[train]'."


def check_number(value: float) -> float:
    """Refuse what is no number, or has no end."""
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is no number of that kind.")
    return value


def train(  # noqa: PLR0917  # options of a command
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the new model.")],
    images: Annotated[
        list[Path] | None, typer.Option(help="A folder of FITS files to learn from (may be repeated).")
    ] = None,
    collection: Annotated[
        list[str] | None,
        typer.Option(help="A collection of the archive to learn from, public or not (may be repeated)."),
    ] = None,
    most_images: Annotated[
        int, typer.Option(min=1, help="Images drawn of each collection, its instruments in turn.")
    ] = 2000,
    most_objects: Annotated[
        int, typer.Option(min=1000, help="Objects of all real images together; each needs 8 kB of disk.")
    ] = 300_000,
    simulated: Annotated[int, typer.Option(min=0, help="Number of simulated frames to learn from.")] = 960,
    minutes: Annotated[
        float, typer.Option(min=0.01, callback=check_number, help="Time for the encoder.")
    ] = 15.0,
    steps: Annotated[
        int, typer.Option(min=0, help="Steps instead of minutes: the same steps and seed, the same model.")
    ] = 0,
    unseen: Annotated[int, typer.Option(min=16, help="Simulated frames kept for the evaluation.")] = 384,
    batch: Annotated[int, typer.Option(min=8, help="Objects in a step.")] = 256,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED)] = 1,
    name: Annotated[str, typer.Option(help="The model's id begins with it.")] = "caom-ai",
    licence: Annotated[str, typer.Option(help="Terms of the model, for its card.")] = "BSD-3-Clause",
    checkpoint: Annotated[
        float,
        typer.Option(min=0, callback=check_number, help="Seconds of training that a kill may cost at most."),
    ] = 60.0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew instead of going on with an unfinished training.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print hash and figures as JSON.")] = False,
) -> None:
    """Train an encoder and both maps on your images and simulated ones; no labels are needed.

    Objects are detected, looked at in random views, and the encoder learns which views belong together. Then
    400 nodes are found and laid out on a grid; the encoder, the maps, a model card and an evaluation are
    written to the folder, which appears whole at the end.

    Whatever ends the command before (Ctrl-C, a kill, a full disk): the same command goes on where it was, and
    gives the same model. Until then the work is in FOLDER.partial.

    Use the model with CAOMAI_MODEL=FOLDER caom-ai fingerprint, beside the present one; caom-ai models shows
    how far that is. Exit codes: 0 done, 1 failed, 2 wrong use, 130 or 143 ended by a signal.
    """
    try:
        from fingerprinting.training.contrast import Recipe  # noqa: PLC0415  # heavy
        from fingerprinting.training.plan import Plan  # noqa: PLC0415  # heavy
        from fingerprinting.training.run import train_model  # noqa: PLC0415  # heavy
        from fingerprinting.training.teller import Teller  # noqa: PLC0415  # heavy
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "onnx", "safetensors"}:
            raise
        raise UsageError(EXTRA) from error
    plan = Plan(
        output=output, images=tuple(images or ()), collections=tuple(collection or ()),
        settings=read_settings() if collection else None, most_images=most_images, most_objects=most_objects,
        simulated=simulated, unseen=unseen, recipe=Recipe(minutes=minutes, steps=steps, batch=batch),
        seed=seed, name=name, licence=licence, checkpoint_seconds=checkpoint, restart=restart,
    )  # fmt: skip
    with Teller.telling() as teller:
        result = train_model(plan, teller)
    if as_json:
        print_json({"hash": result.hash, "evaluation": result.figures})
        return
    for figure, value in result.figures.items():
        typer.echo(f"{figure:40s} {value:g}")
    typer.echo(f"model {result.hash} in {output}")
