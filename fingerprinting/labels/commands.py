"""The command `caom-ai label`."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from caomai.console import print_json, printable
from caomai.errors import NotFoundError, ParameterError
from caomai.settings import read_settings
from fingerprinting.labels.label import Label, check_author, check_label, check_node, now

FRAMES = 160
SEED = 7920

label_app = typer.Typer(
    name="label",
    help="Name the nodes of Map 1: list, set, remove, suggest, export and import labels.",
    rich_markup_mode=None,
)
Json = Annotated[bool, typer.Option("--json", help="Write JSON for a script to read.")]
Node = Annotated[int, typer.Argument(metavar="NODE", help="Number of the node: gridX + 20 gridY, 0 to 399.")]
Words = Annotated[str, typer.Argument(metavar="LABEL", help="Plain words, such as 'satellite trail'.")]


@label_app.callback(invoke_without_command=True)
def label(
    context: typer.Context,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="The same as the command suggest with its defaults.")
    ] = False,
) -> None:
    """Name the nodes of Map 1: people's words, and what labelled sets suggest.

    A label says what the objects of a node are: satellite trail, merger, hot pixel. It is public and works at
    once in queries: caomai_label_count(fingerprint, 'satellite trail') counts the objects of an image in all
    nodes of that name. Each label keeps its author and time; one that a set of labelled objects suggested
    keeps what was measured too, and never replaces the word of a person.
    """
    if suggest and context.invoked_subcommand is None:
        suggest_labels()
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@label_app.command("list")
def list_all(as_json: Json = False) -> None:
    """List the labels of the current Map 1, in the order of its nodes."""
    from fingerprinting.labels.store import list_labels, open_labels  # noqa: PLC0415

    with open_labels(read_settings()) as (connection, current):
        labels = list_labels(connection, current.number)
    _show(labels, as_json=as_json)


@label_app.command("set")
def set_one(
    node: Node,
    words: Words,
    author: Annotated[str | None, typer.Option(help="Who gives the label; by default the user.")] = None,
) -> None:
    """Name a node. A node may have several labels; what was suggested for it makes way for your word."""
    from fingerprinting.labels.store import open_labels, set_label  # noqa: PLC0415

    one = Label(check_node(node), check_label(words), check_author(author or _user()), now())
    with open_labels(read_settings()) as (connection, current):
        set_label(connection, current.number, one)
    typer.echo(f"Node {one.node} is called {one.label}.")


@label_app.command("remove")
def remove_one(node: Node, words: Words) -> None:
    """Remove a label from a node, whoever gave it."""
    from fingerprinting.labels.store import open_labels, remove_label  # noqa: PLC0415

    with open_labels(read_settings()) as (connection, current):
        if not remove_label(connection, current.number, check_node(node), words):
            raise NotFoundError(
                f"Node {node} has no label {words!a}; caom-ai label list shows what there is."
            )
    typer.echo(f"Node {node} is no longer called {printable(words)}.")


@label_app.command("suggest")
def suggest_labels(
    stamps: Annotated[
        list[Path] | None,
        typer.Option(help="Folder with images.zip and labels.csv (columns file, label); may be repeated."),
    ] = None,
    simulated: Annotated[
        int | None, typer.Option(min=0, help=f"Simulated frames; {FRAMES} where no stamps are given, else 0.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the simulated frames and of the sample of stamps.")
    ] = SEED,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the suggestions and store none.")] = False,
    as_json: Json = False,
) -> None:
    """Suggest labels for nodes from objects whose kinds are known.

    The objects are sorted into nodes as those of any image are. A node gets the name of its most frequent
    kind where at least 8 objects were seen, the lower end of the 95 % interval of that kind's share (Wilson;
    objects of one image count as alike) is at least 0.5, and the share is at least twice that in the whole
    set. A mixed node gets no name, nor does one that a person has named. Suggesting again from the same set
    replaces what it suggested before. A set knows nothing of kinds that are not in it.
    """
    from fingerprinting.labels.suggesting import suggest_here  # noqa: PLC0415

    frames = simulated if simulated is not None else (0 if stamps else FRAMES)
    if not frames and not stamps:
        raise ParameterError("Give simulated frames (--simulated N) or labelled stamps (--stamps FOLDER).")
    labels, taken = suggest_here(read_settings(), stamps or [], frames, seed, quiet=as_json, keep=not dry_run)
    _show(labels, as_json=as_json)
    if not as_json:
        fate = "none was stored" if dry_run else f"{taken} stored"
        typer.echo(f"{len(labels)} suggestions, {fate}.", err=True)


@label_app.command("export")
def export_all(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File; by default stdout.")] = None,
) -> None:
    """Write all labels as CSV, with the model whose nodes they name."""
    from fingerprinting.labels.store import list_labels, open_labels  # noqa: PLC0415
    from fingerprinting.labels.table import write_table  # noqa: PLC0415

    with open_labels(read_settings()) as (connection, current):
        labels = list_labels(connection, current.number)
    if output is None:
        write_table(labels, current.model, sys.stdout)
        return
    part = output.with_name(f".{output.name[:200]}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            write_table(labels, current.model, file)
        part.replace(output)
    except OSError as error:
        raise ParameterError(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@label_app.command("import")
def import_all(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV that export wrote.")],
) -> None:
    """Add labels from a CSV that `caom-ai label export` wrote, for the same model.

    Labels that are there stay as they are. One wrong line, and none is taken.
    """
    from fingerprinting.labels.store import add_labels, open_labels  # noqa: PLC0415
    from fingerprinting.labels.table import read_file  # noqa: PLC0415

    with open_labels(read_settings()) as (connection, current):
        labels = read_file(file, current.model)
        added = add_labels(connection, current.number, labels)
    typer.echo(f"{added} labels added; {len(labels) - added} were there, or a person has named the node.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise ParameterError("Nobody knows who you are; give --author.") from error


def _show(labels: Sequence[Label], *, as_json: bool) -> None:
    if as_json:
        print_json({"labels": [_to_json(one) for one in labels]})
        return
    for one in labels:
        typer.echo(f"{one.node:3d}  {printable(one.label):24s} {_measured(one)}  {printable(one.author)}")


def _measured(one: Label) -> str:
    seen = one.evidence
    if seen is None:
        return f"{'':35s}"
    numbers = f"{seen.precision:.2f} ({seen.low:.2f} to {seen.high:.2f}) of {seen.seen}"
    return f"{numbers:26s} {f'x{seen.lift:.1f}':>8s}"


def _to_json(one: Label) -> dict[str, object]:
    seen = one.evidence
    evidence = seen and {
        "precision": seen.precision,
        "low": seen.low,
        "high": seen.high,
        "lift": seen.lift,
        "seen": seen.seen,
        "set": seen.labelled_set,
        "model": seen.model,
    }
    return {
        "node": one.node,
        "label": one.label,
        "author": one.author,
        "created": one.created.isoformat(),
        "origin": one.origin,
        "evidence": evidence,
    }
