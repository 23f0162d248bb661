"""/annotate: the objects of one image with the nodes and labels that they carry, as a table or as regions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from caomai import annotation
from caomai.annotation import REGION_TYPE, Column
from caomai.errors import NotFoundError, ParameterError
from caomai.previews import STRETCHES
from caomai.settings import Settings
from tapext.datalink import MARKS
from tapext.descriptors import lead_on
from tapext.formats.conversion import convert
from tapext.formats.regions import RegionFile
from tapext.formats.registry import Format, Wanted, find_format
from tapext.formats.writer import Document, Info
from tapext.parameters import Parameters
from tapext.pools import Pool, lend
from tapext.query import write_empty
from tapext.service import SOFTWARE, Service
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.votype import Field

REGIONS: Final = Format(REGION_TYPE, ("ds9", "reg", "application/x-ds9-region"), RegionFile)
PICTURE: Final = Format("image/png", ("png",), RegionFile)  # drawn by a worker, not written
UNKNOWN: Final = "No image of this publisherID is known here whose objects have been sorted."
PUBLISHER_ID: Final = Field(
    "publisherID",
    "char",
    "*",
    "caom2:uri",
    ucd="meta.ref.ivoid",
    utype="caom2:Plane.publisherID",
    description="identifier of the image, as published by the archive",
)
ARTIFACT: Final = Field(
    "artifactURI",
    "char",
    "*",
    "caom2:uri",
    ucd="meta.ref.uri;meta.file",
    utype="caom2:Artifact.uri",
    description="identifier of the file",
)
OBJECT_ID: Final = Field(
    "objectID",
    "long",
    ucd="meta.id;src",
    utype="caom2_ai:ObjectNode.objectID",
    description="number of the object, until its image is described anew: an ID for /similar/objects",
)
# What comes from the labels; everything else is a column of the objects.
OF_LABELS: Final = (annotation.LABEL.name, annotation.LABEL_ORIGIN.name)


@dataclass(frozen=True)
class Request:
    """The objects of which image a client wants, of which parts of it (all if none is named), and how.

    publisher_id is empty where the image itself was sent. stretch is that of a picture without marks, None
    where the objects are marked.
    """

    publisher_id: str
    parts: tuple[str, ...]
    maxrec: int
    wanted: Wanted
    stretch: str | None = None
    base_url: str = ""


@dataclass(frozen=True)
class Part:
    """A part of an image that may be seen, and how many objects were found and are kept."""

    artifact: str
    name: str
    detected: int
    kept: int


def read_request(
    parameters: Parameters, settings: Settings, base_url: str, *, uploaded: bool = False
) -> Request:
    """Read and check the parameters of /annotate."""
    publisher_id = parameters.one("ID")
    if (publisher_id is None) == (not uploaded):
        raise ParameterError("Give the publisherID of an image as ID, or upload one as the file IMAGE.")
    maxrec = parameters.count("MAXREC", settings.default_rows, settings.max_rows)
    parts = tuple(part.strip() for part in parameters.all("PART") if part.strip())
    wanted = find_wanted(parameters.one("RESPONSEFORMAT", "FORMAT"))
    return Request(publisher_id or "", parts, maxrec, wanted, read_stretch(parameters), base_url)


def read_stretch(parameters: Parameters) -> str | None:
    """Read how a picture is drawn: its stretch where no objects are marked, else None."""
    marks = parameters.choose("MARKS", MARKS, MARKS[0])
    stretch = parameters.choose("STRETCH", STRETCHES, STRETCHES[0])
    if marks == "none":
        return stretch
    if parameters.one("STRETCH") is not None:
        raise ParameterError("STRETCH is that of a picture without marks: give MARKS=none too.")
    return None


def find_wanted(name: str | None) -> Wanted:
    """Find the format that a client named: regions of DS9, or any of a table."""
    kind = (name or "").partition(";")[0].strip().lower()
    for known in (REGIONS, PICTURE):
        if kind in (known.media_type, *known.aliases):
            return Wanted(known, known.media_type)
    try:
        return find_format(name)
    except ParameterError as error:
        raise ParameterError(f"{str(error).rstrip('.')}, ds9, png.") from error


async def annotate(
    service: Service, request: Request, pool: Pool, *, whole: bool = False
) -> AsyncGenerator[bytes]:
    """Give the chunks of the answer; what is wrong before the first object is raised.

    With `whole`, which says that nobody reads yet, also what is wrong later.
    """
    known = await service.know()
    knowledge = await service.renew(known, pool)
    map_id = knowledge.catalogue.maps.get("object")
    parts = choose_parts(await find_parts(service, request.publisher_id, map_id), request.parts)
    infos = (
        Info("server_software", SOFTWARE),
        Info("publisherID", request.publisher_id),
        Info("nDetected", str(sum(part.detected for part in parts)), text="objects found in these parts"),
        *knowledge.maps,
    )
    fields, services = lead_on(FIELDS, request.base_url)
    writer = request.wanted.format.writer(Document(fields, infos, services))
    if request.maxrec == 0:
        return write_empty(writer)
    statement = copy_statement(select_objects(service.queries, request, parts, map_id), FIELDS, writer)
    kind = request.wanted.format.file
    if kind is None:
        blocks = copy_blocks(pool, statement, service.settings.query_seconds)
        return write_blocks(await anext(blocks), blocks, writer, request.maxrec, whole=whole)
    async with pool.conversions:
        blocks = copy_blocks(pool, statement, service.settings.query_seconds)
        packed = write_blocks(await anext(blocks), blocks, writer, request.maxrec, whole=True)
        return await convert(packed, kind, service.settings.result_bytes)


async def find_parts(service: Service, publisher_id: str, map_id: int | None) -> list[Part]:
    """Find the parts of an image that may be seen; one that is hidden is as unknown as none."""
    rows: Sequence[Mapping[str, Any]] = []
    if "\0" not in publisher_id:
        async with lend(service.pool) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            names = {"publisherID": publisher_id, "mapID": map_id}
            await cursor.execute(service.queries["list_parts"], names)
            rows = await cursor.fetchall()
    if not rows:
        raise NotFoundError(UNKNOWN)
    return [Part(row["artifacturi"], row["part"], row["ndetected"], row["nobjects"]) for row in rows]


def choose_parts(parts: Sequence[Part], names: Sequence[str]) -> list[Part]:
    """Choose the parts that a client named, or all."""
    missing = [name for name in names if name not in {part.name for part in parts}]
    if missing:
        there = ", ".join(part.name for part in parts[:20])
        raise ParameterError(f"The image has no part {missing[0][:40]!r}; it has {there}.")
    return [part for part in parts if not names or part.name in names]


def select_objects(
    queries: Mapping[str, str], request: Request, parts: Sequence[Part], map_id: int | None
) -> Composed:
    """Write the query for the objects of some parts of an image."""
    columns = [Identifier("l" if field.name in OF_LABELS else "o", field.name.lower()) for field in FIELDS]
    return SQL(queries["list_objects"].removesuffix(";")).format(
        columns=SQL(", ").join(columns),
        publisherID=Literal(request.publisher_id),
        mapID=Literal(map_id),
        parts=Literal([part.name for part in parts]),
        limit=Literal(request.maxrec + 1),
    )


def _field(column: Column) -> Field:
    return Field(
        column.name,
        column.datatype,
        column.arraysize,
        unit=column.unit,
        ucd=column.ucd,
        description=column.description,
    )


OF_ARCHIVE: Final = (PUBLISHER_ID, ARTIFACT, OBJECT_ID)
FIELDS: Final = (PUBLISHER_ID, ARTIFACT, *map(_field, (annotation.PART, *annotation.OBJECT)), OBJECT_ID)
