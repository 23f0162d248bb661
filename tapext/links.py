"""DataLink 1.1 (sect. 3): from the publisherIDs of images to their files, services and similar images."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.sql import Composed

from caomai.artifacts import resolve
from caomai.errors import CaomAiError, NotFoundError, ParameterError
from caomai.identifiers import PublisherID
from caomai.likeness import Search, ask_images, find_similar, list_ids
from tapext.datalink import MEDIA_TYPE, SIMILAR, STANDARD, VOTABLE, links_url
from tapext.descriptors import (
    ANNOTATE_ID,
    SIMILAR_ID,
    SIMILAR_OBJECTS_ID,
    describe_annotate,
    describe_links,
    describe_similar,
    describe_similar_objects,
)
from tapext.formats.votable import end_table, start_table, write_rows
from tapext.formats.writer import Document, Info
from tapext.pools import Connection, lend
from tapext.service import SOFTWARE, Service
from tapext.votype import Field

MOST_IDS: Final = 5000
BATCH: Final = 500
IDS_WITH_SIMILAR: Final = 20
# Product types of CAOM that are DataLink terms as well; the others are auxiliary.
TERMS: Final = (
    "this", "auxiliary", "weight", "error", "noise", "calibration", "bias", "dark", "flat", "preview",
    "preview-image", "preview-plot", "thumbnail", "documentation", "coderived", "package",
)  # fmt: skip
PREVIEWS: Final = ("#preview", "#preview-image", "#thumbnail")
ID: Final = "ID"
FIELDS: Final = (
    Field("ID", "char", "*", ucd="meta.id;meta.main", description="What was asked for: a publisherID", id=ID),
    Field("access_url", "char", "*", ucd="meta.ref.url", description="Where the link leads"),
    Field("service_def", "char", "*", ucd="meta.ref", description="The service that makes the link"),
    Field("error_message", "char", "*", ucd="meta.code.error", description="Why there is no link"),
    Field("description", "char", "*", ucd="meta.note", description="What is found there"),
    Field("semantics", "char", "*", ucd="meta.code", description="What it is to the image"),
    Field("content_type", "char", "*", ucd="meta.code.mime", description="The media type of what is found"),
    Field("content_length", "long", ucd="phys.size;meta.file", unit="byte", description="Its size"),
    Field("content_qualifier", "char", "*", ucd="meta.code", description="The kind of data product"),
    Field("local_semantics", "char", "*", ucd="meta.id.assoc", description="What we call the link"),
    Field("distance", "double", ucd="stat.param", description="Distance of the contents: 0 is the same"),
    Field("rank", "int", ucd="meta.number", description="Place among the similar images: 1 is the nearest"),
)

Row = Mapping[str, Any]
Groups = Mapping[str, Sequence[Row]]
NOTHING: Final[Row] = {"has_vector": False}

log = logging.getLogger("caomai.service")


@dataclass(frozen=True)
class Link:
    """A row of the answer, in the order of FIELDS."""

    id: str
    access_url: str | None = None
    service_def: str | None = None
    error_message: str | None = None
    description: str | None = None
    semantics: str = "#this"
    content_type: str | None = None
    content_length: int | None = None
    content_qualifier: str | None = None
    local_semantics: str | None = None
    distance: float | None = None
    rank: int | None = None


assert len(fields(Link)) == len(FIELDS)


async def write_links(service: Service, ids: Sequence[str], base_url: str) -> AsyncGenerator[bytes]:
    """Give the chunks of the links of some images; an ID that leads nowhere becomes a row that says why."""
    wanted = list(dict.fromkeys(ids))
    served = wanted[:MOST_IDS]
    finder = Finder(service, base_url)
    first = await finder.find(served[:BATCH], IDS_WITH_SIMILAR)
    return _write(finder, first, served[BATCH:], is_cut=len(wanted) > len(served))


async def _write(
    finder: Finder, first: Sequence[Link], rest: Sequence[str], *, is_cut: bool
) -> AsyncGenerator[bytes]:
    infos = (Info("standardID", STANDARD), Info("server_software", SOFTWARE))
    describers = (describe_similar, describe_similar_objects, describe_annotate)
    services = [describe(finder.base_url, ID).write() for describe in describers]
    this = describe_links(finder.base_url, None).write(is_this=True)
    document = Document(FIELDS, infos, this + "".join(services))
    yield start_table(document, "<TABLEDATA>\n") + write_links_rows(first)
    error = None
    try:
        for start in range(0, len(rest), BATCH):
            yield write_links_rows(await finder.find(rest[start : start + BATCH], 0))
    except CaomAiError as failure:
        log.warning("links end with an error: %s", failure)
        error = failure.public
    yield end_table(document, "</TABLEDATA>", overflow=is_cut, error=error)


def write_links_rows(links: Sequence[Link]) -> bytes:
    """Write rows."""
    return write_rows([astuple(link) for link in links]).encode()


@dataclass(frozen=True)
class Finder:
    """Finds the links of images."""

    service: Service
    base_url: str

    async def find(self, ids: Sequence[str], with_similar: int) -> list[Link]:
        """Find the links of images, those to similar images for the first of them."""
        known = [text for text in ids if "\0" not in text]
        knowledge = await self.service.renew(await self.service.know(), self.service.pool)
        map_id = knowledge.catalogue.maps.get("object")
        queries = self.service.queries
        async with lend(self.service.pool) as connection:
            files = await group(connection, "publisherid", queries["find_files"], {"ids": known})
            names = {"ids": known, "mapID": map_id}
            content = await group(connection, "publisherid", queries["find_content"], names)
            asked = [text for text in ids[:with_similar] if content.get(text, [NOTHING])[0]["has_vector"]]
            similar: Groups = {}
            if asked and map_id is not None:
                query = find_similar(ask_images(list_ids(asked), map_id), Search(explained=0), map_id)
                similar = await group(connection, "queryid", query)
        return [
            link
            for text in ids
            for link in self._link(text, files.get(text), content.get(text, []), similar.get(text, []))
        ]

    def _link(
        self, text: str, files: Sequence[Row] | None, content: Sequence[Row], similar: Sequence[Row]
    ) -> list[Link]:
        if files is None:
            return [missing_link(text)]
        links = [self._link_file(text, file) for file in files]
        for known in content:
            if not any(link.semantics in PREVIEWS for link in links):
                links.append(self._link_picture(text, known["planeid"]))
            links += service_links(text, has_vector=known["has_vector"], has_objects=known["has_objects"])
        return links + [self._link_similar(text, row) for row in similar if row["rank"] is not None]

    def _link_file(self, text: str, file: Row) -> Link:
        """Link an image to one of its files; where the operator keeps them is nobody's business."""
        if file["artifactid"] is None:
            return error_link(text, NotFoundError("The archive has no file of this image."), "#this")
        kind = file["producttype"]
        semantics = "#this" if file["is_this"] else f"#{kind}" if kind in TERMS else "#auxiliary"
        try:
            place = self._find_place(file)
        except CaomAiError as error:
            return error_link(text, error, semantics)
        is_ours = isinstance(place, Path)
        return Link(
            text,
            access_url=f"{self.base_url}/files/{file['artifactid']}" if is_ours else str(place),
            description=f"{kind} file {file['uri'].rpartition('/')[2] if is_ours else file['uri']}",
            semantics=semantics,
            content_type=file["contenttype"] or "application/fits",
            content_length=file["contentlength"],
            content_qualifier="#image" if file["is_this"] and file["dataproducttype"] == "image" else None,
        )

    def _find_place(self, file: Row) -> Path | str:
        """Find where a file is: the archive's address of it, or a place in a folder of ours."""
        if not file["is_released"]:
            raise NotFoundError("This file is not public yet.")
        try:
            return resolve(file["uri"], self.service.settings.artifacts)
        except CaomAiError:
            raise NotFoundError("The archive does not serve this file.") from None

    def _link_picture(self, text: str, plane: str) -> Link:
        """Link an image to a picture of it, for where the archive has none."""
        return Link(
            text,
            access_url=f"{self.base_url}/preview/{plane}.png",
            description="Picture of the image",
            semantics=PREVIEWS[0],
            content_type="image/png",
            content_qualifier="#image",
            local_semantics="picture",
        )

    def _link_similar(self, text: str, row: Row) -> Link:
        """Link an image to one that is like it."""
        instrument = f", {row['instrument_name']}" if row["instrument_name"] else ""
        return Link(
            text,
            access_url=links_url(self.base_url, row["publisherid"]),
            description=f"Similar image {row['rank']}: {row['publisherid']}{instrument}",
            semantics=SIMILAR,
            content_type=MEDIA_TYPE,
            content_qualifier="#image",
            local_semantics="similar",
            distance=row["distance"],
            rank=row["rank"],
        )


async def group(
    connection: Connection, key: str, query: str | Composed, names: Mapping[str, object] | None = None
) -> Groups:
    """Run a query and group its rows by a column."""
    groups: dict[str, list[Row]] = {}
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(query, names)
    for row in await cursor.fetchall():
        groups.setdefault(row[key], []).append(row)
    return groups


def missing_link(text: str) -> Link:
    """Say that an ID leads nowhere; one that is hidden is as unknown as one that does not exist."""
    error: CaomAiError = NotFoundError("No image of this publisherID is known here.")
    try:
        PublisherID.parse(text)
    except ParameterError as malformed:
        error = malformed
    return error_link(text, error, "#this")


def error_link(text: str, error: CaomAiError, semantics: str) -> Link:
    """Write an error as a row (DataLink 1.1 sect. 3.4)."""
    return Link(text, error_message=f"{error.fault}: {error.public}", semantics=semantics)


def service_links(text: str, *, has_vector: bool, has_objects: bool) -> list[Link]:
    """Link an image to what our services make of it."""
    services = [(ANNOTATE_ID, "The objects of the image with their nodes and labels")]
    if has_vector:
        services.append((SIMILAR_ID, "Similar images, as many and of what kind you like"))
    if has_objects:
        services.append((SIMILAR_OBJECTS_ID, "Objects of other images that look like one of this image"))
    return [
        Link(
            text,
            service_def=name,
            description=words,
            semantics="#proc",
            content_type=VOTABLE,
            local_semantics=name,
        )
        for name, words in services
    ]
