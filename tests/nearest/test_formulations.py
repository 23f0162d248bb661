"""The same search in other words: complete, in order, and by the index, however it is put."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.nearest.archive import STEPS
from tests.nearest.conftest import Run
from tests.nearest.test_completeness import DISTANCES, NEAREST, WANTED, matching, nearest

# One image in a thousand is of this instrument: fewer than are asked for.
RARE = STEPS[1]
FINGERPRINTS = f"FROM caom2_ai.fingerprint AS f WHERE f.instrument_name = 'I{RARE}'"
DISTANT = f"SELECT f.publisherID, {NEAREST} AS dist, f.nObjects {FINGERPRINTS}"
VECTORS = f"SELECT f.publisherID, f.vector, f.planeID {FINGERPRINTS}"
FAR = NEAREST.replace("f.vector", "v.vector")
JOINED = (
    f"SELECT f.publisherID, {NEAREST} AS dist FROM caom2_ai.fingerprint AS f"
    f" JOIN caom2.Plane AS p USING (planeID) WHERE p.time_exposure = {RARE}"
)
BY_INDEX = {
    "derived": f"SELECT TOP 20 q.publisherID, q.dist FROM ({DISTANT}) AS q ORDER BY q.dist",
    "WITH": f"WITH q AS ({DISTANT}) SELECT TOP 20 publisherID, dist FROM q ORDER BY dist",
    "all of WITH": f"WITH q AS ({DISTANT}) SELECT TOP 20 * FROM q ORDER BY 2 ASC, nObjects",
    "conditions outside": f"SELECT TOP 20 q.publisherID, q.dist FROM ({DISTANT}) AS q"
    " WHERE q.nObjects >= 0 AND 2.5 > q.dist ORDER BY q.dist",
    "two deep": f"SELECT TOP 20 r.id, r.far FROM (SELECT q.publisherID AS id, q.dist AS far"
    f" FROM ({DISTANT}) AS q WHERE q.dist < 2.5) AS r ORDER BY far",
    "WITH of WITH": f"WITH q AS ({DISTANT}), r AS (SELECT publisherID AS id, dist AS far FROM q)"
    " SELECT TOP 20 id, far FROM r ORDER BY r.far",
    "WITH twice": f"WITH v AS ({VECTORS}) SELECT TOP 20 v.publisherID, {FAR} AS d FROM v"
    " JOIN v AS w ON w.planeID = v.planeID ORDER BY d",
    "vector of derived": f"SELECT TOP 20 v.publisherID, {FAR} AS d FROM ({VECTORS}) AS v ORDER BY d",
    "vector of WITH": f"WITH v AS ({VECTORS}) SELECT TOP 20 v.publisherID, {FAR} FROM v ORDER BY 2",
    "joined outside": f"SELECT TOP 20 q.publisherID, q.dist FROM ({DISTANT}) AS q"
    " LEFT JOIN caom2.Plane AS p ON p.publisherID = q.publisherID ORDER BY q.dist",
    "joined inside": f"SELECT TOP 20 q.publisherID, q.dist FROM ({JOINED}) AS q ORDER BY q.dist",
    "right of a join": "SELECT TOP 20 q.publisherID, q.dist FROM caom2.Plane AS p"
    f" RIGHT JOIN ({DISTANT}) AS q ON p.publisherID = q.publisherID ORDER BY q.dist",
    "EXISTS": f"SELECT TOP 20 q.publisherID, q.dist FROM ({DISTANT}) AS q WHERE EXISTS"
    " (SELECT * FROM caom2.Plane AS p WHERE p.publisherID = q.publisherID) ORDER BY q.dist",
}
# Here the nearest are not what is listed, or not all of it: an index that gives up early must have no say.
EXACTLY = {
    "UNION ALL": f"SELECT TOP 20 * FROM ({DISTANT} UNION ALL {DISTANT} AND 1 = 0) AS q ORDER BY q.dist",
    "order of UNION ALL": f"SELECT * FROM (SELECT TOP 9 f.publisherID, 9.0 {FINGERPRINTS} AND 1 = 0) AS q"
    f" UNION ALL SELECT f.publisherID, {NEAREST} AS dist {FINGERPRINTS} ORDER BY 2",
    "groups": f"SELECT TOP 20 f.publisherID, {NEAREST} AS d, COUNT(*) {FINGERPRINTS}"
    f" GROUP BY {NEAREST}, f.publisherID ORDER BY d",
    "DISTINCT": f"SELECT DISTINCT TOP 20 f.publisherID, {NEAREST} AS d {FINGERPRINTS} ORDER BY d",
    "DISTINCT inside": f"SELECT TOP 20 q.publisherID, q.d FROM (SELECT DISTINCT f.publisherID, {NEAREST} AS d"
    f" {FINGERPRINTS}) AS q ORDER BY q.d",
    "may be missing": "SELECT TOP 12 q.publisherID, q.dist FROM caom2.Plane AS p"
    f" LEFT JOIN ({DISTANT}) AS q ON p.publisherID = q.publisherID ORDER BY q.dist",
}


def check(rows: list[tuple[Any, ...]]) -> None:
    right = nearest(matching(RARE))
    assert len(right) < WANTED
    assert [row[0] for row in rows] == right
    expected = np.sort(DISTANCES[matching(RARE)])[: len(right)]
    np.testing.assert_allclose([row[1] for row in rows], expected, atol=1e-3)


@pytest.mark.parametrize("words", BY_INDEX)
def test_a_search_is_complete_and_by_the_index_however_it_is_put(by_index: Run, words: str) -> None:
    check(by_index(BY_INDEX[words]))


@pytest.mark.parametrize("words", EXACTLY)
def test_what_is_no_search_is_complete_too(exactly: Run, words: str) -> None:
    check(exactly(EXACTLY[words]))


def test_the_least_and_the_greatest_distance_are_those_of_all(exactly: Run) -> None:
    known = DISTANCES[matching(RARE)]
    ((least, most),) = exactly(f"SELECT MIN({NEAREST}), MAX({NEAREST}) {FINGERPRINTS}")
    np.testing.assert_allclose([least, most], [np.nanmin(known), np.nanmax(known)], atol=1e-3)
    ((least,),) = exactly(f"SELECT MIN(q.dist) FROM ({DISTANT}) AS q")
    np.testing.assert_allclose(least, np.nanmin(known), atol=1e-3)


def test_pages_of_a_search_that_stands_inside_join(by_index: Run) -> None:
    query = DISTANT.partition(" WHERE ")[0]
    whole = by_index(f"SELECT TOP 60 q.publisherID FROM ({query}) AS q ORDER BY q.dist")
    page = by_index(f"SELECT TOP 20 q.publisherID FROM ({query}) AS q ORDER BY q.dist OFFSET 40")
    assert page == whole[40:]
