"""The connections that queries of the service run on: read-only, and queued for rather than refused."""

from __future__ import annotations

import asyncio
import select
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from caomai.database import Database, translate_error, translate_errors
from caomai.errors import CaomAiError, TransientError
from caomai.settings import Settings

Connection = AsyncConnection[Any]

QUEUE: Final = 1000
MOST_CONVERSIONS: Final = 4
WAIT_SECONDS: Final = 20
CONNECT_SECONDS: Final = 5
RECONNECT_SECONDS: Final = 1
# Who has waited so long asks whether the database is up; all together they ask once in PROBE_SECONDS.
PATIENCE_SECONDS: Final = 0.25
PROBE_SECONDS: Final = 1
LONGEST_TIMEOUT: Final = 2**31 - 1  # of PostgreSQL, in milliseconds
BUSY: Final = "The service has too many requests at the moment; try again."


class Pool:
    """Connections of psycopg_pool, made when they are needed, at most `size`; who waits is served in order.

    A database that is down is told at once, and where it is then is asked for each new connection.
    `session` is what is set in each.
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
        self._waiting = self._lent = 0
        self._connections: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo,
            # A statement is its own transaction, read-only by the role's default; no plan is frozen.
            kwargs={"autocommit": True, "prepare_threshold": None, "connect_timeout": CONNECT_SECONDS},
            min_size=0,
            max_size=size,
            timeout=WAIT_SECONDS,
            # Longer trials would be longer and longer apart, and go on so when the database is back.
            reconnect_timeout=RECONNECT_SECONDS,
            configure=self._configure,
            check=check_alive,
            open=False,
        )
        self._probed: tuple[float, CaomAiError | None] = 0, None
        self._probing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._connections.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connections.close()

    async def take(self) -> Connection:
        """Wait for a connection; it must be given back."""
        if self._waiting >= QUEUE:
            raise TransientError(BUSY)
        self._waiting += 1
        try:
            connection = await self._wait()
        except PoolTimeout:
            raise TransientError(BUSY) from None
        finally:
            self._waiting -= 1
        self._lent += 1
        return connection

    async def _wait(self) -> Connection:
        """Wait in the queue, as long as the database is up."""
        turn = asyncio.ensure_future(self._connections.getconn())
        try:
            while not (await asyncio.wait({turn}, timeout=PATIENCE_SECONDS))[0]:
                await self.probe()
            return turn.result()
        except BaseException:
            await self._leave(turn)
            raise

    async def _leave(self, turn: asyncio.Future[Connection]) -> None:
        """Leave the queue, where the turn may just have come."""
        turn.cancel()
        with suppress(asyncio.CancelledError, psycopg.Error):
            await self._connections.putconn(await turn)

    async def give(self, connection: Connection) -> None:
        """Give a connection back; one that is in the middle of something is closed."""
        self._lent -= 1
        await self._connections.putconn(connection)

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
                connection = await AsyncConnection.connect(self._conninfo())
                await connection.close()
        except TimeoutError:
            return TransientError(f"The database does not answer within {PROBE_SECONDS} s.")
        except psycopg.Error as error:
            # Where there is no room for one connection more, those that are lent come back.
            return None if self._lent and await asyncio.to_thread(self._is_up) else translate_error(error)
        except CaomAiError as error:
            return error
        return None

    def _is_up(self) -> bool:
        conninfo = make_conninfo(self._conninfo(), connect_timeout=CONNECT_SECONDS)
        return PGconn.ping(conninfo.encode()) == Ping.OK

    async def _configure(self, connection: Connection) -> None:
        for name, value in self._session.items():
            await connection.execute("select set_config(%s, %s, false)", [name, value])


def _again(error: CaomAiError) -> CaomAiError:
    # An exception that is raised again keeps the traceback of each time.
    return type(error)(*error.args)


async def check_alive(connection: Connection) -> None:
    """Raise if the server has closed its end: what it said meanwhile is read, without asking it."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    while poll.poll(0):
        connection.pgconn.consume_input()


def make_pool(settings: Settings, database: Database, seconds: float = 0) -> Pool:
    """Make a pool of the query role; a statement may take `seconds` as a whole, 0 is no limit."""
    session = {
        # A query whose service process died, or was cut off from the database, must not run on for nobody.
        "client_connection_check_interval": "5s",
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "hnsw.ef_search": str(settings.ef_search),
        "hnsw.max_scan_tuples": str(settings.scan_rows),
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
