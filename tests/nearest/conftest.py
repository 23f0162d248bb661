"""One archive for the package: it takes a few seconds to make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import new_database
from tests.nearest.archive import fill


@pytest.fixture(scope="package")
def archive(socket_folder: Path) -> Iterator[Database]:
    """Database with the archive in it."""
    with new_database(socket_folder) as made:
        fill(made)
        yield made
