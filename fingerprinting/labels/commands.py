"""The command `caom-ai label`."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from caomai.console import list_refused, print_json, printable
from caomai.errors import NotFoundError, ParameterError
from caomai.labels import check_author, check_label, check_node
from caomai.settings import read_settings
from caomai.wholefile import write_whole
from fingerprinting.labels.label import Check, Evidence, Label, now

FRAMES = 160
SEED = 7920

label_app = typer.Typer(
    name="label",
    help="Name the nodes of Map 1, and measure how often the names are right.",
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


@label_app.command("sample")
def sample(
    words: Annotated[str, typer.Argument(metavar="NODE|LABEL", help="A node that has a label, or a label.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The CSV to write; a PNG lies beside it.")],
    label_words: Annotated[
        str | None, typer.Option("--label", help="Which label, where the node has several.")
    ] = None,
    most: Annotated[int, typer.Option("-n", min=1, max=1000, help="How many members.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws other members.")] = SEED,
) -> None:
    """Draw random members of a node with a label, or of all nodes with a label, to be looked at.

    They are objects that anybody may see, each as likely as any other. Their pictures are on a sheet beside
    the table (members.png beside members.csv), with the numbers that they have there; a person fills in the
    column right, and caom-ai label check stores how often the label is right.
    """
    from fingerprinting.labels.sample import Draw, sample_members  # noqa: PLC0415

    draw = Draw(words, label_words, most, seed)
    number, sheet, refused = sample_members(read_settings(), draw, output)
    list_refused(refused)
    beside = f" and {sheet}" if sheet else "; none of their files could be read for pictures"
    typer.echo(f"{number} members in {output}{beside}. Fill in the column right, then: caom-ai label check.")


@label_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV of caom-ai label sample, filled in.")],
    author: Annotated[str | None, typer.Option(help="Who has looked; by default the user.")] = None,
) -> None:
    """Store how often a label is right, from a table of members in which a person has written yes or no.

    The label then shows the share of right ones with its 95 % interval (Wilson), how many were looked at, by
    whom and when. Members without a word in the column right do not count. One wrong line, and nothing is
    stored.
    """
    from fingerprinting.labels.checking import check_members  # noqa: PLC0415

    words, found, unsure = check_members(read_settings(), file, check_author(author or _user()))
    left = f"; {unsure} were not judged" if unsure else ""
    typer.echo(f"{words}: {_share(found)} are right{left}.")


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
    with write_whole(output) as part, part.open("w", encoding="utf-8", newline="") as file:
        write_table(labels, current.model, file)


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
        typer.echo(f"{one.node:3d}  {printable(one.label):24s} {_measured(one)}  {_tell_origin(one)}")


def _measured(one: Label) -> str:
    """Say how often a label is right: what a person found goes before what a labelled set told."""
    if one.check is not None:
        return f"{_share(one.check):26s}  checked"
    if one.evidence is not None:
        return f"{_share(one.evidence):26s} {f'x{one.evidence.lift:.1f}':>8s}"
    return " " * 35


def _share(found: Evidence | Check) -> str:
    return f"{found.precision:.2f} ({found.low:.2f} to {found.high:.2f}) of {found.seen}"


def _tell_origin(one: Label) -> str:
    carried = f", carried from map {one.carried.map_id}" if one.carried else ""
    return f"{printable(one.author)}{carried}"


def _to_json(one: Label) -> dict[str, object]:
    return {
        "node": one.node,
        "label": one.label,
        "author": one.author,
        "created": one.created.isoformat(),
        "origin": one.origin,
        "evidence": one.evidence and _evidence_to_json(one.evidence),
        "carried": one.carried and {"from": one.carried.map_id, "overlap": one.carried.overlap},
        "check": one.check and asdict(one.check) | {"time": one.check.time.isoformat()},
    }


def _evidence_to_json(seen: Evidence) -> dict[str, object]:
    return {
        "precision": seen.precision,
        "low": seen.low,
        "high": seen.high,
        "lift": seen.lift,
        "seen": seen.seen,
        "set": seen.labelled_set,
        "model": seen.model,
    }
