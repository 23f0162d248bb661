"""A search for nearest images gives as many rows as were asked for, in order, whatever its conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
import pytest

from caomai.database import Database
from tapext.adql.nearest import MOST_BY_INDEX
from tests.conftest import database_url
from tests.nearest.archive import BLANK, ROWS, STEPS, VECTORS, publisher_id
from tests.nearest.conftest import Run
from tests.tap.client import ask
from tests.tap.process import serving

QUERY = 4_321
NEAREST = f"caomai_distance(f.vector, caomai_vector('{publisher_id(QUERY)}'))"
DISTANCES = np.linalg.norm(VECTORS.astype(float) - VECTORS[QUERY].astype(float), axis=1)
DISTANCES[list(BLANK)] = np.nan
WANTED = 20
# By the number of images of which one fulfils the condition.
CONDITIONS = {
    "instrument": "WHERE f.instrument_name = 'I{0}'",
    "date": "WHERE f.timeMid BETWEEN 60000 + {0} - 0.5 AND 60000 + {0} + 0.5",
    "region": "WHERE 1 = CONTAINS(POINT(f.ra, f.dec), CIRCLE(10 * LOG10({0}), 5, 1))",
    "node": "WHERE 1 = caomai_has(f.fingerprint, '{1}')",
    "count": "WHERE caomai_count(f.fingerprint, {1}) >= 1",
    "label": "WHERE caomai_label_count(f.fingerprint, 'one in {0}') >= 1",
    "plane": "JOIN caom2.Plane AS p ON p.planeID = f.planeID WHERE p.time_exposure = {0}",
    "target": "JOIN caom2.Plane AS p USING (planeID) JOIN caom2.Observation AS o ON o.obsID = p.obsID"
    " WHERE o.target_name = 'T{0}'",
    "misjudged": "WHERE UPPER(f.instrument_name) LIKE '%I{0}'",
    "sub-query": "WHERE f.planeID IN (SELECT planeID FROM caom2.Plane WHERE time_exposure = {0})",
}


def nearest(numbers: list[int]) -> list[str]:
    """Give images from the nearest to the farthest; those without a vector come last."""
    known = sorted((number for number in numbers if number not in BLANK), key=lambda n: DISTANCES[n])
    return [publisher_id(number) for number in known]


def matching(step: int) -> list[int]:
    return list(range(STEPS.index(step) + 1, ROWS, step))


def search(condition: str, top: int = WANTED) -> str:
    chosen = f"SELECT TOP {top} f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f"
    return f"{chosen} {condition} ORDER BY dist"


def fill_in(name: str, step: int) -> str:
    return CONDITIONS[name].format(step, STEPS.index(step) + 1)


@pytest.fixture(scope="module")
def service(archive: Database) -> Iterator[str]:
    with serving({"CAOMAI_DATABASE_URL": database_url(archive)}) as (_, url):
        yield url


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", CONDITIONS)
def test_what_the_index_leaves_out_is_searched_for_again(by_index: Run, name: str, step: int) -> None:
    rows = by_index(search(fill_in(name, step)))
    right = nearest(matching(step))
    assert len(rows) == min(WANTED, len(right))
    assert {row[0] for row in rows} <= set(right)
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    if step > STEPS[0]:
        assert [row[0] for row in rows] == right[:WANTED]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", CONDITIONS)
def test_the_service_compares_all_images_where_few_match(service: str, name: str, step: int) -> None:
    answer = ask(service, search(fill_in(name, step)))
    assert answer.status == 200, answer.message
    assert answer.table.array["publisherID"].tolist() == nearest(matching(step))[:WANTED]


def test_a_scan_of_the_index_alone_would_have_given_too_few(connection: psycopg.Connection[Any]) -> None:
    """This is what the other tests are about."""
    rows = connection.execute(
        "select 1 from caom2_ai_view.fingerprint f where f.instrument_name = 'I1000' and f.mapID = 1"
        f" order by f.vector <-> (select caomai_vector('{publisher_id(QUERY)}')) limit {WANTED}".encode()
    ).fetchall()
    assert len(rows) < len(matching(1_000)) <= WANTED


@pytest.mark.parametrize("limit", ["{0} < {1}", "{0} <= {1}", "{1} > {0}", "{0} < {1} AND {0} < 2"])
def test_a_limit_of_the_distance_is_no_condition_for_the_index(by_index: Run, limit: str) -> None:
    farthest = float(np.sort(DISTANCES)[10] + np.sort(DISTANCES)[11]) / 2
    rows = by_index(search("WHERE " + limit.format(NEAREST, farthest)))
    assert 0 < len(rows) <= 11  # the index may miss some
    assert {row[0] for row in rows} <= set(nearest(list(range(ROWS)))[:11])
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


def test_a_limit_of_the_distance_under_a_condition(service: str) -> None:
    right = nearest(matching(100))
    far = float(np.sort(DISTANCES[matching(100)])[7]) + 1e-6
    answer = ask(service, search(f"WHERE f.instrument_name = 'I100' AND {NEAREST} < {far}"))
    assert answer.table.array["publisherID"].tolist() == right[:8]


@pytest.mark.parametrize("offset", [0, 5, 200])
def test_pages_of_a_search_join(by_index: Run, offset: int) -> None:
    first = by_index(search("", top=offset + WANTED))
    page = by_index(search("") + f" OFFSET {offset}")
    assert page == first[offset:]


def test_rows_of_one_distance_are_ordered_by_what_comes_next(by_index: Run) -> None:
    query = search("").replace("ORDER BY dist", "ORDER BY dist, nObjects DESC, f.publisherID")
    assert [row[0] for row in by_index(query)] == [row[0] for row in by_index(search(""))]


@pytest.mark.parametrize("top", [MOST_BY_INDEX + 1, ROWS - 1, ROWS, 2 * ROWS])
def test_who_asks_for_very_many_gets_all_of_them(service: str, top: int) -> None:
    rows = ask(service, search("", top=top)).table.array
    names, known = rows["publisherID"].tolist(), ROWS - len(BLANK)
    assert len(names) == len(set(names)) == min(top, ROWS)
    expected = np.sort(DISTANCES[~np.isnan(DISTANCES)])[:top]
    np.testing.assert_allclose(rows["dist"].tolist()[:known], expected[:known], rtol=1e-5, atol=1e-6)
    assert set(names[known:]) <= {publisher_id(number) for number in BLANK}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT q.publisherID, q.dist FROM ({0}) AS q ORDER BY dist",
        "WITH q AS ({0}) SELECT publisherID, dist FROM q ORDER BY dist",
        "WITH c AS (SELECT planeID FROM caom2.Plane WHERE time_exposure = 1000)"
        " SELECT TOP 20 f.publisherID, " + NEAREST + " AS dist FROM caom2_ai.fingerprint AS f"
        " JOIN c ON c.planeID = f.planeID ORDER BY dist",
        "SELECT publisherID, dist FROM ({0}) AS q UNION SELECT publisherID, dist FROM ({0}) AS r ORDER BY 2",
        "SELECT f.publisherID, 0 FROM caom2_ai.fingerprint AS f WHERE f.publisherID IN"
        " (SELECT q.publisherID FROM ({0}) AS q) ORDER BY " + NEAREST,
    ],
)
def test_a_search_inside_a_query_is_complete_too(by_index: Run, query: str) -> None:
    rows = by_index(query.format(search("WHERE f.instrument_name = 'I1000'")))
    assert [row[0] for row in rows] == nearest(matching(1_000))


def test_an_operator_may_have_the_index_alone(archive: Database) -> None:
    environment = {"CAOMAI_DATABASE_URL": database_url(archive), "CAOMAI_EXACT_MATCHES": "0"}
    with serving(environment | {"CAOMAI_EF_SEARCH": "1", "CAOMAI_SCAN_ROWS": "1"}) as (_, url):
        rows = ask(url, search("WHERE f.instrument_name <> 'I100'")).table.array
    assert len(rows) == WANTED
    assert rows["dist"].tolist() == sorted(rows["dist"].tolist())


@pytest.mark.parametrize("image", ["ivo://archive.test/MANY?none/p", publisher_id(min(BLANK))])
@pytest.mark.parametrize("maxrec", [0, 10])
def test_an_image_that_cannot_be_compared_is_named(service: str, image: str, maxrec: int) -> None:
    answer = ask(service, search("").replace(publisher_id(QUERY), image), MAXREC=maxrec)
    assert answer.status == 404
    assert image in answer.message
