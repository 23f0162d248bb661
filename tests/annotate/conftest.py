"""The service over an archive whose images have objects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from caomai.database import Database
from caomai.settings import Settings
from tests.annotate.archive import fill
from tests.tap.process import serving


@pytest.fixture(scope="module")
def service(database: Database, database_settings: Settings) -> Iterator[str]:
    """Address of the running service."""
    fill(database)
    with serving({"CAOMAI_DATABASE_URL": str(database_settings.database_url)}) as (_, url):
        yield url
