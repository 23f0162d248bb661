"""The jobs that this process runs: procrastinate hands them out, each is run as a task of the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from procrastinate import App, PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker as JobWorker

from tapext.pools import Connection, Pool, lend
from tapext.uws.execution import Execution
from tapext.uws.job import ABORTED, Job
from tapext.uws.notices import PHASES, Notices
from tapext.uws.store import DESTROYED, JobStore

BEATS: Final = 5  # signs of life, of which as many must be missed before a process counts as lost
AGAIN_SECONDS: Final = 2.0

log = logging.getLogger("caomai.service")


class Connector(PsycopgConnector):
    """Has procrastinate listen on the one connection that listens anyway."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Pass on what is told on the channels, for ever."""
        for channel in channels:
            self._notices.heed(channel, on_notification)
        await asyncio.Event().wait()


def name_channels(kinds: Iterable[str]) -> list[str]:
    """Name the channels on which procrastinate tells of new jobs."""
    return [f"procrastinate_queue_v1#{kind}" for kind in kinds]


class Lender:
    """The pool in the words of psycopg_pool, which procrastinate speaks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection."""
        return lend(self._pool)


class Queue:
    """The queues of procrastinate, one for each kind of job."""

    def __init__(self, notices: Notices) -> None:
        self.app = App(connector=Connector(notices))

    @asynccontextmanager
    async def open(self, pool: Pool) -> AsyncIterator[None]:
        """Let procrastinate use the connections of a pool."""
        async with self.app.open_async(Lender(pool)):
            yield

    async def defer(self, connection: Connection, kind: str, job: str) -> None:
        """Put a job into its queue, in the transaction of the connection."""
        task = self.app.configure_task(kind, queue=kind, connection=connection)
        await task.defer_async(job=job)


class Worker:
    """Runs jobs of some kinds, a few at a time, until it is cancelled; `lost` is a setting, in seconds."""

    def __init__(
        self, queue: Queue, store: JobStore, execution: Execution, kinds: Sequence[str], lost: float
    ) -> None:
        self._queue, self._store, self._execution = queue, store, execution
        self._lost, self.heartbeat = lost, lost / BEATS
        self._kinds = list(kinds)
        self._running: dict[str, tuple[Job, asyncio.Task[None]]] = {}
        self._worker: Any = None
        for kind in kinds:
            queue.app.task(name=kind, queue=kind, pass_context=True)(self._run)

    async def work(self, notices: Notices, jobs: int) -> None:
        """Run so many jobs at a time; what procrastinate does not survive is begun again."""
        notices.heed(PHASES, self._heed)
        while True:
            self._worker = self._make_worker(jobs)
            try:
                await self._worker.run()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the other jobs must go on
                log.warning("asynchronous jobs rest for a moment: %s", error)
            await asyncio.sleep(AGAIN_SECONDS)

    def _make_worker(self, jobs: int) -> Any:
        return JobWorker(
            self._queue.app,
            queues=self._kinds,
            concurrency=jobs,
            fetch_job_polling_interval=AGAIN_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self.heartbeat,
            stalled_worker_timeout=self._lost,
            shutdown_graceful_timeout=0,
        )

    async def _heed(self, *, channel: str, payload: str) -> None:  # noqa: ARG002 -- there is only one channel
        """Stop what somebody has aborted or destroyed."""
        job, _, phase = payload.partition(" ")
        if phase in {ABORTED, DESTROYED}:
            self._stop(job)

    def _stop(self, job: str) -> None:
        if job in self._running:
            self._running[job][1].cancel()

    async def keep_alive(self) -> None:
        """Show that this process lives, take the jobs from those that do not, and stop what is not ours."""
        # procrastinate's own heartbeat ends with the first fault of the database.
        if self._worker is not None and self._worker.worker_id is not None:
            await self._queue.app.job_manager.update_heartbeat(self._worker.worker_id)
        if lost := await self._store.recover(self._kinds, self._lost):
            log.warning("jobs of a lost process wait again: jobs=%d", lost)
        runs = {job.id: job.run for job, _ in self._running.values()}
        for stopped in await self._store.find_stopped(runs) if runs else ():
            self._stop(stopped)

    async def _run(self, context: JobContext, job: str) -> None:
        """Run one job, if it is still to be run; when the process is told to end, the job waits again."""
        assert context.job.id is not None
        begun = await self._store.begin(job, context.job.id)
        if begun is None:
            return
        task = asyncio.create_task(self._execution.run(begun))
        self._running[job] = begun, task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            await self._store.give_back(begun)
            log.info("job waits again: job=%s", begun.id)
            raise
        finally:
            del self._running[job]
