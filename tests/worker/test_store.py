"""Descriptions become rows: all of them or none, once, whatever else goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import hpgeom
import numpy as np
import pytest

from caomai.errors import NotAnImageError, TransientError, UnusableImageError
from fingerprinting.description import LOOK
from fingerprinting.fieldmap import field_node
from fingerprinting.fingerprint import search_vector, sum_descriptions
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import Model
from fingerprinting.plane import sum_parts
from fingerprinting.store import Artifact, store, store_failure
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_artifact, insert_plane


@pytest.fixture
def maps(archive: Archive, model: Model) -> Maps:
    return register_maps(archive.connection, model)


def test_objects_come_back_as_they_were(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    placed, lost = describe(5, 5, 399), describe(7, part="1", sky=False)
    assert store(archive.connection, artifact, [placed, lost], maps)
    rows = archive.fetch("""
        select p.part, o.objectID, o.node, o.flags, o.healpix, o.ra, o.dec, o.x, o.theta, o.flux
        from caom2_ai.object_node o join caom2_ai.part_fingerprint p using (imageID) order by 1, 2
    """)
    pixels = hpgeom.angle_to_pixel(2**29, np.array([359.5, 0.5, 1.5]), np.full(3, 30.0)).tolist()
    assert rows == [
        ("0", 0, 5, 3, pixels[0], 359.5, 30.0, 1.5, 45.0, 1e6),
        ("0", 1, 5, 3, pixels[1], 0.5, 30.0, 2.5, 45.0, 1e6),
        ("0", 2, 399, 3, pixels[2], 1.5, 30.0, 3.5, 45.0, 1e6),
        ("1", 0, 7, 3, None, None, None, 1.5, 45.0, 1e6),
    ]


def test_the_looks_of_objects_are_stored_and_go_with_their_image(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    looks = np.zeros(2, LOOK)
    looks["number"], looks["vector"] = [0, 2], np.eye(64)[[5, 7]]
    placed, lost = describe(5, 6, 399), describe(7, 8, 9, part="1", sky=False)
    store(archive.connection, artifact, [replace(placed, looks=looks), replace(lost, looks=looks)], maps)
    rows = archive.fetch("""
        select p.part, v.objectID - (p.imageID::bigint << 20), v.node, v.x, v.ra, v.healpix = o.healpix,
            v.vector::text
        from caom2_ai.object_vector v
        join caom2_ai.part_fingerprint p using (imageID, mapID)
        join caom2_ai.object_node o on o.imageID = v.imageID and o.objectID = v.objectID & 1048575
        order by 1, 2
    """)
    first, second = (str(np.eye(64, dtype=int)[axis].tolist()).replace(" ", "") for axis in (5, 7))
    assert rows == [
        ("0", 0, 5, 1.5, 359.5, True, first),
        ("0", 2, 399, 3.5, 1.5, True, second),
        ("1", 0, 7, 1.5, None, None, first),
        ("1", 2, 9, 3.5, None, None, second),
    ]
    store(archive.connection, replace_file(archive, artifact), [replace(placed, looks=looks[:1])], maps)
    assert archive.count("caom2_ai.object_vector") == 1
    gone = replace(artifact, checksum="md5:3")
    archive.connection.execute("update caom2.Artifact set contentChecksum = 'md5:3'")
    store_failure(archive.connection, gone, UnusableImageError("No signal."), maps)
    assert archive.count("caom2_ai.object_vector") == 0


def test_a_plane_is_the_sum_of_its_parts_with_what_caom_says(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    archive.connection.execute(
        "insert into caom2_ai.plane_position values (%s, 10, 20, 12345)", [artifact.plane_id]
    )
    store(archive.connection, artifact, [describe(5, 5), describe(5, 9, part="1", sampled=0.5)], maps)
    columns = (
        "nObjects, nDetected, collection, instrument_name, bandpassName, intent, ra, dec, healpix, timeMid"
    )
    assert archive.fetch(f"select {columns} from caom2_ai.fingerprint") == [
        (4, 6, "T", "CAM", "r", "science", 10.0, 20.0, 12345, 60000.5)
    ]
    ((counts, sampled, length),) = archive.fetch(
        "select fingerprint, sampledFraction, l2_norm(vector) from caom2_ai.fingerprint"
    )
    assert {node: count for node, count in enumerate(counts) if count} == {5: 3, 9: 1}
    assert sampled == pytest.approx(4 / 6)
    assert length == pytest.approx(1, abs=1e-3)
    archive_node = archive.fetch("select node from caom2_ai.field_node")
    assert len(archive_node) == 1


def test_looks_alone_make_a_vector_and_parts_share_it_by_their_pixels(archive: Archive, maps: Maps) -> None:
    first, second = np.array(maps.model.statistics_centre) + 1, np.array(maps.model.statistics_centre)
    first[3] = np.nan
    looks = [replace(describe(part="0").quality, statistics=one) for one in (first, second)]
    parts = [
        replace(describe(part="0"), quality=looks[0], shape=(40, 30)),
        replace(describe(part="1"), quality=looks[1]),
    ]
    store(archive.connection, insert_plane(archive.connection, "a"), parts, maps)
    stored = archive.fetch("select statistics from caom2_ai.part_fingerprint order by part")
    assert np.array_equal(np.array(stored[0][0], np.float32), first, equal_nan=True)
    ((vector, node),) = archive.fetch("""
        select f.vector::real[], n.node from caom2_ai.fingerprint f join caom2_ai.field_node n using (planeID)
    """)
    counts, statistics = sum_descriptions(parts)
    assert statistics[[0, 3]] == pytest.approx(second[[0, 3]] + [2 / 3, 0], abs=1e-4)
    expected = search_vector(counts, statistics, maps.model)
    assert expected is not None
    assert vector == pytest.approx(expected, abs=1e-3)
    assert node == field_node(expected, maps.fields)


def test_an_image_of_which_nothing_is_known_has_a_row_but_no_vector(archive: Archive, maps: Maps) -> None:
    store(archive.connection, insert_plane(archive.connection, "a"), [describe()], maps)
    assert archive.fetch("select nObjects, vector from caom2_ai.fingerprint") == [(0, None)]
    assert archive.count("caom2_ai.field_node") == 0


def test_levels_are_medians_and_fractions_go_by_area() -> None:
    part = {
        "fingerprint": [1], "nobjects": 1, "ndetected": 1, "sampledfraction": 1.0, "contentrelease": None,
        "background": 1.0, "noise": 1.0, "fwhm": None, "fwhmpixel": None, "elongation": None,
        "saturatedfraction": None, "maskedfraction": 0.0, "npixels": 300,
    }  # fmt: skip
    bright = part | {
        "background": 9.0,
        "fwhm": 2.0,
        "saturatedfraction": 0.5,
        "maskedfraction": 1.0,
        "npixels": 100,
    }
    row = sum_parts([part, bright, part | {"background": 2.0}])
    assert (row["background"], row["fwhm"], row["elongation"]) == (2.0, 2.0, None)
    assert row["saturatedFraction"] == 0.5
    assert row["maskedFraction"] == pytest.approx(100 / 700)


def test_the_preferred_file_of_a_plane_is_science_with_the_most_parts(archive: Archive, maps: Maps) -> None:
    plane = insert_plane(archive.connection, "a")
    mosaic = insert_artifact(archive.connection, plane, "b")
    flats = insert_artifact(archive.connection, plane, "c", "calibration")
    store(archive.connection, flats, [describe(1, part=str(n)) for n in range(3)], maps)
    assert fingerprint(archive) == {1: 3}
    store(archive.connection, plane, [describe(2)], maps)
    assert fingerprint(archive) == {2: 1}
    store(archive.connection, mosaic, [describe(3), describe(3, part="1")], maps)
    assert fingerprint(archive) == {3: 2}
    assert archive.count("caom2_ai.part_fingerprint") == 6


def test_files_of_a_plane_may_be_stored_at_the_same_time(archive: Archive, maps: Maps) -> None:
    files = []
    for number in range(10):
        plane = insert_plane(archive.connection, f"p{number}")
        files += [plane] + [insert_artifact(archive.connection, plane, f"p{number}-{n}") for n in range(3)]

    def keep(artifact: Artifact) -> bool:
        with closing(archive.database.connect("ingest", autocommit=True)) as connection:
            return store(connection, artifact, [describe(4), describe(4, part="1")], maps)

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(keep, files))
        assert not any(threads.map(keep, files))  # as a worker that was thought dead
    assert archive.count("caom2_ai.fingerprint") == archive.count("caom2_ai.field_node") == 10
    assert archive.count("caom2_ai.part_fingerprint") == archive.count("caom2_ai.object_node") == 80
    assert archive.fetch("select distinct nObjects from caom2_ai.fingerprint") == [(2,)]


def test_what_breaks_midway_leaves_nothing(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    broken = replace(describe(4, part="1"), sampled_fraction=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="sampledfraction"):
        store(archive.connection, artifact, [describe(4), broken], maps)
    assert count_all(archive) == (0, 0, 0, 0, 0)
    store(archive.connection, artifact, [describe(4)], maps)
    stored = archive.fetch("select * from caom2_ai.part_fingerprint")
    with pytest.raises(Exception, match="sampledfraction"):
        store(archive.connection, replace_file(archive, artifact), [describe(5), broken], maps)
    assert repr(archive.fetch("select * from caom2_ai.part_fingerprint")) == repr(stored)  # NaN is not NaN


def test_another_file_replaces_the_rows_of_the_first(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    store(archive.connection, artifact, [describe(4, 4), describe(4, part="1")], maps)
    assert not store(archive.connection, artifact, [describe(8)], maps)  # stored already
    assert fingerprint(archive) == {4: 3}
    changed = replace_file(archive, artifact)
    assert not store(archive.connection, artifact, [describe(8)], maps)  # CAOM has moved on
    assert store(archive.connection, changed, [describe(8)], maps)
    assert fingerprint(archive) == {8: 1}
    assert count_all(archive) == (1, 1, 1, 1, 0)


@pytest.mark.parametrize(
    ("error", "rows"),
    [
        (UnusableImageError("It is broken."), (0, 0, 0, 0, 1)),
        (NotAnImageError("It is a cube."), (0, 0, 0, 0, 1)),
        (TransientError("The archive is down."), (1, 1, 1, 1, 1)),
    ],
)
def test_a_file_that_fails_takes_its_rows_with_it_unless_it_may_mend(
    archive: Archive, maps: Maps, error: Exception, rows: tuple[int, ...]
) -> None:
    artifact = insert_plane(archive.connection, "a")
    store(archive.connection, artifact, [describe(4)], maps)
    changed = replace_file(archive, artifact)
    store_failure(archive.connection, changed, error, maps)
    assert count_all(archive) == rows
    store(archive.connection, changed, [describe(5)], maps)
    assert count_all(archive) == (1, 1, 1, 1, 0)


def test_tries_are_counted_and_grow_rarer_while_the_file_stays_the_same(archive: Archive, maps: Maps) -> None:
    artifact = insert_plane(archive.connection, "a")
    waits = "select attempts, round(extract(epoch from nextTry - lastTry) / 60)::int from caom2_ai.failure"
    seen = []
    for _ in range(4):
        store_failure(archive.connection, artifact, TransientError("The archive is down."), maps)
        seen += archive.fetch(waits)
    assert seen == [(1, 10), (2, 20), (3, 40), (4, 80)]
    store_failure(archive.connection, replace_file(archive, artifact), TransientError("Down."), maps)
    assert archive.fetch(waits) == [(1, 10)]


def replace_file(archive: Archive, artifact: Artifact) -> Artifact:
    """Let CAOM know of another file under the same name."""
    archive.connection.execute(
        "update caom2.Artifact set contentChecksum = 'md5:2' where uri = %s", [artifact.uri]
    )
    return replace(artifact, checksum="md5:2")


def fingerprint(archive: Archive) -> dict[int, int]:
    """Give the counts of the only plane."""
    ((counts,),) = archive.fetch("select fingerprint from caom2_ai.fingerprint")
    return {node: count for node, count in enumerate(counts) if count}


def count_all(archive: Archive) -> tuple[int, ...]:
    """Count planes, parts, objects, fields and failures."""
    tables = ("fingerprint", "part_fingerprint", "object_node", "field_node", "failure")
    return tuple(archive.count(f"caom2_ai.{table}") for table in tables)
