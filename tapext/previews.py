"""Pictures of archived images: found where a worker kept them, or waited for until one has drawn them.

Whoever may not see an image gets the same answer as for one that does not exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row

from caomai.database import read_queries
from caomai.errors import NotFoundError, TransientError
from caomai.previews import View, Wish, ask_stamp, ask_thumbnail
from tapext.descriptions import Descriptions
from tapext.pools import lend
from tapext.service import Service
from tapext.similar.images import find_model

SECONDS: Final = 8.0  # that a request waits for a worker
UNKNOWN: Final = "There is no picture of this."
NOT_YET: Final = "The picture is being made; ask again in a moment."
QUERIES: Final = "previews"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Picture:
    """A PNG and what tells it from an earlier one."""

    png: bytes
    tag: str


class Previews:
    """Finds pictures, and has those made that are missing."""

    def __init__(self, service: Service, descriptions: Descriptions) -> None:
        self._service, self._descriptions = service, descriptions
        self._queries = read_queries(QUERIES)

    async def find_image(self, plane: UUID, view: View, uri: str | None = None) -> Picture:
        """Find a picture of an image that anybody may see, made of one of its files, or of the main one."""
        names = {"planeID": plane, "uri": uri, "part": view.part, "variant": view.variant}

        def wish(row: Row) -> Wish:
            return Wish(view.variant, view.part, row["uri"], str(plane))

        return await self._wait("find_preview", names, wish)

    async def find_object(self, number: int) -> Picture:
        """Find a picture of an object that anybody may see, by its objectID."""
        return await self._find_stamp("find_object", {"objectID": number})

    async def find_typical_object(self, map_id: int, node: int, rank: int) -> Picture:
        """Find a picture of one of the objects that stand for a node; rank 1 is the most typical."""
        return await self._find_stamp("find_typical_object", {"mapID": map_id, "node": node, "rank": rank})

    async def _find_stamp(self, query: str, names: Mapping[str, Any]) -> Picture:
        row = await self._find(query, names)
        view = ask_stamp(row["part"], row["x"], row["y"], row["a"])
        return await self.find_image(row["planeid"], view, row["uri"])

    async def find_typical_image(self, map_id: int, node: int, rank: int) -> Picture:
        """Find a thumbnail of one of the images that stand for a node."""
        row = await self._find("find_typical_image", {"mapID": map_id, "node": node, "rank": rank})
        return await self.find_image(row["planeid"], ask_thumbnail())

    async def find_map(self, map_id: int) -> Picture:
        """Find the picture of a whole map as it is for anybody now."""
        return await self._wait("find_map_picture", {"mapID": map_id}, lambda _: Wish("map", map_id=map_id))

    async def _find(self, query: str, names: Mapping[str, Any]) -> Row:
        rows = await self._fetch(query, names)
        if not rows:
            raise NotFoundError(UNKNOWN)
        return rows[0]

    async def _wait(self, query: str, names: Mapping[str, Any], wish: Callable[[Row], Wish]) -> Picture:
        """Look for a picture until it is there, as long as a worker may take."""
        end = time.monotonic() + SECONDS
        while True:
            row = await self._find(query, names)
            if (picture := await self._take(row)) is not None:
                return picture
            if time.monotonic() > end:
                raise TransientError(NOT_YET)
            await self._have_made(wish(row), end - time.monotonic())

    async def _take(self, row: Row) -> Picture | None:
        """Give the picture of a row, or say why there is none; None where it is not made yet."""
        if row["reason"] is not None:
            kind = NotFoundError if row["status"] == HTTPStatus.NOT_FOUND else TransientError
            raise kind(UNKNOWN if kind is NotFoundError else row["reason"])
        if row["png"] is None:
            return None
        if row["isstale"]:
            await self._descriptions.note(self._queries["use"], {"pictureID": row["pictureid"]})
        return Picture(row["png"], row["tag"])

    async def _have_made(self, wish: Wish, seconds: float) -> None:
        model = find_model(await self._service.know())
        if not await self._descriptions.fulfil(wish, model, seconds):
            raise TransientError(NOT_YET)

    async def _fetch(self, query: str, names: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with lend(self._service.pool) as connection:
            cursor = connection.cursor(row_factory=dict_row, binary=True)
            await cursor.execute(self._queries[query], names)
            return await cursor.fetchall()
