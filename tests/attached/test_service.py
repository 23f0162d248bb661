"""The service and the worker beside an archive, both as users who are no superusers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import hpgeom
import numpy as np
import psycopg
import pytest
from astropy.table import Table
from pyvo.dal import TAPService

from caomai.database import Database
from caomai.settings import Settings
from fingerprinting.changes import follow_changes
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import load_model
from fingerprinting.store import Artifact, store
from tests.attached.archive import PAST, PLACED, PLANES, Plane
from tests.attached.asking import open_asker
from tests.attached.brute_force import Polygon, separation, to_vectors
from tests.tap.client import ask, get
from tests.tap.process import serving
from tests.tap.visitor import visiting
from tests.worker.planes import describe

IMAGES = PLANES[:80]
SEEN = [plane for plane in IMAGES if plane.meta == PAST and plane.data == PAST]


@pytest.fixture(scope="module")
def ingest(attached: Database) -> Iterator[psycopg.Connection[Any]]:
    """The worker's connection."""
    with closing(attached.connect("ingest", autocommit=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def maps(ingest: psycopg.Connection[Any]) -> Maps:
    """Maps with fingerprints of the first images: image n has n objects in node n and one in node 399."""
    maps = register_maps(ingest, load_model())
    for plane in IMAGES:
        nodes = [plane.number] * plane.number + [399]
        assert store(ingest, artifact_of(plane), [describe(*nodes)], maps)
    ingest.execute("select caom2_ai.make_map_index(%s)", [maps.object_map])
    return maps


@pytest.fixture(scope="module")
def service(maps: Maps, settings: Settings) -> Iterator[str]:  # noqa: ARG001 -- the rows are there
    """Address of the service, which runs as the operator."""
    environment = {
        "CAOMAI_DATABASE_URL": str(settings.database_url),
        "CAOMAI_ARTIFACTS": '{"cadc": "https://archive.example/files/{uri}"}',
    }
    with serving(environment) as (_, url):
        yield url


@pytest.fixture
def tap(service: str) -> Iterator[TAPService]:
    """The service as pyvo sees it."""
    with visiting(service) as made:
        yield made


def artifact_of(plane: Plane) -> Artifact:
    return Artifact(plane.uri, "md5:0", plane.key("plane"), plane.publisher_id)


def column(url: str, query: str) -> list[Any]:
    """Ask a query and give its first column."""
    answer = ask(url, query)
    assert answer.statuses == ["OK"], answer.message
    found = answer.table.array
    return list(found[found.dtype.names[0]].tolist())


@pytest.mark.usefixtures("maps")
def test_fingerprints_lie_where_the_archive_says(ingest: psycopg.Connection[Any]) -> None:
    rows = ingest.execute("select publisherID, ra, dec, healpix from caom2_ai.fingerprint").fetchall()
    assert len(rows) == len(IMAGES)
    centres = {plane.publisher_id: plane.centre for plane in IMAGES}
    for publisher_id, ra, dec, healpix in rows:
        centre = centres[publisher_id]
        if centre is None:
            assert (ra, dec, healpix) == (None, None, None)
            continue
        assert separation(to_vectors(np.array([[ra, dec]])), to_vectors(np.array([centre])))[0] < 1e-9
        assert healpix == hpgeom.angle_to_pixel(2**29, ra, dec, nest=True, lonlat=True)


def test_the_worker_follows_what_the_archive_moves(
    ingest: psycopg.Connection[Any], maps: Maps, settings: Settings
) -> None:
    assert follow_changes(ingest, maps) == 0
    moved = IMAGES[1]
    url = str(settings.database_url).replace("operator@", "archive@")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "update caom2.Plane set position_bounds_center = sphere.spoint(1, 0.5) where planeID = %s",
            [moved.key("plane")],
        )
    assert follow_changes(ingest, maps) == 1
    row = ingest.execute(
        "select radians(ra), radians(dec) from caom2_ai.fingerprint where planeID = %s", [moved.key("plane")]
    ).fetchone()
    assert row == (pytest.approx(1), pytest.approx(0.5))


def test_content_and_the_archive_are_joined(service: str) -> None:
    query = (
        "SELECT f.publisherID FROM caom2_ai.fingerprint AS f JOIN caom2.Plane AS p ON p.planeID = f.planeID"
        " JOIN caom2.Observation AS o ON o.obsID = p.obsID"
        " WHERE p.calibrationLevel = 2 AND o.proposal_title = 'Galaxies'"
        " AND caomai_count(f.fingerprint, {0}) > 0"
    )
    for plane in IMAGES[20:30]:
        expected = [plane.publisher_id] if plane in SEEN else []
        assert column(service, query.format(plane.number)) == expected
    assert set(column(service, query.format(399))) == {plane.publisher_id for plane in SEEN}


def test_images_near_a_position_are_found(service: str) -> None:
    ra, dec = 150.0, 2.0
    near = {
        plane.publisher_id
        for plane in SEEN[1:]
        if plane.centre is not None
        and separation(to_vectors(np.array([plane.centre])), to_vectors(np.array([[ra, dec]])))[0] < 3
    }
    assert len(near) > 5
    for condition in (
        f"1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', {ra}, {dec}, 3))",
        f"DISTANCE(ra, dec, {ra}, {dec}) < 3",
    ):
        query = f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition}"
        assert set(column(service, query)) == near


def test_similar_images_come_in_order_with_pgvector_0_8_0(service: str) -> None:
    image = SEEN[30]
    query = (
        "SELECT TOP {0} f.publisherID, caomai_distance(f.vector, caomai_vector('{1}')) AS dist"
        " FROM caom2_ai.fingerprint AS f {2} ORDER BY dist"
    )
    answer = ask(service, query.format(10, image.publisher_id, ""))
    assert answer.table.array["publisherID"][0] == image.publisher_id
    assert answer.table.array["dist"].tolist() == sorted(answer.table.array["dist"].tolist())


@pytest.mark.usefixtures("maps")
def test_a_filtered_search_gives_as_many_rows_as_there_are(attached: Database) -> None:
    """The settings of queries are known to pgvector 0.8.0; where its scan ends early all is compared."""
    image = SEEN[30]
    query = (
        "SELECT TOP 5 f.publisherID,"
        f" caomai_distance(f.vector, caomai_vector('{image.publisher_id}')) AS dist"
        f" FROM caom2_ai.fingerprint AS f WHERE nObjects < {SEEN[8].number} ORDER BY dist"
    )
    with closing(attached.connect("query", autocommit=True)) as connection:
        asker = open_asker(connection)
        exact = asker(query)
        connection.execute("set enable_sort = off")
        connection.execute("set hnsw.ef_search = 3")
        assert "Order By: (vector <-> " in asker.plan(query)
        assert asker(query) == exact
        assert len(exact) == 5
        connection.execute("set hnsw.iterative_scan = off")
        assert asker(query) == exact


def test_an_uploaded_table_is_matched_with_the_archives_footprints(tap: TAPService) -> None:
    planes = [plane for plane in PLACED[:20] if plane.centre is not None]
    places = Table({"n": [plane.number for plane in planes]})
    places["ra"], places["dec"] = np.array([plane.centre for plane in planes]).T
    found = tap.run_sync(
        "SELECT u.n, p.publisherID FROM TAP_UPLOAD.mine AS u JOIN caom2.Plane AS p"
        " ON 1 = CONTAINS(POINT(u.ra, u.dec), p.position_bounds)",
        uploads={"mine": places},
    )
    pairs = set(zip(found["n"].tolist(), found["publisherID"].tolist(), strict=True))
    assert pairs == {
        (plane.number, other.publisher_id)
        for plane in planes
        for other in PLACED
        if plane.centre is not None
        and other.corners is not None
        and Polygon(other.corners).surrounds(to_vectors(np.array([plane.centre]))[0])
    }


def test_tap_schema_tells_the_archives_tables_and_ours(service: str, tap: TAPService) -> None:
    tables = set(column(service, "SELECT table_name FROM tap_schema.tables"))
    assert {"caom2.Plane", "caom2_ai.fingerprint", "ivoa.ObsCore", "tap_schema.columns"} <= tables
    assert set(tap.tables.keys()) == tables
    for table in sorted(tables):
        assert ask(service, f"SELECT TOP 2 * FROM {table}").statuses[0] == "OK", table


def test_obscore_shows_public_planes_only(service: str) -> None:
    found = column(service, "SELECT obs_publisher_did FROM ivoa.ObsCore WHERE s_ra IS NOT NULL")
    assert set(found) == {plane.publisher_id for plane in PLACED}


def test_links_lead_to_the_archives_files(service: str) -> None:
    answer = get(f"{service}/datalink/links", {"ID": SEEN[0].publisher_id})
    assert answer.status == 200
    assert f"https://archive.example/files/{SEEN[0].uri}" in answer.text
    hidden = get(f"{service}/datalink/links", {"ID": PLANES[7].publisher_id})
    assert "NotFoundFault" in hidden.text


def test_a_query_runs_as_a_job_without_rights_on_the_archive(tap: TAPService) -> None:
    found = tap.run_async("SELECT COUNT(*) AS n FROM caom2.Plane")
    assert found["n"][0] == sum(plane.meta == PAST for plane in PLANES)
