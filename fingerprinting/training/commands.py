"""The command `caom-ai train`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from caomai.console import print_json
from caomai.errors import UsageError

EXTRA = "Training needs torch, onnx and safetensors: pip install 'caom-ai[train]'."


def train(  # noqa: PLR0917  # options of a command
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the new model.")],
    images: Annotated[
        list[Path] | None, typer.Option(help="A folder of FITS files to learn from (may be repeated).")
    ] = None,
    simulated: Annotated[int, typer.Option(min=0, help="Number of simulated frames to learn from.")] = 960,
    minutes: Annotated[float, typer.Option(min=0.01, help="Time for the encoder.")] = 15.0,
    steps: Annotated[
        int, typer.Option(min=0, help="Steps instead of minutes: the same steps and seed, the same model.")
    ] = 0,
    unseen: Annotated[int, typer.Option(min=16, help="Simulated frames kept for the evaluation.")] = 384,
    batch: Annotated[int, typer.Option(min=8, help="Objects in a step.")] = 256,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    name: Annotated[str, typer.Option(help="The model's id begins with it.")] = "caom-ai",
    as_json: Annotated[bool, typer.Option("--json", help="Print hash and figures as JSON.")] = False,
) -> None:
    """Train an encoder and both maps on your images and simulated ones; no labels are needed.

    Objects are detected, looked at in two random views each, and the encoder learns which two belong
    together. Then 400 nodes are found and laid out on a grid; the encoder, the maps, a model card and an
    evaluation are written to the folder.
    Use it with `caom-ai describe --model FOLDER` or CAOMAI_MODEL=FOLDER.
    """
    try:
        from fingerprinting.training.contrast import Recipe  # noqa: PLC0415  # heavy
        from fingerprinting.training.run import Plan, train_model  # noqa: PLC0415  # heavy
    except ModuleNotFoundError as error:
        if error.name not in {"torch", "onnx", "safetensors"}:
            raise
        raise UsageError(EXTRA) from error
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - started:7.0f} s  {text}\n")
        sys.stderr.flush()

    recipe = Recipe(minutes=minutes, steps=steps, batch=batch)
    plan = Plan(
        output=output, images=tuple(images or ()), simulated=simulated, unseen=unseen, recipe=recipe,
        seed=seed, name=name,
    )  # fmt: skip
    result = train_model(plan, say)
    if as_json:
        print_json({"hash": result.hash, "evaluation": result.figures})
        return
    for figure, value in result.figures.items():
        typer.echo(f"{figure:40s} {value:g}")
    typer.echo(f"model {result.hash} in {output}")
