"""AD-06: the plans of searches on the sky: positions and footprints are found by their indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from caomai.database import Database
from tapext.adql import Catalogue, parse, translate
from tapext.adql.catalogue import Column, Table
from tests.adql.archive import MAP, PAST
from tests.adql.conftest import Ask

Explain = Callable[[str], str]

CENTROID = "CENTROID(position_bounds)"
EXTENT, HEALPIX, PLACE = "plane_position_extent", "plane_position_healpix", "plane_position_place"

FILL = """
select setseed(0.25);
create temporary table place as
select n, 360 * random() as ra, asind(2 * random() - 1) as "dec" from generate_series(1, 20000) n;
insert into caom2.Plane (publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease,
    position_bounds, lastModified, maxLastModified, metaChecksum, accMetaChecksum)
select 'ivo://sky?' || n, (select min(obsID::text)::uuid from caom2.Observation), md5('s' || n)::uuid,
    'caom:SKY/' || n, n, %(past)s, %(past)s, array[ra, "dec", 0.1], %(past)s, %(past)s, 'md5:', 'md5:'
from place;
select caom2_ai.refresh_positions(100000);
insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, nObjects, nDetected,
    sampledFraction, collection, metaRelease, dataRelease, ra, dec, healpix)
select md5('s' || n)::uuid, %(map)s, gen_random_uuid(), 'ivo://sky?' || n, array_fill(0, array[400]),
    0, 0, 1, 'X', %(past)s, %(past)s, ra, "dec", caom2_ai.healpix(ra, "dec")
from place;
insert into caom2_ai.object_node
select %(map)s, 1, n, 7, 0, caom2_ai.healpix(ra, "dec"), ra, "dec", 1, 1, 1, 1, 0, 9, 9, 1, 0 from place;
drop table place;
"""


@pytest.fixture(scope="module")
def explain(archive: Database, catalogue: Catalogue, connection: psycopg.Connection[Any]) -> Explain:
    """Give the plan of a query over 20,000 planes, and an uploaded table `mine` of 100 positions."""
    with archive.connect_administrator() as administrator, psycopg.ClientCursor(administrator) as cursor:
        cursor.execute(FILL, {"past": PAST, "map": MAP})
        administrator.commit()
        administrator.execute("vacuum analyze")
    columns = (Column("n", "int"), Column("ra", "double"), Column("dec", "double"), Column("r", "double"))
    known = catalogue.with_tables([Table("TAP_UPLOAD.mine", ("pg_temp", "mine"), columns)])
    connection.execute("set default_transaction_read_only = off")
    connection.execute(
        "create temporary table mine as select n, 3.6 * n as ra, n - 50.0 as dec, 0.1 as r"
        " from generate_series(1, 100) n"
    )
    connection.execute("analyze mine")

    def plan(query: str) -> str:
        sql = psycopg.sql.SQL("explain ") + translate(parse(query), known, 1000).sql
        return "\n".join(row[0] for row in connection.execute(sql))

    return plan


@pytest.mark.parametrize(
    "condition",
    [
        f"DISTANCE({CENTROID}, POINT(10, 20)) < 1",
        f"1 >= DISTANCE(POINT(10, 20), {CENTROID})",
        f"DISTANCE({CENTROID}, POINT(10, 20)) * 3600 < 5",
        f"5.5 >= 60 * DISTANCE({CENTROID}, POINT(10, 20))",
        f"DISTANCE(COORD1({CENTROID}), COORD2({CENTROID}), 10, 20) <= 1",
        f"1 = CONTAINS({CENTROID}, CIRCLE(10, 20, 1))",
        f"CONTAINS({CENTROID}, CIRCLE('ICRS', 10, 20, 1)) = 1",
        f"CONTAINS({CENTROID}, CIRCLE(10, 20, 1)) <> 0",
        f"0 < CONTAINS({CENTROID}, CIRCLE(359.9, -89.9, 1))",
        f"INTERSECTS({CENTROID}, POLYGON(10, 20, 11, 20, 11, 21)) >= 1",
        f"CONTAINS({CENTROID}, POLYGON(10, 20, 12, 20, 12, 22, 11, 20.5)) != 0",
        f"CONTAINS({CENTROID}, BOX(10, 20, 1, 1)) = 1 AND calibrationLevel > 0",
        f"DISTANCE({CENTROID}, POINT(10, 20)) < 1 OR DISTANCE({CENTROID}, POINT(50, 20)) < 1",
    ],
)
def test_positions_are_found_by_ranges_of_healpix(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT TOP 10 publisherID FROM caom2.Plane WHERE {condition}")
    assert HEALPIX in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    "condition",
    [
        "1 = INTERSECTS(position_bounds, CIRCLE(10, 20, 1))",
        "INTERSECTS(CIRCLE(10, 20, 1), position_bounds) = 1",
        "0 <> INTERSECTS(position_bounds, POLYGON(10, 20, 12, 20, 12, 22, 11, 20.5))",
        "1 = INTERSECTS(position_bounds, BOX(0, 20, 1, 1))",
        "1 = CONTAINS(position_bounds, CIRCLE(10, 89.5, 1))",
        "1 = CONTAINS(POINT(10, 20), position_bounds)",
        "1 = INTERSECTS(position_bounds, POINT(10, 20))",
        "1 = CONTAINS(CIRCLE(10, 20, 0.01), position_bounds)",
        "1 = CONTAINS(BOX(10, 20, 0.1, 0.1), position_bounds)",
    ],
)
def test_footprints_are_found_by_their_extents(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT TOP 10 publisherID FROM caom2.Plane WHERE {condition}")
    assert EXTENT in plan
    assert "Seq Scan" not in plan


QUERIES = {
    HEALPIX: (
        f"""SELECT TOP 10 o.target_name FROM caom2.Plane AS p JOIN caom2.Observation AS o ON o.obsID = p.obsID
        WHERE 1 = CONTAINS({CENTROID}, CIRCLE(10, 20, 1)) AND o.collection = 'TEST' AND time_exposure > 3""",
        f"""SELECT COUNT(*) FROM caom2_ai.fingerprint WHERE planeID IN (SELECT planeID FROM caom2.Plane
        WHERE DISTANCE({CENTROID}, POINT(10, 20)) < 0.5)""",
        "SELECT TOP 10 obs_id FROM ivoa.ObsCore WHERE DISTANCE(s_ra, s_dec, 10, 20) < 1",
    ),
    EXTENT: (
        """SELECT o.target_name FROM caom2.Observation AS o JOIN caom2.Plane AS p ON o.obsID = p.obsID
        AND INTERSECTS(position_bounds, CIRCLE(10, 20, 0.1)) = 1""",
        """WITH near AS (SELECT * FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE(10, 20, 1)))
        SELECT COUNT(*) FROM near""",
        "SELECT TOP 10 obs_id FROM ivoa.ObsCore WHERE 1 = INTERSECTS(s_region, CIRCLE(10, 20, 1))",
        """WITH seen AS (SELECT obs_id, s_region FROM ivoa.ObsCore WHERE calib_level > 0)
        SELECT COUNT(*) FROM seen WHERE 1 = INTERSECTS(s_region, CIRCLE(10, 20, 1))""",
        """WITH a AS (SELECT * FROM caom2.Plane), b AS (SELECT position_bounds AS bounds FROM a)
        SELECT COUNT(*) FROM (SELECT bounds FROM b) AS c WHERE 1 = CONTAINS(POINT(10, 20), c.bounds)""",
        """SELECT COUNT(*) FROM (SELECT position_bounds FROM caom2.Plane WHERE calibrationLevel IS NULL) AS p
        JOIN TAP_UPLOAD.mine AS t ON 1 = CONTAINS(POINT(t.ra, t.dec), p.position_bounds)""",
    ),
    "fingerprint_healpix": (
        """SELECT COUNT(*) FROM (SELECT ra, dec FROM caom2_ai.fingerprint) AS f
        WHERE DISTANCE(POINT(f.ra, f.dec), POINT(10, 20)) < 0.5""",
        """SELECT TOP 10 publisherID FROM caom2_ai.fingerprint
        WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 10, 20, 1)) AND nObjects >= 0""",
    ),
    "default_healpix": ("SELECT node FROM caom2_ai.object_node WHERE DISTANCE(ra, dec, 10, 20) < 0.01",),
}


@pytest.mark.parametrize(
    ("query", "index"), [(query, index) for index, queries in QUERIES.items() for query in queries]
)
def test_indexes_are_used_in_joins_and_nested_queries(explain: Explain, query: str, index: str) -> None:
    plan = explain(query)
    assert index in plan
    assert "Seq Scan on plane" not in plan


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (f"DISTANCE({CENTROID}, POINT(t.ra, t.dec)) < 0.01", PLACE),
        (f"DISTANCE({CENTROID}, POINT(t.ra, t.dec)) * 3600 < 5", PLACE),
        (f"DISTANCE(POINT(t.ra, t.dec), {CENTROID}) <= t.r", PLACE),
        (f"1 = CONTAINS({CENTROID}, CIRCLE(t.ra, t.dec, t.r))", PLACE),
        (f"1 = CONTAINS(POINT(t.ra, t.dec), CIRCLE({CENTROID}, 0.1))", PLACE),
        (f"1 = INTERSECTS(CIRCLE({CENTROID}, t.r), POINT(t.ra, t.dec))", PLACE),
        (f"1 = CONTAINS({CENTROID}, BOX(t.ra, t.dec, t.r, t.r))", PLACE),
        ("1 = CONTAINS(POINT(t.ra, t.dec), position_bounds)", EXTENT),
        ("1 = INTERSECTS(position_bounds, CIRCLE(t.ra, t.dec, t.r))", EXTENT),
    ],
)
@pytest.mark.parametrize(
    "join", ["JOIN caom2.Plane AS p ON {}", "LEFT JOIN caom2.Plane AS p ON {}", ", caom2.Plane AS p WHERE {}"]
)
def test_a_crossmatch_looks_up_each_position(explain: Explain, condition: str, index: str, join: str) -> None:
    plan = explain(f"SELECT t.n, p.publisherID FROM TAP_UPLOAD.mine AS t {join.format(condition)}")
    assert index in plan
    assert "Seq Scan on plane_position" not in plan


@pytest.mark.parametrize(
    "query",
    [
        "SELECT publisherID, position_bounds FROM caom2.Plane",
        "SELECT DISTINCT publisherID, position_bounds FROM caom2.Plane",
        "SELECT MAX(publisherID), position_bounds FROM caom2.Plane GROUP BY position_bounds",
        "SELECT publisherID, position_bounds FROM caom2.Plane UNION ALL SELECT obsID, NULL FROM caom2.Plane",
        "SELECT TOP 10 publisherID, position_bounds FROM caom2.Plane ORDER BY publisherID",
    ],
)
@pytest.mark.parametrize(
    "outer",
    [
        "WITH seen AS ({}) SELECT * FROM seen WHERE {}",
        "WITH seen AS ({}) SELECT * FROM (SELECT * FROM seen) AS seen WHERE {}",
        "SELECT * FROM ({}) AS seen WHERE {}",
        "SELECT * FROM ({}) AS seen ORDER BY (SELECT COUNT(*) FROM caom2_ai.map WHERE {})",
    ],
)
def test_columns_for_indexes_are_not_shown(ask: Ask, query: str, outer: str) -> None:
    rows = ask(outer.format(query, "1 = INTERSECTS(seen.position_bounds, CIRCLE(10, 20, 59))"))
    assert {len(row) for row in rows} == {2}


@pytest.mark.parametrize(
    "condition",
    [
        f"NOT DISTANCE({CENTROID}, POINT(10, 20)) < 1",
        f"DISTANCE({CENTROID}, POINT(10, 20)) > 1",
        f"0 = CONTAINS({CENTROID}, CIRCLE(10, 20, 1))",
        "INTERSECTS(position_bounds, CIRCLE(10, 20, 1)) < 1",
        f"DISTANCE({CENTROID}, POINT(10, 20)) < 120",
    ],
)
def test_what_lies_elsewhere_is_never_taken_from_an_index(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT publisherID FROM caom2.Plane WHERE {condition}")
    assert not {name for name in (HEALPIX, PLACE, EXTENT) if name in plan}


def test_the_stored_centroid_is_read_instead_of_computed(explain: Explain) -> None:
    plan = explain(f"SELECT COORD1({CENTROID}), COORD2({CENTROID}) FROM caom2.Plane")
    assert "plane_position" in plan
    assert "plane_position" not in explain("SELECT publisherID, position_bounds FROM caom2.Plane")
