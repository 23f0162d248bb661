"""Images that somebody uploads: taken from the queue, described in a child process, answered, forgotten."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, Final
from uuid import UUID

from procrastinate import App
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker as JobWorker
from psycopg.rows import DictRow, dict_row

from caomai.database import read_queries
from caomai.descriptions import ABANDONED_SECONDS, STALLED, TASK, Picture, name_queue
from caomai.errors import CaomAiError, TransientError, UnusableImageError
from caomai.previews import Wish
from fingerprinting.annotation.archived import FULL, find_image, open_archived
from fingerprinting.annotation.names import Names
from fingerprinting.annotation.picture import Drawing
from fingerprinting.archive import fetch
from fingerprinting.children import Children
from fingerprinting.previews.making import Studio
from fingerprinting.queue import HEARTBEAT, make_connector
from fingerprinting.workshop import Places

TICK: Final = 0.5  # seconds
SECONDS: Final = 300.0  # that an image may take: somebody waits for it, and others behind it
DEATHS: Final = 2  # workers that died over an image before it is given up


@dataclass(frozen=True)
class Outcome:
    """The answer as JSON, or a picture, or why there is none."""

    answer: str | None = None
    picture: bytes | None = None
    error: CaomAiError | None = None

    def row(self) -> dict[str, object]:
        """Give what is stored of it."""
        error = self.error
        return {
            "phase": "FAILED" if error else "DONE",
            "answer": self.answer,
            "picture": self.picture,
            "message": error and str(error).replace("\0", ""),
            "status": error and error.status,
        }


class Describer:
    """Takes descriptions of one model, as many at a time as it has children."""

    def __init__(
        self,
        conninfo: str,
        model_hash: str,
        children: Children,
        places: Places,
        hands: int = 1,
        *,
        room: int,
    ) -> None:
        self._model_hash, self._children = model_hash, children
        self._folder, self._artifacts = places.downloads, places.artifacts
        self._room = room  # bytes of the pictures that are kept
        self._studio = Studio(self._execute, children, places)
        self._connector = make_connector(conninfo)
        self._app = App(connector=self._connector)
        self._queue = name_queue(model_hash)
        self._app.task(name=TASK, queue=self._queue, pass_context=True)(self._work)
        self._error: BaseException | None = None
        self._in_hand: dict[UUID, Event] = {}
        self._jobs: Any = JobWorker(  # its methods are not annotated
            self._app,
            queues=[self._queue],
            concurrency=hands,
            fetch_job_polling_interval=TICK,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
        )

    async def run(self) -> None:
        """Work until `stop` or until something goes wrong that is no fault of an image."""
        await asyncio.wrap_future(self._children.warm())
        async with self._app.open_async():
            upkeep = (self._forget_abandoned, self._make_room)
            steps = ((self._keep_alive, TICK), *((step, ABANDONED_SECONDS / 2) for step in upkeep))
            loops = [asyncio.create_task(self._repeat(step, seconds)) for step, seconds in steps]
            try:
                await self._jobs.run()
            finally:
                for loop in loops:
                    loop.cancel()
                await asyncio.wait(loops)
        if self._error:
            raise self._error

    def stop(self) -> None:
        """Finish what is in hand, and take no more."""
        self._jobs.stop()

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        self.stop()

    async def _repeat(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        try:
            while True:
                await step()
                await asyncio.sleep(seconds)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the worker must not go on without it
            self._fail(error)

    async def _keep_alive(self) -> None:
        """Show that this worker lives, and take the images from those that do not."""
        worker = self._jobs.worker_id
        if worker is not None:
            await self._app.job_manager.update_heartbeat(worker)
            await self._execute("register_describer", {"worker": worker, "modelHash": self._model_hash})
        await self._execute("recover_jobs", {"queue": self._queue, "stalled": STALLED}, "queue")
        if self._in_hand:
            gone = await self._execute("find_gone", {"ids": list(self._in_hand)})
            for unwanted in filter(None, (self._in_hand.get(row["id"]) for row in gone)):
                unwanted.set()

    async def _forget_abandoned(self) -> None:
        await self._execute("delete_abandoned", {"seconds": ABANDONED_SECONDS})

    async def _make_room(self) -> None:
        await self._execute("make_room", {"limit": self._room}, "previews")

    async def _work(self, context: JobContext, description: str) -> None:
        """Do one description, if it is still wanted."""
        try:
            rows = await self._execute("begin", {"id": description})
            if rows:
                await self._answer(UUID(description), rows[0], deadly=context.job.attempts >= DEATHS)
        except Exception as error:  # noqa: BLE001 -- the faults of images are answers; anything else ends the worker
            self._fail(error)

    async def _answer(self, description: UUID, row: DictRow, *, deadly: bool) -> None:
        """Give the answer to who waits for it; a picture of the archive is kept for those who come later."""
        wish = row["task"] and Wish.from_json(row["task"])
        if wish:
            await self._studio.make(wish, deadly=deadly)
            await self._execute("delete", {"id": description})
        else:
            outcome = await self._do(description, row, deadly=deadly)
            await self._execute("end", {"id": description, **outcome.row()})

    async def _do(self, description: UUID, row: DictRow, *, deadly: bool) -> Outcome:
        plain = make_plain(row["name"])
        try:
            if deadly:
                raise UnusableImageError(f"{DEATHS} workers died while they had {plain} in hand.")
            with tempfile.TemporaryDirectory(dir=self._folder) as private:
                path = Path(private) / plain
                if row["task"] is not None:
                    return Outcome(picture=await self._draw(description, row["task"], path))
                await self._fetch(description, path)
                return Outcome(await self._ask(description, path))
        except CaomAiError as error:
            return Outcome(error=error)
        except OSError as error:
            if error.errno not in FULL:
                raise
            return Outcome(error=TransientError("The disk for uploads is full; try again later."))

    async def _draw(self, description: UUID, task: Mapping[str, Any], path: Path) -> bytes:
        """Draw a file that was uploaded, or an archived image if anybody may see it."""
        picture = Picture.from_json(task)
        drawing = Drawing(picture.title, picture.part, Names.read(picture.labels), stretch=picture.stretch)
        if picture.image is None:
            await self._fetch(description, path)
            return bytes(await self._ask(description, path, drawing))
        image = await find_image(self._execute, picture, self._model_hash)
        with ExitStack() as stack:
            place = fetch(image.uri, image.checksum, self._artifacts, path.parent)
            file = await open_archived(stack, place)
            return bytes(await self._ask(description, file, replace(drawing, known=image.known)))

    async def _ask(self, description: UUID, path: Path, drawing: Drawing | None = None) -> Any:
        """Have a file described or drawn, as long as somebody waits."""
        unwanted = self._in_hand[description] = Event()
        try:
            if drawing is not None:
                return await asyncio.wrap_future(self._children.submit_drawing(path, drawing, unwanted))
            return await asyncio.wrap_future(self._children.submit_upload(path, unwanted))
        finally:
            del self._in_hand[description]

    async def _fetch(self, description: UUID, path: Path) -> None:
        """Write the pieces of a file to a file, one at a time."""
        query = read_queries("descriptions")["read_chunks"]
        with path.open("wb") as file:
            async with self._connector.pool.connection() as connection, connection.cursor() as cursor:
                async for (piece,) in cursor.stream(query, {"id": description}, binary=True):
                    await asyncio.to_thread(file.write, piece)

    async def _execute(
        self, query: str, values: Mapping[str, object], noun: str = "descriptions"
    ) -> list[DictRow]:
        async with (
            self._connector.pool.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(read_queries(noun)[query], values)
            return await cursor.fetchall() if cursor.description else []


def make_plain(name: str) -> str:
    """Make the name of a file of what its sender calls it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._+-]", "_", last)[-100:].lstrip(".") or "file"
