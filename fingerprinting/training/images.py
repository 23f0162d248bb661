"""The real images that a model learns from: files of folders, and a sample of an archive's collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from psycopg.rows import dict_row

from caomai.database import open_database, read_queries, translate_errors
from caomai.errors import NotFoundError
from caomai.settings import Settings
from fingerprinting.archive import fetch
from fingerprinting.training.collect import (
    Sightings,
    Source,
    find_images,
    read_instrument,
    see_image,
)
from fingerprinting.training.spoiled import PIECES, VERSIONS, see_spoiled


@dataclass(frozen=True)
class Image:
    """A file, or an artifact of the archive by its URI; `selection` names the parts to read, None for all."""

    place: str
    archived: bool = False
    checksum: str | None = None
    instrument: str | None = None
    selection: tuple[str, ...] | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what dataclasses.asdict and JSON made of an image."""
        selection = value["selection"]
        return cls(**{**value, "selection": None if selection is None else tuple(selection)})


def list_files(folders: Iterable[Path]) -> list[Image]:
    """List the FITS files in folders."""
    return [Image(str(path.absolute())) for path in find_images(folders)]


def sample_collections(settings: Settings, names: Iterable[str], most: int, seed: int) -> list[Image]:
    """Draw at most `most` images of each collection, its instruments in turn; hidden images are taken too."""
    found: list[Image] = []
    with (
        open_database(settings) as database,
        translate_errors(),
        database.connect() as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        queries = read_queries("training")
        for name in names:
            parameters = {
                "collection": name,
                "limit": most,
                "seed": seed,
                "schemes": list(settings.artifacts),
            }
            rows = cursor.execute(queries["sample_artifacts"], parameters).fetchall()
            if not rows:
                there = [row["collection"] for row in cursor.execute(queries["list_collections"])]
                raise NotFoundError(_explain(name, there))
            found += [
                Image(
                    row["uri"],
                    archived=True,
                    checksum=row["contentchecksum"],
                    instrument=row["instrument_name"],
                    selection=None if row["selection"] is None else tuple(row["selection"]),
                )
                for row in rows
            ]
    return found


def _explain(name: str, there: list[str]) -> str:
    if name in there:
        return f"No image of the collection {name} can be reached: CAOMAI_ARTIFACTS names no place for them."
    names = ", ".join(there) or "none"
    return f"The archive has no collection {name}; it has: {names}."


def see(  # noqa: PLR0917  # an image, how much of it, and where it is
    image: Image,
    most: int,
    seed: int,
    artifacts: Mapping[str, str],
    downloads: Path,
    pieces: int = PIECES,
) -> list[Sightings]:
    """See the objects of an image, and of its versions, at most about `most` each; no download stays.

    What spoils images is learnt from so many pieces of it.
    """
    with _open(image, artifacts, downloads) as path:
        name = image.place if image.archived else path.name
        source = Source(name, image.instrument or read_instrument(path))
        seen = see_image(path, source, most, seed, image.selection)
        return seen + see_spoiled(path, seed, most // VERSIONS, pieces)


@contextmanager
def _open(image: Image, artifacts: Mapping[str, str], downloads: Path) -> Iterator[Path]:
    if not image.archived:
        yield Path(image.place)
        return
    with fetch(image.place, image.checksum, artifacts, downloads) as path:
        yield path
