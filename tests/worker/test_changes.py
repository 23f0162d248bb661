"""What CAOM says anew of images whose pixels stay the same."""

from __future__ import annotations

from datetime import datetime

import pytest

from caomai.errors import UnusableImageError
from fingerprinting.changes import follow_changes
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import Model
from fingerprinting.store import store, store_failure
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_artifact, insert_plane, name

DATE = datetime.fromisoformat("2099-01-01")


@pytest.fixture
def maps(archive: Archive, model: Model) -> Maps:
    """Register the maps and store two images."""
    maps = register_maps(archive.connection, model)
    for product in ("a", "b"):
        plane = insert_plane(archive.connection, product)
        assert store(archive.connection, plane, [describe(1)], maps)
    return maps


def follow(archive: Archive, maps: Maps, change: str) -> int:
    archive.connection.execute(change)
    written = follow_changes(archive.connection, maps)
    assert follow_changes(archive.connection, maps) == 0
    archive.check_whole()
    return written


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ("update caom2.plane set metaRelease = '2099-01-01' where productID = 'a'", "metaRelease", DATE),
        ("update caom2.plane set dataRelease = null where productID = 'a'", "dataRelease", None),
        (
            "update caom2.artifact set contentRelease = '2099-01-01' where uri like '%a.fits'",
            "contentRelease",
            DATE,
        ),
        (
            "update caom2.observation set instrument_name = 'N' where observationID = 'a'",
            "instrument_name",
            "N",
        ),
        (
            "update caom2.observation set intent = 'calibration' where observationID = 'a'",
            "intent",
            "calibration",
        ),
        ("update caom2.plane set time_bounds_upper = 60003 where productID = 'a'", "timeMid", 60001.5),
        (
            "insert into plane_position select planeID, 1, 2, 3 from caom2.plane where productID = 'a'",
            "ra",
            1.0,
        ),
    ],
)
def test_what_is_copied_from_caom_follows_it(
    archive: Archive, maps: Maps, change: str, column: str, value: object
) -> None:
    assert follow(archive, maps, change) == 1
    found = archive.fetch(f"select {column} from caom2_ai.fingerprint order by publisherID")
    assert found[0] == (value,) != found[1]


def test_a_plane_that_went_leaves_nothing(archive: Archive, maps: Maps) -> None:
    store_failure(
        archive.connection, insert_plane(archive.connection, "c"), UnusableImageError("Broken."), maps
    )
    follow(archive, maps, "delete from caom2.observation where observationID in ('a', 'c')")
    tables = ("fingerprint", "part_fingerprint", "object_node", "field_node", "failure")
    assert [archive.count(f"caom2_ai.{table}") for table in tables] == [1, 1, 1, 1, 0]


def test_a_plane_with_another_id_or_name_keeps_its_fingerprint(archive: Archive, maps: Maps) -> None:
    images = archive.fetch("select imageID, artifactURI from caom2_ai.part_fingerprint order by 1")
    archive.connection.execute("alter table caom2.artifact drop constraint artifact_planeid_fkey")
    archive.connection.execute(
        "update caom2.artifact set planeID = %s where uri like '%%a.fits'", [name("new")]
    )
    follow(archive, maps, f"update caom2.plane set planeID = '{name('new')}' where productID = 'a'")
    follow(archive, maps, "update caom2.plane set publisherID = 'ivo://test/T?new/b' where productID = 'b'")
    archive.connection.execute(
        "alter table caom2.artifact add foreign key (planeID) references caom2.plane on delete cascade"
    )
    assert archive.fetch("select imageID, artifactURI from caom2_ai.part_fingerprint order by 1") == images
    assert archive.fetch("select publisherID, planeID from caom2_ai.fingerprint order by 1") == [
        ("ivo://test/T?a/a", name("new")),
        ("ivo://test/T?new/b", name("b/b")),
    ]


def test_a_file_that_moves_to_another_plane_takes_its_fingerprint_along(archive: Archive, maps: Maps) -> None:
    plane = insert_plane(archive.connection, "c")
    second = insert_artifact(archive.connection, plane, "c2")
    store(archive.connection, second, [describe(3), describe(3, part="1")], maps)
    archive.connection.execute(
        "update caom2.artifact set planeID = (select planeID from caom2.plane where productID = 'b')"
        " where uri = 'file:c2.fits'"
    )
    follow_changes(archive.connection, maps)
    counts = "select fingerprint[2], fingerprint[4] from caom2_ai.fingerprint order by publisherID"
    assert archive.fetch(counts) == [(1, 0), (0, 2)]
