"""A database, workers of its descriptions in processes of their own, and what the service has of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
import pytest

from caomai.database import Database
from caomai.settings import Settings, read_settings
from fingerprinting.model import load_model
from fingerprinting.simulation.write import write_set
from tapext.descriptions import Descriptions, open_descriptions
from tests.conftest import database_url

MODEL = load_model().hash


@pytest.fixture(scope="session")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a simulated frame of 256 x 256 pixels."""
    folder = tmp_path_factory.mktemp("frames")
    return next(iter(write_set(folder, 1, seed=3, types=("sparse",), shape=(256, 256))))


@contextmanager
def describing(database: Database, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of descriptions."""
    process = subprocess.Popen(
        [sys.executable, "-m", "caomai", "describe-uploads", *arguments],
        env=os.environ | {"CAOMAI_DATABASE_URL": database_url(database)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for the tests of a module that do it no harm."""
    with describing(database, "-n", "1") as process:
        wait_until(lambda: count(database, "describer") == 1)
        yield process


@asynccontextmanager
async def descriptions_of(database: Database, **settings: object) -> AsyncIterator[Descriptions]:
    """Give what a service has of the descriptions of a database."""
    async with open_descriptions(make_settings(database, **settings), database) as descriptions:
        yield descriptions


def make_settings(database: Database, **settings: object) -> Settings:
    return read_settings(database_url=database_url(database), **settings)


def count(database: Database, table: str) -> int:
    """Count the rows of a table of the queue."""
    with psycopg.connect(database.address) as connection:
        row = connection.execute(f"select count(*) from caom2_ai_queue.{table}").fetchone()
        assert row is not None
        return int(row[0])


def count_left(database: Database) -> dict[str, int]:
    """Count what descriptions may leave in the database."""
    tables = ("description", "description_chunk", "procrastinate_jobs")
    return {table: count(database, table) for table in tables if count(database, table)}


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
