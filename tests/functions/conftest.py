"""One archive and one service over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import database_url, new_database
from tests.functions.archive import fill
from tests.tap.process import serving


@pytest.fixture(scope="package")
def archive(socket_folder: Path) -> Iterator[Database]:
    """Database with the archive in it."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made


@pytest.fixture(scope="package")
def service(archive: Database) -> Iterator[str]:
    """Address of the running service."""
    with serving({"CAOMAI_DATABASE_URL": database_url(archive)}) as (_, url):
        yield url
