"""A small archive of the benchmark's generator, filled and indexed as the large one is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.scale.archive import Size, fill, make_index
from caomai.console import Bar
from caomai.database import Database
from tests.conftest import new_database

SIZE = Size(images=1_800, objects_per_image=5)


@pytest.fixture(scope="package")
def archive(socket_folder: Path) -> Iterator[Database]:
    """Database with 1,800 images of 5 objects each."""
    with new_database(socket_folder) as made:
        fill(made, SIZE, "64MB", Bar("images"))
        make_index(made, 1, "64MB")
        yield made
