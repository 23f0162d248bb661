"""Jobs as rows of caom2_ai_uws.job: every step is one transaction, whatever other processes do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.types.json import Json

from caomai.database import Database, read_queries
from tapext.pools import Connection, Pool, lend
from tapext.uws.job import COMPLETED, ERROR, Fault, Job, Pairs, Product, Summary, count_bytes

CONNECTIONS: Final = 4
# What is told instead of the phase of a job that is gone.
DESTROYED: Final = "DESTROYED"

# Puts a job into the queue of its kind, in the transaction of the connection.
Defer = Callable[[Connection, str, str], Awaitable[None]]


@dataclass(frozen=True)
class Draft:
    """What a new job is made of; `session` is the hash by which its client lists it."""

    id: str
    kind: str
    session: bytes
    runid: str | None
    duration: int
    destruction: datetime
    base_url: str
    parameters: Pairs
    files: Mapping[str, str]
    input_bytes: int


@dataclass(frozen=True)
class Load:
    """How many jobs there are, how many of them wait or run, and how many bytes they take."""

    kept: int
    unfinished: int
    bytes: int


def make_store_pool(database: Database) -> Pool:
    """Make the pool of the service's own role."""
    return Pool(lambda: database.conninfo("service"), CONNECTIONS)


class JobStore:
    """The jobs of all processes; jobs of every kind, each found under its own kind only."""

    def __init__(self, pool: Pool, defer: Defer) -> None:
        self.pool = pool
        self.queries = read_queries("uws")
        self._defer = defer

    async def measure(self) -> Load:
        """Tell how much there is."""
        row = (await self._fetch("count_jobs"))[0]
        return Load(row["kept"], row["unfinished"], row["bytes"])

    async def insert(self, draft: Draft, *, start: bool) -> None:
        """Make a job; with `start` it waits to be run at once."""
        values = {
            "job": draft.id,
            "kind": draft.kind,
            "runID": draft.runid,
            "session": draft.session,
            "duration": draft.duration,
            "destruction": draft.destruction,
            "baseURL": draft.base_url,
            "parameters": Json(draft.parameters),
            "files": Json(dict(draft.files)),
            "inputBytes": draft.input_bytes,
        }
        async with lend(self.pool) as connection, connection.transaction():
            await connection.execute(self.queries["insert_job"], values)
            if start:
                await self._start(connection, draft.kind, draft.id)

    async def find(self, kind: str, job: str) -> Job | None:
        """Give a job as it is now."""
        rows = await self._fetch("find_job", kind=kind, job=job)
        return Job.of(rows[0]) if rows else None

    async def find_all(
        self, kind: str, session: bytes, phases: Sequence[str] | None, after: datetime | None, last: int
    ) -> list[Summary]:
        """List the jobs of a client, newest first."""
        rows = await self._fetch(
            "list_jobs",
            kind=kind,
            session=session,
            phases=None if phases is None else list(phases),
            after=after,
            last=last,
        )
        return [Summary.of(row) for row in rows]

    async def start(self, kind: str, job: str) -> bool:
        """Let a job wait to be run; tells whether it was PENDING."""
        async with lend(self.pool) as connection, connection.transaction():
            return await self._start(connection, kind, job)

    async def _start(self, connection: Connection, kind: str, job: str) -> bool:
        cursor = await connection.execute(self.queries["start_job"], {"kind": kind, "job": job})
        if await cursor.fetchone() is None:
            return False
        await self._defer(connection, kind, job)
        return True

    async def abort(self, job: Job) -> bool:
        """End a job; tells whether it was not finished yet."""
        size = count_bytes(job.parameters)
        return await self._changes("abort_job", kind=job.kind, job=job.id, inputBytes=size)

    async def destroy(self, kind: str, job: str) -> bool:
        """Forget a job; tells whether there was one."""
        return await self._changes("destroy_job", kind=kind, job=job)

    async def set_duration(self, kind: str, job: str, duration: int) -> bool:
        """Say how long a job may run; tells whether that could still be said."""
        return await self._changes("set_duration", kind=kind, job=job, duration=duration)

    async def set_destruction(self, kind: str, job: str, destruction: datetime) -> bool:
        """Say how long a job is kept; tells whether there is one."""
        return await self._changes("set_destruction", kind=kind, job=job, destruction=destruction)

    async def set_parameters(self, job: Job, changed: Job) -> bool:
        """Say what a job is to do; tells whether that could be said of the job as it was known."""
        return await self._changes(
            "set_parameters",
            kind=job.kind,
            job=job.id,
            knownBytes=job.input_bytes,
            parameters=Json(changed.parameters),
            files=Json(changed.files),
            inputBytes=changed.input_bytes,
            runID=changed.runid,
        )

    async def begin(self, job: str, ticket: int) -> Job | None:
        """Begin a job by its ticket of the queue; None if it is not to be run, or somebody else runs it."""
        rows = await self._fetch("begin_run", job=job, ticket=ticket)
        return Job.of(rows[0]) if rows else None

    async def end(self, job: Job, outcome: Product | Fault) -> bool:
        """End a run with its result or fault; tells whether the run was still the one that counts."""
        product, fault = (outcome, None) if isinstance(outcome, Product) else (None, outcome)
        return await self._changes(
            "end_run",
            job=job.id,
            run=job.run,
            phase=COMPLETED if product else ERROR,
            name=product and product.name,
            mediaType=product and product.media_type,
            size=product and product.size,
            inputBytes=count_bytes(job.parameters),
            errorType=fault and ("transient" if fault.transient else "fatal"),
            errorMessage=fault and fault.message.replace("\0", ""),
        )

    async def give_back(self, job: Job) -> None:
        """Let a job wait again that this process cannot run to its end."""
        async with lend(self.pool) as connection, connection.transaction():
            values = {"job": job.id, "run": job.run}
            cursor = await connection.execute(self.queries["give_back_run"], values)
            if await cursor.fetchone() is not None:
                await self._defer(connection, job.kind, job.id)

    async def find_stopped(self, runs: Mapping[str, int]) -> list[str]:
        """Give those of the jobs that this process runs which it is to run no more."""
        rows = await self._fetch("find_stopped", jobs=list(runs), runs=list(runs.values()))
        return [row["id"] for row in rows]

    async def queue_lost(self, kinds: Sequence[str]) -> int:
        """Put the jobs into the queue again that are missing there; gives their number."""
        async with lend(self.pool) as connection, connection.transaction():
            cursor = await connection.execute(self.queries["queue_lost"], {"kinds": list(kinds)})
            lost = await cursor.fetchall()
            for job, kind in lost:
                await self._defer(connection, kind, job)
        return len(lost)

    async def recover(self, kinds: Sequence[str], stalled: float) -> int:
        """Let the jobs of processes wait again that have been silent for `stalled` seconds."""
        query = read_queries("queue")["recover_jobs"]
        count = 0
        async with lend(self.pool) as connection:
            for kind in kinds:
                cursor = await connection.execute(query, {"queue": kind, "stalled": stalled})
                count += cursor.rowcount
        return count

    async def destroy_due(self) -> list[str]:
        """Forget jobs whose time has come; gives some of them, until there are none."""
        return [row["jobid"] for row in await self._fetch("destroy_due")]

    async def find_known(self, jobs: Iterable[str]) -> set[str]:
        """Give those of a list that are jobs."""
        return {row["jobid"] for row in await self._fetch("find_known", jobs=list(jobs))}

    async def find_place(self) -> str:
        """Give what tells this database from all others."""
        place: str = (await self._fetch("find_place"))[0]["place"]
        return place

    async def _changes(self, query: str, **values: object) -> bool:
        return bool(await self._fetch(query, **values))

    async def _fetch(self, query: str, **values: object) -> list[dict[str, Any]]:
        async with lend(self.pool) as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(self.queries[query], values)
            return await cursor.fetchall()
