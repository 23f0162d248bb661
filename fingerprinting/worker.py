"""The worker: procrastinate jobs in an event loop, pixels in child processes, each image stored once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

from procrastinate.job_context import JobContext
from procrastinate.worker import Worker as JobWorker
from psycopg.rows import DictRow

from caomai.errors import TransientError, UnusableImageError
from fingerprinting.queue import HEARTBEAT, STALLED, TASK, Queue
from fingerprinting.store import Artifact
from fingerprinting.tally import Tally
from fingerprinting.workshop import Workshop

TICK: Final = 0.5  # seconds between looks at the queue
PATIENCE: Final = 5  # a look that took long is repeated after this many times its length
DEATHS: Final = 3  # workers that died over a job before its images are taken one by one
INTERRUPTED: Final = 130  # exit code
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOST: Final = "The connection to the database was lost: start again, the work goes on where it was."


class Rest(Protocol):
    """What a worker that stays does now and then, in a thread; `idle` where nothing is left to do."""

    def __call__(self, *, idle: bool) -> None:
        """Put things in order."""


class Worker:
    """One process that takes jobs from the queue until nothing is left, or until it is asked to stop."""

    def __init__(self, queue: Queue, workshop: Workshop, tally: Tally, processes: int) -> None:
        self._queue, self._workshop, self._tally = queue, workshop, tally
        # One image more than processes in hand: its file is fetched while the others are computed.
        self._hands = asyncio.Semaphore(processes + 1)
        self._stopping = False
        self._finished = False
        self._error: BaseException | None = None
        queue.app.task(name=TASK, queue=queue.name, pass_context=True)(self._work)
        self._jobs: Any = JobWorker(  # its methods are not annotated
            queue.app,
            queues=[queue.name],
            concurrency=processes + 1,
            fetch_job_polling_interval=TICK,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
        )

    async def run(self, rest: Rest | None) -> None:
        """Work until every image is done or a signal ends it; with `rest`, stay, and call that each time."""
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._heed_signal)
        async with self._queue.app.open_async():
            steps = (self._keep_alive, partial(self._look, rest))
            loops = [asyncio.create_task(self._repeat(step)) for step in steps]
            try:
                await self._jobs.run()
            finally:
                for loop in loops:
                    loop.cancel()
                await asyncio.wait(loops)
        if self._error:
            raise self._error
        if not (self._finished or self._stopping):
            raise TransientError(LOST)

    def stop(self) -> None:
        """Finish the images in hand and put the others back."""
        self._stopping = self._tally.interrupted = True
        self._jobs.stop()

    def _heed_signal(self) -> None:
        """Stop; a second signal ends at once."""
        if self._stopping:
            os._exit(INTERRUPTED)  # as kill -9: the children die with us, others recover our jobs
        self.stop()

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        self._stopping = True
        self._jobs.stop()

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            while True:
                await step()
                await asyncio.sleep(TICK)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the worker must not go on without it
            self._fail(error)

    async def _keep_alive(self) -> None:
        """Show that this worker lives, also while it is stopping; take the jobs from those that do not."""
        if self._jobs.worker_id is not None:  # before the recovery, which must not take our own jobs
            await self._queue.app.job_manager.update_heartbeat(self._jobs.worker_id)
        await self._queue.recover()

    async def _look(self, rest: Rest | None) -> None:
        """Keep the queue fed, and see whether anything is left to do."""
        if self._stopping:
            return
        started = time.monotonic()
        feeding = await self._queue.feed()
        self._tally.expect(*await self._queue.count_work())
        looked = time.monotonic() - started
        if rest:
            await asyncio.to_thread(rest, idle=feeding.finished)
        elif feeding.finished:
            self._finished = True
            self._jobs.stop()
        await asyncio.sleep(PATIENCE * looked)

    async def _work(self, context: JobContext, artifacts: Sequence[str]) -> None:
        """Do one job; what is not begun when the worker is asked to stop goes back into the queue."""
        try:
            claimed = [_read_artifact(row) for row in await self._queue.claim(artifacts)]
            if context.job.attempts >= DEATHS and len(claimed) > 1:
                await self._queue.put([artifact.uri for artifact in claimed], size=1)
                return
            deadly = context.job.attempts >= DEATHS
            left = await asyncio.gather(*(self._fingerprint(artifact, deadly=deadly) for artifact in claimed))
            await self._queue.put([artifact.uri for artifact in left if artifact])
        except Exception as error:  # noqa: BLE001 -- an image's faults are recorded; anything else ends the worker
            self._fail(error)

    async def _fingerprint(self, artifact: Artifact, *, deadly: bool) -> Artifact | None:
        """Do one image; give it back where the worker is stopping."""
        async with self._hands:
            if self._stopping:
                return artifact
            if deadly:
                error = UnusableImageError(f"{DEATHS} workers died while they had this image in hand.")
                outcome = await self._workshop.refuse(artifact, error)
            else:
                outcome = await self._workshop.fingerprint(artifact)
        self._tally.add(outcome)
        return None


def _read_artifact(row: DictRow) -> Artifact:
    selection = None if row["selection"] is None else tuple(row["selection"])
    return Artifact(
        row["uri"], row["contentchecksum"], row["planeid"], row["publisherid"], selection, row["anew"]
    )
