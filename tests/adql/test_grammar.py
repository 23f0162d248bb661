"""AD-01, AD-02, AD-08, AD-09, AD-11: what is ADQL, and the sentence and place for what is not."""

from __future__ import annotations

import pytest

from caomai.errors import QueryError
from tapext.adql import parse, tree
from tapext.adql.lexer import MAX_CHARACTERS
from tapext.adql.words import RESERVED

ACCEPTED = [
    "SELECT * FROM t",
    "select all a from t",
    "SELECT *, a FROM t",
    "SELECT t.*, s.t.* FROM t, s.t",
    'SELECT DISTINCT TOP 10 a AS x, b y, c "z z" FROM cat.s.t AS q',
    "SELECT TOP 0 a FROM TAP_UPLOAD.mine",
    "SELECT a FROM t WHERE a = 1 AND b <> 2 OR NOT c != 3",
    "SELECT a FROM t WHERE NOT (a = 1 OR b = 2) AND (c > 3)",
    "SELECT a FROM t WHERE ((((a)) + 1) * 2 = 3)",
    "SELECT a FROM t WHERE a IN (((1)), (b + 2))",
    "SELECT a FROM t WHERE a IN (SELECT b FROM u) AND c NOT IN (1, 2)",
    "SELECT a FROM t WHERE a IN ((SELECT b FROM u) UNION (SELECT c FROM u))",
    "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b NOT BETWEEN c + 1 AND 4",
    "SELECT a FROM t WHERE a LIKE 'x%' AND b NOT LIKE c || '_' AND d ILIKE 'Y' AND e NOT ILIKE 'z'",
    "SELECT a FROM t WHERE a IS NULL AND b IS NOT NULL",
    "SELECT a FROM t WHERE EXISTS (SELECT b FROM u) AND NOT EXISTS (SELECT c FROM u)",
    "SELECT a FROM t WHERE a > (SELECT AVG(b) FROM u)",
    "SELECT -a, +1, -1.5E-3, .5, 5., 1e10, a - -1, a * -b FROM t",
    "SELECT 'it''s', '', '--', \"a\"\"b\", \"select\" FROM t -- a comment with 'quotes\n WHERE a = 1",
    "--- first\nSELECT a--\nFROM t--",
    (
        "SELECT COUNT(*), COUNT(DISTINCT a), SUM(ALL b), AVG(b), MIN(b), MAX(DISTINCT b) FROM t GROUP BY c,"
        " d + 1"
    ),
    "SELECT a FROM t GROUP BY a HAVING COUNT(*) > 1 ORDER BY a ASC, 2 DESC, b + 1, f(c) OFFSET 5",
    "SELECT a FROM t JOIN u ON t.a = u.a",
    'SELECT a FROM t INNER JOIN u USING (a, "B") LEFT JOIN v USING (a) RIGHT OUTER JOIN w ON 1 = 1',
    "SELECT a FROM t NATURAL JOIN u NATURAL LEFT JOIN v NATURAL FULL OUTER JOIN w",
    "SELECT a FROM (t JOIN u USING (a)) JOIN ((v NATURAL JOIN w) NATURAL JOIN x) ON a = b, y",
    "SELECT a FROM t JOIN u JOIN v ON u.a = v.a ON t.a = u.a",
    (
        "SELECT a FROM (SELECT b FROM u) AS q, (SELECT c FROM v) r JOIN ((SELECT d FROM w) UNION SELECT e"
        " FROM x) z USING (d)"
    ),
    (
        "SELECT a FROM t UNION SELECT b FROM u EXCEPT ALL SELECT c FROM v INTERSECT ALL SELECT d FROM w"
        " ORDER BY 1"
    ),
    "(SELECT TOP 1 a FROM t ORDER BY a) UNION ALL (SELECT b FROM u OFFSET 2) OFFSET 1",
    "((SELECT a FROM t))",
    "WITH w AS (SELECT a FROM t), x AS (SELECT a FROM w ORDER BY a) SELECT a FROM x",
    "SELECT CAST(a AS SMALLINT), CAST(b AS INTEGER), CAST(c AS BIGINT), CAST(d AS REAL) FROM t",
    (
        "SELECT CAST(a AS DOUBLE PRECISION), CAST(b AS CHAR), CAST(c AS VARCHAR(10)), CAST(d AS TIMESTAMP)"
        " FROM t"
    ),
    (
        "SELECT COALESCE(a, b, 0), LOWER(a), UPPER(b), IN_UNIT(c, 'deg'), MOD(a, 2), PI(), RAND(), ROUND(a,"
        " -1) FROM t"
    ),
    "SELECT a FROM t WHERE 1 = CONTAINS(POINT('ICRS', a, b), CIRCLE('ICRS', 10, -20, 1))",
    "SELECT DISTANCE(POINT(a, b), POINT(1, 2)), DISTANCE(a, b, 1, 2), AREA(BOX(1, 2, 3, 4)) FROM t",
    "SELECT COORD1(CENTROID(POLYGON(1, 2, 3, 4, 5, 6))), COORDSYS(c), REGION('CIRCLE 1 2 3') FROM t",
    (
        "SELECT caomai_distance(f.vector, caomai_vector('ivo://x')) AS dist FROM caom2_ai.fingerprint AS f"
        " ORDER BY dist"
    ),
    "SELECT f() FROM t",
    "SELECT NULL AS n FROM t",
    "SELECT limit FROM over",
]

# Query, column (1-based; the line where it is not 1), and what the message must say.
REFUSED = [
    ("", 1, "empty"),
    ("-- nothing", 11, "empty"),
    ("SELECT a FROM t LIMIT 10", 17, "SELECT TOP n"),
    ("SELECT a FROM t WHERE a = 1 LIMIT 10", 29, "SELECT TOP n"),
    ("SELECT a FROM t ORDER BY a LIMIT 10", 28, "SELECT TOP n"),
    ("SELECT a FROM t FETCH FIRST 5 ROWS ONLY", 17, "SELECT TOP n"),
    ("SELECT a::int FROM t", 9, "CAST"),
    ("SELECT a % 2 FROM t", 10, "MOD(x, y)"),
    ("SELECT a FROM t WHERE a == 1", 25, "single ="),
    ("SELECT CASE WHEN a = 1 THEN 2 END FROM t", 8, "CASE is not ADQL"),
    ("SELECT /* x */ a FROM t", 8, "use --"),
    ("SELECT RANK() OVER (ORDER BY a) FROM t", 15, "Window functions"),
    ("SELECT SUM(a) OVER (PARTITION BY b) FROM t", 15, "Window functions"),
    ("SELECT a FROM t;", 16, "semicolon"),
    ("SELECT a FROM t; DELETE FROM t", 16, "semicolon"),
    ("SELECT a FROM t SELECT b FROM u", 17, "Expected ',', JOIN, WHERE"),
    ("SELECT a FROM t WHERE a IN ()", 29, "IN () is empty"),
    ("SELECT a, FROM t", 11, "Expected a column or another value, found FROM"),
    ("SELECT , a FROM t", 8, "Expected a column or another value, found ','"),
    ("SELECT FROM t", 8, "Expected a column or another value, found FROM"),
    ("SELECT 1a FROM t", 8, "neither a number nor a name"),
    ("SELECT a FROM t WHERE a = 1.2.3", 27, "neither a number nor a name"),
    ("SELECT 0xFF FROM t", 8, "written in decimal"),
    ("SELECT 1e999 FROM t", 8, "too large"),
    ("SELECT a\0 FROM t", 9, "U+0000"),
    ("SELECT 'a\0' FROM t", 10, "U+0000"),
    ("SELECT '\ud800' FROM t", 9, "U+D800"),
    ("SELECT\u00a0a FROM t", 7, "no-break space (U+00A0)"),
    ("SELECT a\u200b FROM t", 9, "U+200B"),
    ("SELECT \u2018a\u2019 FROM t", 8, "is not a quote of ADQL"),
    ("SELECT caf\u00e9 FROM t", 11, "starts with a letter"),
    ("SELECT _a FROM t", 8, "double quotes"),
    ("SELECT 'a FROM t", 8, "closing quote"),
    ('SELECT "a FROM t', 8, "closing quote"),
    ('SELECT "" FROM t', 8, "may not be empty"),
    ("SELECT `a` FROM t", 8, "delimited by double quotes"),
    ("SELECT a[1] FROM t", 9, "caomai_count"),
    ("SELECT a & 1 FROM t", 10, "Bitwise"),
    ("SELECT a FROM t WHERE a ~ 'x'", 25, "LIKE"),
    ("SELECT a FROM t WHERE a = ?", 27, "Parameters"),
    ("SELECT $1 FROM t", 8, "no meaning"),
    ("SELECT size FROM t", 8, '"size" in double quotes'),
    ("SELECT a AS user FROM t", 13, '"user" in double quotes'),
    ("SELECT a FROM table", 15, '"table" in double quotes'),
    ("SELECT t.desc FROM t", 10, '"desc" in double quotes'),
    ("SELECT distance FROM t", 8, "DISTANCE(...)"),
    ("SELECT a FROM t WHERE CONTAINS(b, c)", 23, "1 = f(...)"),
    ("SELECT a FROM t WHERE b", 23, "Expected a condition"),
    ("SELECT a FROM t WHERE b AND c = 1", 23, "Expected a condition"),
    ("SELECT a FROM t WHERE NOT NOT a = 1", 27, "after NOT"),
    ("SELECT a FROM t WHERE a = 1 = 2", 29, "Expected AND, OR"),
    ("SELECT a = 1 FROM t", 8, "found a condition"),
    ("SELECT a FROM t WHERE a NOT NULL", 29, "Expected BETWEEN, IN, LIKE or ILIKE"),
    ("SELECT a FROM t WHERE a IS 1", 28, "Expected NULL or NOT NULL"),
    ("SELECT a FROM t WHERE a BETWEEN 1", 34, "Expected AND"),
    ("SELECT a FROM t WHERE a LIKE 'x' ESCAPE '!'", 34, "ESCAPE is not ADQL"),
    ("SELECT a FROM t WHERE a > ALL (SELECT b FROM u)", 27, "found ALL"),
    ("SELECT - - 1 FROM t", 10, "after the sign"),
    ("SELECT a b c FROM t", 12, "Expected ',' or FROM, found 'c'"),
    ("SELECT TOP 5 DISTINCT a FROM t", 14, "DISTINCT stands before TOP"),
    ("SELECT TOP -1 a FROM t", 12, "whole number of rows"),
    ("SELECT TOP 1.5 a FROM t", 12, "whole number of rows"),
    ("SELECT TOP 99999999999999999999 a FROM t", 12, "whole number of rows"),
    ("SELECT a FROM t OFFSET -1", 24, "whole number of rows"),
    ("SELECT a", 9, "Expected ',' or FROM, but the query ends here"),
    ("SELECT a FROM t JOIN u", 23, "Expected ON and a condition"),
    ("SELECT a FROM t CROSS JOIN u", 17, "by a comma"),
    ("SELECT a FROM t NATURAL JOIN u ON t.a = u.a", 32, "takes no ON"),
    ("SELECT a FROM (SELECT b FROM u)", 32, "needs a name"),
    ("SELECT a FROM (t)", 15, "hold a join or a query"),
    ("SELECT a FROM (t JOIN u USING (a)) AS x", 36, "Expected ','"),
    ("SELECT a FROM a.b.c.d", 15, "at most 3 parts"),
    ("SELECT a.b.c.d.e FROM t", 8, "at most 4 parts"),
    ("SELECT a FROM t WHERE a IN (WITH w AS (SELECT 1 FROM t) SELECT a FROM w)", 29, "very start"),
    ("WITH RECURSIVE w AS (SELECT 1 FROM t) SELECT a FROM w", 6, "not ADQL"),
    ("WITH w (a) AS (SELECT 1 FROM t) SELECT a FROM w", 8, "no column names"),
    ("SELECT a FROM t ORDER BY a UNION SELECT b FROM u", 28, "Expected ','"),
    ("SELECT a FROM t ORDER BY a NULLS LAST", 28, "Expected ','"),
    ("SELECT SUM(*) FROM t", 12, "Expected a value or DISTINCT"),
    ("SELECT f(*) FROM t", 10, "Only COUNT takes *"),
    ('SELECT "f"(a) FROM t', 8, "not written in double quotes"),
    ("SELECT CAST(a AS FLOAT) FROM t", 18, "REAL or DOUBLE PRECISION"),
    ("SELECT CAST(a AS INT) FROM t", 18, "use INTEGER"),
    ("SELECT CAST(a AS text) FROM t", 18, "one of the types"),
    ("SELECT CAST(a AS DOUBLE) FROM t", 24, "Expected PRECISION"),
    ("SELECT CAST(a AS VARCHAR(0)) FROM t", 26, "A length"),
    ("SELECT a FROM t WHERE a = TRUE", 27, "1 and 0"),
    ("SELECT 'a' 'b' FROM t", 12, "Expected ',' or FROM"),
    # Misspelt words
    ("SELCT a FROM t", 1, "found 'SELCT'"),
    ("SELECT a FORM t", 15, "did you mean FROM instead of FORM?"),
    ("SELECT TPO 5 a FROM t", 12, "did you mean TOP instead of TPO?"),
    ("SELECT a FROM t AS x WERE a = 1", 22, "did you mean WHERE?"),
    ("SELECT a FROM t x GRUOP BY a", 19, "did you mean GROUP?"),
    ("SELECT a FROM t x ODER BY a", 19, "did you mean ORDER?"),
    ("SELECT a FROM t LEFT JION u ON a = b", 22, "did you mean JOIN?"),
    ("SELECT a FROM t WHERE a = 1 ADN b = 2", 29, "did you mean AND?"),
    ("SELECT a FROM t WHERE a BETWEN 1 AND 2", 23, "did you mean BETWEEN?"),
    ("SELECT a FROM t WHERE a IS NUL", 28, "did you mean NULL?"),
    # Functions and types of other dialects
    ("SELECT SUBSTRING(a FROM 1) FROM t", 8, "compare with LIKE"),
    ("SELECT EXTRACT(YEAR FROM a) FROM t", 8, "compare with dates"),
    ("SELECT NULLIF(a, 1) FROM t", 8, "COALESCE"),
    ("SELECT POSITION('a' IN b) FROM t", 8, "POSITION is not ADQL"),
    ("SELECT CURRENT_DATE FROM t", 8, "no clock"),
    ("SELECT CAST(a AS NUMERIC(3, 2)) FROM t", 18, "NUMERIC is not a type of ADQL"),
    ("SELECT CAST(a AS DATE) FROM t", 18, "DATE is not a type of ADQL"),
    ("SELECT a FROM t WHERE a = ANY (SELECT b FROM u)", 27, "use IN, EXISTS"),
    ("SELECT a FROM t WHERE (a, b) = (1, 2)", 25, "Expected an operator or )"),
    ("SELECT a FROM t WHERE a IN 5", 28, "( and values or a query"),
    ("SELECT a FROM t WHERE a LIKE", 29, "the query ends here"),
    ("SELECT a FROM t WHERE", 22, "the query ends here"),
    ("SELECT a FROM t WHERE (a = 1", 29, "the query ends here"),
    ("SELECT COUNT(DISTINCT *) FROM t", 23, "found '*'"),
    ("SELECT a FROM t; -- end", 16, "semicolon"),
    ("SELECT a FROM t AS 'x'", 20, "Expected a name after AS"),
    ("SELECT a.* AS b FROM t", 12, "',' or FROM"),
    ("SELECT \u201ca\u201d FROM t", 8, "use ' for texts and \" for names"),
    ("SELECT a \u2013 1 FROM t", 10, "en dash (U+2013) has no meaning"),
    ("SELECT a\ufeff FROM t", 9, "U+FEFF"),
    ("SELECT a FROM t WHERE a = 1e", 27, "neither a number nor a name"),
    ("SELECT a FROM t WHERE a = 1 AND", 32, "the query ends here"),
    ("SELECT a FROM t UNION", 22, "the query ends here"),
    ("SELECT a FROM t UNION DISTINCT SELECT b FROM u", 23, "Expected SELECT"),
    ("WITH w AS SELECT a FROM t SELECT a FROM w", 11, "Expected ("),
    ("SELECT a FROM t OFFSET 5 ORDER BY a", 26, "Expected"),
    ("SELECT a FROM t ORDER a", 23, "Expected BY"),
    ("SELECT a FROM t GROUP a", 23, "Expected BY"),
    ("DROP TABLE t", 1, "only queries are served"),
    ("UPDATE t SET a = 1", 1, "only queries are served"),
    ("VALUES (1)", 1, "only queries are served"),
    ("a", 1, "only queries are served"),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_adql_is_accepted(text: str) -> None:
    assert isinstance(parse(text), tree.Query)


@pytest.mark.parametrize(("text", "column", "words"), REFUSED)
def test_what_is_not_adql_is_refused_at_its_place(text: str, column: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert words in caught.value.message
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted(newline: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(f"SELECT a -- x{newline}FROM t{newline}WHERE  % 2")
    assert (caught.value.line, caught.value.column) == (3, 8)


def test_every_reserved_word_must_be_delimited_to_be_a_name() -> None:
    assert {"BIGINT", "ILIKE", "IN_UNIT", "OFFSET", "TOP", "DISTANCE", "CURRENT", "SIZE"} <= RESERVED
    for word in RESERVED:
        with pytest.raises(QueryError):
            parse(f"SELECT a AS {word} FROM t")
        parse(f'SELECT a AS "{word}" FROM t')


def test_set_operators_bind_as_the_standard_says() -> None:
    body = parse(
        "SELECT a FROM t UNION SELECT b FROM t INTERSECT SELECT c FROM t EXCEPT SELECT d FROM t"
    ).selection.body
    assert isinstance(body, tree.SetOperation)
    assert body.operators == ("UNION", "EXCEPT")
    assert isinstance(body.operands[1], tree.SetOperation)
    assert body.operands[1].operators == ("INTERSECT",)


def test_operators_bind_as_usual() -> None:
    query = parse("SELECT a FROM t WHERE NOT a = 1 AND b = 2 OR c = -d + 2 * e / 3 - 1 || 'x'")
    assert query == parse(
        "SELECT a FROM t WHERE ((NOT (a = 1)) AND (b = 2)) OR (c = (((-d) + (2 * e / 3) - 1) || 'x'))"
    )
    assert query != parse("SELECT a FROM t WHERE NOT (a = 1 AND b = 2) OR c = -d + 2 * e / 3 - 1 || 'x'")


def test_ten_thousand_terms_stay_flat() -> None:
    query = parse("SELECT a FROM t WHERE " + " OR ".join(f"a = {number}" for number in range(10_000)))
    body = query.selection.body
    assert isinstance(body, tree.Select)
    assert isinstance(body.where, tree.Or)
    assert len(body.where.operands) == 10_000


@pytest.mark.parametrize(
    "nested",
    [
        "SELECT {0}1{1} FROM t",
        "SELECT {0}{1} FROM t",
        "SELECT a FROM t WHERE {0}a = 1{1}",
        "SELECT a FROM t WHERE a IN {0}1{1}",
        "SELECT a FROM {0}t{1}",
        "{0}SELECT a FROM t{1}",
        "SELECT a FROM t WHERE EXISTS {0}SELECT a FROM t{1}",
    ],
)
@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_deep_brackets_are_refused(nested: str, depth: int) -> None:
    with pytest.raises(QueryError, match="nested too deeply: 200 levels are allowed"):
        parse(nested.format("(" * depth, ")" * depth))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("ABS(", ")"), ("1 + (", ")"), ("COUNT(", ")"), ("CAST(", " AS REAL)"), ("(SELECT ", " FROM t)")],
)
def test_deep_nesting_of_any_kind_is_refused(opening: str, closing: str) -> None:
    for depth in (1_000, 20_000):
        with pytest.raises(QueryError, match="nested too deeply"):
            parse(f"SELECT {opening * depth}1{closing * depth} FROM t")


def test_a_caller_deep_in_python_gets_a_sentence_too() -> None:
    def call(depth: int) -> None:
        if depth:
            call(depth - 1)
        else:
            parse(f"SELECT {'(' * 190}1{')' * 190} FROM t")

    with pytest.raises(QueryError, match="nested too deeply"):
        call(700)


def test_ordinary_nesting_works() -> None:
    for depth in (20, 190):
        brackets = parse(f"SELECT {'(' * depth}1{')' * depth} FROM t WHERE {'(' * depth}a = 1{')' * depth}")
        select = brackets.selection.body
        assert isinstance(select, tree.Select)
        assert isinstance(select.items[0], tree.Item)
        assert isinstance(select.items[0].value, tree.Number)
        assert isinstance(select.where, tree.Comparison)
        sums = parse(f"SELECT {'1 + (' * depth}1{')' * depth} FROM t").selection.body
        assert isinstance(sums, tree.Select)
        assert isinstance(sums.items[0], tree.Item)
        assert isinstance(sums.items[0].value, tree.Chain)


def test_a_very_long_query_is_refused() -> None:
    with pytest.raises(QueryError, match="upload a table"):
        parse("SELECT a FROM t WHERE a = '" + "x" * MAX_CHARACTERS + "'")
