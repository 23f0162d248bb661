"""The service as it runs for users, over some hundred images."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import database_url, new_database
from tests.similar.archive import fill
from tests.tap.process import serving


@pytest.fixture(scope="package")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give a database with the archive."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made


@pytest.fixture(scope="package")
def running(database: Database) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give the process of the service and its address."""
    environment = {
        "CAOMAI_DATABASE_URL": database_url(database),
        "CAOMAI_WORKER": "false",
        "CAOMAI_ARTIFACTS": '{"ad": "https://archive.example/data/{path}"}',
    }
    with serving(environment) as (process, url):
        yield process, url


@pytest.fixture(scope="package")
def service(running: tuple[subprocess.Popen[str], str]) -> str:
    """Address of the running service."""
    return running[1]
