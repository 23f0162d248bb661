"""Uploaded tables in the database: temporary ones, in the transaction of the query that they came with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from caomai.errors import ParameterError
from caomai.settings import Settings
from tapext.adql.catalogue import Catalogue, Column, Table
from tapext.adql.words import RESERVED
from tapext.pools import Connection
from tapext.spool import Spool
from tapext.uploads.fetch import fetch
from tapext.uploads.fields import UploadField
from tapext.uploads.hosts import Hosts
from tapext.uploads.parameter import Upload
from tapext.uploads.reading import TableReader, read_table

SCHEMA: Final = "TAP_UPLOAD"
FETCH_SECONDS: Final = 120
LONGEST_WORDS: Final = 200
REGULAR: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
PLACE: Final = re.compile(r"line (\d+), column c(\d+)")


@dataclass(frozen=True)
class OpenTable:
    """A table whose columns are known and whose rows wait to be read."""

    table: Table
    reader: TableReader

    async def store(self, connection: Connection) -> None:
        """Make the temporary table, which PostgreSQL drops with the transaction, and fill it."""
        relation = Identifier(*self.table.relation)
        columns = SQL(", ").join(
            SQL("{} {}").format(Identifier(column.stored), SQL(column.storage or "text"))
            for column in self.table.columns
        )
        await connection.execute(
            SQL("create temporary table {} ({}) on commit drop").format(relation, columns)
        )
        try:
            async with connection.cursor().copy(SQL("copy {} from stdin").format(relation)) as copy:
                async for block in self.reader.blocks():
                    await copy.write(block)
        except psycopg.DataError as error:
            raise self._wrong_value(error) from error
        await connection.execute(SQL("analyze {}").format(relation))

    def _wrong_value(self, error: psycopg.DataError) -> ParameterError:
        place = PLACE.search(error.diag.context or "")
        words = (error.diag.message_primary or "a value is wrong").rstrip(".")[:LONGEST_WORDS]
        if place:
            column = self.table.columns[int(place[2]) - 1]
            words = f"row {int(place[1]):,}, column {column.bare!r}: {words}"
        return ParameterError(f"The table {self.table.name} cannot be read: {words}.")


@dataclass(frozen=True)
class OpenTables:
    """The tables that came with a query; none is the usual case."""

    tables: tuple[OpenTable, ...] = ()

    def join(self, catalogue: Catalogue) -> Catalogue:
        """Give a catalogue that knows these tables as well."""
        return catalogue.with_tables(opened.table for opened in self.tables) if self.tables else catalogue

    async def store(self, connection: Connection) -> None:
        """Store all of them."""
        for opened in self.tables:
            await opened.store(connection)


@asynccontextmanager
async def open_tables(
    uploads: Sequence[Upload], settings: Settings, slots: asyncio.Semaphore
) -> AsyncIterator[OpenTables]:
    """Fetch and open the tables of a query while the block runs; `slots` limits how many do so at once."""
    if not uploads:
        yield OpenTables()
        return
    spool = Spool()
    try:
        async with slots, AsyncExitStack() as stack:
            paths = [await find_file(upload, settings, spool) for upload in uploads]
            readers = [
                await stack.enter_async_context(read_table(upload.name, path, settings))
                for upload, path in zip(uploads, paths, strict=True)
            ]
            tables = [
                OpenTable(make_table(reader.name, number, await reader.fields()), reader)
                for number, reader in enumerate(readers, 1)
            ]
            yield OpenTables(tuple(tables))
    finally:
        if spool.is_made:
            await asyncio.to_thread(spool.remove)


async def find_file(upload: Upload, settings: Settings, spool: Spool) -> Path:
    """Give the file of a table, fetched if it is elsewhere."""
    if isinstance(upload.source, Path):
        return upload.source
    path = spool.folder / upload.name
    hosts = Hosts.read(settings.upload_hosts)
    await fetch(upload.source, path, hosts, settings.upload_bytes, FETCH_SECONDS)
    return path


def make_table(name: str, number: int, fields: Sequence[UploadField]) -> Table:
    """Describe a table as the catalogue describes others; its columns are called c1, c2 and so on inside."""
    names = name_columns([field.name for field in fields])
    columns = tuple(
        make_column(field, column, f"c{place}")
        for place, (field, column) in enumerate(zip(fields, names, strict=True), 1)
    )
    return Table(f"{SCHEMA}.{name}", ("pg_temp", f"upload_{number}"), columns)


def name_columns(names: Sequence[str]) -> list[str]:
    """Give columns names that differ in more than case: a second `a` becomes `a_2`."""
    taken = {name.lower() for name in names}
    seen: set[str] = set()
    unique = []
    for name in names:
        number, candidate = 1, name
        while candidate.lower() in seen or (number > 1 and candidate.lower() in taken):
            number += 1
            candidate = f"{name}_{number}"
        seen.add(candidate.lower())
        unique.append(candidate)
    return unique


def make_column(field: UploadField, name: str, stored: str) -> Column:
    """Describe a column; a name that is no regular identifier is delimited."""
    is_regular = REGULAR.fullmatch(name) and name.upper() not in RESERVED
    quoted = name if is_regular else '"{}"'.format(name.replace('"', '""'))
    datatype, arraysize, xtype = field.shown
    column = Column(quoted, datatype, arraysize, xtype, field.unit, field.ucd, field.utype, field.description)
    return replace(column, storage=field.storage, stored_as=stored)
