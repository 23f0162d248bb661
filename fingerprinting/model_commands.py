"""The commands `caom-ai models`, `models use` and `models drop`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from caomai.console import print_json
from caomai.errors import UsageError
from caomai.settings import read_settings

Json = Annotated[bool, typer.Option("--json", help="Write JSON for a script to read.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of a map, as caom-ai models lists them.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def model_commands() -> typer.Typer:
    """Give the commands of `caom-ai models`."""
    app = typer.Typer(
        help="See which models the archive's images are on, and choose the one that people search.\n\n"
        "A worker with another CAOMAI_MODEL fills new maps while people search the old ones. Once nearly all "
        "images (nine in ten) are on them they take over, objects and fields at once, with the labels of the "
        "old nodes; CAOMAI_TAKE_OVER=false leaves that to `use`. Old maps stay until they are dropped.\n\n"
        "Alone it lists the maps: number, kind (object: Map 1, field: Map 2), model and images.",
        invoke_without_command=True,
    )
    app.callback()(show)
    app.command()(use)
    app.command()(drop)
    return app


def show(context: typer.Context, as_json: Json = False) -> None:
    """List the maps."""
    if context.invoked_subcommand is not None:
        return
    from fingerprinting.inventory import list_models  # noqa: PLC0415  # heavy

    entries = list_models(read_settings())
    if as_json:
        print_json([entry.to_json() for entry in entries])
    elif entries:
        typer.echo("\n".join(entry.to_line() for entry in entries))
    else:
        typer.echo("There are no maps yet: caom-ai fingerprint makes those of its model.")


def use(number: Number, yes: Yes = False, as_json: Json = False) -> None:
    """Let people search a map from now on: an object map with its newest fields, or a field map.

    Both change in one moment; nobody sees a mixture. Labels of the nodes that people search now are carried
    over where at least half of a node's objects had them. Asks before images are lost from search; going back
    is the same command with the other number.
    """
    from fingerprinting.inventory import use_model  # noqa: PLC0415  # heavy

    object_map, field_map = use_model(read_settings(), number, lambda text: _agree(text, yes=yes))
    if as_json:
        print_json({"objectMapID": object_map, "fieldMapID": field_map})
    else:
        typer.echo(f"People search map {object_map} of objects and map {field_map} of fields now.")


def drop(number: Number, yes: Yes = False, as_json: Json = False) -> None:
    """Delete a map that people do not search, with its fingerprints, objects, labels and index.

    An object map goes with its field maps. Readers are not kept waiting; if the command is ended before its
    time, the same command goes on.
    """
    from fingerprinting.inventory import drop_model  # noqa: PLC0415  # heavy

    def say(text: str) -> None:
        typer.echo(f"deleted: {text}", err=True)

    images = drop_model(read_settings(), number, lambda text: _agree(text, yes=yes), say)
    if as_json:
        print_json({"mapID": number, "images": images})
    else:
        typer.echo(f"Map {number} is gone, and {images} images with it.")


def _agree(text: str, *, yes: bool) -> None:
    """Ask the operator, who is at a terminal or has said yes before."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{text}: say --yes if that is meant.")
    if not typer.confirm(f"{text}. Go on?", err=True):
        raise UsageError("Nothing was changed.")
