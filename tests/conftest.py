"""Real databases for tests: one embedded PostgreSQL for the session, and cheap copies of one migrated database."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from caomai.database import Database, embedded_database
from caomai.embedded import EmbeddedPostgres
from caomai.migrate import migrate
from caomai.settings import Settings, read_settings

TEMPLATE = "caomai_template"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def socket_folder() -> Iterator[Path]:
    """Socket of an embedded PostgreSQL that lives as long as the tests."""
    folder = Path(tempfile.mkdtemp(prefix="caom-ai-test-"))
    with EmbeddedPostgres(folder).using() as path:
        template = embedded_database(path, TEMPLATE)
        with closing(template.connect_administrator()) as connection:
            migrate(connection)
        yield path
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give the module a migrated database of its own, without rows."""
    name = f"test_{next(NUMBERS)}"
    with closing(embedded_database(socket_folder, "postgres").connect_administrator()) as connection:
        connection.execute(SQL("create database {} template {}").format(Identifier(name), Identifier(TEMPLATE)))
        connection.execute(SQL("grant create on database {} to caomai_owner").format(Identifier(name)))
        yield embedded_database(socket_folder, name)
        connection.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture(scope="module")
def database_settings(database: Database) -> Settings:
    """Settings by which a command of caom-ai finds the module's database, as an attached one."""
    return read_settings(database_url=database_url(database))


def database_url(database: Database) -> str:
    """Write the address of a database of the embedded server as a URL for CAOMAI_DATABASE_URL."""
    parts = conninfo_to_dict(database.address)
    return f"postgresql://{parts['user']}@{quote(str(parts['host']), safe='')}:{parts['port']}/{parts['dbname']}"
