"""AD-01 to AD-12: every clause is run over two small tables; what it gives is worked out in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import psycopg
import pytest

from caomai.errors import QueryError
from tapext.adql import Catalogue, parse, read_catalogue, translate
from tapext.adql.catalogue import Column, Schema, Table
from tests.adql.conftest import Ask, Rows

# id, kind, x, n, word, at
T: list[Any] = [
    (1, "a", 1.5, 10, "Alpha", datetime(2020, 1, 1)),  # noqa: DTZ001 -- timestamps carry no zone
    (2, "a", -2.5, 3, "beta_", datetime(2020, 6, 1, 12)),  # noqa: DTZ001
    (3, "b", None, -7, "o'B%", None),
    (4, "b", 0.0, None, None, datetime(2021, 12, 31, 23, 59, 59)),  # noqa: DTZ001
    (5, None, 100.25, 7, "alpha", datetime(1999, 1, 1)),  # noqa: DTZ001
]
# id, name
U: list[Any] = [(1, "one"), (1, "uno"), (3, "three"), (9, "nine")]
IDS, N = [row[0] for row in T], [row[3] for row in T if row[3] is not None]
X = [row[2] for row in T if row[2] is not None]
JOINED = [(t, u) for t, u in product(T, U) if t[0] == u[0]]
LEFT = [(t, None) for t in T if t[0] not in {u[0] for u in U}]
RIGHT = [(None, u) for u in U if u[0] not in IDS]
TABLES = (
    Table(
        "Small.t",
        ("pg_temp", "t"),
        (
            Column("id", "int"),
            Column("kind", "char", "*"),
            Column("x", "double", unit="m"),
            Column("n", "int"),
            Column('"Word"', "char", "*"),
            Column("at_time", "char", "*", "timestamp"),
        ),
    ),
    Table("Small.u", ("pg_temp", "u"), (Column("id", "int"), Column("name", "char", "*"))),
)


@pytest.fixture(scope="module")
def tables(connection: psycopg.Connection[Any]) -> Iterator[Catalogue]:
    """The catalogue with the two tables, which are temporary ones of the query role."""
    with connection.transaction():
        connection.execute("set transaction read write")
        connection.execute(
            "create temp table t"
            " (id integer, kind text, x double precision, n integer, word text, at_time timestamp)"
        )
        connection.execute("create temp table u (id integer, name text)")
        cursor = connection.cursor()
        cursor.executemany("insert into t values (%s, %s, %s, %s, %s, %s)", T)
        cursor.executemany("insert into u values (%s, %s)", U)
    known = read_catalogue(connection)
    yield replace(known, schemas=(*known.schemas, Schema("Small", TABLES)))
    with connection.transaction():
        connection.execute("set transaction read write")
        connection.execute("drop table t, u")


@pytest.fixture(scope="module")
def ask(connection: psycopg.Connection[Any], tables: Catalogue) -> Ask:
    """Answer a query; what is written as T or U there is one of the tables."""

    def answer(query: str, maxrec: int | None = None) -> Rows:
        return connection.execute(translate(parse(query), tables, maxrec).sql).fetchall()

    return answer


def one(column: int, rows: list[Any] = T) -> list[Any]:
    return [(row[column],) for row in rows]


def ids(*numbers: int) -> list[Any]:
    return [(number,) for number in numbers]


def by_kind(kind: str | None) -> list[Any]:
    return [row for row in T if row[1] == kind]


SELECT: list[Any] = [
    ("AD-01 *", "SELECT * FROM T", T),
    ("AD-01 ALL", "SELECT ALL id FROM small.t", one(0)),
    ("AD-01 t.*", "SELECT u.*, t.id FROM t, u WHERE t.id = u.id", [(*u, t[0]) for t, u in JOINED]),
    ("AD-01 * beside others", "SELECT *, id + 1 AS after FROM u", [(*u, u[0] + 1) for u in U]),
    ("AD-01 DISTINCT", "SELECT DISTINCT kind FROM t", [("a",), ("b",), (None,)]),
    ("AD-01 DISTINCT TOP", "SELECT DISTINCT TOP 2 id FROM u ORDER BY id", ids(1, 3)),
    ("AD-01 TOP", "SELECT TOP 2 id FROM t ORDER BY id DESC", ids(5, 4)),
    ("AD-01 TOP 0", "SELECT TOP 0 id FROM t", []),
    (
        "AD-01 alias",
        'SELECT T.id AS "Id", tt."Word" w FROM t AS tt, u T WHERE t.id = tt.id AND name > \'t\'',
        [(3, "o'B%"), (1, "Alpha")],
    ),
    ("AD-01 comment", "SELECT id -- no FROM, 'no quote\nFROM t -- end", one(0)),
    ("AD-01 escapes", "SELECT id FROM t WHERE \"Word\" = 'o''B%'", ids(3)),
    ("AD-01 --", "SELECT id FROM u WHERE name <> 'a--b' AND name = 'one'", ids(1)),
    ("AD-01 ||", "SELECT kind || '-' || \"Word\" FROM t", [(r[1] and r[4] and f"{r[1]}-{r[4]}",) for r in T]),
    ("AD-02 case", 'SELECT ID, "id", T.Id, SMALL.T.iD FROM smaLL.T', [(i, i, i, i) for i in IDS]),
    ("AD-02 delimited", 'SELECT "t"."Word", word FROM "Small"."t"', [(r[4], r[4]) for r in T]),
    ("AD-02 reserved", 'SELECT "select".id AS "from" FROM t AS "select" ORDER BY "from"', one(0)),
    ("AD-02 quotes", 'SELECT q."a""b" FROM (SELECT id AS "a""b" FROM t) AS q', one(0)),
    (
        "AD-02 case kept",
        'SELECT "A", "a" FROM (SELECT id AS "A", n AS "a" FROM t) q',
        [(r[0], r[3]) for r in T],
    ),
]
WHERE: list[Any] = [
    ("AD-01 AND OR NOT", "id = 1 OR id > 2 AND NOT (n < 0 OR kind = 'b')", [1]),
    ("AD-01 comparisons", "n >= 3 AND n <= 10 AND n <> 7 AND n != 8 AND id < 9", [1, 2]),
    ("AD-01 BETWEEN", "x BETWEEN -2.5 AND n", [1, 2]),
    ("AD-01 NOT BETWEEN", "n NOT BETWEEN 3 AND 7", [1, 3]),
    ("AD-01 IN", "kind IN ('a', 'c', NULL)", [1, 2]),
    ("AD-01 IN one", "id IN (3)", [3]),
    ("AD-01 IN values", "id IN (n, n + 1, 2 * n - 9)", [5]),
    ("AD-01 NOT IN", "id NOT IN (1, 2)", [3, 4, 5]),
    ("AD-01 NOT IN NULL", "id NOT IN (1, NULL)", []),
    ("AD-01 IN query", "id IN (SELECT id FROM u)", [1, 3]),
    ("AD-01 NOT IN query", "id NOT IN (SELECT u.id FROM u)", [2, 4, 5]),
    ("AD-01 IN set", "id IN (SELECT id FROM u UNION SELECT n FROM t)", [1, 3]),
    ("AD-01 EXISTS", "EXISTS (SELECT 1 FROM u WHERE u.id = t.id)", [1, 3]),
    ("AD-01 NOT EXISTS", "NOT EXISTS (SELECT * FROM u WHERE u.id = t.id AND name LIKE 'u%')", [2, 3, 4, 5]),
    ("AD-01 scalar", "n > (SELECT AVG(v.n) FROM t AS v WHERE v.kind = t.kind)", [1]),
    (
        "AD-01 two levels",
        "EXISTS (SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM t v WHERE v.id = u.id AND v.n = t.n))",
        [1, 3],
    ),
    ("AD-01 LIKE", "\"Word\" LIKE 'A_p%'", [1]),
    ("AD-01 LIKE percent", "\"Word\" LIKE '%''B%'", [3]),
    ("AD-01 NOT LIKE", "\"Word\" NOT LIKE '%a'", [2, 3]),
    ("AD-01 IS NULL", 'x IS NULL OR "Word" IS NULL', [3, 4]),
    ("AD-01 IS NOT NULL", "n + x IS NOT NULL", [1, 2, 5]),
    ("AD-01 NULL", "n = NULL OR NOT n = NULL", []),
    ("2.1 ILIKE", "\"Word\" ILIKE 'ALPHA'", [1, 5]),
    ("2.1 NOT ILIKE", "\"Word\" NOT ILIKE 'a%'", [2, 3]),
    ("2.1 ILIKE value", "kind || 'lpha' ILIKE \"Word\"", [1]),
    ("2.1 LOWER UPPER", "LOWER(\"Word\") = 'alpha' AND UPPER(kind) = 'A'", [1]),
    ("2.1 COALESCE", "COALESCE(kind, \"Word\", '?') = 'alpha'", [5]),
    ("2.1 CAST", "CAST(n AS VARCHAR(5)) || CAST(id AS CHAR(1)) = '101'", [1]),
    ("2.1 IN_UNIT", "IN_UNIT(x, 'cm') = 150", [1]),
    ("2.1 IN_UNIT of twice", "IN_UNIT(2 * x, 'km') > 0.2", [5]),
    ("AD-12 date", "at_time >= '2020-06-01'", [2, 4]),
    ("AD-12 time", "at_time = '2020-06-01T12:00:00'", [2]),
    ("AD-12 zone", "at_time < '2020-06-01T12:00:00.001Z' AND at_time > '2020-06-01 11:59:59'", [2]),
    ("AD-12 BETWEEN", "at_time BETWEEN '2020-01-01' AND '2020-12-31'", [1, 2]),
    ("AD-12 IN", "at_time IN ('2020-01-01', '1999-01-01T00:00')", [1, 5]),
    ("AD-12 CAST", "at_time = CAST('2020-01-01' AS TIMESTAMP)", [1]),
    ("AD-12 text", "CAST(at_time AS VARCHAR(20)) = '2021-12-31T23:59:59'", [4]),
    ("brackets", "((id)) = ((1)) AND (((n > 1)))", [1]),
    ("10 in brackets", "(" * 150 + "id = 1" + ")" * 150, [1]),
]
GROUPS: list[Any] = [
    ("AD-01 COUNT(*)", "SELECT COUNT(*) FROM t", [(5,)]),
    ("AD-01 COUNT", "SELECT COUNT(x), COUNT(ALL n), COUNT(DISTINCT kind) FROM t", [(4, 4, 2)]),
    ("AD-01 no rows", "SELECT COUNT(*), MAX(n), SUM(n) FROM t WHERE id > 9", [(0, None, None)]),
    (
        "AD-01 aggregates",
        "SELECT SUM(n), MIN(n), MAX(n), AVG(n) FROM t",
        [(sum(N), min(N), max(N), sum(N) / len(N))],
    ),
    (
        "AD-01 of doubles",
        "SELECT SUM(x), MIN(x), MAX(x), AVG(x) FROM t",
        [(sum(X), min(X), max(X), sum(X) / len(X))],
    ),
    ("AD-01 MIN text", "SELECT MIN(name), MAX(at_time) FROM u, t", [("nine", T[3][5])]),
    ("AD-01 DISTINCT in", "SELECT SUM(DISTINCT id), AVG(DISTINCT id) FROM u", [(13, 13 / 3)]),
    ("AD-01 GROUP BY", "SELECT kind, COUNT(*) FROM t GROUP BY kind", [("a", 2), ("b", 2), (None, 1)]),
    ("AD-01 HAVING", "SELECT kind FROM t GROUP BY kind HAVING COUNT(*) > 1 AND MAX(n) > 0", [("a",)]),
    ("AD-01 HAVING alone", "SELECT 1 FROM t HAVING COUNT(*) = 5", [(1,)]),
    ("AD-09 GROUP BY value", "SELECT MOD(id, 2), COUNT(*) FROM t GROUP BY MOD(id, 2)", [(1.0, 3), (0.0, 2)]),
    (
        "AD-09 GROUP BY function",
        "SELECT UPPER(kind) || '!' FROM t GROUP BY UPPER(kind)",
        [("A!",), ("B!",), (None,)],
    ),
    ("AD-09 GROUP BY number", "SELECT COUNT(*) FROM t GROUP BY 1", [(5,)]),
    (
        "grouped sub-query",
        "SELECT kind, (SELECT COUNT(*) FROM u WHERE u.name > t.kind) FROM t GROUP BY kind HAVING kind = 'b'",
        [("b", 4)],
    ),
    (
        "HAVING sub-query",
        "SELECT kind FROM t GROUP BY kind HAVING COUNT(*) = (SELECT COUNT(DISTINCT id) - 1 FROM u)",
        [("a",), ("b",)],
    ),
    ("values of groups", "SELECT SUM(n) / COUNT(n) + 1 FROM t WHERE kind = 'a'", [(7,)]),
]
JOINS: list[Any] = [
    ("AD-01 ,", "SELECT t.id, name FROM t, u", [(t[0], u[1]) for t, u in product(T, U)]),
    ("AD-01 JOIN ON", "SELECT t.id, name FROM t JOIN u ON t.id = u.id", [(t[0], u[1]) for t, u in JOINED]),
    (
        "AD-01 INNER",
        "SELECT name FROM t INNER JOIN u ON t.id < u.id AND n > 5",
        [("nine",)] * 2 + [("three",)],
    ),
    (
        "AD-01 LEFT",
        "SELECT t.id, u.name FROM t LEFT JOIN u ON t.id = u.id",
        [(t[0], u and u[1]) for t, u in JOINED + LEFT],
    ),
    (
        "AD-01 RIGHT",
        "SELECT t.n, u.name FROM t RIGHT OUTER JOIN u ON t.id = u.id",
        [(t and t[3], u[1]) for t, u in JOINED + RIGHT],
    ),
    (
        "AD-01 FULL",
        "SELECT t.id, u.id FROM t FULL OUTER JOIN u ON t.id = u.id",
        [(t and t[0], u and u[0]) for t, u in JOINED + LEFT + RIGHT],
    ),
    ("AD-01 USING", "SELECT id, name FROM t JOIN u USING (id)", [(t[0], u[1]) for t, u in JOINED]),
    (
        "AD-01 USING FULL",
        "SELECT id FROM t FULL JOIN u USING (ID)",
        [((t or u)[0],) for t, u in JOINED + LEFT + RIGHT],
    ),
    ("AD-01 USING *", "SELECT * FROM u JOIN t USING (id) WHERE name = 'uno'", [(1, "uno", *T[0][1:])]),
    ("AD-01 NATURAL", "SELECT id FROM t NATURAL JOIN u", [(t[0],) for t, _ in JOINED]),
    (
        "AD-01 NATURAL LEFT",
        "SELECT id, name FROM t NATURAL LEFT JOIN u",
        [(t[0], u and u[1]) for t, u in JOINED + LEFT],
    ),
    ("AD-01 NATURAL RIGHT", "SELECT id FROM t NATURAL RIGHT JOIN u", one(0, U)),
    (
        "AD-01 brackets",
        "SELECT v.id FROM t JOIN (u JOIN t AS v ON u.id = v.id) ON t.id = u.id WHERE name = 'one'",
        ids(1),
    ),
    ("AD-01 three", "SELECT COUNT(*) FROM t NATURAL JOIN u JOIN t AS v USING (id)", [(3,)]),
    (
        "AD-01 derived",
        "SELECT q.m FROM (SELECT kind, MAX(n) AS m FROM t GROUP BY kind) AS q WHERE kind = 'a'",
        [(10,)],
    ),
    (
        "AD-01 derived in join",
        "SELECT u.name FROM (SELECT TOP 1 id FROM t ORDER BY n) q JOIN u USING (id)",
        [("three",)],
    ),
    (
        "AD-01 derived nested",
        "SELECT a.y FROM (SELECT b.y FROM (SELECT x AS y, id FROM t) b WHERE b.id = 5) AS a",
        [(100.25,)],
    ),
    (
        "AD-06 ON DISTANCE",
        "SELECT t.id FROM t JOIN u ON DISTANCE(t.id, 0, u.id, 0) < 0.5",
        [(t[0],) for t, _ in JOINED],
    ),
    (
        "scalar",
        "SELECT id, (SELECT MAX(name) FROM u WHERE u.id = t.id) FROM t",
        [(1, "uno"), (2, None), (3, "three"), (4, None), (5, None)],
    ),
]
SETS: list[Any] = [
    ("AD-08 UNION", "SELECT id FROM t UNION SELECT id FROM u", ids(1, 2, 3, 4, 5, 9)),
    ("AD-08 UNION ALL", "SELECT id FROM t UNION ALL SELECT id FROM u", one(0) + one(0, U)),
    ("AD-08 EXCEPT", "SELECT id FROM u EXCEPT SELECT id FROM t", ids(9)),
    ("AD-08 EXCEPT ALL", "SELECT id FROM u EXCEPT ALL SELECT id FROM t", ids(1, 9)),
    ("AD-08 INTERSECT", "SELECT id FROM u INTERSECT SELECT id FROM t", ids(1, 3)),
    ("AD-08 INTERSECT ALL", "SELECT id FROM u INTERSECT ALL SELECT id FROM u", one(0, U)),
    ("AD-08 binds", "SELECT id FROM t UNION SELECT id FROM u INTERSECT SELECT n FROM t", ids(1, 2, 3, 4, 5)),
    ("AD-08 brackets", "(SELECT id FROM t UNION SELECT id FROM u) INTERSECT SELECT n FROM t", ids(3)),
    (
        "AD-08 left to right",
        "SELECT id FROM t EXCEPT SELECT id FROM u UNION SELECT 3 FROM u",
        ids(2, 3, 4, 5),
    ),
    (
        "AD-08 own order",
        "(SELECT TOP 1 id FROM t ORDER BY id DESC) UNION ALL (SELECT id FROM t ORDER BY id OFFSET 3)",
        ids(5, 4, 5),
    ),
    ("AD-08 ORDER BY OFFSET", "SELECT id FROM t UNION SELECT id FROM u ORDER BY id DESC OFFSET 4", ids(2, 1)),
    ("AD-08 types", "SELECT n FROM t WHERE id = 1 UNION SELECT x FROM t WHERE id = 1", [(10.0,), (1.5,)]),
    (
        "AD-08 NULL",
        "SELECT NULL, id FROM t WHERE id = 1 UNION ALL SELECT x, NULL FROM t WHERE id = 2",
        [(None, 1), (-2.5, None)],
    ),
    ("AD-08 derived", "SELECT COUNT(*) FROM (SELECT id FROM t UNION SELECT id FROM u) AS q", [(6,)]),
    (
        "2.1 WITH",
        "WITH a AS (SELECT id FROM t WHERE n > 5), b AS (SELECT id FROM a WHERE id > 1) SELECT * FROM b",
        ids(5),
    ),
    (
        "2.1 WITH twice",
        "WITH a AS (SELECT id FROM u) SELECT p.id FROM a AS p JOIN a AS q ON p.id = q.id",
        ids(1, 1, 1, 1, 3, 9),
    ),
    ("2.1 WITH set", "WITH a AS (SELECT id FROM t UNION SELECT id FROM u) SELECT MAX(id) FROM A", [(9,)]),
    ("2.1 WITH hides", "WITH t AS (SELECT id FROM u) SELECT MAX(id) FROM t", [(9,)]),
]
ORDERS: list[Any] = [
    ("AD-09 column", "SELECT id FROM t ORDER BY t.n, id", ids(3, 2, 5, 1, 4)),
    ("AD-09 DESC", "SELECT id FROM t WHERE n IS NOT NULL ORDER BY n DESC", ids(1, 5, 2, 3)),
    (
        "AD-09 position",
        "SELECT n, id FROM t WHERE x IS NOT NULL ORDER BY 2 DESC",
        [(7, 5), (None, 4), (3, 2), (10, 1)],
    ),
    ("AD-09 alias", "SELECT id, -id AS m FROM t ORDER BY m", [(i, -i) for i in reversed(IDS)]),
    ("AD-09 value", "SELECT id FROM t WHERE x IS NOT NULL ORDER BY ABS(x), id", ids(4, 1, 2, 5)),
    (
        "AD-09 value of alias",
        "SELECT id, x AS y FROM t WHERE x IS NOT NULL ORDER BY y * y DESC",
        [(5, 100.25), (2, -2.5), (1, 1.5), (4, 0.0)],
    ),
    ("AD-09 several", "SELECT id FROM u ORDER BY id DESC, name DESC", ids(9, 3, 1, 1)),
    ("AD-09 DISTINCT", "SELECT DISTINCT id FROM u ORDER BY id", ids(1, 3, 9)),
    (
        "AD-09 group",
        "SELECT kind FROM t WHERE kind IS NOT NULL GROUP BY kind ORDER BY MAX(n)",
        [("b",), ("a",)],
    ),
    ("AD-01 OFFSET", "SELECT id FROM t ORDER BY id OFFSET 3", ids(4, 5)),
    ("AD-08 OFFSET before TOP", "SELECT TOP 2 id FROM t ORDER BY id OFFSET 2", ids(3, 4)),
    ("OFFSET beyond", "SELECT id FROM t ORDER BY id OFFSET 99", []),
    ("TOP within", "SELECT id FROM (SELECT TOP 3 id FROM t ORDER BY id DESC) AS q ORDER BY id", ids(3, 4, 5)),
    (
        "OFFSET within",
        "SELECT id FROM t WHERE id IN (SELECT TOP 2 id FROM u ORDER BY id OFFSET 1) ORDER BY id",
        ids(1, 3),
    ),
]


def cases(table: list[Any]) -> list[Any]:
    return [pytest.param(query, expected, id=name) for name, query, expected in table]


@pytest.mark.parametrize(("query", "expected"), cases(SELECT + GROUPS + JOINS + SETS))
def test_rows(ask: Ask, query: str, expected: list[Any]) -> None:
    assert Counter(ask(query)) == Counter(expected)


@pytest.mark.parametrize(("query", "expected"), cases(ORDERS))
def test_ordered_rows(ask: Ask, query: str, expected: list[Any]) -> None:
    assert ask(query) == expected


@pytest.mark.parametrize(("condition", "expected"), cases(WHERE))
def test_conditions(ask: Ask, condition: str, expected: list[int]) -> None:
    assert ask(f"SELECT id FROM t WHERE {condition} ORDER BY id") == ids(*expected)


@pytest.mark.parametrize("maxrec", [0, 1, 2, 3, 5, 6, 99])
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT id FROM t", 5),
        ("SELECT TOP 2 id FROM t", 2),
        ("SELECT TOP 99 id FROM t", 5),
        ("SELECT id FROM t ORDER BY id OFFSET 2", 3),
        ("SELECT TOP 2 id FROM t ORDER BY id OFFSET 4", 1),
        ("SELECT TOP 2 id FROM t UNION ALL SELECT id FROM u", 6),
        ("(SELECT TOP 2 id FROM t) UNION ALL (SELECT TOP 1 id FROM u) OFFSET 1", 2),
        ("SELECT id FROM t UNION SELECT id FROM u ORDER BY 1 OFFSET 3", 3),
        ("(SELECT TOP 3 id FROM t ORDER BY id DESC) ORDER BY id OFFSET 1", 2),
        ("WITH w AS (SELECT TOP 4 id FROM t) SELECT * FROM w", 4),
        ("SELECT COUNT(*) FROM t", 1),
    ],
)
def test_pa_12_one_row_more_than_maxrec_tells_of_an_overflow(
    ask: Ask, tables: Catalogue, query: str, count: int, maxrec: int
) -> None:
    assert len(ask(query, maxrec)) == min(count, maxrec + 1)
    limit = translate(parse(query), tables, maxrec).limit
    assert limit is not None
    assert limit <= maxrec + 1


def test_hundreds_of_operands(ask: Ask) -> None:
    operands = " UNION ".join(f"SELECT {number} AS n FROM t WHERE id = 1" for number in range(300))
    assert ask(f"SELECT COUNT(*), SUM(q.n) FROM ({operands}) AS q") == [(300, 300 * 299 // 2)]


@pytest.mark.parametrize(
    "condition",
    [
        " OR ".join(f"id = {number}" for number in range(10_000)),
        " AND ".join(f"id <> {number}" for number in range(6, 10_006)),
        f"id IN ({', '.join(map(str, range(10_000)))})",
    ],
    ids=["OR", "AND", "IN"],
)
def test_ten_thousand_terms(ask: Ask, condition: str) -> None:
    assert ask(f"SELECT COUNT(*) FROM t WHERE {condition}") == [(5,)]


def test_long_calculations(ask: Ask) -> None:
    assert ask(f"SELECT SUM({' + '.join(['1'] * 2_000)}) FROM t") == [(10_000,)]
    assert ask(f"SELECT {' || '.join(['kind'] * 2_000)} FROM t WHERE id = 1") == [("a" * 2_000,)]
    with pytest.raises(QueryError, match="at most 2,000 operands"):
        ask(f"SELECT {' * '.join(['1'] * 2_001)} FROM t")
    with pytest.raises(QueryError, match="At most 1,000 queries"):
        ask(" UNION ALL ".join(["SELECT 1 FROM t"] * 1_001))


@pytest.mark.parametrize(
    "items", [", ".join(["1"] * 1_601), ", ".join([*["1"] * 1_595, "*"]), ", ".join(["*"] * 267)]
)
def test_more_columns_than_postgresql_has_are_refused(ask: Ask, items: str) -> None:
    with pytest.raises(QueryError, match="at most 1,600 columns"):
        ask(f"SELECT {items} FROM t")


def test_as_many_columns_as_are_allowed(ask: Ask) -> None:
    (row, *_) = ask(f"SELECT {', '.join(['7'] * 1_594)}, * FROM t")
    assert len(row) == 1_600


def test_an_uploaded_table_is_named_in_full(tables: Catalogue) -> None:
    """AD-01: it never stands for a table of the archive, whatever it is called."""
    uploaded = Table("TAP_UPLOAD.t", ("pg_temp", "u1"), (Column("id", "int"),))
    known = tables.with_tables([uploaded, replace(uploaded, name="TAP_UPLOAD.mine")])
    assert translate(parse("SELECT word FROM t"), known).columns[0].datatype == "char"
    assert translate(parse("SELECT id FROM tap_upload.T"), known).sql.as_string(None).count("u1") == 1
    with pytest.raises(QueryError, match=r"no table mine; did you mean TAP_UPLOAD\.mine"):
        translate(parse("SELECT id FROM mine"), known)


def test_rows_are_distinct_before_a_set_operator_gives_them_its_type(ask: Ask) -> None:
    whole = "SELECT 9007199254740992 AS w FROM t UNION SELECT 9007199254740993 FROM t"
    rows = ask(f"SELECT DISTINCT w FROM ({whole}) AS q UNION ALL SELECT 0.5 FROM t WHERE id = 1")
    assert sorted(rows) == [(0.5,), (2.0**53,), (2.0**53,)]
