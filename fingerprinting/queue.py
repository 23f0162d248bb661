"""The queue of the worker: procrastinate in the schema caom2_ai_queue, fed from what the archive says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.types import JSONDict
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries

HEARTBEAT: Final = 2.0  # seconds
STALLED: Final = 6.0  # seconds without a heartbeat after which the jobs of a worker go to others
TASK: Final = "fingerprint"
VECTORS: Final = ".vectors"  # ends the name of the queue of images that lack vectors
LARGEST_JOB: Final = 100  # artifacts
SHARES: Final = 32  # jobs that a small archive is split into, so that workers share it evenly
LOW_WATER: Final = 16  # waiting jobs
HIGH_WATER: Final = 64


@dataclass(frozen=True)
class Feeding:
    """What one look at the archive gave: artifacts put into the queue, and whether nothing is left to do."""

    added: int
    finished: bool


def make_connector(conninfo: str) -> PsycopgConnector:
    """Let procrastinate, which names no schema, find its tables."""
    given = conninfo_to_dict(conninfo)
    options = f"{given.pop('options', '') or ''} -c search_path=caom2_ai_queue".strip()
    return PsycopgConnector(
        conninfo=make_conninfo(**given, options=options),  # type: ignore[arg-type]
        min_size=1,
        max_size=4,
    )


class Queue:
    """The jobs of one model; artifacts are taken whose scheme a setting gives a place.

    With a share of objects that are to have vectors, images that lack them are described anew, too. Their
    jobs are in a queue of their own, because other workers would find nothing to do in them.
    """

    def __init__(
        self, conninfo: str, map_id: int, model_hash: str, schemes: Sequence[str], share: float | None = None
    ) -> None:
        self._connector = make_connector(conninfo)
        self.app = App(connector=self._connector)
        usual = f"{TASK}.{map_id}"
        queues = [usual, f"{usual}{VECTORS}"]
        self.name = queues[share is not None]
        self.parameters: dict[str, Any] = {
            "queue": self.name,
            "queues": queues,
            "share": share,
            "mapID": map_id,
            "modelHash": model_hash,
            "schemes": list(schemes),
            "stalled": STALLED,
        }

    async def feed(self) -> Feeding:
        """Fill the queue up where it runs low; one worker at a time looks through the archive."""
        async with self._connector.pool.connection() as connection:
            jobs = await self._fetch(connection, "count_jobs")
            if jobs["waiting"] >= LOW_WATER or not (await self._fetch(connection, "lock_feed"))["locked"]:
                return Feeding(added=0, finished=False)
            position = (await self._fetch(connection, "find_position")).get("position", "")
            limit = HIGH_WATER * LARGEST_JOB
            rows = await self._query(connection, "find_next", position=position, limit=limit)
            found = [row["uri"] for row in rows]
            await self.put(found, connection)
            position_now = found[-1] if len(found) == limit else ""
            await self._query(connection, "save_position", position=position_now)
        idle = jobs["waiting"] == jobs["doing"] == 0
        return Feeding(added=len(found), finished=idle and not found and not position)

    async def put(self, uris: Sequence[str], connection: Any = None, size: int | None = None) -> None:
        """Make jobs of artifacts: about a hundred each in a large archive, a few in a small one."""
        size = size or min(max(math.ceil(len(uris) / SHARES), 1), LARGEST_JOB)
        starts = range(0, len(uris), size)
        jobs: list[JSONDict] = [{"artifacts": list(uris[start : start + size])} for start in starts]
        if jobs:
            task = self.app.configure_task(TASK, queue=self.name, connection=connection)
            await task.batch_defer_async(*jobs)

    async def claim(self, uris: Sequence[str]) -> list[DictRow]:
        """Give those artifacts of a job that still need work."""
        async with self._connector.pool.connection() as connection:
            return await self._query(connection, "claim", uris=list(uris))

    async def recover(self) -> int:
        """Let the jobs of silent workers wait again."""
        async with self._connector.pool.connection() as connection:
            return len(await self._query(connection, "recover_jobs"))

    async def count_work(self) -> tuple[int, dict[str, int]]:
        """Count the artifacts that need work, and by scheme those that no setting leads to."""
        async with self._connector.pool.connection() as connection:
            counts = {row["scheme"]: row["artifacts"] for row in await self._query(connection, "count_work")}
        reachable = sum(counts.pop(scheme, 0) for scheme in self.parameters["schemes"])
        return reachable, counts

    async def _fetch(self, connection: psycopg.AsyncConnection[Any], query: str) -> DictRow:
        rows = await self._query(connection, query)
        return rows[0] if rows else {}

    async def _query(
        self, connection: psycopg.AsyncConnection[Any], query: str, **parameters: object
    ) -> list[DictRow]:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(read_queries("queue")[query], self.parameters | parameters)
            return await cursor.fetchall() if cursor.description else []
