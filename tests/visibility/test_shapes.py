"""Queries of every shape that could tell of hidden rows: their answer is that of an archive without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.visibility.archive import DESCRIBED, HIDDEN, PLANES, SECRET, VISIBLE
from tests.visibility.conftest import Archive, Ask

# Its metadata are public, its content is not; and one of which nothing is public.
CONTENT = next(plane for plane in HIDDEN if plane.described)
NOTHING = next(plane for plane in HIDDEN if not plane.described)
UNKNOWN = "ivo://test.example/unknown?p/p"
IMAGE = VISIBLE[0].publisher_id

QUERIES = Path(__file__).with_name("queries.adql").read_text(encoding="utf-8").strip().split("\n\n")


@pytest.mark.parametrize("query", QUERIES)
def test_hidden_rows_do_not_matter(ask: Ask, query: str) -> None:
    answer = ask(query)
    # Some of these fail, with hidden rows and without: then for what is visible.
    assert answer.rows or answer.rows == {} or SECRET not in (answer.error or SECRET)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM caom2_ai.fingerprint WHERE caomai_same_field(publisherID, '{0}') = 1",
        "SELECT COUNT(*) FROM caom2_ai.fingerprint WHERE caomai_same_field('{0}', '{1}') = 0",
        "SELECT caomai_same_field('{1}', '{0}') FROM caom2_ai.map",
        "SELECT caomai_distance(vector, caomai_vector('{0}')) FROM caom2_ai.fingerprint",
        "SELECT TOP 5 caomai_distance(vector, caomai_vector('{0}')) FROM caom2_ai.fingerprint ORDER BY 1",
        "SELECT caomai_rank(caomai_distance(caomai_vector('{1}'), caomai_vector('{0}'))) FROM caom2_ai.map",
        "SELECT * FROM caom2_ai.fingerprint WHERE publisherID = '{0}'",
        "SELECT COUNT(*) FROM caom2_ai.object_node WHERE publisherID = '{0}' AND 1 / x > 0",
    ],
)
def test_a_hidden_image_is_as_good_as_an_unknown_one(ask: Ask, query: str) -> None:
    unknown = ask(query.format(UNKNOWN, IMAGE))
    assert unknown.error is None
    for plane in (CONTENT, NOTHING):
        assert ask(query.format(plane.publisher_id, IMAGE)) == unknown


def test_functions_find_what_is_visible(ask: Ask) -> None:
    same = ask(
        f"SELECT publisherID FROM caom2_ai.fingerprint WHERE caomai_same_field(publisherID, '{IMAGE}') = 1"
    )
    together = [plane for plane in VISIBLE if plane.number % 5 == VISIBLE[0].number % 5]
    assert same.rows is not None
    assert set(same.rows) == {(plane.publisher_id,) for plane in together}


def test_an_uploaded_table_matches_visible_rows_only(ask: Ask) -> None:
    answer = ask("SELECT m.id FROM TAP_UPLOAD.mine AS m JOIN caom2.Plane AS p ON p.publisherID = m.id")
    assert answer.rows is not None
    assert set(answer.rows) == {(plane.publisher_id,) for plane in DESCRIBED if plane in PLANES[::3]}


def test_visible_rows_do_fail(whole: Archive) -> None:
    assert whole.ask("SELECT 1 / (nObjects - nObjects) FROM caom2_ai.fingerprint").error == "division by zero"
