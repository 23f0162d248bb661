"""The PostgreSQL of an archive: Debian 13's, with pgvector and pgsphere, and CAOM 2.4 that is not ours."""

from __future__ import annotations

import os
import re
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

# The archive as its keepers have it.
ROLES = "create role archive login; create role visitor login;"
EXTENSIONS = """
create extension citext;
create schema sphere;
create extension pg_sphere schema sphere;
grant usage on schema sphere to public;
grant create on database archive to archive;
revoke temporary on database archive from public;
"""
# What is done for CAOM-AI: the SQL of docs/attached.md, of the administrator and of the archive's owner.
ADMINISTRATOR, OWNER = re.findall(
    r"```sql\n(.*?)```", (HERE.parents[1] / "docs" / "attached.md").read_text(), re.DOTALL
)


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Folder of the socket of PostgreSQL 17 with an archive in it; off CI only where it can be made."""
    reason = trixie.missing_means()
    if reason is not None and "CI" not in os.environ:
        pytest.skip(f"needs an attached archive, but {reason}")
    assert reason is None, reason
    with running(trixie.make_root()) as socket:
        with closing(login(socket, "postgres", "postgres")) as connection:
            connection.execute(ROLES)
            connection.execute(SQL("create database {}").format(Identifier(ARCHIVE)))
        with closing(login(socket, "postgres", ARCHIVE)) as connection:
            connection.execute(EXTENSIONS)
            connection.execute(ADMINISTRATOR.encode())
        with closing(login(socket, "archive", ARCHIVE)) as connection, connection.transaction():
            connection.execute("set local search_path = public, sphere")
            for script in SCRIPTS:
                connection.execute(script.read_bytes())
            archive.fill(connection)
            connection.execute(OWNER.encode())
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
            # Rights on a database are not copied with it.
            connection.execute(SQL("revoke temporary on database {name} from public").format(**words))
            (grant,) = re.findall(r"grant .* on database .*;", ADMINISTRATOR)
            connection.execute(grant.replace(f"database {ARCHIVE}", f"database {names[-1]}").encode())
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


def login(socket: Path, user: str, database: str) -> Connection:
    """Log in through the socket."""
    return psycopg.connect(host=str(socket), user=user, dbname=database, autocommit=True)


def address(socket: Path, user: str, database: str) -> str:
    """Write the address of a database as a URL for CAOMAI_DATABASE_URL."""
    return f"postgresql://{user}@{quote(str(socket), safe='')}/{database}"
