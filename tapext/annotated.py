"""/annotate with pixels: uploaded images, and pictures, which a worker describes and draws."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import IO, Any, Final

from psycopg.rows import dict_row

from caomai.descriptions import Picture
from caomai.errors import ParameterError
from tapext.annotations import FIELDS, OF_ARCHIVE, PICTURE, REGIONS, Request, choose_parts, find_parts
from tapext.descriptions import Description, Descriptions
from tapext.formats.conversion import FileChunks
from tapext.formats.regions import COLUMNS
from tapext.formats.votable import TableData
from tapext.formats.writer import Document, Info, Writer
from tapext.pools import lend
from tapext.service import SOFTWARE, Service
from tapext.similar.images import Image, find_model, warn

Labels = Mapping[int, tuple[str, str]]

# The columns of the objects of an image that no archive knows.
DESCRIBED: Final = tuple(field for field in FIELDS if field not in OF_ARCHIVE)
ROWS: Final = 500  # objects that are written at once


async def draw_archived(service: Service, descriptions: Descriptions, request: Request) -> FileChunks:
    """Have a picture drawn of a part of an archived image, the first if none is named."""
    knowledge = await service.renew(await service.know(), service.pool)
    map_id = knowledge.catalogue.maps.get("object")
    (part, *_) = choose_parts(await find_parts(service, request.publisher_id, map_id), request.parts)
    labels = await find_labels(service, map_id)
    image = (request.publisher_id, part.artifact)
    picture = Picture(request.publisher_id, part.name, labels, image, request.stretch)
    return await _draw(descriptions, picture, None, find_model(knowledge))


async def annotate_upload(
    service: Service, descriptions: Descriptions, request: Request, image: Image
) -> FileChunks:
    """Have an uploaded image described, and its objects written or drawn; nothing of it is kept."""
    knowledge = await service.renew(await service.know(), service.pool)
    model = find_model(knowledge)
    labels = await find_labels(service, knowledge.catalogue.maps.get("object"))
    if request.wanted.format is PICTURE:
        part = request.parts[0] if request.parts else None
        picture = Picture(image.title, part, labels, stretch=request.stretch)
        return await _draw(descriptions, picture, image, model)
    if request.wanted.format is not REGIONS and request.wanted.format.writer is not TableData:
        raise ParameterError("An uploaded image is answered as votable (TABLEDATA), ds9 or png.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as its chunks
    try:
        async with descriptions.describing(image.path, image.title, model) as (description, objects):
            infos = (Info("server_software", SOFTWARE), *tell_file(image, description), *knowledge.maps)
            _check_parts(request, [hdu["part"] for hdu in description.hdus])
            writer = request.wanted.format.writer(Document(DESCRIBED, infos))
            await _write(file, writer, _rows(objects, request, labels), request.maxrec)
    except BaseException:
        file.close()
        raise
    return FileChunks(file)


def tell_file(image: Image, description: Description) -> Iterator[Info]:
    """Tell what is known of an uploaded file beside its objects: fingerprint, vector, parts, remarks."""
    yield Info("image", image.title)
    detected = sum(hdu["n_detected"] for hdu in description.hdus)
    yield Info("nDetected", str(detected), text="objects found")
    if description.field_node is not None:
        yield Info("fieldNode", str(description.field_node), text="node of Map 2")
    counts = " ".join(map(str, description.fingerprint))
    yield Info("fingerprint", counts, text="objects in each node of Map 1")
    if description.vector is not None:
        vector = " ".join(map(str, description.vector))
        yield Info("vector", vector, ucd="stat.param", text="search vector, to be sent to /similar as VECTOR")
    for hdu in description.hdus:
        height, width = hdu["shape"]
        yield Info("part", hdu["part"], text=f"{width} x {height} pixels, objects found: {hdu['n_detected']}")
    for remark in description.remarks:
        yield warn(remark)


async def find_labels(service: Service, map_id: int | None) -> Labels:
    """Find what the nodes of a map are called, and who says so."""
    async with lend(service.pool) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(service.queries["list_names"], {"mapID": map_id})
        return {row["node"]: (row["label"], row["labelorigin"]) for row in await cursor.fetchall()}


async def _draw(descriptions: Descriptions, picture: Picture, image: Image | None, model: str) -> FileChunks:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as its chunks
    try:
        await descriptions.draw(picture, None if image is None else image.path, model, file)
        file.flush()
    except BaseException:
        file.close()
        raise
    return FileChunks(file)


def _check_parts(request: Request, parts: list[str]) -> None:
    missing = [part for part in request.parts if part not in parts]
    if missing:
        there = ", ".join(parts[:20])
        raise ParameterError(f"The image has no part {missing[0][:40]!r} to describe; it has {there}.")


async def _rows(
    objects: AsyncIterator[dict[str, Any]], request: Request, labels: Labels
) -> AsyncGenerator[bytes]:
    """Give objects as lines of COPY text, as if they came from the database."""
    names = COLUMNS if request.wanted.format is REGIONS else tuple(field.name for field in DESCRIBED)
    async for found in objects:
        if not request.parts or found["part"] in request.parts:
            label, origin = labels.get(found["node"], ("", ""))
            yield write_row({**found, "label": label, "labelOrigin": origin}, names)


def write_row(values: Mapping[str, Any], names: Sequence[str]) -> bytes:
    """Write some values as a line of COPY text, NULL as nothing."""
    texts = ("" if values[name] is None else str(values[name]) for name in names)
    return ("\t".join(text.replace("\\", "\\\\") for text in texts) + "\n").encode()


async def _write(file: IO[bytes], writer: Writer, rows: AsyncGenerator[bytes], most: int) -> None:
    """Write a document of at most so many rows, some at a time."""
    file.write(writer.head())
    left, block = most, list[bytes]()
    async with aclosing(rows):
        async for row in rows:
            left -= 1
            if left < 0:
                break
            block.append(row)
            if len(block) == ROWS:
                await asyncio.to_thread(file.write, writer.body(block))
                block = []
    file.write(writer.body(block))
    file.write(writer.tail(overflow=left < 0))
    file.flush()
