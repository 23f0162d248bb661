"""What an index has told is not computed again for each row it gave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from caomai.database import Database
from tapext.adql import parse, read_catalogue, translate
from tapext.adql.functions import LEVELS
from tests.search.conftest import SIZE
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


@pytest.fixture(scope="module")
def ask_counts(archive: Database) -> Iterator[Callable[[str], list[int]]]:
    """Answer a query of one column, by indexes where that can be."""
    with archive.connect("query", autocommit=True) as connection:
        connection.execute("set enable_seqscan = off")
        catalogue = read_catalogue(connection)
        yield lambda query: [
            row[0] for row in connection.execute(translate(parse(query), catalogue, 100_000).sql).fetchall()
        ]


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


@pytest.mark.parametrize(
    ("condition", "level"),
    [
        ("caomai_count(fingerprint, 3) >= 5", 5),
        ("caomai_count(fingerprint, 3) > 4", 5),
        ("6 <= caomai_count(fingerprint, 3)", 5),
        ("caomai_count(fingerprint, 3) = 2", 2),
        ("caomai_count(fingerprint, 3) BETWEEN 12 AND 40", 10),
        ("caomai_count(fingerprint, 3) IN (300, 25)", 20),
        ("NOT caomai_count(fingerprint, 3) < 50", 50),
        ("caomai_count(fingerprint, 3) >= 1e300", 2000),
    ],
)
def test_counts_come_from_the_index_of_levels_and_are_checked(
    explain: Explain, condition: str, level: int
) -> None:
    plan = explain(f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition}")
    assert f"node_levels(fingerprint) @> '{{{400 * level + 3}}}'" in plan
    assert any("fingerprint[4]" in line for line in lines(plan, "Filter"))


@pytest.mark.parametrize(
    "condition", ["> 0", ">= 1.5", "<> 0", "IN (1, 8)", "BETWEEN 1 AND 3", "NOT BETWEEN -1 AND 7"]
)
def test_where_one_object_may_do_the_index_of_nodes_is_asked(explain: Explain, condition: str) -> None:
    plan = explain(
        f"SELECT publisherID FROM caom2_ai.fingerprint WHERE caomai_count(fingerprint, 3) {condition}"
    )
    assert "fingerprint_nodes" in plan


def test_the_index_has_the_levels_that_are_asked_for(archive: Database) -> None:
    with archive.connect("query", autocommit=True) as connection:
        row = connection.execute(
            "select caom2_ai.node_levels(array_fill(0, array[7]) || %s || array_fill(0, array[392]))", [10**6]
        ).fetchone()
    assert row is not None
    assert sorted(row[0]) == [400 * level + 7 for level in LEVELS]


@pytest.mark.parametrize("operator", ["=", ">", ">=", "<", "<=", "<>"])
@pytest.mark.parametrize("number", [0, 1, 1.5, 2, 3, 4.5, 5, 9, 10, 11, 19, 20, 49, 50, 51, 100])
def test_counts_by_the_index_are_those_of_all_images(
    ask_counts: Callable[[str], list[int]], operator: str, number: float
) -> None:
    compare = {"=": eq, ">": gt, ">=": ge, "<": lt, "<=": le, "<>": ne}[operator]
    for node in (3, 144, 399):
        counts = ask_counts(f"SELECT caomai_count(fingerprint, {node}) FROM caom2_ai.fingerprint")
        found = ask_counts(
            f"SELECT caomai_count(fingerprint, {node}) FROM caom2_ai.fingerprint"
            f" WHERE caomai_count(fingerprint, {node}) {operator} {number}"
        )
        assert sorted(found) == sorted(count for count in counts if compare(count, number))


@pytest.mark.parametrize("node", ["nObjects + 400", "nObjects * 100000", "-1 - nObjects"])
def test_nodes_that_do_not_exist_hold_nothing(archive: Database, node: str) -> None:
    with archive.connect("query", autocommit=True) as connection:
        catalogue = read_catalogue(connection)
        query = f"SELECT publisherID FROM caom2_ai.fingerprint WHERE caomai_count(fingerprint, {node}) >= 2"
        assert connection.execute(translate(parse(query), catalogue, 9).sql).fetchall() == []


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


def test_the_planner_knows_how_many_images_a_label_finds(archive: Database, explain: Explain) -> None:
    """Where many do, a hundred of them are near, and no index has to name all first."""
    with archive.connect("query", autocommit=True) as connection:
        shares = connection.execute(
            "select n, count(*) filter (where fingerprint[n + 1] > 0) as images"
            " from caom2_ai_view.fingerprint, generate_series(0, 399) n group by n order by images"
        ).fetchall()
    chosen = [next(one for one in shares if one[1] >= SIZE.images * share) for share in (0.02, 0.3)]
    with archive.connect("owner", autocommit=True) as owner:
        owner.cursor().executemany(
            "insert into caom2_ai.label (mapID, node, label, author) values (1, %s, %s, 'me')",
            [(node, f"kind {node}") for node, _ in chosen],
        )
    for node, images in chosen:
        plan = explain(
            "SELECT publisherID FROM caom2_ai.fingerprint"
            f" WHERE caomai_label_count(fingerprint, 'kind {node}') >= 2"
        )
        expected = re.search(r"Bitmap Index Scan on fingerprint_nodes .* rows=(\d+)", plan)
        assert expected is not None
        assert int(expected[1]) == pytest.approx(images, rel=0.3)


def test_levels_are_computed_last_where_images_are_looked_at_one_by_one(archive: Database) -> None:
    """They cost a hundred times what the count itself does."""
    with archive.connect("query", autocommit=True) as connection:
        connection.execute("set enable_bitmapscan = off")
        query = "SELECT publisherID FROM caom2_ai.fingerprint WHERE caomai_count(fingerprint, 3) >= 5"
        written = translate(parse(query), read_catalogue(connection), 100).sql
        rows = connection.execute(SQL("explain ") + written).fetchall()
    conditions = lines("\n".join(row[0] for row in rows), "Filter")
    (condition,) = (found for found in conditions if "node_levels" in found)
    assert condition.index("fingerprint[4]") < condition.index("node_levels")
    assert condition.index("metarelease") < condition.index("node_levels")
