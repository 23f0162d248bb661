"""One archive for the package, which takes a few seconds to make, and queries of it by a bad index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from caomai.database import Database
from tapext.adql import Catalogue, parse, read_catalogue, translate
from tests.conftest import new_database
from tests.nearest.archive import fill

Run = Callable[[str], list[tuple[Any, ...]]]
BY_INDEX = "Order By: (vector <-> "


@pytest.fixture(scope="package")
def archive(socket_folder: Path) -> Iterator[Database]:
    """Database with the archive in it."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made


@pytest.fixture(scope="package")
def connection(archive: Database) -> Iterator[psycopg.Connection[Any]]:
    """Connection whose plans use the index wherever they can, and whose scans of it end soon."""
    with archive.connect("query", autocommit=True) as opened:
        opened.execute("set enable_sort = off")
        opened.execute("set hnsw.ef_search = 10")
        opened.execute("set hnsw.max_scan_tuples = 200")
        yield opened


@pytest.fixture(scope="package")
def catalogue(connection: psycopg.Connection[Any]) -> Catalogue:
    """What can be asked for."""
    return read_catalogue(connection)


@pytest.fixture
def by_index(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Run:
    """Answer a query by the index first."""
    return _running(connection, catalogue, by_index=True)


@pytest.fixture
def exactly(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Run:
    """Answer a query that no index of vectors must answer."""
    return _running(connection, catalogue, by_index=False)


def _running(connection: psycopg.Connection[Any], catalogue: Catalogue, *, by_index: bool) -> Run:
    def run(query: str) -> list[tuple[Any, ...]]:
        written = translate(parse(query), catalogue, 100_000).sql
        plan = connection.execute(SQL("explain ") + written).fetchall()
        assert (BY_INDEX in "\n".join(row[0] for row in plan)) == by_index
        return connection.execute(written).fetchall()

    return run
