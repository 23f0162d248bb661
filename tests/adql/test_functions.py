"""AD-07: declared functions are those of the headers of sql/functions, and the database has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg
import pytest

from caomai.errors import CaomAiError, QueryError
from caomai.migrate import sql_folder
from tapext.adql import Catalogue
from tapext.adql.functions import read_functions, read_header
from tests.adql.archive import MAP, OLD_MAP, VISIBLE, Plane
from tests.adql.conftest import Ask

HEADER = """-- ADQL: my_f(a REAL[], b VARCHAR) -> INTEGER
-- What it means.
-- A remark for who reads the code.
-- note: One thing.
-- written: other_f($2, $1)
-- predicate: $1 @> my_nodes($2)
-- note: Another.
-- example: SELECT my_f(x) FROM y
-- symmetric
create function my_f(a halfvec, b text) returns integer
"""


NOT_WITHOUT = (
    "NOT EXISTS (SELECT 1 FROM caom2_ai.fingerprint AS g WHERE g.planeID = f.planeID"
    " AND caomai_has(g.fingerprint, '7') = 0)"
)


def test_a_header_is_read() -> None:
    function = read_header(HEADER)
    assert function is not None
    assert function.signature == "my_f(a REAL[], b VARCHAR) -> INTEGER"
    assert function.description == "What it means."
    assert function.predicate == "{0} @> my_nodes({1})"
    assert function.template == "other_f({1}, {0})"
    assert function.notes == ("One thing.", "Another.")
    assert function.example == "SELECT my_f(x) FROM y"
    assert (function.symmetric, function.total) == (True, False)


def test_a_function_is_called_by_its_name_unless_its_header_says_more() -> None:
    function = read_header("-- ADQL: f(a DOUBLE) -> INTEGER\n-- Text.\n")
    assert function is not None
    assert function.template == "caom2_ai.f({0})"


def test_files_without_a_header_are_no_functions_of_adql() -> None:
    assert read_header("create function f() returns integer") is None


def test_unknown_types_in_a_header_are_a_mistake_of_ours() -> None:
    with pytest.raises(CaomAiError, match="has the type FLOAT"):
        read_header("-- ADQL: f(a FLOAT) -> INTEGER\n-- Text.\n")


def test_every_declared_function_exists(catalogue: Catalogue, connection: psycopg.Connection[Any]) -> None:
    files = {path.stem for path in (sql_folder() / "functions").glob("*.sql")}
    functions = read_functions(sql_folder() / "functions")
    assert {function.name for function in functions} == files
    assert catalogue.functions == functions
    for function in functions:
        row = connection.execute(
            "select pronargs, has_function_privilege(oid, 'execute') from pg_proc"
            " where proname = %s and pronamespace = 'caom2_ai'::regnamespace",
            [function.name],
        ).fetchone()
        assert row == (len(function.arguments), True)
        assert function.description.endswith(".")


def count(plane: Plane, *nodes: int) -> int:
    return int(plane.counts[list(nodes)].sum())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("caomai_count(fingerprint, 7) >= 2", lambda plane: count(plane, 7) >= 2),
        ("2 <= caomai_count(fingerprint, 7)", lambda plane: count(plane, 7) >= 2),
        ("caomai_count(fingerprint, 7) <> 1", lambda plane: count(plane, 7) != 1),
        ("caomai_count(fingerprint, 7) <> 0", lambda plane: count(plane, 7) > 0),
        ("caomai_count(fingerprint, 7) < 2", lambda plane: count(plane, 7) < 2),
        ("caomai_count(fingerprint, 7) > -1", lambda _: True),
        ("NOT caomai_count(fingerprint, 7) < 2", lambda plane: count(plane, 7) >= 2),
        ("NOT (NOT caomai_count(fingerprint, 7) < 2)", lambda plane: count(plane, 7) < 2),
        ("caomai_count(fingerprint, 7) BETWEEN 1 AND 2", lambda plane: 1 <= count(plane, 7) <= 2),
        ("caomai_count(fingerprint, 7) BETWEEN 0 AND 1", lambda plane: count(plane, 7) <= 1),
        ("NOT caomai_count(fingerprint, 7) BETWEEN 0 AND 1", lambda plane: count(plane, 7) > 1),
        ("caomai_count(fingerprint, 7) IN (1, 3)", lambda plane: count(plane, 7) in (1, 3)),
        ("caomai_count(fingerprint, 7) NOT IN (0, 3)", lambda plane: count(plane, 7) not in (0, 3)),
        ("NOT caomai_count(fingerprint, 7) IN (0, 3)", lambda plane: count(plane, 7) not in (0, 3)),
        ("caomai_count_estimate(fingerprint, 7, sampledFraction) > 2", lambda plane: count(plane, 7) > 1),
        ("1 = caomai_has(fingerprint, '7, 8')", lambda plane: count(plane, 7) and count(plane, 8)),
        ("1 <> caomai_has(fingerprint, '7,8')", lambda plane: not (count(plane, 7) and count(plane, 8))),
        ("NOT 0 = caomai_has(fingerprint, '7,8')", lambda plane: count(plane, 7) and count(plane, 8)),
        (
            "NOT (caomai_has(fingerprint, '7') = 0 OR caomai_has(fingerprint, '8') = 0)",
            lambda plane: count(plane, 7) and count(plane, 8),
        ),
        ("NOT (caomai_has(fingerprint, '7') = 1 AND nObjects > 0)", lambda plane: not count(plane, 7)),
        ("caomai_label_count(fingerprint, 'ring') >= 2", lambda plane: count(plane, 7, 8) >= 2),
        ("caomai_label_count(fingerprint, 'ring') = 0", lambda plane: not count(plane, 7, 8)),
        ("caomai_label_count(fingerprint, 'nobody gave this') <= 0", lambda _: True),
        (NOT_WITHOUT, lambda plane: count(plane, 7) > 0),
    ],
)
def test_conditions_hold_for_the_right_images_in_whatever_words(
    ask: Ask, condition: str, expected: Callable[[Plane], object]
) -> None:
    rows = ask(f"SELECT publisherID FROM caom2_ai.fingerprint AS f WHERE {condition}")
    right = sorted(plane.publisher_id for plane in VISIBLE if expected(plane))
    assert sorted(row[0] for row in rows) == right
    assert right


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM (SELECT publisherID AS id, {0} AS n FROM caom2_ai.fingerprint) AS q WHERE {1}",
        "WITH q AS (SELECT publisherID, {0} AS n FROM caom2_ai.fingerprint) SELECT * FROM q WHERE {1}",
        (
            "WITH q AS (SELECT publisherID, {0} AS n FROM caom2_ai.fingerprint),"
            " r AS (SELECT * FROM q WHERE n < 9)"
            " SELECT r.publisherID FROM r JOIN q USING (publisherID) WHERE q.{1}"
        ),
        (
            "SELECT p.publisherID FROM caom2.Plane AS p RIGHT JOIN (SELECT planeID, {0} AS n"
            " FROM caom2_ai.fingerprint) AS q ON q.planeID = p.planeID WHERE {1}"
        ),
        (
            "SELECT q.publisherID FROM (SELECT publisherID, MAX({0}) AS n FROM caom2_ai.fingerprint"
            " GROUP BY publisherID) AS q WHERE {1}"
        ),
        (
            "SELECT q.publisherID FROM (SELECT TOP 9999 publisherID, {0} AS n FROM caom2_ai.fingerprint) AS q"
            " WHERE NOT (NOT {1})"
        ),
    ],
)
def test_counts_of_a_query_inside_are_compared(ask: Ask, query: str) -> None:
    calls = {"caomai_count(fingerprint, 7)": (7,), "caomai_label_count(fingerprint, 'ring')": (7, 8)}
    for call, nodes in calls.items():
        for least in (0, 1, 2):
            rows = ask(query.format(call, f"n >= {least}"))
            right = sorted(plane.publisher_id for plane in VISIBLE if count(plane, *nodes) >= least)
            assert sorted(row[0] for row in rows) == right


@pytest.mark.parametrize(
    "condition",
    [
        "caomai_same_field(publisherID, '{0}') = 1",
        "1 = caomai_same_field('{0}', publisherID)",
        "caomai_same_field('{0}', publisherID) <> 0",
        "NOT caomai_same_field(publisherID, '{0}') < 1",
    ],
)
def test_images_of_one_field_are_found_from_either_side(ask: Ask, condition: str) -> None:
    rows = ask(
        f"SELECT publisherID FROM caom2_ai.fingerprint WHERE {condition.format(VISIBLE[3].publisher_id)}"
    )
    field = VISIBLE[3].number % 5
    assert {row[0] for row in rows} == {plane.publisher_id for plane in VISIBLE if plane.number % 5 == field}


def test_two_columns_of_images_may_be_compared_by_their_fields(ask: Ask) -> None:
    (row,) = ask(
        "SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS a JOIN caom2_ai.fingerprint AS b"
        " ON caomai_same_field(a.publisherID, b.publisherID) = 1"
    )
    sizes = np.bincount([plane.number % 5 for plane in VISIBLE])
    assert row == (int((sizes**2).sum()),)


def test_counts_by_label_are_those_of_the_database_function(
    ask: Ask, connection: psycopg.Connection[Any]
) -> None:
    counted = "caomai_label_count(fingerprint, 'ring')"
    rows: dict[str, int] = dict(ask(f"SELECT publisherID, {counted} FROM caom2_ai.fingerprint"))
    assert rows == {plane.publisher_id: count(plane, 7, 8) for plane in VISIBLE}
    called = connection.execute(
        f"select publisherID, {counted} from caom2_ai_view.fingerprint where isCurrent = 1".encode()
    ).fetchall()
    assert rows == dict(called)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("caomai_count(fingerprint, 500)", "There is no node 500: nodes are numbered 0 to 399"),
        ("caomai_count(fingerprint, -1)", "There is no node -1: nodes are numbered 0 to 399"),
        ("caomai_fraction(fingerprint, 400)", "There is no node 400: nodes are numbered 0 to 399"),
        ("caomai_has(fingerprint, '7,400')", "There is no node 400: nodes are numbered 0 to 399"),
        ("caomai_has(fingerprint, '7;8')", "'7;8' is not a list of nodes such as '101,144'"),
        ("caomai_has(fingerprint, '')", "'' is not a list of nodes such as '101,144'"),
    ],
)
def test_a_node_that_does_not_exist_is_told_where_it_stands(ask: Ask, call: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        ask(f"SELECT {call} FROM caom2_ai.fingerprint")
    assert raised.value.message == message
    assert raised.value.column == len("SELECT ") + call.index(",") + 3


def test_a_node_that_is_computed_and_does_not_exist_has_no_count(ask: Ask) -> None:
    rows = ask("SELECT caomai_count(fingerprint, 400 + nObjects) FROM caom2_ai.fingerprint")
    assert set(rows) == {(None,)}
    assert (
        ask("SELECT planeID FROM caom2_ai.fingerprint WHERE caomai_count(fingerprint, 500 + nObjects) >= 1")
        == []
    )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT TOP 5 publisherID, {0} AS d FROM caom2_ai.fingerprint AS f WHERE f.mapID = {1} ORDER BY d",
        "SELECT publisherID FROM caom2_ai.fingerprint AS f WHERE nObjects > 0 AND {1} = mapID AND {0} < 1",
        "SELECT * FROM (SELECT {0} AS d FROM caom2_ai.fingerprint AS f WHERE mapID = {1}) AS q",
    ],
)
def test_vectors_of_two_maps_are_not_compared(ask: Ask, query: str) -> None:
    distance = f"caomai_distance(f.vector, caomai_vector('{VISIBLE[0].publisher_id}'))"
    assert ask(query.format(distance, MAP))
    with pytest.raises(QueryError, match="Vectors of map 1 cannot be compared"):
        ask(query.format(distance, OLD_MAP))
