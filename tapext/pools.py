"""The connections that queries of the service run on: read-only, and queued for rather than refused."""

from __future__ import annotations

import asyncio
import logging
import select
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from caomai.database import Database, translate_error, translate_errors
from caomai.errors import CaomAiError, TransientError
from caomai.settings import Settings

Connection = AsyncConnection[Any]

QUEUE: Final = 1000
MOST_CONVERSIONS: Final = 4
WAIT_SECONDS: Final = 20
CONNECT_SECONDS: Final = 5
# So long after a connection failed nobody tries the next one: everybody is told at once.
DOWN_SECONDS: Final = 0.5
PROBE_SECONDS: Final = 1
LIFETIME_SECONDS: Final = 3600
LONGEST_TIMEOUT: Final = 2**31 - 1  # of PostgreSQL, in milliseconds
BUSY: Final = "The service has too many requests at the moment; try again."

log = logging.getLogger("caomai.service")


class Pool:
    """Connections that are made when they are needed, at most `size`; who waits is served in order.

    Who leaves the queue is forgotten at once. A database that is down is told at once, and where it is then
    is asked for each new connection. `session` is what is set in each.
    """

    def __init__(
        self, conninfo: Callable[[], str], size: int, session: Mapping[str, str] | None = None
    ) -> None:
        # Queries whose uploaded tables are being read: as many as could run.
        self.uploads = asyncio.Semaphore(size)
        # Results that are turned into files, each by a process of its own.
        self.conversions = asyncio.Semaphore(min(size, MOST_CONVERSIONS))
        self._conninfo = conninfo
        self._session = dict(session or {})
        self._free = asyncio.Semaphore(size)
        self._waiting = 0
        self._idle: list[Connection] = []
        self._ends: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._closed = False
        self._fault: tuple[float, CaomAiError] | None = None
        self._probed: tuple[float, CaomAiError | None] = 0, None
        self._probing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def take(self) -> Connection:
        """Wait for a connection; it must be given back."""
        if self._waiting >= QUEUE:
            raise TransientError(BUSY)
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise TransientError(BUSY) from None
        finally:
            self._waiting -= 1
        try:
            return await self._reuse() or await self._connect()
        except BaseException:
            self._free.release()
            raise

    async def give(self, connection: Connection) -> None:
        """Give a connection back; one that is in the middle of something is closed."""
        try:
            is_ready = connection.pgconn.transaction_status == TransactionStatus.IDLE
            if is_ready and not self._closed and time.monotonic() < self._ends[connection]:
                self._idle.append(connection)
            else:
                await connection.close()
        finally:
            self._free.release()

    async def probe(self) -> None:
        """Ask the database for a sign of life, beside the queue; raises what keeps it from giving one."""
        async with self._probing:
            if time.monotonic() >= self._probed[0]:
                self._probed = time.monotonic() + PROBE_SECONDS, await self._find_fault()
        if self._probed[1] is not None:
            raise _again(self._probed[1])

    async def _find_fault(self) -> CaomAiError | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                connection = await self._open()
                await connection.close()
        except TimeoutError:
            return TransientError(f"The database does not answer within {PROBE_SECONDS} s.")
        except psycopg.Error as error:
            return translate_error(error)
        except CaomAiError as error:
            return error
        return None

    async def _reuse(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if is_alive(connection):
                return connection
            await connection.close()
        return None

    async def _connect(self) -> Connection:
        if self._fault and time.monotonic() < self._fault[0]:
            raise _again(self._fault[1])
        try:
            connection = await self._open()
        except (psycopg.Error, CaomAiError) as error:
            fault = translate_error(error) if isinstance(error, psycopg.Error) else error
            self._fault = time.monotonic() + DOWN_SECONDS, fault
            raise fault from error
        self._ends[connection] = time.monotonic() + LIFETIME_SECONDS
        return connection

    async def _open(self) -> Connection:
        # A statement is its own transaction, read-only by the role's default; no plan is frozen.
        connection = await AsyncConnection.connect(
            self._conninfo(), autocommit=True, prepare_threshold=None, connect_timeout=CONNECT_SECONDS
        )
        try:
            for name, value in self._session.items():
                await connection.execute("select set_config(%s, %s, false)", [name, value])
        except BaseException:
            await connection.close()
            raise
        return connection


def _again(error: CaomAiError) -> CaomAiError:
    # An exception that is raised again keeps the traceback of each time.
    return type(error)(*error.args)


def is_alive(connection: Connection) -> bool:
    """Tell whether the server still holds its end; what it said meanwhile is read without waiting."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    try:
        while poll.poll(0):
            connection.pgconn.consume_input()
    except psycopg.Error:
        return False
    return connection.pgconn.transaction_status == TransactionStatus.IDLE


def make_pool(settings: Settings, database: Database, seconds: float = 0) -> Pool:
    """Make a pool of the query role; a statement may take `seconds` as a whole, 0 is no limit."""
    session = {
        # A query whose service process died, or was cut off from the database, must not run on for nobody.
        "client_connection_check_interval": "5s",
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "statement_timeout": str(min(int(seconds * 1000), LONGEST_TIMEOUT)),
    }
    return Pool(lambda: database.conninfo("query"), settings.connections, session)


@asynccontextmanager
async def lend(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection while the block runs; errors of PostgreSQL become ours."""
    with translate_errors():
        connection = await pool.take()
        try:
            yield connection
        finally:
            await pool.give(connection)
