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


@pytest.fixture(scope="package")
def poor_archive(socket_folder: Path) -> Iterator[Database]:
    """A smaller archive without an index."""
    with new_database(socket_folder) as made:
        fill(made, Size(images=900, objects_per_image=0), "64MB", Bar("images"))
        yield made


@pytest.fixture
def poor_index(poor_archive: Database) -> Iterator[Database]:
    """That archive with an index of hardly any links."""
    with poor_archive.connect_administrator() as connection:
        connection.execute(
            "create index fingerprint_vector_1 on caom2_ai.fingerprint using hnsw (vector halfvec_l2_ops)"
            " with (m = 2, ef_construction = 4) where mapID = 1"
        )
        yield poor_archive
        connection.execute("drop index caom2_ai.fingerprint_vector_1")
