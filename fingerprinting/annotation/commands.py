"""The command `caom-ai annotate`: one file, no database needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caomai.console import printable
from caomai.embedded import EmbeddedPostgres
from caomai.errors import CaomAiError, ParameterError
from caomai.settings import Settings, read_settings
from caomai.wholefile import write_whole

if TYPE_CHECKING:
    from fingerprinting.annotation.names import Names
    from fingerprinting.description import PartDescription
    from fingerprinting.model import Model

PICTURE: Final = ".png"
REGIONS: Final = ".reg"
TABLES: Final = (".xml", ".vot")


def annotate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A FITS file, also .fz, .gz or .bz2.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="What to write: .png, .reg (DS9), .xml or .vot (VOTable).")
    ],
    labels: Annotated[
        Path | None, typer.Option(help="A CSV of caom-ai label export; else the labels of the archive.")
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Number of the extension, where the file has several images.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of a model [CAOMAI_MODEL].")] = None,
) -> None:
    """Mark every object of an image with its node and what that is called.

    As a picture: thin ellipses, a colour for each label or frequent node, words for the oddest; y runs upward
    as in the file. As regions for DS9. As a VOTable, which TOPCAT shows over the picture: x and y in FITS
    pixels (the first is 1), ra and dec in ICRS degrees, node, label, confidence, shape.

    Of a file with several images a picture shows the first one, or the one of --part. No database is needed;
    if an archive is configured and its map was made with the same model, its labels are used.

    Exit codes: 0 done, 1 the file cannot be described (the sentence says why), 2 wrong use or no such file.
    """
    kind = output.suffix.lower()
    if kind not in {PICTURE, REGIONS, *TABLES}:
        raise ParameterError("The name of the output must end in .png, .reg, .xml or .vot.")
    if not file.is_file():
        raise ParameterError(f"There is no file {printable(str(file))}.")
    settings = read_settings(model=model)
    from fingerprinting.model import load_model  # noqa: PLC0415

    loaded = load_model(settings.model)
    names = read_names(settings, loaded, labels)
    if kind == PICTURE:
        content = _draw(file, settings, names, part)
        with write_whole(output) as place:
            place.write_bytes(content)
        typer.echo(f"{output}: the objects of {printable(file.name)} in a picture")
        return
    parts = _describe(file, settings, part)
    with write_whole(output) as place:
        _write(kind, place, parts, names, {"file": printable(file.name), "modelHash": loaded.hash})
    marked = sum(len(one.objects) for one in parts)
    typer.echo(f"{output}: {marked} objects of {printable(file.name)}, parts {_list_parts(parts)}")


def _list_parts(parts: list[PartDescription]) -> str:
    return ", ".join(part.name for part in parts)


def read_names(settings: Settings, model: Model, table: Path | None) -> Names:
    """Read labels from a table, else from the archive if there is one with this model's map."""
    from fingerprinting.annotation.names import Names  # noqa: PLC0415
    from fingerprinting.labels.table import read_file  # noqa: PLC0415

    if table is not None:
        return Names.join(read_file(table, model.hash))
    if settings.database_url is None and not EmbeddedPostgres(settings.data_dir).data.exists():
        return Names()
    from fingerprinting.labels.store import list_labels, open_labels  # noqa: PLC0415

    try:
        with open_labels(settings) as (connection, current):
            if current.model == model.hash:
                return Names.join(list_labels(connection, current.number))
    except CaomAiError as error:
        typer.echo(f"No labels: {error}", err=True)
    return Names()


def _describe(file: Path, settings: Settings, part: str | None) -> list[PartDescription]:
    """Describe a file in a child process, which may die of it."""
    from fingerprinting.children import Children  # noqa: PLC0415

    with Children(1, settings.model) as children:
        return children.submit(file, None if part is None else [part]).result()


def _draw(file: Path, settings: Settings, names: Names, part: str | None) -> bytes:
    """Draw a file, as PNG, in a child process too."""
    from fingerprinting.annotation.picture import Drawing  # noqa: PLC0415
    from fingerprinting.children import Children  # noqa: PLC0415

    with Children(1, settings.model) as children:
        return children.submit_drawing(file, Drawing(printable(file.name), part, names)).result()


def _write(kind: str, place: Path, parts: list[PartDescription], names: Names, facts: dict[str, str]) -> None:
    from fingerprinting.annotation.tables import write_regions, write_votable  # noqa: PLC0415

    (write_regions if kind == REGIONS else write_votable)(place, parts, names, facts)
