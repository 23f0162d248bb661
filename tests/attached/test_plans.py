"""The plans of ADQL on an attached archive: pgsphere's GiST indexes, as Debian's packages have them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from caomai.database import Database
from caomai.settings import Settings
from tests.attached.asking import Asker, open_asker

# Planes of half a degree all over the sky, in rings of equal area.
FILL = """
insert into caom2.Observation (observationURI, obsID, collection, observationID, algorithm_name, intent,
    metaRelease, typeCode, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
values ('caom:FILL/all', '00000000-0000-0000-0000-000000000001', 'FILL', 'all', 'exposure', 'science',
    '2020-01-01', 'S', now(), now(), 'md5:0', 'md5:0');
insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease,
    dataProductType, calibrationLevel, position_bounds, position_bounds_spoly, position_bounds_center,
    lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'ivo://fill/FILL?all/' || n, '00000000-0000-0000-0000-000000000001', gen_random_uuid(),
    'caom:FILL/all/' || n, n, '2020-01-01', '2020-01-01', 'image', 1, corners, sphere.spoly_deg(corners),
    sphere.spoint_deg(ra, dec), now(), now(), 'md5:0', 'md5:0'
from generate_series(1, 6000) as n,
    lateral (select n * 137.50776405 - 360 * floor(n * 137.50776405 / 360) as ra,
        0.98 * degrees(asin(n / 3000.5 - 1)) as dec) as place,
    lateral (select array[ra, dec, ra + 0.5, dec, ra + 0.5, dec + 0.5, ra, dec + 0.5] as corners) as shape;
analyze caom2.Observation, caom2.Plane;
"""
REGION, CENTRE = "plane_position_bounds_spoly_idx", "plane_position_bounds_center_idx"


@pytest.fixture(scope="module")
def ask(attached: Database, settings: Settings) -> Iterator[Asker]:
    url = str(settings.database_url).replace("operator@", "archive@")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(FILL)
    with closing(attached.connect("query", autocommit=True)) as connection:
        asker = open_asker(connection)
        connection.execute(
            "insert into mine select n, n * 1.7, n - 45, 0.1, array[n * 1.7, n - 45, 0.1],"
            " array[n, 0, n + 1, 0, n, 1] from generate_series(1, 80) n"
        )
        connection.execute("analyze mine")
        yield asker


@pytest.mark.parametrize(
    "condition",
    [
        "1 = INTERSECTS(position_bounds, CIRCLE('ICRS', 150, 2, 0.5))",
        "INTERSECTS(CIRCLE(0, 90, 1), position_bounds) = 1",
        "1 = INTERSECTS(position_bounds, CIRCLE(359.9, 0, 1))",
        "1 = INTERSECTS(position_bounds, POLYGON(10, 10, 12, 10, 12, 12))",
        "1 = INTERSECTS(position_bounds, BOX(10, 10, 1, 1))",
        "1 = CONTAINS(POINT('ICRS', 150, 2), position_bounds)",
        "1 = CONTAINS(position_bounds, CIRCLE(150, 2, 1))",
        "1 = CONTAINS(CIRCLE(150, 2, 0.1), position_bounds)",
        "1 = CONTAINS(POINT(150, 2), position_bounds) AND calibrationLevel = 1",
    ],
)
def test_footprints_come_from_the_archives_index(ask: Asker, condition: str) -> None:
    plan = ask.plan(f"SELECT publisherID FROM caom2.Plane WHERE {condition}")
    assert REGION in plan
    assert "Seq Scan on plane" not in plan


@pytest.mark.parametrize(
    "condition",
    [
        "1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 150, 2, 0.5))",
        "DISTANCE(POINT(s_ra, s_dec), POINT(150, 2)) < 0.5",
        "DISTANCE(s_ra, s_dec, 150, 2) <= 0.5",
        "1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(10, 90, 2))",
        "1 = CONTAINS(POINT(s_ra, s_dec), POLYGON(359, 0, 1, 0, 0, 1))",
        "1 = CONTAINS(POINT(s_ra, s_dec), BOX(150, 2, 1, 1))",
    ],
)
def test_places_come_from_the_archives_index(ask: Asker, condition: str) -> None:
    plan = ask.plan(f"SELECT obs_publisher_did FROM ivoa.ObsCore WHERE {condition}")
    assert CENTRE in plan
    assert "Seq Scan on plane" not in plan


def test_centroids_of_footprints_come_from_the_archives_index(ask: Asker) -> None:
    condition = "1 = CONTAINS(CENTROID(position_bounds), CIRCLE(150, 2, 0.5))"
    assert CENTRE in ask.plan(f"SELECT publisherID FROM caom2.Plane WHERE {condition}")


def test_footprints_of_obscore_come_from_the_archives_index(ask: Asker) -> None:
    condition = "1 = INTERSECTS(s_region, CIRCLE(150, 2, 0.5))"
    assert REGION in ask.plan(f"SELECT obs_id FROM ivoa.ObsCore WHERE {condition}")


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("1 = CONTAINS(POINT(u.ra, u.dec), p.position_bounds)", REGION),
        ("1 = INTERSECTS(p.position_bounds, CIRCLE(u.ra, u.dec, u.radius))", REGION),
        ("1 = INTERSECTS(p.position_bounds, CIRCLE(u.ra, u.dec, 0.1))", REGION),
        ("1 = INTERSECTS(p.position_bounds, u.disc)", REGION),
        ("1 = INTERSECTS(p.position_bounds, u.triangle)", REGION),
        ("1 = CONTAINS(CENTROID(p.position_bounds), CIRCLE(u.ra, u.dec, 0.1))", CENTRE),
        ("1 = CONTAINS(CENTROID(p.position_bounds), CIRCLE(u.ra, u.dec, u.radius))", CENTRE),
        ("1 = CONTAINS(CENTROID(p.position_bounds), u.disc)", CENTRE),
    ],
)
def test_places_of_another_table_are_matched_by_the_archives_index(
    ask: Asker, condition: str, index: str
) -> None:
    plan = ask.plan(
        f"SELECT u.n, p.publisherID FROM TAP_UPLOAD.mine AS u JOIN caom2.Plane AS p ON {condition}"
    )
    assert index in plan
    assert "Seq Scan on plane" not in plan


def test_footprints_of_the_archive_are_matched_with_each_other_by_the_index(ask: Asker) -> None:
    plan = ask.plan(
        "SELECT COUNT(*) FROM caom2.Plane AS a JOIN caom2.Plane AS b"
        " ON 1 = INTERSECTS(a.position_bounds, b.position_bounds) WHERE a.calibrationLevel = 2"
    )
    assert REGION in plan


def test_a_circle_larger_than_half_the_sky_is_answered_without_an_error(ask: Asker) -> None:
    query = "SELECT COUNT(*) FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE(10, 20, {0}))"
    everything = ask("SELECT COUNT(position_bounds) FROM caom2.Plane")[0][0]
    assert everything / 2 < ask(query.format(90.5))[0][0] < everything
    assert ask(query.format(180))[0][0] == everything
