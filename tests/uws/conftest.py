"""A service that runs jobs, with limits small enough for tests to reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from caomai.settings import Settings
from tests.tap.archive import fill
from tests.tap.process import serving
from tests.uws.client import Client


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of results, which the service makes."""
    return tmp_path_factory.mktemp("shared") / "results"


@pytest.fixture(scope="module")
def environment(database_settings: Settings, results: Path) -> dict[str, str]:
    """Settings of the service, as an operator gives them."""
    return {
        "CAOMAI_DATABASE_URL": str(database_settings.database_url),
        "CAOMAI_RESULTS_DIR": str(results),
        "CAOMAI_QUERY_SECONDS": "2",
        "CAOMAI_CONNECTIONS": "2",
        "CAOMAI_UPKEEP_SECONDS": "0.2",
        "CAOMAI_ASYNC_SECONDS": "100",
        "CAOMAI_MAX_ASYNC_SECONDS": "200",
        "CAOMAI_RETENTION_DAYS": "2",
        "CAOMAI_MAX_RETENTION_DAYS": "3",
    }


@pytest.fixture(scope="module")
def service(database: Database, environment: dict[str, str]) -> Iterator[str]:
    """Address of the running service."""
    fill(database)
    with serving(environment) as (_, url):
        yield url


@pytest.fixture
def client(service: str) -> Client:
    """Somebody whom the service does not know yet."""
    return Client(service)
