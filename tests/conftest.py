"""Real databases for tests: one embedded PostgreSQL, and a cheap copy of a migrated database per module."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from caomai.database import Database, embedded_database
from caomai.embedded import EmbeddedPostgres
from caomai.migrate import migrate
from caomai.settings import Settings, read_settings

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
TEMPLATE = "caomai_template"
NUMBERS = itertools.count(1)
# What these rooms make for all of their tests takes longer than any test: one process makes it.
COSTLY = {"attached", "baselines", "conformance", "formats", "training", "visibility"}

# The same examples in every run, and as long as they take: a busy machine is no failure.
settings.register_profile(
    "sound",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("sound")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes run the tests, let one have a whole module, which shares a database."""
    for item in items:
        room = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group(room if room in COSTLY else str(item.path)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real images and CAOM facts beside the checkout: in CI always, on a user's machine not."""
    if not SHARED.is_dir() and "CI" not in os.environ:
        pytest.skip(f"needs the real images of {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def stilts() -> str:
    """Find stilts, which reads what the service writes: in CI always, elsewhere it may be missing."""
    program = shutil.which("stilts")
    if program is None and "CI" not in os.environ:
        pytest.skip("needs stilts (Debian: apt install stilts)")
    assert program is not None
    return program


@pytest.fixture(scope="session")
def topcat(stilts: str) -> str:
    """Find the compiler that runs TOPCAT's own classes, which stilts brings: in CI always, as above."""
    assert stilts
    program = shutil.which("javac")
    if program is None and "CI" not in os.environ:
        pytest.skip("needs javac (Debian: apt install default-jdk-headless)")
    assert program is not None
    return program


@pytest.fixture(scope="session")
def made_folder() -> Iterator[Path]:
    """Folder of an embedded PostgreSQL that was made and is not running; to be copied, never used."""
    folder = Path(tempfile.mkdtemp(prefix="caom-ai-test-"))
    with EmbeddedPostgres(folder).using():
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def socket_folder(made_folder: Path) -> Iterator[Path]:
    """Socket of an embedded PostgreSQL that lives as long as the tests."""
    folder = Path(tempfile.mkdtemp(prefix="caom-ai-test-"))
    shutil.copytree(made_folder, folder, dirs_exist_ok=True)
    with EmbeddedPostgres(folder).using() as path:
        template = embedded_database(path, TEMPLATE)
        with closing(template.connect_administrator()) as connection:
            connection.execute("alter system set fsync = off")  # tests need no safety, and copies are many
            # Statistics are gathered when a test says so: plans would change in the middle of it.
            connection.execute("alter system set autovacuum = off")
            connection.execute("select pg_reload_conf()")
            migrate(connection)
        yield path
    shutil.rmtree(folder)


@contextmanager
def new_database(socket_folder: Path) -> Iterator[Database]:
    """Make a migrated database without rows, which is dropped at the end."""
    name = f"test_{next(NUMBERS)}"
    with closing(embedded_database(socket_folder, "postgres").connect_administrator()) as connection:
        names = {"name": Identifier(name), "template": Identifier(TEMPLATE)}
        connection.execute(SQL("create database {name} template {template}").format(**names))
        connection.execute(SQL("grant create on database {name} to caomai_owner").format(**names))
        yield embedded_database(socket_folder, name)
        connection.execute(SQL("drop database {name} with (force)").format(**names))


@pytest.fixture(scope="module")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give the module a migrated database of its own, without rows."""
    with new_database(socket_folder) as made:
        yield made


@pytest.fixture(scope="module")
def database_settings(database: Database) -> Settings:
    """Settings by which a command of caom-ai finds the module's database, as an attached one."""
    return read_settings(database_url=database_url(database))


def database_url(database: Database) -> str:
    """Write the address of a database of the embedded server as a URL for CAOMAI_DATABASE_URL."""
    parts = conninfo_to_dict(database.address)
    host = quote(str(parts["host"]), safe="")
    return f"postgresql://{parts['user']}@{host}:{parts['port']}/{parts['dbname']}"
