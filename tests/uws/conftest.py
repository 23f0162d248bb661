"""One service that runs jobs, with limits small enough for tests to reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import database_url, new_database
from tests.tap.archive import fill
from tests.tap.process import serving
from tests.uws.client import Client

LIMITS = {
    "CAOMAI_QUERY_SECONDS": "2",
    "CAOMAI_CONNECTIONS": "2",
    "CAOMAI_UPKEEP_SECONDS": "0.2",
    "CAOMAI_ASYNC_SECONDS": "100",
    "CAOMAI_MAX_ASYNC_SECONDS": "200",
    "CAOMAI_RETENTION_DAYS": "2",
    "CAOMAI_MAX_RETENTION_DAYS": "3",
}


@contextmanager
def archive(socket_folder: Path) -> Iterator[Database]:
    """Make a database with an archive in it."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made


def settings(database: Database, results: Path, **others: object) -> dict[str, str]:
    """Give the settings of a service as an operator does."""
    places = {"CAOMAI_DATABASE_URL": database_url(database), "CAOMAI_RESULTS_DIR": str(results)}
    return LIMITS | places | {f"CAOMAI_{name.upper()}": str(value) for name, value in others.items()}


@pytest.fixture(scope="package")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give the tests one archive."""
    with archive(socket_folder) as made:
        yield made


@pytest.fixture(scope="package")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of results, which the service makes."""
    return tmp_path_factory.mktemp("shared") / "results"


@pytest.fixture(scope="package")
def service(database: Database, results: Path) -> Iterator[str]:
    """Address of the running service."""
    with serving(settings(database, results)) as (_, url):
        yield url


@pytest.fixture
def client(service: str) -> Client:
    """Somebody whom the service does not know yet."""
    return Client(service)
