"""The same ADQL gives the same rows, whether the archive has pgsphere or the database is the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from psycopg.sql import SQL, Identifier, Placeholder

from caomai.database import Database
from tests.attached.archive import PLANES
from tests.attached.asking import Asker, open_asker

SIDE = ["lastModified", "maxLastModified", "metaChecksum", "accMetaChecksum"]
COMMON = {
    "Observation": [
        "observationURI", "obsID", "collection", "observationID", "algorithm_name", "intent",
        "proposal_title", "metaRelease", "typeCode", *SIDE,
    ],
    "Plane": [
        "publisherID", "obsID", "planeID", "planeURI", "productID", "metaRelease", "dataRelease",
        "dataProductType", "calibrationLevel", "position_bounds", *SIDE,
    ],
}  # fmt: skip
# Only polygons have the same shape in both.
ROUND = {plane.publisher_id for plane in PLANES if plane.circle is not None}
QUERIES = [
    "SELECT publisherID FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE('ICRS', 150, 2, 1))",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = INTERSECTS(CIRCLE(0, 90, 2), position_bounds)",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE(359.9, 0, 20))",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, CIRCLE(20, -60, 135))",
    "SELECT publisherID FROM caom2.Plane WHERE 0 = INTERSECTS(position_bounds, CIRCLE(150, 2, 5))",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = CONTAINS(POINT('ICRS', 150, 2), position_bounds)",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = CONTAINS(POINT(77, -89.5), position_bounds)",
    "SELECT publisherID FROM caom2.Plane WHERE NOT CONTAINS(POINT(150, 2), position_bounds) = 1",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = CONTAINS(position_bounds, CIRCLE(150, 2, 10))",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = CONTAINS(position_bounds, CIRCLE(150, 2, 100))",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = CONTAINS(CIRCLE(150, 2, 0.1), position_bounds)",
    "SELECT publisherID FROM caom2.Plane WHERE 1 = INTERSECTS(position_bounds, BOX(0, 0, 60, 40))",
    (
        "SELECT publisherID FROM caom2.Plane"
        " WHERE 0 = INTERSECTS(position_bounds, POLYGON(149, 1, 151, 1, 151, 3, 149, 3))"
    ),
    (
        "SELECT publisherID FROM caom2.Plane"
        " WHERE 1 = CONTAINS(position_bounds, REGION('POLYGON ICRS 140 -8 160 -8 160 12 140 12'))"
    ),
    "SELECT obs_publisher_did FROM ivoa.ObsCore WHERE 1 = INTERSECTS(s_region, CIRCLE(150, 2, 1))",
    "SELECT obs_publisher_did FROM ivoa.ObsCore WHERE 1 = CONTAINS(POINT(150, 2), s_region)",
    (
        "SELECT p.publisherID FROM caom2.Plane AS p JOIN TAP_UPLOAD.mine AS u"
        " ON 1 = CONTAINS(POINT(u.ra, u.dec), p.position_bounds)"
    ),
    (
        "SELECT p.publisherID, u.n FROM caom2.Plane AS p JOIN TAP_UPLOAD.mine AS u"
        " ON 1 = INTERSECTS(p.position_bounds, CIRCLE(u.ra, u.dec, u.radius)) WHERE p.calibrationLevel = 2"
    ),
]


@pytest.fixture(scope="module")
def askers(attached: Database, database: Database) -> Iterator[list[Asker]]:
    """Both databases with the same planes and the same uploaded table."""
    with attached.connect("ingest") as source, database.connect("ingest") as target:
        for table, columns in COMMON.items():
            words = {
                "table": Identifier("caom2", table.lower()),
                "columns": SQL(", ").join(Identifier(column.lower()) for column in columns),
                "places": SQL(", ").join([Placeholder()] * len(columns)),
            }
            rows = source.execute(SQL("select {columns} from {table}").format(**words)).fetchall()
            insert = SQL("insert into {table} ({columns}) values ({places})").format(**words)
            target.cursor().executemany(insert, rows)
    with database.connect("owner", autocommit=True) as owner:
        owner.execute("select caom2_ai.refresh_positions(1000)")
    with (
        closing(attached.connect("query", autocommit=True)) as one,
        closing(database.connect("query", autocommit=True)) as other,
    ):
        both = [open_asker(connection) for connection in (one, other)]
        for asker in both:
            asker.connection.execute(
                "insert into mine select n, 140 + n, 2, n / 10.0, null, null from generate_series(1, 20) n"
            )
        yield both


@pytest.mark.parametrize("query", QUERIES)
def test_the_same_query_finds_the_same_rows(askers: list[Asker], query: str) -> None:
    answers = [{row for row in ask(query) if row[0] not in ROUND} for ask in askers]
    assert answers[0] == answers[1]
    assert answers[0]


def test_areas_are_the_same(askers: list[Asker]) -> None:
    query = "SELECT publisherID, AREA(position_bounds) FROM caom2.Plane WHERE position_bounds IS NOT NULL"
    one, other = ({row[0]: row[1] for row in ask(query) if row[0] not in ROUND} for ask in askers)
    assert one == pytest.approx(other, rel=1e-6)
