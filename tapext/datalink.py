"""DataLink 1.1: from the publisherID of an image to its files and to the images that are most like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, Final
from urllib.parse import quote

from psycopg.rows import dict_row

from caomai.artifacts import resolve
from caomai.errors import CaomAiError, NotFoundError, ParameterError
from caomai.identifiers import PublisherID
from tapext.formats.votable import end_table, start_table, write_rows
from tapext.formats.writer import Document, Info
from tapext.markup import element
from tapext.pools import Connection, lend
from tapext.service import SOFTWARE, Service
from tapext.votype import Field

STANDARD: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
MEDIA_TYPE: Final = "application/x-votable+xml;content=datalink"
# XML IDs: of the description of the service, and of a column of publisherIDs whose name cannot be one.
LINKS_ID: Final = "links"
PUBLISHER_ID: Final = "caomPublisherID"
# DataLink has no term for likeness. Clients compare this name literally, so no host is part of it.
SIMILAR: Final = "https://caom-ai.github.io/rdf/datalink#similar"
MOST_IDS: Final = 5000
IDS_WITH_SIMILAR: Final = 20
SIMILAR_IMAGES: Final = 10
# Product types of CAOM that are DataLink terms as well; the others are auxiliary.
TERMS: Final = (
    "this", "auxiliary", "weight", "error", "noise", "calibration", "bias", "dark", "flat", "preview",
    "preview-image", "preview-plot", "thumbnail", "documentation", "coderived", "package",
)  # fmt: skip
FIELDS: Final = (
    Field("ID", "char", "*", ucd="meta.id;meta.main", description="What was asked for: a publisherID"),
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


def links_url(base_url: str, publisher_id: str | None = None) -> str:
    """Give the address of the links service, or of the links of one image."""
    url = f"{base_url}/datalink/links"
    return url if publisher_id is None else f"{url}?ID={quote(publisher_id, safe='')}"


async def write_links(service: Service, ids: Sequence[str], base_url: str) -> bytes:
    """Write the links document of some images; an ID that leads nowhere becomes a row that says why."""
    wanted = list(dict.fromkeys(ids))
    served = wanted[:MOST_IDS]
    links: list[Link] = []
    async with lend(service.pool) as connection:
        files = await find_files(service, connection, [text for text in served if "\0" not in text])
        for number, text in enumerate(served):
            links += [file_link(service, text, file, base_url) for file in files.get(text, [])]
            if text not in files:
                links.append(missing_link(text))
            elif number < IDS_WITH_SIMILAR:
                links += await similar_links(service, connection, text, base_url)
    infos = (Info("standardID", STANDARD), Info("server_software", SOFTWARE))
    document = Document(FIELDS, infos, describe_links(base_url, None))
    return (
        start_table(document, "<TABLEDATA>\n")
        + write_rows([astuple(link) for link in links]).encode()
        + end_table(document, "</TABLEDATA>", overflow=len(wanted) > len(served))
    )


async def find_files(
    service: Service, connection: Connection, ids: Sequence[str]
) -> Mapping[str, list[Mapping[str, Any]]]:
    """Find the files of the images that may be seen, what is pictured first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(service.queries["find_files"], {"ids": list(ids)})
    for file in await cursor.fetchall():
        found.setdefault(file["publisherid"], []).append(file)
    return found


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


def file_link(service: Service, text: str, file: Mapping[str, Any], base_url: str) -> Link:
    """Link an image to one of its files."""
    if file["artifactid"] is None:
        return error_link(text, NotFoundError("The archive has no file of this image."), "#this")
    kind = file["producttype"]
    semantics = "#this" if file["is_this"] else f"#{kind}" if kind in TERMS else "#auxiliary"
    try:
        url = find_url(service, file, base_url)
    except CaomAiError as error:
        return error_link(text, error, semantics)
    return Link(
        text,
        access_url=url,
        description=f"{kind} file {file['uri']}",
        semantics=semantics,
        content_type=file["contenttype"] or "application/fits",
        content_length=file["contentlength"],
        content_qualifier="#image" if file["is_this"] and file["dataproducttype"] == "image" else None,
    )


def find_url(service: Service, file: Mapping[str, Any], base_url: str) -> str:
    """Give the address of a file: where the archive keeps it, or our own for files of a folder."""
    if not file["is_released"]:
        raise NotFoundError("This file is not public yet.")
    try:
        place = resolve(file["uri"], service.settings.artifacts)
    except CaomAiError:
        raise NotFoundError("The archive does not serve this file.") from None
    return place if isinstance(place, str) else f"{base_url}/files/{file['artifactid']}"


async def similar_links(service: Service, connection: Connection, text: str, base_url: str) -> list[Link]:
    """Link an image to those most like it, nearest first."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(service.queries["find_image"], {"publisherID": text})
    image = await cursor.fetchone()
    if image is None:
        return []
    parameters = image | {"mapID": image["mapid"], "obsID": image["obsid"], "k": SIMILAR_IMAGES}
    for query in ("find_similar", "find_similar_exactly"):
        await cursor.execute(service.queries[query], parameters)
        rows = await cursor.fetchall()
        if len(rows) == SIMILAR_IMAGES:
            break
    return [similar_link(text, rank, row, base_url) for rank, row in enumerate(rows, 1)]


def similar_link(text: str, rank: int, row: Mapping[str, Any], base_url: str) -> Link:
    """Link an image to one that is like it."""
    instrument = f", {row['instrument_name']}" if row["instrument_name"] else ""
    return Link(
        text,
        access_url=links_url(base_url, row["publisherid"]),
        description=f"Similar image {rank}: {row['publisherid']}{instrument}",
        semantics=SIMILAR,
        content_type=MEDIA_TYPE,
        local_semantics="similar",
        distance=row["dist"],
        rank=rank,
    )


def describe_links(base_url: str, ref: str | None) -> str:
    """Describe the links service: to its own clients, or to those of a table whose column `ref` holds IDs."""
    text = {"datatype": "char", "arraysize": "*"}
    service = {"type": "meta", "utype": "adhoc:service", "ID": LINKS_ID, "name": "links"}
    this = {"type": "meta", "utype": "adhoc:this", "name": "this"}
    return element(
        "RESOURCE",
        service if ref else this,
        element("DESCRIPTION", None, "Files of an image and the images that are most like it"),
        element("PARAM", {"name": "standardID", **text, "value": STANDARD}),
        element("PARAM", {"name": "accessURL", **text, "value": links_url(base_url)}),
        element("PARAM", {"name": "contentType", **text, "value": MEDIA_TYPE}),
        element(
            "GROUP",
            {"name": "inputParams"},
            element("PARAM", {"name": "ID", **text, "value": "", "ucd": "meta.id;meta.main", "ref": ref}),
        ),
    )
