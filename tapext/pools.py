"""The connections that queries of the service run on: read-only, and queued for rather than refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from caomai.database import Database, translate_errors
from caomai.errors import TransientError
from caomai.settings import Settings

Connection = AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]

WAIT_SECONDS: Final = 20
QUEUE: Final = 1000


def make_pool(settings: Settings, database: Database) -> Pool:
    """Describe the pool of the query role; the application opens and closes it."""
    return AsyncConnectionPool(
        database.conninfo("query"),
        # A statement is its own transaction, read-only by the role's default; no plan is frozen.
        kwargs={"autocommit": True, "prepare_threshold": None},
        min_size=1,
        max_size=settings.connections,
        max_waiting=QUEUE,
        timeout=WAIT_SECONDS,
        configure=_configure,
        check=AsyncConnectionPool.check_connection,
        open=False,
        name="queries",
    )


async def _configure(connection: Connection) -> None:
    # A query whose service process died must not run on for nobody.
    await connection.execute("set client_connection_check_interval = '5s'")


@asynccontextmanager
async def lend(pool: Pool) -> AsyncIterator[Connection]:
    """Lend a connection while the block runs; errors of PostgreSQL become ours."""
    with translate_errors():
        try:
            connection = await pool.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            raise TransientError("The service has too many requests at the moment; try again.") from error
        try:
            yield connection
        finally:
            await pool.putconn(connection)
