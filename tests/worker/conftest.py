"""Archives of rendered frames in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from caomai.database import Database
from caomai.settings import Settings
from fingerprinting.model import Model, load_model
from tests.worker.archives import Archive


@pytest.fixture(scope="session")
def model() -> Model:
    """Give the model that comes with the package."""
    return load_model()


@pytest.fixture
def archive(database: Database, database_settings: Settings, tmp_path: Path) -> Iterator[Archive]:
    """Give an empty archive; what was started is ended with the test."""
    with closing(database.connect("owner", autocommit=True)) as connection:
        # Procrastinate's triggers name no schema.
        connection.execute("set search_path = caom2_ai, public, caom2_ai_queue")
        archive = Archive(tmp_path, database, connection, database_settings)
        yield archive
        for process in archive.started:
            process.kill()
            process.communicate()
        for tables in (
            "caom2.observation, plane_position, map, object_node, object_vector, failure",
            "procrastinate_jobs, feed",
        ):
            connection.execute(f"truncate {tables} cascade")
