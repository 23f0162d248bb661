"""A database, workers of its descriptions in processes of their own, and what the service has of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from caomai.console import Bar
from caomai.database import Database
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from caomai.settings import Settings, read_settings
from fingerprinting.model import load_model
from fingerprinting.session import fingerprint_archive
from fingerprinting.simulation.write import write_set
from tapext.descriptions import Descriptions, open_descriptions
from tests.conftest import database_url, new_database
from tests.tap.client import Answer, post_body
from tests.uploads.sending import KIND, form

MODEL = load_model().hash
FRAMES = 5
SIDE = 256


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give simulated frames."""
    folder = tmp_path_factory.mktemp("frames")
    return list(write_set(folder, FRAMES, seed=3, types=("sparse", "crowded"), shape=(SIDE, SIDE)))


@pytest.fixture(scope="session")
def frame(frames: list[Path]) -> Path:
    """Give one of them."""
    return frames[0]


@contextmanager
def describing(
    database: Database, *arguments: str, command: str = "describe-uploads"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of descriptions; gives it when it is ready."""
    newest = "select coalesce(max(workerID), 0) from caom2_ai_queue.describer"
    before = ask(database, newest)
    process = subprocess.Popen(
        [sys.executable, "-m", "caomai", command, *arguments],
        env=os.environ | {"CAOMAI_DATABASE_URL": database_url(database)},
    )
    try:
        wait_until(lambda: ask(database, newest) > before)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for the tests of a module that do it no harm."""
    with describing(database, "-n", "1") as process:
        yield process


@asynccontextmanager
async def descriptions_of(database: Database, **settings: object) -> AsyncIterator[Descriptions]:
    """Give what a service has of the descriptions of a database."""
    async with open_descriptions(make_settings(database, **settings), database) as descriptions:
        yield descriptions


def make_settings(database: Database, **settings: object) -> Settings:
    return read_settings(database_url=database_url(database), **settings)


@dataclass(frozen=True)
class Site:
    """An archive of the frames, by publisherID, and the settings of a service over it."""

    database: Database
    images: Mapping[str, Path]
    environment: Mapping[str, str]


@pytest.fixture(scope="package")
def site(socket_folder: Path, frames: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give an archive that was fingerprinted with the model that comes with the package."""
    with new_database(socket_folder) as database:
        settings = make_settings(database)
        ingest_files(
            settings, Describer.from_settings(settings), frames, parse_release("2020-01-01"), Bar("files")
        )
        assert fingerprint_archive(settings, 1, watch=False, quiet=True).done == FRAMES
        with psycopg.connect(database.address) as connection:
            rows = connection.execute("select publisherID from caom2_ai.fingerprint").fetchall()
        images = {row[0]: path for row in rows for path in frames if path.stem in row[0]}
        assert len(images) == FRAMES
        results = str(tmp_path_factory.mktemp("results"))
        environment = {
            "CAOMAI_DATABASE_URL": database_url(database),
            "CAOMAI_RESULTS_DIR": results,
            "CAOMAI_WORKER": "true",
            "CAOMAI_UPKEEP_SECONDS": "0.5",
            "TMPDIR": str(tmp_path_factory.mktemp("spool")),
        }
        yield Site(database, images, environment)


def upload(url: str, content: bytes, part: str = "image", **words: str) -> Answer:
    """Post an image to /similar."""
    return post_body(f"{url}/similar", KIND, form([*words.items()], {part: content}))


def count(database: Database, table: str) -> int:
    """Count the rows of a table of the queue."""
    return int(ask(database, f"select count(*) from caom2_ai_queue.{table}")[0][0])


def count_left(database: Database) -> dict[str, int]:
    """Count what descriptions may leave in the database."""
    tables = ("description", "description_chunk", "procrastinate_jobs")
    return {table: count(database, table) for table in tables if count(database, table)}


def ask(database: Database, query: str) -> list[TupleRow]:
    """Ask the database itself."""
    with psycopg.connect(database.address, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
