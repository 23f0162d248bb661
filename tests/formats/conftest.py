"""A service over one table of truths, asked once in each format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import database_url, new_database
from tests.formats.truth import QUERY, fill
from tests.tap.client import Answer, ask
from tests.tap.process import serving

KINDS = (
    "votable",
    "votable/b2",
    "votable/b",
    "csv",
    "tsv",
    "fits",
    "parquet",
    "json",
    "html",
    "text",
)


@pytest.fixture(scope="session")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give all tests of formats one table."""
    with new_database(socket_folder) as made:
        with made.connect_administrator() as connection:
            fill(connection)
        yield made


@dataclass(frozen=True)
class Served:
    """The running service: its address, its process, and the folder for what it keeps on disk."""

    url: str
    process: int
    folder: Path


@pytest.fixture(scope="session")
def served(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give the running service; its files are limited."""
    folder = tmp_path_factory.mktemp("temporary")
    environment = {
        "CAOMAI_DATABASE_URL": database_url(database),
        "CAOMAI_RESULT_BYTES": str(64 << 20),
        "TMPDIR": str(folder),
    }
    with serving(environment) as (process, url):
        yield Served(url, process.pid, folder)


@pytest.fixture(scope="session")
def service(served: Served) -> str:
    """Address of the running service."""
    return served.url


@pytest.fixture(scope="session")
def documents(service: str) -> dict[str, Answer]:
    """Give the table of truths in every format."""
    return {kind: ask(service, QUERY, RESPONSEFORMAT=kind) for kind in KINDS}
