"""The service with small limits for uploads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caomai.database import Database
from tests.tap.archive import fill
from tests.tap.conftest import files
from tests.tap.process import serving

__all__ = ["files"]

MOST_ROWS, MOST_BYTES = 5000, 4 << 20


@pytest.fixture(scope="module")
def environment(database_settings: object, files: object) -> dict[str, str]:
    """Settings of the service: a host that only this machine can be is allowed by its port."""
    return {
        "CAOMAI_DATABASE_URL": str(database_settings.database_url),  # type: ignore[attr-defined]
        "CAOMAI_ARTIFACTS": f'{{"file": "{files}"}}',
        "CAOMAI_CONNECTIONS": "2",
        "CAOMAI_UPLOAD_ROWS": str(MOST_ROWS),
        "CAOMAI_UPLOAD_BYTES": str(MOST_BYTES),
    }


@pytest.fixture(scope="module")
def service(database: Database, environment: dict[str, str]) -> Iterator[str]:
    """Address of the running service."""
    fill(database)
    with serving(environment) as (_, url):
        yield url
