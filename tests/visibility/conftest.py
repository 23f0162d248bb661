"""An archive with hidden rows, and another from which they were deleted; both asked by the query role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from caomai.database import Database, embedded_database
from caomai.errors import QueryError
from tapext.adql import Catalogue, parse, read_catalogue, translate
from tapext.adql.catalogue import Column, Table
from tests.conftest import new_database
from tests.visibility.archive import PLANES, delete_hidden, fill

UPLOAD = Table(
    "TAP_UPLOAD.mine",
    ("pg_temp", "mine"),
    (Column("id", "char", "*"), Column("n", "int"), Column("word", "char", "*")),
)


@dataclass(frozen=True)
class Answer:
    """What a client learns: rows without their order, or an error."""

    rows: Counter[tuple[Any, ...]] | None = None
    error: str | None = None


class Archive:
    """A database, and a connection of the query role with an uploaded table."""

    def __init__(self, database: Database, connection: psycopg.Connection[Any], catalogue: Catalogue) -> None:
        self.database = database
        self.connection = connection
        self.catalogue = catalogue

    def ask(self, query: str) -> Answer:
        """Answer a query."""
        try:
            translation = translate(parse(query), self.catalogue)
            rows = self.connection.execute(translation.sql).fetchall()
        except QueryError as error:
            return Answer(error=str(error))
        except (psycopg.errors.DataError, psycopg.errors.CardinalityViolation) as error:
            return Answer(error=str(error.diag.message_primary))
        return Answer(Counter(map(comparable, rows)))


def comparable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Forget the last digits of numbers, which depend on the order of a sum, and write arrays as texts."""
    return tuple(
        float(f"{value:.9g}")
        if isinstance(value, float)
        else str(value)
        if isinstance(value, list)
        else value
        for value in row
    )


def open_archive(database: Database) -> Archive:
    connection = database.connect("query", autocommit=True)
    rows = [(plane.publisher_id, plane.number % 5, f"{plane.number % 7}") for plane in PLANES[::3]]
    with connection.transaction():
        connection.execute("set transaction read write")
        connection.execute("create temp table mine (id text, n integer, word text)")
        connection.cursor().executemany("insert into mine values (%s, %s, %s)", rows)
    connection.execute("set statement_timeout = '20s'")
    return Archive(database, connection, read_catalogue(connection).with_tables([UPLOAD]))


@pytest.fixture(scope="session")
def archives(socket_folder: Path) -> Iterator[tuple[Archive, Archive]]:
    """The archive as it is, and the archive without its hidden rows."""
    with new_database(socket_folder) as whole:
        fill(whole)
        name = "visible_rows"
        with closing(embedded_database(socket_folder, "postgres").connect_administrator()) as connection:
            names = {"name": Identifier(name), "template": Identifier(str(name_of(whole)))}
            connection.execute(SQL("create database {name} template {template}").format(**names))
            pruned = embedded_database(socket_folder, name)
            delete_hidden(pruned)
            one, other = open_archive(whole), open_archive(pruned)
            yield one, other
            for archive in (one, other):
                archive.connection.close()
            connection.execute(SQL("drop database {name} with (force)").format(**names))


def name_of(database: Database) -> object:
    """Give the name of a database in PostgreSQL."""
    with database.connect_administrator() as connection:
        row = connection.execute("select current_database()").fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(scope="session")
def whole(archives: tuple[Archive, Archive]) -> Archive:
    """The archive as it is."""
    return archives[0]


Ask = Callable[[str], Answer]


@pytest.fixture(scope="session")
def ask(archives: tuple[Archive, Archive]) -> Ask:
    """Answer a query, which must be the same as if there were no hidden rows."""
    one, other = archives

    def answer(query: str) -> Answer:
        found, wanted = one.ask(query), other.ask(query)
        assert found == wanted, query
        return found

    return answer
