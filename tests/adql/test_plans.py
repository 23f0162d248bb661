"""The plans of content queries written in ADQL: HNSW for nearest images, GIN for nodes, one look-up"
" for constants."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from caomai.database import Database
from tapext.adql import Catalogue, parse, translate
from tests.adql.archive import MAP, PAST, VISIBLE

IMAGE = VISIBLE[0].publisher_id
NEAREST = f"caomai_distance(f.vector, caomai_vector('{IMAGE}'))"
Explain = Callable[..., str]


# Images whose objects all lie in one of the nodes 100 to 399, so that those of the archive are rare.
FILL = """
insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, nObjects, nDetected,
    sampledFraction, collection, metaRelease, dataRelease)
select gen_random_uuid(), %s, gen_random_uuid(), 'ivo://filled?' || n,
    array_fill(0, array[100 + n %% 300]) || 3 || array_fill(0, array[299 - n %% 300]), 3, 3, 1, 'X', %s, %s
from generate_series(1, 6000) n
"""


@pytest.fixture(scope="module")
def explain(archive: Database, catalogue: Catalogue, connection: psycopg.Connection[Any]) -> Explain:
    """Give the plan of a query over 6,000 images."""
    with archive.connect_administrator() as administrator:
        administrator.execute(FILL, [MAP, PAST, PAST])
        administrator.execute("vacuum analyze caom2_ai.fingerprint")

    def plan(query: str, *without: str) -> str:
        sql = psycopg.sql.SQL("explain ") + translate(parse(query), catalogue, 1000).sql
        with connection.transaction():
            for way in without:
                connection.execute(f"set local enable_{way} = off".encode())
            return "\n".join(row[0] for row in connection.execute(sql))

    return plan


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT TOP 20 f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f ORDER BY dist",
        f"SELECT TOP 20 f.publisherID, {NEAREST} FROM caom2_ai.fingerprint AS f ORDER BY 2",
        f"SELECT TOP 20 f.publisherID FROM caom2_ai.fingerprint AS f ORDER BY {NEAREST} ASC",
        f"SELECT TOP 250 f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f ORDER BY dist",
        (
            f"SELECT TOP 5 * FROM (SELECT TOP 20 publisherID, {NEAREST} AS d FROM caom2_ai.fingerprint AS f"
            f" ORDER BY d) AS q"
        ),
        (
            f"SELECT TOP 20 f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f WHERE f.mapID ="
            f" 2 ORDER BY dist"
        ),
    ],
)
def test_nearest_images_come_from_the_index(explain: Explain, query: str) -> None:
    plan = explain(query)
    assert "Index Scan using fingerprint_vector_2 on fingerprint" in plan
    assert "Order By: (vector <-> " in plan


@pytest.mark.parametrize(
    "rest",
    [
        "JOIN caom2.Plane AS p ON p.planeID = f.planeID WHERE p.time_exposure > 1",
        (
            "WHERE EXISTS (SELECT 1 FROM caom2.Plane AS p WHERE p.planeID = f.planeID AND"
            " p.calibrationLevel = 2)"
        ),
        "WHERE collection = 'CFHT' AND nObjects + 1 > 5",
    ],
)
def test_nearest_images_can_come_from_the_index_under_other_conditions(explain: Explain, rest: str) -> None:
    query = (
        f"SELECT TOP 20 f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f {rest} ORDER BY dist"
    )
    plan = explain(query, "sort", "hashjoin", "mergejoin")
    assert "Order By: (vector <-> " in plan


@pytest.mark.parametrize(
    "condition",
    [
        "1 = caomai_has(fingerprint, '7,8')",
        "caomai_has(fingerprint, '7,8') = 1",
        "caomai_count(fingerprint, 7) >= 3",
        "3 < caomai_count(fingerprint, 7)",
        "caomai_fraction(fingerprint, 7) > 0.25",
        "caomai_label_count(fingerprint, 'ring') >= 1",
        "caomai_has(fingerprint, '7') = 1 AND (collection = 'CFHT' OR ra < 5)",
        "caomai_has(fingerprint, '7') = 1 OR caomai_has(fingerprint, '8') = 1",
        "caomai_has(fingerprint, '7') <> 0",
        "caomai_has(fingerprint, '7') IN (1)",
        "0 < caomai_has(fingerprint, '7')",
        "caomai_count(fingerprint, 7) BETWEEN 2 AND 5",
        "caomai_count_estimate(fingerprint, 7, sampledFraction) > 2.5",
        "caomai_count(fingerprint, 7) NOT IN (0, 1)",
        "NOT caomai_count(fingerprint, 7) < 3",
        "NOT caomai_has(fingerprint, '7') = 0",
        "NOT (caomai_has(fingerprint, '7') = 0 OR collection = 'CFHT')",
        "NOT (NOT caomai_label_count(fingerprint, 'ring') > 0)",
        "NOT caomai_count(fingerprint, 7) BETWEEN 0 AND 4",
        "caomai_count(fingerprint, 7) NOT BETWEEN -1 AND 4",
    ],
)
def test_images_with_objects_in_a_node_come_from_the_index(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition}")
    assert re.search("Bitmap Index Scan on fingerprint_(nodes|levels)", plan)


@pytest.mark.parametrize("comparison", ["q.n >= 3", "1 < n", "NOT n < 2", "n BETWEEN 1 AND 9", "n IN (1, 2)"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT q.id FROM (SELECT publisherID AS id, {0} AS n FROM caom2_ai.fingerprint) AS q WHERE {1}",
        "WITH q AS (SELECT publisherID, {0} AS n FROM caom2_ai.fingerprint) SELECT * FROM q WHERE {1}",
        (
            "WITH p AS (SELECT publisherID, {0} AS m FROM caom2_ai.fingerprint WHERE ra > 0),"
            " q AS (SELECT publisherID, m AS n FROM p) SELECT * FROM q WHERE {1} ORDER BY n DESC"
        ),
        (
            "SELECT p.productID FROM caom2.Plane AS p"
            " JOIN (SELECT planeID, {0} AS n FROM caom2_ai.fingerprint) AS q ON q.planeID = p.planeID AND {1}"
        ),
    ],
)
@pytest.mark.parametrize("call", ["caomai_count(fingerprint, 7)", "caomai_label_count(fingerprint, 'ring')"])
def test_a_count_of_a_query_inside_is_taken_from_the_index(
    explain: Explain, call: str, query: str, comparison: str
) -> None:
    plan = explain(query.format(call, comparison))
    assert re.search("Bitmap Index Scan on fingerprint_(nodes|levels)", plan)


@pytest.mark.parametrize(
    "condition",
    [
        "NOT caomai_has(fingerprint, '7') = 1",
        "caomai_has(fingerprint, '7') = 0",
        "caomai_count(fingerprint, 7) < 3",
        "caomai_count(fingerprint, 7) > -1",
        "caomai_count(fingerprint, 7) IN (0, 3)",
        "caomai_count(fingerprint, 7) BETWEEN 0 AND 3",
        "NOT caomai_count(fingerprint, 7) >= 3",
        "NOT caomai_count(fingerprint, 7) BETWEEN 1 AND 3",
    ],
)
def test_the_lack_of_objects_is_never_taken_from_the_index(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition}")
    assert not re.search("fingerprint_(nodes|levels)", plan)


@pytest.mark.parametrize(
    "condition",
    [
        f"caomai_same_field(publisherID, '{IMAGE}') = 1",
        f"1 = caomai_same_field('{IMAGE}', publisherID)",
        f"NOT caomai_same_field(publisherID, '{IMAGE}') <> 1",
    ],
)
def test_members_of_a_field_are_looked_up_once(explain: Explain, condition: str) -> None:
    plan = explain(f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition}")
    assert "Seq Scan on fingerprint" not in plan


def test_one_image_is_found_by_its_name(explain: Explain) -> None:
    for column, value in (("publisherID", IMAGE), ("planeID", VISIBLE[0].id)):
        plan = explain(f"SELECT * FROM caom2_ai.fingerprint WHERE {column} = '{value}' AND nObjects * 2 > 1")
        assert "Index Cond: " in plan
        assert "Seq Scan on fingerprint" not in plan


def test_the_vector_of_an_image_is_looked_up_once(explain: Explain) -> None:
    plan = explain(f"SELECT {NEAREST} FROM caom2_ai.fingerprint AS f WHERE {NEAREST} < 1 AND {NEAREST} > 0.1")
    filters = [line for line in plan.splitlines() if "Filter: " in line]
    assert not any("caomai_vector" in line for line in filters)
