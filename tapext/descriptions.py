"""Uploaded images: described by a worker, to which they go by way of the database, and forgotten.

This process never reads a pixel.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast
from uuid import UUID, uuid4

from psycopg.rows import dict_row

from caomai.database import Database, read_queries
from caomai.descriptions import ABANDONED_SECONDS, CHUNK, LARGE, PRIORITY, STALLED, TASK, Picture, name_queue
from caomai.errors import CaomAiError, ImageError, NotFoundError, TransientError
from caomai.previews import Wish
from caomai.settings import Settings
from tapext.pools import Connection, Pool, lend
from tapext.uws.notices import Notices
from tapext.uws.upkeep import repeat
from tapext.uws.worker import Queue

CHANNEL: Final = "caom2_ai_description"
CONNECTIONS: Final = 6
MOST_SENT: Final = 2  # files that go into the database at a time; those who wait for others must be heard
MOST_WAITING: Final = 200
MOST_WAITING_BYTES: Final = 8 << 30
MOST_WISHES: Final = 100  # pictures of the archive that are waited for
LONGEST_NAME: Final = 200
# A worker that was lost may be replaced by another; one beside this service is being started then.
WORKER_SECONDS: Final = 5.0
OWN_WORKER_SECONDS: Final = 20.0
JOB_WORKER_SECONDS: Final = 60.0  # of jobs, which nobody watches: all may be starting anew
LOOK_SECONDS: Final = 1.0  # between looks at a description, whatever is heard of it
DONE: Final = "DONE"
FAILED: Final = "FAILED"
NO_WORKER: Final = (
    "No process that describes images is at work with the model of the archive; the operator starts one by "
    "caom-ai fingerprint --watch, or by caom-ai serve without --no-worker."
)


@dataclass(frozen=True)
class Description:
    """What a file looks like; `hdus` are its parts as `caom-ai describe` has them, without objects.

    `vector` is the search vector (400,), None where there is nothing to compare; `remarks` are sentences for
    the user.
    """

    model: str
    vector: list[float] | None
    fingerprint: list[int]
    field_node: int | None
    remarks: list[str]
    hdus: list[dict[str, Any]]


class Descriptions:
    """Has files described, by whatever worker of the right model is free first."""

    def __init__(self, pool: Pool, queue: Queue, notices: Notices, patience: float) -> None:
        self._pool, self._queue, self._notices, self._patience = pool, queue, notices, patience
        self._sending = asyncio.Semaphore(MOST_SENT)
        self._queries = read_queries("descriptions")

    def for_jobs(self) -> Descriptions:
        """Give the same with the patience of jobs."""
        patient = copy(self)
        patient._patience = JOB_WORKER_SECONDS  # noqa: SLF001 -- our own
        return patient

    async def describe(self, path: Path, name: str, model: str) -> Description:
        """Describe a file that its sender calls `name` by the model of a hash; cancelled, it is forgotten."""
        async with self.describing(path, name, model) as (description, _):
            return description

    @asynccontextmanager
    async def describing(
        self, path: Path, name: str, model: str
    ) -> AsyncIterator[tuple[Description, AsyncGenerator[dict[str, Any]]]]:
        """Describe a file, and give its objects too while the block runs, one after the other.

        An object is as in the JSON of `caom-ai describe`, with the name of its `part`.
        """
        async with self._answered(path, name, model) as number:
            description = await self._read(number)
            async with aclosing(self._objects(number)) as objects:
                yield description, objects

    async def draw(self, picture: Picture, path: Path | None, model: str, file: IO[bytes]) -> None:
        """Have a picture drawn of a file, without one of an archived image, and write it to a file."""
        async with self._answered(path, picture.title, model, picture.to_json()) as number:
            start = 1
            while piece := (await self._fetch("read_picture", id=number, start=start, length=CHUNK))[0][
                "piece"
            ]:
                await asyncio.to_thread(file.write, piece)
                start += len(piece)

    async def fulfil(self, wish: Wish, model: str, seconds: float) -> bool:
        """Have a picture of the archive made and kept, as others may want too; False if it takes longer."""
        end = time.monotonic() + seconds
        await self._find_worker(model, min(seconds, self._patience))
        (load,) = await self._fetch("measure")
        if load["wishes"] >= MOST_WISHES:
            raise TransientError(f"{load['wishes']} pictures wait to be drawn already; try again later.")
        await self._wish(wish, model)
        with self._notices.watch(str(wish.number)) as changed:
            while time.monotonic() < end:
                changed.clear()
                if not await self._fetch("find_phase", id=wish.number):
                    return True
                await _wait_for(changed, min(LOOK_SECONDS, max(end - time.monotonic(), 0)))
        return False

    async def _wish(self, wish: Wish, model: str) -> None:
        async with lend(self._pool) as connection, connection.transaction():
            values = {"id": wish.number, "modelHash": model, "task": wish.to_json()}
            row = await (await connection.execute(self._queries["insert_wish"], values)).fetchone()
            if row is not None and row[0]:
                task, queue = self._queue.app.configure_task, name_queue(model)
                job = task(TASK, queue=queue, connection=connection, priority=PRIORITY)
                await job.defer_async(description=str(wish.number))

    async def note(self, query: str, values: dict[str, object]) -> None:
        """Write something down that nobody waits for."""
        async with lend(self._pool) as connection:
            await connection.execute(query, values)

    @asynccontextmanager
    async def _answered(
        self, path: Path | None, name: str, model: str, task: str | None = None
    ) -> AsyncIterator[UUID]:
        """Wait until a worker has done what is wanted; it is forgotten after the block."""
        await self._find_worker(model, self._patience)
        number = uuid4()
        try:
            async with self._sending:
                await self._check_room()
                await self._submit(number, path, {"name": name, "modelHash": model, "task": task})
            await self._wait(number, model)
            yield number
        finally:
            await asyncio.shield(self._fetch("delete", id=number))

    async def _find_worker(self, model: str, seconds: float) -> None:
        """Wait for a worker of a model, but not for long."""
        end = time.monotonic() + seconds
        while not await self._is_served(model):
            if time.monotonic() > end:
                raise TransientError(NO_WORKER)
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_served(self, model: str) -> bool:
        rows = await self._fetch("find_describers", stalled=STALLED)
        return model in {row["modelhash"] for row in rows}

    async def _check_room(self) -> None:
        """Refuse more images than can be described in a while."""
        (load,) = await self._fetch("measure")
        if load["waiting"] >= MOST_WAITING or load["bytes"] >= MOST_WAITING_BYTES:
            raise TransientError(f"{load['waiting']} images wait to be described already; try again later.")

    async def _submit(self, number: UUID, path: Path | None, facts: dict[str, str | None]) -> None:
        """Put a file into the database and what is wanted of it into the queue, both or neither."""
        size = 0 if path is None else (await asyncio.to_thread(path.stat)).st_size
        name = (facts["name"] or "").replace("\0", "")[-LONGEST_NAME:]
        task = self._queue.app.configure_task
        with path.open("rb") if path is not None else io.BytesIO() as file:
            async with lend(self._pool) as connection, connection.transaction():
                values = facts | {"id": number, "name": name, "size": size}
                await connection.execute(self._queries["insert"], values)
                await self._copy(connection, number, file)
                priority = PRIORITY if size <= LARGE else 0
                queue = name_queue(facts["modelHash"] or "")
                job = task(TASK, queue=queue, connection=connection, priority=priority)
                await job.defer_async(description=str(number))

    async def _copy(self, connection: Connection, number: UUID, file: BinaryIO) -> None:
        async with connection.cursor() as cursor, cursor.copy(self._queries["copy_chunks"]) as copy:
            copy.set_types(["uuid", "int4", "bytea"])
            place = 0
            while piece := await asyncio.to_thread(file.read, CHUNK):
                await copy.write_row((number, place, piece))
                place += 1

    async def _wait(self, number: UUID, model: str) -> None:
        """Wait for the end of a description, as long as there is a worker for it."""
        served = time.monotonic()
        with self._notices.watch(str(number)) as changed:
            while True:
                changed.clear()
                rows = await self._fetch("find_phase", id=number)
                if not rows:
                    raise TransientError("The image was lost while it waited to be described; send it again.")
                if rows[0]["phase"] == DONE:
                    return
                if rows[0]["phase"] == FAILED:
                    raise make_error(rows[0]["status"], rows[0]["message"])
                if await self._is_served(model):
                    served = time.monotonic()
                elif time.monotonic() > served + self._patience:
                    raise TransientError(NO_WORKER)
                await _wait_for(changed, LOOK_SECONDS)

    async def _read(self, number: UUID) -> Description:
        row = (await self._fetch("find_answer", id=number))[0]
        whole = row["whole"]
        return Description(
            model=whole["model"],
            vector=whole["vector"],
            fingerprint=whole["fingerprint"],
            field_node=whole["field_node"],
            remarks=whole["remarks"],
            hdus=row["hdus"] or [],
        )

    async def _objects(self, number: UUID) -> AsyncGenerator[dict[str, Any]]:
        async with lend(self._pool) as connection, connection.cursor() as cursor:
            stream = cursor.stream(self._queries["find_objects"], {"id": number})
            # Who wants no more of them ends the query, not the connection.
            async with aclosing(cast("AsyncGenerator[tuple[str, dict[str, Any]]]", stream)) as rows:
                async for part, found in rows:
                    yield {"part": part, **found}

    async def forget_abandoned(self) -> None:
        """Remove what a service left that was killed."""
        await self._fetch("delete_abandoned", seconds=ABANDONED_SECONDS)

    async def _fetch(self, query: str, **values: object) -> list[dict[str, Any]]:
        async with lend(self._pool) as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(self._queries[query], values)
            return await cursor.fetchall() if cursor.description else []


def make_error(status: int, message: str) -> CaomAiError:
    """Make of a worker's sentence the error that it was."""
    for kind in (ImageError, NotFoundError, TransientError):
        if status == kind.status:
            return kind(message)
    return CaomAiError(message)


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


@asynccontextmanager
async def open_descriptions(settings: Settings, database: Database) -> AsyncIterator[Descriptions]:
    """Listen to the workers, and clear away what is left of others, as long as the block runs."""
    notices = Notices(lambda: database.conninfo("service"), [], CHANNEL)
    queue = Queue(notices)
    async with Pool(lambda: database.conninfo("service"), CONNECTIONS) as pool, queue.open(pool):
        patience = OWN_WORKER_SECONDS if settings.worker else WORKER_SECONDS
        descriptions = Descriptions(pool, queue, notices, patience)
        loops = (notices.listen(), repeat(descriptions.forget_abandoned, settings.upkeep_seconds))
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield descriptions
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
