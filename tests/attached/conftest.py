"""The PostgreSQL of an archive: Debian 13's, with pgvector and pgsphere, and CAOM 2.4 that is not ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from caomai.database import Database, open_database, sql_folder
from caomai.settings import Settings, read_settings
from tests.attached import archive, trixie
from tests.attached.server import running

HERE = Path(__file__).parent
ARCHIVE = "archive"  # the database as its owner keeps it; tests get copies

# The archive describes CAOM and TAP_SCHEMA itself, in its own words.
SCRIPTS = (
    HERE / "archive.sql",
    sql_folder() / "tap_schema" / "caom2.sql",
    sql_folder() / "tap_schema" / "tap_schema.sql",
    HERE / "description.sql",
)

Connection = psycopg.Connection[Any]

# What the administrator of the server does, by docs/attached.md.
SERVER = """
create role archive login;
create role operator login createrole;
create role visitor login;
"""
EXTENSIONS = """
create extension vector;
create extension citext;
create schema sphere;
create extension pg_sphere schema sphere;
grant usage on schema sphere to public;
grant create on database {name} to archive;
"""
# What the operator of CAOM-AI needs, by docs/attached.md.
GRANTS = """
grant usage on schema caom2, tap_schema to operator with grant option;
grant select on caom2.Observation, caom2.Plane, caom2.Artifact, caom2.Part to operator with grant option;
grant select, insert, update, delete on tap_schema.schemas, tap_schema.tables, tap_schema.columns,
    tap_schema.keys, tap_schema.key_columns to operator with grant option;
"""


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Folder of the socket of PostgreSQL 17 with an archive in it; off CI only where it can be made."""
    reason = trixie.missing_means()
    if reason is not None and "CI" not in os.environ:
        pytest.skip(f"needs an attached archive, but {reason}")
    assert reason is None, reason
    with running(trixie.make_root()) as socket:
        with closing(login(socket, "postgres", "postgres")) as connection:
            connection.execute(SERVER)
        make_database(socket, ARCHIVE)
        with closing(login(socket, "archive", ARCHIVE)) as connection, connection.transaction():
            connection.execute("set local search_path = public, sphere")
            for script in SCRIPTS:
                connection.execute(script.read_bytes())
            archive.fill(connection)
            connection.execute(GRANTS)
        yield socket


@pytest.fixture(scope="module")
def copies(server: Path) -> Iterator[Callable[[], str]]:
    """Make copies of the archive's database; gives their names."""
    names: list[str] = []

    def copy() -> str:
        names.append(f"copy_{os.getpid()}_{len(names)}")
        words = {"name": Identifier(names[-1]), "archive": Identifier(ARCHIVE)}
        with closing(login(server, "postgres", "postgres")) as connection:
            connection.execute(SQL("create database {name} template {archive}").format(**words))
            connection.execute(
                SQL("grant create on database {name} to operator with grant option").format(**words)
            )
        return names[-1]

    yield copy
    with closing(login(server, "postgres", "postgres")) as connection:
        for name in names:
            connection.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture(scope="module")
def settings(server: Path, copies: Callable[[], str]) -> Settings:
    """Settings of an operator who is no superuser, for a copy of the archive of the module's own."""
    return read_settings(database_url=address(server, "operator", copies()))


@pytest.fixture(scope="module")
def attached(settings: Settings) -> Iterator[Database]:
    """The module's archive, migrated by the operator."""
    with open_database(settings) as database:
        yield database


def make_database(socket: Path, name: str) -> None:
    """Make a database with the extensions that the archive has."""
    with closing(login(socket, "postgres", "postgres")) as connection:
        connection.execute(SQL("create database {}").format(Identifier(name)))
    with closing(login(socket, "postgres", name)) as connection:
        connection.execute(EXTENSIONS.format(name=name).encode())


def login(socket: Path, user: str, database: str) -> Connection:
    """Log in through the socket."""
    return psycopg.connect(host=str(socket), user=user, dbname=database, autocommit=True)


def address(socket: Path, user: str, database: str) -> str:
    """Write the address of a database as a URL for CAOMAI_DATABASE_URL."""
    return f"postgresql://{user}@{quote(str(socket), safe='')}/{database}"
