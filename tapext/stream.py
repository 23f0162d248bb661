"""The rows of one query on their way from a COPY to the client: in blocks, never faster than it reads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.sql import SQL, Composable, Composed

from caomai.errors import CaomAiError, TransientError
from tapext.formats.writer import Writer, enumerate_columns
from tapext.pools import Connection, Pool, lend
from tapext.votype import Field, cast

BLOCK: Final = 1 << 16

log = logging.getLogger("caomai.service")

# Makes ready what a query needs: temporary tables, in the transaction of the query itself.
Prepare = Callable[[Connection], Awaitable[None]]


def copy_statement(query: Composable, fields: Sequence[Field], writer: Writer) -> Composed:
    """Wrap a query into the COPY that delivers its columns as a format needs them."""
    names, casts = [], []
    for field, name in enumerate_columns(fields):
        names.append(name)
        casts.append(SQL("{} AS {}").format(cast(field, name), name))
    # OFFSET 0 has each value made once, however often the format looks at it.
    return SQL("COPY (SELECT {} FROM (SELECT {} FROM ({}) AS q ({}) OFFSET 0) AS r) TO STDOUT {}").format(
        SQL(", ").join(writer.columns()), SQL(", ").join(casts), query, SQL(", ").join(names), writer.options
    )


async def copy_blocks(
    pool: Pool, statement: Composed, seconds: float, prepare: Prepare | None = None
) -> AsyncGenerator[list[bytes]]:
    """Run a COPY and give its messages, a row each, some at a time; closing it cancels the query.

    `seconds` is the time until the first row, what `prepare` does included and waiting for a connection not.
    """
    async with lend(pool) as connection, AsyncExitStack() as stack:
        collector = Collector(connection.pgconn)
        async with limit_first_row(seconds):
            if prepare is not None:
                await stack.enter_async_context(prepared(connection, prepare))
            await stack.enter_async_context(connection.cursor().copy(statement))
            messages, more = await collector.collect(1, BLOCK)
        while more:
            yield messages
            messages, more = await collector.collect(BLOCK, BLOCK)
        _check(await connection.wait(fetch_many(connection.pgconn)))
        yield messages


@asynccontextmanager
async def limit_first_row(seconds: float) -> AsyncIterator[None]:
    """Stop a query that is slow to begin; a slow reader later is not its fault."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TransientError(
            f"The query gave no row within {seconds:g} s and was stopped; narrow it, or start a job at "
            "/tap/async."
        ) from None


@asynccontextmanager
async def prepared(connection: Connection, prepare: Prepare) -> AsyncIterator[None]:
    """Open a transaction that may write until `prepare` has made what the query needs."""
    async with connection.transaction():
        await connection.execute("set transaction read write")
        await prepare(connection)
        await connection.execute("set transaction read only")
        yield


def _check(results: Sequence[PGresult]) -> None:
    for result in results:
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


class Collector:
    """Collects the messages of a COPY in the event loop's own callback.

    PostgreSQL sends 8 kB at a time: to wake a task for each of them, as psycopg's own loop does, costs more
    than the rows in it.
    """

    def __init__(self, connection: PGconn) -> None:
        self.connection = connection
        self.messages: list[bytes] = []
        self.missing = 0
        self.ended = False

    async def collect(self, least: int, most: int) -> tuple[list[bytes], bool]:
        """Wait for so many bytes of messages or the end of the COPY; tells also whether more are to come."""
        self.messages, self.missing = [], least
        if not self._take():
            loop = asyncio.get_running_loop()
            enough = loop.create_future()
            loop.add_reader(self.connection.socket, self._read, enough)
            try:
                await enough
            finally:
                loop.remove_reader(self.connection.socket)
        self.missing += most - least
        self._take()
        return self.messages, not self.ended

    def _read(self, enough: asyncio.Future[None]) -> None:
        try:
            while not enough.done():
                missing = self.missing
                self.connection.consume_input()
                if self._take():
                    enough.set_result(None)
                elif self.missing == missing:
                    return
        except psycopg.Error as error:
            enough.set_exception(error)

    def _take(self) -> bool:
        """Take what libpq has; tells whether it is enough."""
        while self.missing > 0 and not self.ended:
            length, data = self.connection.get_copy_data(1)
            if length == 0:
                return False
            self.ended = length < 0
            if not self.ended:
                self.messages.append(data)  # type: ignore[arg-type]
                self.missing -= length
        return True


async def write_blocks(
    first: list[bytes],
    blocks: AsyncGenerator[list[bytes]],
    writer: Writer,
    maxrec: int,
    *,
    whole: bool = False,
) -> AsyncGenerator[bytes]:
    """Write a document of at most `maxrec` rows.

    What breaks midway is said in the document if it can be, unless only a `whole` one is wanted.
    """
    left = maxrec
    head = writer.head()
    try:
        messages: list[bytes] | None = first
        while messages is not None and left >= 0:
            rows = writer.rows(messages)
            body = writer.body(rows[:left] if len(rows) > left else rows)
            left -= len(rows)
            if head or body:
                yield head + body
            head = b""
            messages = await anext(blocks, None)
    except CaomAiError as error:
        end = None if whole else writer.fail(error.public)
        if end is None:
            raise
        log.warning("result ends with an error: %s", error)
        yield end
    else:
        yield writer.tail(overflow=left < 0)
    finally:
        await blocks.aclose()
