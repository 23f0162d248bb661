"""The service as it runs for users: a process of its own on a free port, over a small archive."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from caomai.settings import Settings
from tests.tap.archive import ARCHIVE, LOCAL, fill
from tests.tap.process import serving


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the archive's files: one for the image LOCAL, and a secret beside the folder."""
    outside = tmp_path_factory.mktemp("archive")
    folder = outside / "files"
    (folder / "SIM").mkdir(parents=True)
    (folder / "SIM" / f"image-{LOCAL:02}.fits").write_bytes(bytes(range(256)) * 11 + bytes(64))
    (outside / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def environment(database_settings: Settings, files: Path) -> dict[str, str]:
    """Settings of the service, as an operator gives them."""
    return {
        "CAOMAI_DATABASE_URL": str(database_settings.database_url),
        "CAOMAI_ARTIFACTS": f'{{"file": "{files}", "ad": "https://archive.example/data/{{path}}"}}',
        "CAOMAI_MAX_ROWS": "1000000",
        "CAOMAI_QUERY_SECONDS": "2",
        "CAOMAI_STALL_SECONDS": "2",
        "CAOMAI_CONNECTIONS": "3",
    }


@pytest.fixture(scope="module")
def service(database: Database, environment: dict[str, str]) -> Iterator[str]:
    """Address of the running service."""
    fill(database)
    with serving(environment) as (_, url):
        urllib.request.urlopen(f"{url}/tap/availability").read()
        yield url


@pytest.fixture(scope="module")
def publisher_id(service: str) -> str:  # noqa: ARG001 -- the archive is there
    """Identifier of an image with many neighbours."""
    return ARCHIVE[20].publisher_id
