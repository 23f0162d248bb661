"""One run of a job: from its parameters to a result in its folder, or to what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from caomai.errors import CaomAiError, TransientError
from caomai.settings import Settings
from tapext.parameters import Parameters
from tapext.uws.folder import RESULT, Folder, list_names
from tapext.uws.job import Fault, Job, Product
from tapext.uws.store import JobStore
from tapext.uws.work import Work

MOST_LOSSES: Final = 3  # processes that were lost over a job before it is given up
AGAIN_SECONDS: Final = 2.0

log = logging.getLogger("caomai.service")


class Execution:
    """Runs jobs of several kinds, each within the limits of the job and of the operator."""

    def __init__(
        self,
        settings: Settings,
        store: JobStore,
        find_folder: Callable[[], Awaitable[Folder]],
        works: Sequence[Work],
    ) -> None:
        self._settings, self._store, self._find_folder = settings, store, find_folder
        self._works = {work.kind: work for work in works}

    async def run(self, job: Job) -> None:
        """Run a job that was begun, and say how it ended; if it is cancelled, somebody else has said so."""
        log.info("job begun: job=%s kind=%s runid=%r run=%d", job.id, job.kind, job.runid, job.run)
        outcome: Product | Fault
        try:
            outcome = await self._produce(job)
        except CaomAiError as error:
            outcome = Fault(error.public, isinstance(error, TransientError))
        except Exception:
            log.exception("job failed: job=%s", job.id)
            outcome = Fault("The service failed; its log has the reason.")
        await self._report(job, outcome)

    async def _report(self, job: Job, outcome: Product | Fault) -> None:
        """Say how a job ended, as soon as the database can be told."""
        while True:
            try:
                counts = await self._store.end(job, outcome)
            except CaomAiError as error:
                log.warning("job cannot be ended: job=%s reason=%s", job.id, error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                log.info("job ended: job=%s outcome=%s counts=%s", job.id, outcome, counts)
                break
        left = list_names(outcome.name) if isinstance(outcome, Product) and not counts else []
        # What came with a job is kept no longer than it is needed; a run that does not count may not take it.
        left += job.files.values() if counts else ()
        await asyncio.to_thread((await self._find_folder()).remove_files, job.id, left)

    async def _produce(self, job: Job) -> Product:
        if job.losses >= MOST_LOSSES:
            raise TransientError(
                f"The service was stopped {job.losses} times while this job ran and gave it up: ask for "
                "less, or try again later."
            )
        try:
            async with asyncio.timeout(job.duration or None):
                return await self._write(job)
        except TimeoutError:
            raise TransientError(
                f"The job was ended after its executionDuration of {job.duration} s: ask for less, or give "
                "it a longer EXECUTIONDURATION."
            ) from None

    async def _write(self, job: Job) -> Product:
        folder, room = await self._find_folder(), await self._find_room()
        paths = {part: folder.path(job.id, name) for part, name in job.files.items()}
        result = await self._works[job.kind].begin(Parameters(job.parameters, paths), job.base_url)
        name = f"{RESULT}-{job.run}"
        size = await folder.write(job.id, name, result.chunks, room, result.warnings)
        return Product(name, result.media_type, size)

    async def _find_room(self) -> int:
        """Give the bytes that a result may have now."""
        room = self._settings.results_bytes - (await self._store.measure()).bytes
        if room <= 0:
            raise TransientError(
                "The service has no room for more results: delete jobs that you no longer need, or try "
                "again later."
            )
        return min(room, self._settings.result_bytes)
