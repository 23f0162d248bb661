"""Hidden rows do not even make a query fail: an error would tell what is in them (issue: visibility)."""

from __future__ import annotations

import psycopg
import pytest

from tapext.adql import Catalogue, parse, translate
from tests.adql.archive import PLANES
from tests.adql.conftest import Ask

HIDDEN_CONTENT = next(plane for plane in PLANES if plane.described and not plane.visible)
HIDDEN_METADATA = next(plane for plane in PLANES if not plane.described)
VISIBLE = next(plane for plane in PLANES if plane.visible)

# {0} is a condition on one image; each query fails if it computes a text as a number for that image.
FAILING = [
    "SELECT COUNT(*) FROM {1} AS f WHERE {0} AND CAST({2} AS INTEGER) IS NULL",
    "SELECT COUNT(*) FROM {1} AS f WHERE {0} AND NOT (CAST({2} AS DOUBLE PRECISION) > 1 OR 1 = 2)",
    "SELECT COUNT(*) FROM {1} AS f WHERE {0} AND CAST({2} AS INTEGER) IN (1, 2)",
    "SELECT COUNT(*) FROM {1} AS f WHERE {0} AND 3 BETWEEN 1 AND CAST({2} AS INTEGER)",
    "SELECT COUNT(*) FROM (SELECT {2} AS x FROM {1} AS f WHERE {0}) AS q WHERE CAST(x AS INTEGER) IS NULL",
    "SELECT COUNT(*) FROM (SELECT CAST({2} AS INTEGER) AS x FROM {1} AS f WHERE {0}) AS q WHERE x IS NULL",
    (
        "SELECT COUNT(*) FROM (SELECT CAST({2} AS INTEGER) AS x FROM {1} AS f WHERE {0} GROUP BY CAST({2}"
        " AS INTEGER))"
        " AS q WHERE x > 1"
    ),
    "WITH q AS (SELECT {2} AS x FROM {1} AS f WHERE {0}) SELECT COUNT(*) FROM q WHERE CAST(x AS INTEGER) = 1",
    (
        "SELECT COUNT(*) FROM (SELECT {2} AS x FROM {1} AS f WHERE {0} UNION ALL SELECT '1' FROM"
        " tap_schema.schemas)"
        " AS q WHERE CAST(x AS INTEGER) = 2"
    ),
    "SELECT {2} FROM {1} AS f WHERE {0} GROUP BY {2} HAVING CAST({2} AS INTEGER) > 1",
    (
        "SELECT COUNT(*) FROM {1} AS f JOIN tap_schema.schemas AS s ON {0} AND CAST({2} AS INTEGER) ="
        " s.schema_index"
    ),
    "SELECT COUNT(*) FROM tap_schema.schemas AS s LEFT JOIN {1} AS f ON {0} AND 1 = CAST({2} AS INTEGER)",
    (
        "SELECT COUNT(*) FROM tap_schema.schemas WHERE 1 IN (SELECT CAST({2} AS INTEGER) FROM {1} AS f"
        " WHERE {0})"
    ),
    (
        "SELECT COUNT(*) FROM tap_schema.schemas WHERE schema_index IN"
        " (SELECT CAST({2} AS INTEGER) FROM {1} AS f WHERE {0})"
    ),
    (
        "SELECT COUNT(*) FROM tap_schema.schemas AS s WHERE EXISTS"
        " (SELECT 1 FROM {1} AS f WHERE {0} AND CAST({2} AS INTEGER) = s.schema_index)"
    ),
    (
        "SELECT COUNT(*) FROM {1} AS f WHERE {0} AND EXISTS (SELECT 1 FROM tap_schema.schemas WHERE"
        " CAST(f.{2} AS INTEGER) = schema_index)"
    ),
    "SELECT CAST({2} AS INTEGER) FROM {1} AS f WHERE {0} ORDER BY CAST({2} AS INTEGER)",
]
TABLES = [("caom2_ai.fingerprint", "collection"), ("caom2.Plane", "productID")]


@pytest.mark.parametrize("query", FAILING)
@pytest.mark.parametrize(("table", "column"), TABLES)
def test_a_value_that_cannot_be_computed_is_computed_for_visible_rows_only(
    ask: Ask, query: str, table: str, column: str
) -> None:
    def run(number: int) -> None:
        ask(query.format(f"f.publisherID LIKE '%obs{number}/%'", table, column))

    run(HIDDEN_METADATA.number)
    if table == "caom2_ai.fingerprint":
        run(HIDDEN_CONTENT.number)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        run(VISIBLE.number)


def test_rows_that_an_outer_join_makes_up_are_computed(ask: Ask) -> None:
    rows = ask(
        "SELECT COUNT(*) FROM caom2.Plane AS p LEFT JOIN caom2_ai.fingerprint AS f ON f.publisherID ="
        " p.publisherID"
        " WHERE COALESCE(f.nObjects + 1, -1) = -1"
    )
    assert rows == [(sum(plane.described and not plane.visible for plane in PLANES),)]


def test_only_what_can_fail_is_guarded(catalogue: Catalogue) -> None:
    def written(condition: str) -> str:
        query = f"SELECT publisherID FROM caom2_ai.fingerprint AS f WHERE {condition}"
        return translate(parse(query), catalogue).sql.as_string(None)

    for safe in (
        "nObjects > 5 AND collection LIKE 'C%' AND fwhm IS NOT NULL AND LOWER(publisherID) || 'x' = 'y'",
        "1 = caomai_has(fingerprint, '5,6') AND caomai_count(fingerprint, 5) >= 2",
        "caomai_distance(vector, caomai_vector('ivo://x')) < 0.5",
        "1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 1))",
        "planeID = 'ed7a53c1-8707-54d4-86e0-9d7d04c00336' AND dataRelease > '2020-01-01'",
        "(SELECT COUNT(*) FROM caom2_ai.map AS m WHERE m.mapID < f.nObjects) = 1",
        "(SELECT TOP 1 m.mapID FROM caom2_ai.map AS m WHERE m.mapID < f.nObjects) = 1",
        "COALESCE(nObjects, 0) IN (1, 2) AND CAST(nObjects AS BIGINT) = 4 AND CAST(ra AS VARCHAR(3)) = '1'",
    ):
        assert '"visible"' not in written(safe), safe
    for risky in (
        "nObjects + 1 > 5",
        "LOG(ra) > 1",
        "1 / nObjects = 0",
        "caomai_has(fingerprint, collection) = 1",
        # Several rows in the place of a value are an error, too.
        "(SELECT m.mapID FROM caom2_ai.map AS m WHERE m.mapID < f.nObjects) = 1",
        "(SELECT MAX(m.mapID) FROM caom2_ai.map AS m WHERE m.mapID < f.nObjects GROUP BY m.kind) = 1",
    ):
        assert 'case when "t1"."visible" is not false' in written(risky), risky
