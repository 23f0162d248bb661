"""What a running service has: its settings, its connections, and what it knows of the database."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from caomai import __version__
from caomai.database import Database, read_queries, translate_errors
from caomai.errors import TransientError
from caomai.settings import Settings
from tapext.adql.catalogue import Catalogue, read_catalogue
from tapext.formats.writer import Info
from tapext.pools import Pool, lend

FRESH_SECONDS: Final = 60
RETRY_SECONDS: Final = 5
SOFTWARE: Final = f"CAOM-AI/{__version__}"

log = logging.getLogger("caomai.service")


@dataclass(frozen=True)
class Knowledge:
    """What can be asked for, and which maps answer."""

    catalogue: Catalogue
    maps: tuple[Info, ...]


@dataclass
class Service:
    """The state of one process."""

    settings: Settings
    database: Database
    pool: Pool
    queries: dict[str, str] = field(
        default_factory=lambda: _read_all("annotation", "catalogue", "datalink", "labelling", "tap")
    )
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _knowledge: Knowledge | None = None
    _expires: float = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def know(self) -> Knowledge:
        """Give the catalogue and the current maps, as they were about a minute ago at most.

        While the database is down that is what was known last.
        """
        if self._knowledge is not None and (self._lock.locked() or time.monotonic() < self._expires):
            return self._knowledge
        async with self._lock:
            if self._knowledge is None:
                return await self._learn()
            if time.monotonic() >= self._expires:
                try:
                    return await self._learn()
                except TransientError as error:
                    self._expires = time.monotonic() + RETRY_SECONDS
                    log.warning("the catalogue was not read again: %s", error)
            return self._knowledge

    async def renew(self, knowledge: Knowledge, pool: Pool) -> Knowledge:
        """Give what is known of the current maps anew if others have become current since."""
        async with lend(pool) as connection:
            cursor = await connection.execute(self.queries["read_maps"])
            maps = dict(await cursor.fetchall())
        return await self.match(knowledge, maps)

    async def match(self, knowledge: Knowledge, maps: dict[str, int]) -> Knowledge:
        """Give what is known of the current maps anew unless it is about `maps`."""
        if maps == knowledge.catalogue.maps:
            return knowledge
        async with self._lock:
            # Another request may have been faster.
            if self._knowledge is None or self._knowledge is knowledge:
                return await self._learn()
            return self._knowledge

    async def _learn(self) -> Knowledge:
        self._knowledge = await asyncio.to_thread(read_knowledge, self.database)
        self._expires = time.monotonic() + FRESH_SECONDS
        return self._knowledge


def _read_all(*nouns: str) -> dict[str, str]:
    return {name: text for noun in nouns for name, text in read_queries(noun).items()}


def read_knowledge(database: Database) -> Knowledge:
    """Read TAP_SCHEMA and the current maps."""
    with translate_errors(), database.connect("query") as connection:
        maps = connection.execute(read_queries("tap")["find_current_maps"]).fetchall()
        return Knowledge(
            read_catalogue(connection), tuple(info for facts in maps for info in describe_map(*facts))
        )


def describe_map(map_id: int, kind: str, model: str, citation: str | None) -> list[Info]:
    """Say which map the content of a result comes from, and what to cite for it."""
    return [
        Info("mapID", str(map_id), text=f"the current {kind} map"),
        Info("modelHash", model, text=f"the model of {kind} map {map_id}"),
        Info("citation", citation or SOFTWARE, ucd="meta.bib"),
    ]
