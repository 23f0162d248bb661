"""The rows of one query on their way from a COPY to the client: in blocks, never faster than it reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

from psycopg.generators import copy_from
from psycopg.sql import SQL, Composable, Composed

from caomai.errors import CaomAiError, TransientError
from tapext.pools import Pool, lend
from tapext.writer import Writer, name_column

FIRST_BLOCK: Final = 1 << 13
BLOCK: Final = 1 << 16


def copy_statement(query: Composable, width: int, writer: Writer) -> Composed:
    """Wrap a query of `width` columns into the COPY that delivers it as a format needs it."""
    names = SQL(", ").join(name_column(number) for number in range(1, width + 1))
    return SQL("COPY (SELECT {} FROM ({}) AS result ({})) TO STDOUT {}").format(
        SQL(", ").join(writer.columns()), query, names, writer.options
    )


async def copy_blocks(pool: Pool, statement: Composed) -> AsyncGenerator[list[bytes]]:
    """Run a COPY and give its messages, a row each, some at a time; closing it cancels the query."""
    async with lend(pool) as connection, connection.cursor().copy(statement):
        size, more = FIRST_BLOCK, True
        while more:
            messages: list[bytes] = []
            more = await connection.wait(_read_messages(connection.pgconn, size, messages))
            yield messages
            size = BLOCK


def _read_messages(connection: Any, size: int, messages: list[bytes]) -> Any:
    # One wait for many messages: a wait for each row costs more than the row.
    total = 0
    while total < size:
        data = yield from copy_from(connection)
        if not isinstance(data, memoryview):
            return False
        messages.append(data)  # type: ignore[arg-type]
        total += len(data)
    return True


async def first_block(blocks: AsyncGenerator[list[bytes]], seconds: float) -> list[bytes]:
    """Wait for the first rows; a slow query is cancelled, a slow reader later is not its fault."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(blocks)
    except TimeoutError:
        raise TransientError(
            f"The query gave no row within {seconds:g} s and was stopped; narrow it or ask for fewer columns."
        ) from None


async def write_blocks(
    first: list[bytes], blocks: AsyncGenerator[list[bytes]], writer: Writer, maxrec: int
) -> AsyncGenerator[bytes]:
    """Write a document of at most `maxrec` rows; what breaks midway is said in the document if it can be."""
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
        end = writer.fail(str(error))
        if end is None:
            raise
        yield end
    else:
        yield writer.tail(overflow=left < 0)
    finally:
        await blocks.aclose()
