"""One service for all validators: starting Java costs more than asking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conformance.archive import fill
from tests.conftest import database_url, new_database
from tests.tap.process import serving


@pytest.fixture(scope="session")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give the validators one archive."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made


@pytest.fixture(scope="session")
def service(database: Database) -> Iterator[str]:
    """Address of the running service, with the limits that an operator would set."""
    with serving({"CAOMAI_DATABASE_URL": database_url(database)}) as (_, url):
        yield url
