"""The command `caom-ai picture`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caomai.console import list_refused
from caomai.errors import ParameterError
from caomai.labels import check_node
from caomai.settings import read_settings

if TYPE_CHECKING:
    from fingerprinting.pictures.posters import Session
    from fingerprinting.pictures.sheet import Sheet

FRAMES = 160
SEED = 7920  # frames that no model was trained on
ARCHIVE = "archive"

picture_app = typer.Typer(
    name="picture",
    help="Draw the maps as PNG: what nodes hold, what is confused, how images spread.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Output = Annotated[Path, typer.Option("-o", "--output", help="The PNG to write.")]
Images = Annotated[
    list[Path] | None, typer.Option(help="Folder of FITS files to take objects from; may be repeated.")
]
Simulated = Annotated[int, typer.Option(min=0, help="Simulated frames to take objects from.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the simulated frames and of what is drawn by chance.")]
Most = Annotated[int, typer.Option(min=1, help="Objects taken of one image at most, by chance.")]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="Folder of a model [CAOMAI_MODEL].")]
Labels = Annotated[str | None, typer.Option(help="Show labels: 'archive', or a CSV of caom-ai label export.")]


@picture_app.command("map1")
def map1(  # noqa: PLR0917  # options of a command
    output: Output,
    images: Images = None,
    simulated: Simulated = 0,
    labels: Labels = None,
    counts: Annotated[bool, typer.Option("--counts", help="Show how many objects each node holds.")] = False,
    rarity: Annotated[bool, typer.Option("--rarity", help="Show one in how many objects it holds.")] = False,
    seed: Seed = SEED,
    most: Most = 300,
    model: ModelFolder = None,
) -> None:
    """Draw Map 1: a typical object for each of the 400 nodes.

    It is the object nearest to the node's centroid, real ones first. Without --images and --simulated the
    objects are those of the connected archive that anybody may see. Neighbours on the map look alike; a dark
    tile is a node into which nothing fell. Sky is dark grey and y runs upward, as in DS9.
    """
    from fingerprinting.pictures.map1 import Overlay  # noqa: PLC0415

    session = _open(images, simulated, seed, most, model)
    overlay = Overlay(_read_labels(labels, session), counts=counts, rarity=rarity)
    _save(session.draw_map1(overlay), output, session, "Map 1")


@picture_app.command("node")
def node(  # noqa: PLR0917  # options of a command
    number: Annotated[int, typer.Argument(metavar="NODE", help="gridX + 20 gridY, 0 to 399.")],
    output: Output,
    images: Images = None,
    simulated: Simulated = 0,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Objects a row.")] = 8,
    labels: Labels = None,
    seed: Seed = SEED,
    most: Most = 300,
    model: ModelFolder = None,
) -> None:
    """Draw members of one node: the nearest to its centroid, some by chance, and the farthest.

    Under each stand the instrument (or type of simulated field), the signal to noise, the distance from the
    centroid (1 - cosine), and the true kind where it is known. If the last row looks like something else than
    the first, the node mixes things. Of the connected archive's nodes the nearest of 2,000 are shown.
    """
    session = _open(images, simulated, seed, most, model)
    sheet = session.draw_node(check_node(number), columns, _read_labels(labels, session))
    _save(sheet, output, session, f"Node {number}")


@picture_app.command("oddest")
def oddest(
    output: Output,
    collection: Annotated[str | None, typer.Option(help="Of this collection only.")] = None,
    snr: Annotated[float, typer.Option(min=0, help="Leave out objects of less signal to noise.")] = 20.0,
    number: Annotated[int, typer.Option(min=1, max=1000, help="Objects that are shown.")] = 100,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Objects a row.")] = 10,
) -> None:
    """Draw the oddest objects of the connected archive that anybody may see, the oddest first.

    Odd is what lies far from the centre of its node, in a rare node, or has arcs of light around it. Under
    each stand its file and the share of the objects the model has learnt from that are less odd. Most are
    blends, edges and faint objects; what is worth a second look stands among them.
    """
    session = _open(None, 0, SEED, 1, None)
    sheet = session.draw_oddest(collection, snr, number, columns)
    _save(sheet, output, session, "Oddest objects")


@picture_app.command("confusion")
def confusion(
    output: Output,
    simulated: Simulated = FRAMES,
    seed: Seed = SEED,
    most: Most = 300,
    model: ModelFolder = None,
) -> None:
    """Draw which kinds of simulated objects are taken for which.

    Nodes are named on half of the frames and scored on the other half. Each row is a true kind and sums to
    100 per cent; the framed diagonal is what was named right. Rare kinds count as much as frequent ones.
    """
    session = _open(None, simulated, seed, most, model)
    _save(session.draw_confusion(), output, session, "Confusion")


@picture_app.command("layout")
def layout(  # noqa: PLR0917  # options of a command
    output: Output,
    images: Images = None,
    simulated: Simulated = 0,
    labels: Labels = None,
    seed: Seed = SEED,
    most: Most = 300,
    model: ModelFolder = None,
) -> None:
    """Draw the plane of Map 1: which kind rules each node, and how unlike its neighbours each node is.

    Left: letters and colour tell the kind that is most frequent, the size how many objects there are; a node
    in which no kind has half is open. Right: the mean distance to the neighbours on the grid; ridges of high
    numbers part regions of unlike objects. For the archive the labels stand for kinds (--labels archive).
    """
    session = _open(images, simulated, seed, most, model)
    _save(session.draw_layout(_read_labels(labels, session)), output, session, "Layout of Map 1")


@picture_app.command("map2")
def map2(
    output: Output,
    images: Images = None,
    simulated: Simulated = 0,
    seed: Seed = SEED,
    model: ModelFolder = None,
) -> None:
    """Draw Map 2: a typical image for each of the 144 fields, and how many images it holds.

    It is the image nearest to the field's centroid, real ones first. Without --images and --simulated they
    are the images of the connected archive that anybody may see.
    """
    session = _open(images, simulated, seed, 1, model)
    _save(session.draw_map2(), output, session, "Map 2")


def _open(images: list[Path] | None, simulated: int, seed: int, most: int, model: Path | None) -> Session:
    from fingerprinting.pictures.posters import Request, Session  # noqa: PLC0415

    request = Request(tuple(images or ()), simulated, seed, most, model)
    if model is not None and not request.own:
        raise ParameterError("The archive has its own model; --model goes with --images or --simulated.")
    return Session(read_settings(), request, [])


def _read_labels(source: str | None, session: Session) -> dict[int, str]:
    """Read labels of nodes, several of one node joined."""
    if source is None:
        return {}
    from fingerprinting.labels.store import list_labels, open_labels  # noqa: PLC0415
    from fingerprinting.labels.table import read_file  # noqa: PLC0415
    from fingerprinting.model import load_model  # noqa: PLC0415

    if source == ARCHIVE:
        with open_labels(session.settings) as (connection, current):
            labels = list_labels(connection, current.number)
    else:
        labels = read_file(Path(source), load_model(session.request.model or session.settings.model).hash)
    named: dict[int, str] = {}
    for label in labels:
        named[label.node] = f"{named[label.node]}, {label.label}" if label.node in named else label.label
    return named


def _save(sheet: Sheet, output: Path, session: Session, title: str) -> None:
    """Write the PNG, and list what could not be used."""
    from fingerprinting.pictures.sheet import save  # noqa: PLC0415

    save(sheet.image, output, {"Title": title, "Software": "caom-ai picture"})
    list_refused(session.refused)
    typer.echo(f"{output}: {sheet.image.width} x {sheet.image.height} pixels")
