"""AD-03, AD-08, AD-10: what functions and calculations give, with NULL, and where they have no answer."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import psycopg
import pytest

from caomai.database import translate_error
from caomai.errors import UsageError
from tapext.adql import Catalogue, parse, translate
from tests.adql.archive import DESCRIBED, VISIBLE
from tests.adql.conftest import Ask

FINGERPRINT = "caom2_ai.fingerprint"
PLANE = DESCRIBED[0]
UUIDS = f"(SELECT planeID FROM caom2.Plane WHERE publisherID = '{PLANE.publisher_id}')"


def one(ask: Ask, value: str) -> Any:
    return ask(f"SELECT TOP 1 {value} FROM tap_schema.schemas")[0][0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / 2.0", 3.5),
        ("1 - 2 - 3", -4),
        ("2 + 3 * 4", 14),
        ("ABS(-2)", 2.0),
        ("CEILING(-1.5)", -1.0),
        ("FLOOR(-1.5)", -2.0),
        ("DEGREES(PI())", 180.0),
        ("RADIANS(180)", math.pi),
        ("EXP(1)", math.e),
        ("LOG(EXP(2))", 2.0),
        ("LOG10(1000)", 3.0),
        ("POWER(2, 10)", 1024.0),
        ("SQRT(16)", 4.0),
        ("MOD(7, 3)", 1.0),
        ("MOD(-7, 3)", -1.0),
        ("MOD(7, -3)", 1.0),
        ("MOD(5.5, 2)", 1.5),
        ("ROUND(2.5)", 3.0),
        ("ROUND(-2.5)", -3.0),
        ("ROUND(2.345, 2)", 2.35),
        ("ROUND(1234, -2)", 1200.0),
        ("TRUNCATE(2.999)", 2.0),
        ("TRUNCATE(-2.999, 1)", -2.9),
        ("TRUNCATE(1299, -2)", 1200.0),
        ("ACOS(1)", 0.0),
        ("ASIN(1)", math.pi / 2),
        ("ATAN(1)", math.pi / 4),
        ("ATAN2(1, -1)", 3 * math.pi / 4),
        ("COS(0)", 1.0),
        ("COT(RADIANS(45))", 1.0),
        ("SIN(PI() / 2)", 1.0),
        ("TAN(0)", 0.0),
        ("COALESCE(NULL, 3)", 3),
        ("COALESCE(NULL, 'a', 'b')", "a"),
        ("CAST(2.7 AS INTEGER)", 3),
        ("CAST('12' AS BIGINT)", 12),
        ("CAST(1 AS REAL) / 2", 0.5),
        ("CAST(12345 AS CHAR(3))", "123"),
        ("CAST('ab' AS CHAR(4)) || '|'", "ab|"),
        ("CAST(1.5 AS VARCHAR(10))", "1.5"),
        ("CAST('abc' AS VARCHAR(2))", "ab"),
        ("CAST('abc' AS CHAR)", "abc"),
        ("CAST(CAST('2020-01-02' AS TIMESTAMP) AS VARCHAR(30))", "2020-01-02T00:00:00"),
        ("'it''s' || ' %s %(a)s {0} \\' || 'x' || '--'", "it's %s %(a)s {0} \\x--"),
        ("LOWER('ÀB') || UPPER('c')", "àbC"),
        ("IN_UNIT(DISTANCE(0, 0, 1, 0), 'arcmin')", 60.0),
        ("(SELECT COUNT(*) FROM caom2_ai.map)", 3),
        # Types: whole numbers stay whole, the widest wins, literals are as large as they need to be.
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 2.0**63),
        ("2147483648 - 1", 2147483647),
        ("3000000000 / 7", 428571428),
        ("1e3", 1000.0),
        (".5 + 5.", 5.5),
        ("1.5E-2", 0.015),
        ("- (2 + 3) * -4", 20),
        ("+7 - -7", 14),
        ("2 * 3 / 4 * 2", 2),
        ("2 - 3 + 4 - 5", -2),
        ("CAST(7 AS SMALLINT) / CAST(2 AS SMALLINT)", 3),
        ("CAST('-7.5e1' AS DOUBLE PRECISION)", -75.0),
        ("CAST('0.1' AS REAL) * 1", 0.10000000149011612),
        ("CAST(-2.5 AS INTEGER)", -2),
        ("CAST(3000000000 AS BIGINT)", 3000000000),
        ("CAST(5 AS CHAR(4)) || '|'", "5|"),
        ("CAST('2020-01-02T03:04:05.5Z' AS TIMESTAMP)", datetime(2020, 1, 2, 3, 4, 5, 500000)),  # noqa: DTZ001
        ("CAST('2020-01-02' || 'T01:00:00' AS TIMESTAMP)", datetime(2020, 1, 2, 1)),  # noqa: DTZ001
        ("CAST(CAST('2020-01-02' AS TIMESTAMP) AS CHAR(10))", "2020-01-02"),
        ("TIMESTAMP('2020-01-02T03:04')", datetime(2020, 1, 2, 3, 4)),  # noqa: DTZ001
        ("COALESCE(1, 2.5)", 1.0),
        ("MOD(COALESCE(CAST(NULL AS REAL), 16777217), 10)", 7.0),
        ("CAST(' 2020-01-02 03:0' || '4Z ' AS TIMESTAMP)", datetime(2020, 1, 2, 3, 4)),  # noqa: DTZ001
        ("COALESCE(NULL, NULL, 7)", 7),
        ("MOD(-5.5, -2)", -1.5),
        ("MOD(1e15, 7)", math.fmod(1e15, 7)),
        # More digits than the 15 that a cast of PostgreSQL keeps; whole numbers have all of theirs.
        ("MOD(9007199254740991, 2)", 1.0),
        ("MOD(9223372036854775807, 10)", 7.0),
        ("MOD(-9223372036854775807, CAST(10 AS SMALLINT))", -7.0),
        ("MOD(4503599627370495.5, 2)", 1.5),
        ("ROUND(0.5)", 1.0),
        ("ROUND(0.49999999999999994)", 0.0),
        ("TRUNCATE(0.9999999999999999)", 0.0),
        ("ROUND(-12345.678, -3)", -12000.0),
        ("ROUND(1.005, 2)", 1.01),
        ("TRUNCATE(-1.999)", -1.0),
        ("TRUNCATE(-12999, -3)", -12000.0),
        ("CEILING(2)", 2.0),
        ("DEGREES(1)", 180 / math.pi),
        ("ATAN2(-1, -1)", -3 * math.pi / 4),
        ("POWER(4, -0.5)", 0.5),
        ("POWER(-2, 3)", -8.0),
        ("SQRT(0)", 0.0),
        ("LOG(2)", math.log(2)),
        ("ACOS(-1)", math.pi),
        ("COT(0)", math.inf),
        ("EXP(0) + PI() - PI()", 1.0),
        ("UPPER('straße') || LOWER('ÅÉ')", "STRAßEåé"),
        ("'' || ''", ""),
        ("IN_UNIT(DISTANCE(0, 0, 0, 2), 'mas')", 7200000.0),
        ("IN_UNIT(2 * DISTANCE(0, 0, 0, 1), 'rad')", 2 * math.pi / 180),
    ],
)
def test_values(ask: Ask, value: str, expected: object) -> None:
    found = one(ask, value)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)
    assert type(found) is type(expected)


def test_rand_lies_between_0_and_1(ask: Ask) -> None:
    numbers = {row[0] for row in ask(f"SELECT RAND(), RAND(5) FROM {FINGERPRINT}")}
    assert all(0 <= number < 1 for number in numbers)
    assert len(numbers) == len(VISIBLE)


NUMERIC = "ABS ACOS ASIN ATAN CEILING COS COT DEGREES EXP FLOOR LOG LOG10 RADIANS ROUND SIN SQRT TAN TRUNCATE"


@pytest.mark.parametrize(
    "value",
    [
        *(f"{name}(NULL)" for name in NUMERIC.split()),
        *(
            "ATAN2(1, NULL)",
            "ATAN2(NULL, 1)",
            "MOD(NULL, 2)",
            "MOD(2, NULL)",
            "POWER(NULL, 2)",
            "POWER(2, NULL)",
        ),
        *(
            "LOWER(NULL)",
            "UPPER(NULL)",
            "NULL || 'a'",
            "'a' || NULL",
            "-NULL",
            "+NULL",
            "NULL + 1",
            "2 * NULL",
        ),
        *(
            "COALESCE(NULL, NULL)",
            "CAST(NULL AS INTEGER)",
            "CAST(NULL AS TIMESTAMP)",
            "CAST(NULL AS CHAR(3))",
        ),
        *("DISTANCE(NULL, 0, 0, 0)", "caomai_rank(NULL)", "caomai_has(NULL, '7')", "caomai_count(NULL, 7)"),
        *(
            "(SELECT NULL FROM caom2_ai.map WHERE mapID = 1)",
            "-(SELECT NULL FROM caom2_ai.map WHERE mapID = 1)",
        ),
    ],
)
def test_null_gives_null(ask: Ask, value: str) -> None:
    assert one(ask, value) is None


def test_a_column_of_null_fits_beside_values_of_all_types(ask: Ask) -> None:
    nothing = "(SELECT NULL AS x, mapID FROM caom2_ai.map) AS q"
    values = "x + 1, x || 'a', COALESCE(x, 5), COALESCE(x, 'b'), MAX(x), SUM(x), AVG(-x), CAST(x AS REAL)"
    row = ask(f"SELECT {values} FROM {nothing} GROUP BY x")[0]
    assert row == (None, None, 5, "b", None, None, None, None)
    for condition in (
        "x = 5",
        "x = 'a'",
        "x BETWEEN 1 AND 2",
        "x IN (1, 2)",
        "5 IN (SELECT x FROM " + nothing + ")",
    ):
        assert ask(f"SELECT x FROM {nothing} WHERE {condition} OR NOT ({condition})") == []
    for column in ("ra", "nObjects", "dataRelease", "planeID", "publisherID"):
        assert ask(f"SELECT ra FROM {FINGERPRINT} WHERE {column} IN (SELECT x FROM {nothing})") == []
        assert ask(f"SELECT ra FROM {FINGERPRINT} WHERE {column} IN (SELECT NULL FROM caom2_ai.map)") == []
    dated = f"SELECT COUNT(*) FROM {FINGERPRINT}, {nothing} WHERE x < dataRelease OR planeID = x"
    assert ask(dated) == [(0,)]


@pytest.mark.parametrize(
    ("sides", "described", "values"),
    [
        (("1", "2.5"), ("double", None), {1.0, 2.5}),
        (("2.5", "1"), ("double", None), {1.0, 2.5}),
        (("CAST(1 AS REAL)", "16777217"), ("double", None), {1.0, 16777217.0}),
        (("CAST('a' AS CHAR(1))", "'longer'"), ("char", "*"), {"a", "longer"}),
        (("'a'", "'é'"), ("unicodeChar", "*"), {"a", "é"}),
        (("NULL", "5"), ("int", None), {None, 5}),
        ((UUIDS, UUIDS), ("char", "36"), {PLANE.id}),
        ((UUIDS, "'none'"), ("char", "*"), {str(PLANE.id), "none"}),
    ],
)
def test_a_column_merged_by_a_full_join_holds_the_values_of_both_sides(
    ask: Ask,
    catalogue: Catalogue,
    sides: tuple[str, str],
    described: tuple[str, str | None],
    values: set[object],
) -> None:
    left, right = (f"(SELECT {value} AS x FROM caom2_ai.map)" for value in sides)
    for query in (
        f"SELECT x FROM {left} AS a FULL JOIN {right} AS b USING (x)",
        f"SELECT x FROM {left} AS a NATURAL FULL JOIN {right} AS b",
    ):
        (column,) = translate(parse(query), catalogue).columns
        assert (column.datatype, column.arraysize) == described
        assert {row[0] for row in ask(query)} == values


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1 / 0", "division by zero"),
        ("1.5 / 0", "division by zero"),
        ("MOD(5, 0)", "division by zero"),
        ("SQRT(-1)", "square root of a negative number"),
        ("LOG(0)", "logarithm of zero"),
        ("LOG10(-1)", "logarithm of a negative number"),
        ("ACOS(1.5)", "out of range"),
        ("ASIN(-2)", "out of range"),
        ("POWER(-8, 0.5)", "complex result"),
        ("POWER(0, -1)", "zero raised to a negative power"),
        ("EXP(1000)", "out of range"),
        ("2147483647 + 1", "integer out of range"),
        ("9223372036854775807 * 2", "bigint out of range"),
        ("CAST(40000 AS SMALLINT)", "smallint out of range"),
        ("CAST('a' AS INTEGER)", "invalid input syntax"),
        ("CAST('1' || 'x' AS TIMESTAMP)", "invalid input syntax"),
        ("CAST('no' || 'w' AS TIMESTAMP)", 'no date: now"'),
        ("CAST('infini' || 'ty' AS TIMESTAMP)", 'no date: infinity"'),
        ("CAST('1/2/' || '2020' AS TIMESTAMP)", 'no date: 1/2/2020"'),
        ("(SELECT mapID FROM caom2_ai.map)", "more than one row"),
    ],
)
def test_what_has_no_answer_is_an_error_of_the_user(ask: Ask, value: str, words: str) -> None:
    with pytest.raises(
        (psycopg.errors.DataError, psycopg.errors.CardinalityViolation), match=words
    ) as caught:
        one(ask, value)
    assert isinstance(translate_error(caught.value), UsageError)
