"""What an index has told is not computed again for each row it gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from caomai.database import Database
from tapext.adql import parse, read_catalogue, translate
from tests.search.test_while_it_grows import NEAREST, publisher_id

Explain = Callable[[str], str]


@pytest.fixture
def explain(archive: Database) -> Iterator[Explain]:
    """Give the plan of a query that compares all images that match, indexes being used where they can be."""
    with archive.connect("query", autocommit=True) as connection:
        connection.execute("set enable_seqscan = off")
        catalogue = read_catalogue(connection)

        def run(query: str) -> str:
            found = translate(parse(query), catalogue, 100)
            exact = found.exactly(search.number for search in found.searches)
            return "\n".join(row[0] for row in connection.execute(SQL("explain ") + exact.sql).fetchall())

        yield run


def lines(plan: str, word: str) -> list[str]:
    return [line for line in plan.splitlines() if line.strip().startswith(word)]


@pytest.mark.parametrize(
    "condition", ["1 = caomai_has(f.fingerprint, '3,7')", "caomai_has(f.fingerprint, '3') > 0"]
)
def test_images_with_nodes_are_taken_from_the_index_alone(explain: Explain, condition: str) -> None:
    query = f"{NEAREST} FROM caom2_ai.fingerprint AS f WHERE {condition} ORDER BY dist"
    plan = explain(query.format(publisher_id(7)))
    assert "fingerprint_nodes" in plan
    assert not any("array_positions" in line or "caomai_has" in line for line in lines(plan, "Filter"))


def test_counts_are_checked_beyond_the_index(explain: Explain) -> None:
    plan = explain("SELECT publisherID FROM caom2_ai.fingerprint WHERE caomai_count(fingerprint, 3) >= 5")
    assert "fingerprint_nodes" in plan
    assert any("fingerprint[4] >= 5" in line for line in lines(plan, "Filter"))


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (
            "1 = caomai_has(fingerprint, '3,7')",
            "caomai_count(fingerprint, 3) > 0 AND caomai_count(fingerprint, 7) > 0",
        ),
        ("NOT caomai_has(fingerprint, '3') = 1", "caomai_count(fingerprint, 3) = 0"),
        ("caomai_has(fingerprint, '3') < 1", "caomai_count(fingerprint, 3) = 0"),
        ("caomai_has(fingerprint, '3') <> 2", "nObjects >= 0"),
    ],
)
def test_conditions_on_nodes_mean_the_same_however_they_are_said(
    archive: Database, one: str, same: str
) -> None:
    with archive.connect("query", autocommit=True) as connection:
        catalogue = read_catalogue(connection)
        answers = [_run(connection, catalogue, condition) for condition in (one, same)]
    assert answers[0] == answers[1]
    assert answers[0]


def _run(connection: psycopg.Connection[Any], catalogue: Any, condition: str) -> list[tuple[Any, ...]]:
    query = f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition} ORDER BY publisherID"
    return connection.execute(translate(parse(query), catalogue, 100_000).sql).fetchall()
