"""The archive of these tests, its catalogue, and queries answered as the query role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from caomai.database import Database
from tapext.adql import Catalogue, parse, read_catalogue, translate
from tests.adql.archive import fill

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def archive(database: Database) -> Database:
    """Database with the archive in it."""
    fill(database)
    return database


@pytest.fixture(scope="module")
def connection(archive: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connection of the query role."""
    with archive.connect("query", autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def catalogue(connection: psycopg.Connection[Any]) -> Catalogue:
    """All that the archive's TAP_SCHEMA describes."""
    return read_catalogue(connection)


@pytest.fixture(scope="module")
def ask(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Ask:
    """Answer an ADQL query."""

    def answer(query: str, maxrec: int | None = None) -> Rows:
        return connection.execute(translate(parse(query), catalogue, maxrec).sql).fetchall()

    return answer
