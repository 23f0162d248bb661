"""The body of `caom-ai pictures`: what stands for the nodes of the maps, drawn before it is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from caomai.console import Bar
from caomai.database import Database, open_database, read_queries, translate_errors
from caomai.previews import TYPICAL, View
from caomai.settings import Settings
from fingerprinting.archive import download_folder
from fingerprinting.children import Children
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import load_model
from fingerprinting.previews.making import File, Studio, group_views
from fingerprinting.previews.typical import choose_typical
from fingerprinting.workshop import Places

CONNECTIONS: Final = 4


def draw_album(settings: Settings, processes: int, bar: Bar) -> dict[str, int]:
    """Choose what stands for the nodes and draw it; gives the numbers of objects, images and files."""
    model = load_model(settings.model)
    with open_database(settings) as database, translate_errors():
        with closing(database.connect("owner", autocommit=True)) as connection:
            maps = register_maps(connection, model)
            choose_typical(connection, maps, str(settings.base_url or ""), anew=True)
        with download_folder() as folder, Children(processes, settings.model) as children:
            album = Album(children, Places(settings.artifacts, folder), processes)
            return asyncio.run(album.draw(database, maps, bar))


class Album:
    """Draws what stands for nodes, some files at a time."""

    def __init__(self, children: Children, places: Places, processes: int) -> None:
        self._children, self._places = children, places
        self._hands = asyncio.Semaphore(processes + 1)

    async def draw(self, database: Database, maps: Maps, bar: Bar) -> dict[str, int]:
        """Draw what is missing of two maps, then the pictures of the whole maps."""
        pool = AsyncConnectionPool(
            database.conninfo("ingest"),
            min_size=1,
            max_size=CONNECTIONS,
            kwargs={"autocommit": True, "prepare_threshold": None, "row_factory": dict_row},
            open=False,
        )
        async with pool:

            async def execute(query: str, values: Mapping[str, object], noun: str) -> list[DictRow]:
                async with pool.connection() as connection:
                    cursor = await connection.execute(read_queries(noun)[query], values)
                    return await cursor.fetchall() if cursor.description else []  # type: ignore[return-value]

            studio = Studio(execute, self._children, self._places)
            numbers = (maps.object_map, maps.field_map)
            found = [
                await execute("list_typical", {"mapID": n, "most": TYPICAL}, "previews") for n in numbers
            ]
            files = group_views([row for rows in found for row in rows])
            bar.expect(len(files))
            await asyncio.gather(
                *(self._draw_file(studio, file, views, bar) for file, views in files.items())
            )
            for number in numbers:
                await studio.make_map(number)
        return {"objects": len(found[0]), "images": len(found[1]), "files": len(files)}

    async def _draw_file(self, studio: Studio, file: File, views: list[View], bar: Bar) -> None:
        async with self._hands:
            await studio.draw_missing(file, views)
            bar.advance()
