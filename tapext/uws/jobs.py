"""What clients may do with jobs (UWS 1.1 sect. 2.2), and all that has to run for it in a process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from caomai.database import Database
from caomai.errors import AuthorizationError, NotFoundError, ParameterError, TooLargeError, TransientError
from caomai.settings import Settings
from tapext.parameters import Parameters
from tapext.uws import terms
from tapext.uws.execution import Execution
from tapext.uws.folder import JOB, Folder
from tapext.uws.job import QUEUED, Job, Pairs, Summary, count_bytes
from tapext.uws.notices import Notices
from tapext.uws.store import Draft, JobStore, Load, make_store_pool
from tapext.uws.upkeep import Upkeep, repeat
from tapext.uws.work import Work
from tapext.uws.worker import Queue, Worker, name_channels

MOST_BYTES: Final = 4 << 20
CHANGED: Final = "its parameters can be changed"
# The answer to RUN waits so long for the job to begin: who waits for the next phase then waits for its end.
START_SECONDS: Final = 0.2
# A disk or database that does not answer must not keep the process from ending.
STOP_SECONDS: Final = 10


class Jobs:
    """The jobs as the clients of this process see them."""

    def __init__(self, settings: Settings, store: JobStore, notices: Notices) -> None:
        self.settings, self.store, self.notices = settings, store, notices
        self._folder: Folder | None = None

    async def find_folder(self) -> Folder:
        """Give the folder of results."""
        if self._folder is None:
            root = self.settings.results_dir or self.settings.data_dir / "results"
            self._folder = Folder(root, await self.store.find_place())
        return self._folder

    async def create(self, kind: str, parameters: Parameters, base_url: str, session: str) -> str:
        """Make a job, and start it if the client says so; gives its identifier."""
        start = terms.read_start(parameters)
        draft = self._draft(kind, parameters, base_url, session)
        load = await self.store.measure()
        self._check_room(load)
        if start:
            self._check_waiting(load)
        folder = await self.find_folder()
        try:
            files, size = await asyncio.to_thread(folder.keep_files, draft.id, parameters)
            draft = replace(draft, files=files, input_bytes=draft.input_bytes + size)
            await self.store.insert(draft, start=start)
        except BaseException:
            await asyncio.to_thread(folder.remove, [draft.id])
            raise
        if start:
            await self._see_begin(kind, draft.id)
        return draft.id

    def _draft(self, kind: str, parameters: Parameters, base_url: str, session: str) -> Draft:
        pairs = check_size(terms.task_pairs(parameters))
        return Draft(
            id=secrets.token_hex(16),
            kind=kind,
            session=hash_session(session),
            runid=parameters.runid,
            duration=terms.read_duration(parameters, self.settings),
            destruction=terms.read_destruction(parameters, self.settings),
            base_url=base_url,
            parameters=pairs,
            files={},
            input_bytes=count_bytes(pairs),
        )

    async def _see_begin(self, kind: str, job: str) -> None:
        with suppress(NotFoundError):  # destroyed meanwhile
            await self.wait(kind, job, START_SECONDS, [QUEUED])

    def _check_room(self, load: Load) -> None:
        if load.kept >= self.settings.max_jobs or load.bytes >= self.settings.results_bytes:
            raise TransientError(
                "The service keeps as many jobs as it can: delete those that you no longer need, or try "
                "again later."
            )

    def _check_waiting(self, load: Load) -> None:
        if load.unfinished >= self.settings.max_waiting_jobs:
            raise TransientError(f"{load.unfinished} jobs wait to be run already; try again later.")

    async def find(self, kind: str, job: str) -> Job:
        """Give a job as it is now."""
        found = await self.store.find(kind, job) if JOB.fullmatch(job) else None
        if found is None:
            raise NotFoundError("There is no such job; it may have been destroyed.")
        return found

    async def wait(self, kind: str, job: str, seconds: float, phases: Sequence[str] = ()) -> Job:
        """Give a job when its phase has changed, or is none of those named, or after so many seconds."""
        with self.notices.watch(job) as changed:
            first = found = await self.find(kind, job)
            end = asyncio.get_running_loop().time() + seconds
            while found.is_active and found.phase == first.phase and (not phases or found.phase in phases):
                try:
                    async with asyncio.timeout_at(end):
                        await changed.wait()
                except TimeoutError:
                    break
                changed.clear()
                found = await self.find(kind, job)
        return found

    async def find_all(self, kind: str, session: str | None, parameters: Parameters) -> list[Summary]:
        """List the jobs that a client has made, newest first; without a session there are none."""
        phases = terms.read_phases(parameters)
        after, last = terms.read_after(parameters), terms.read_last(parameters)
        if session is None:
            return []
        return await self.store.find_all(kind, hash_session(session), phases or None, after, last)

    async def set_phase(self, job: Job, parameters: Parameters) -> None:
        """Start or abort a job."""
        phase = (parameters.one("PHASE") or "").upper()
        if phase == "RUN":
            await self._start(job)
        elif phase == "ABORT":
            if await self.store.abort(job):
                folder = await self.find_folder()
                await asyncio.to_thread(folder.remove_files, job.id, job.files.values())
            else:
                found = await self.find(job.kind, job.id)
                if found.product or found.fault:
                    raise AuthorizationError(f"The job is {found.phase}: it cannot be aborted any more.")
        else:
            raise ParameterError(f"PHASE must be RUN or ABORT, not {phase[:40]!r}.")

    async def _start(self, job: Job) -> None:
        job.check_pending("it can be run")
        self._check_waiting(await self.store.measure())
        if not await self.store.start(job.kind, job.id):
            (await self.find(job.kind, job.id)).check_pending("it can be run")
        await self._see_begin(job.kind, job.id)

    async def set_duration(self, job: Job, parameters: Parameters) -> None:
        """Say how long a job may run."""
        _need(parameters, "EXECUTIONDURATION")
        duration = terms.read_duration(parameters, self.settings)
        if not await self.store.set_duration(job.kind, job.id, duration):
            phase = (await self.find(job.kind, job.id)).phase
            raise AuthorizationError(f"The job is {phase}: its executionDuration cannot be changed any more.")

    async def set_destruction(self, job: Job, parameters: Parameters) -> None:
        """Say how long a job is kept."""
        _need(parameters, "DESTRUCTION")
        destruction = terms.read_destruction(parameters, self.settings)
        await self.store.set_destruction(job.kind, job.id, destruction)

    async def set_parameters(self, job: Job, parameters: Parameters) -> None:
        """Add to what a job is to do; a name that was given before has the new values, UPLOAD gains them."""
        job.check_pending(CHANGED)
        pairs = terms.task_pairs(parameters)
        join_pairs(job.parameters, pairs)
        self._check_room(await self.store.measure())
        folder = await self.find_folder()
        files, size = await asyncio.to_thread(folder.keep_files, job.id, parameters)
        size += count_bytes(pairs)
        if size:
            await self._add(job, pairs, files, size)

    async def _add(self, job: Job, pairs: Pairs, files: dict[str, str], size: int) -> None:
        """Add to a job as it is then, however many others add to it: its bytes tell that it has changed."""
        runid, is_named = Parameters(pairs).runid, any(name == "RUNID" for name, _ in pairs)
        while True:
            changed = replace(
                job,
                parameters=join_pairs(job.parameters, pairs),
                files=job.files | files,
                input_bytes=job.input_bytes + size,
                runid=runid if is_named else job.runid,
            )
            if await self.store.set_parameters(job, changed):
                return
            job = await self.find(job.kind, job.id)
            job.check_pending(CHANGED)

    async def destroy(self, job: Job) -> None:
        """Forget a job and what belongs to it; if it runs, it is stopped."""
        await self.store.destroy(job.kind, job.id)
        await asyncio.to_thread((await self.find_folder()).remove, [job.id])

    async def find_result(self, job: Job) -> tuple[Path, list[str]]:
        """Say where the result of a job lies, and what those who take it should know."""
        if job.product is None:
            reason = f": {job.fault.message}" if job.fault else "; it has no result."
            raise NotFoundError(f"The job is {job.phase}{reason}")
        folder = await self.find_folder()
        path = folder.path(job.id, job.product.name)
        if not await asyncio.to_thread(path.is_file):
            raise NotFoundError("The file of the result is lost; run the job again.")
        return path, await asyncio.to_thread(folder.read_warnings, job.id, job.product.name)


def _need(parameters: Parameters, name: str) -> None:
    if parameters.one(name) is None:
        raise ParameterError(f"{name} is missing.")


def hash_session(session: str) -> bytes:
    """Give what is kept of a client's session."""
    return sha256(session.encode()).digest()


def check_size(pairs: Pairs) -> Pairs:
    """Refuse parameters that are no parameters any more, but a table to be uploaded."""
    if count_bytes(pairs) > MOST_BYTES:
        raise TooLargeError(f"The parameters of a job may have {MOST_BYTES >> 20} MiB; upload a table.")
    return pairs


def join_pairs(old: Pairs, new: Pairs) -> Pairs:
    """Give parameters of which those that are named anew have the new values, but UPLOAD has all."""
    given = {name for name, _ in new} - {"UPLOAD"}
    return check_size((*(pair for pair in old if pair[0] not in given), *new))


@asynccontextmanager
async def open_jobs(settings: Settings, database: Database, works: Sequence[Work]) -> AsyncIterator[Jobs]:
    """Run jobs, look after them, and listen to what others do with them, as long as the block runs."""
    kinds = [work.kind for work in works]
    notices = Notices(lambda: database.conninfo("service"), name_channels(kinds))
    queue = Queue(notices)
    async with make_store_pool(database) as pool, queue.open(pool):
        store = JobStore(pool, queue.defer)
        jobs = Jobs(settings, store, notices)
        execution = Execution(settings, store, jobs.find_folder, works)
        worker = Worker(queue, store, execution, kinds, settings.lost_seconds)
        upkeep = Upkeep(store, jobs.find_folder, kinds)
        loops = [
            notices.listen(),
            repeat(worker.keep_alive, worker.heartbeat),
            repeat(upkeep.look, settings.upkeep_seconds),
        ]
        if settings.async_jobs:
            loops.append(worker.work(notices, settings.async_jobs))
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield jobs
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
