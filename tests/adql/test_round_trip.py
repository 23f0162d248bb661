"""AD-01, AD-02: any tree, written as text, is read as the same tree; any other text is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caomai.errors import QueryError
from tapext.adql import parse
from tapext.adql.words import RESERVED
from tests.adql.printing import write
from tests.adql.trees import Forest

WORDS = "a b f.x 't' '' 1 2.5 1e3 .5 caom2_ai.fingerprint LIMIT 1a"
SIGNS = ":: ( ) , . * / + - = <> < >= != || -- ; % [ ' \""
VOCABULARY = [*sorted(RESERVED), *WORDS.split(), *SIGNS.split(), '"c d"', "\n"]
FREQUENT = [
    "SELECT",
    "FROM",
    "WHERE",
    "(",
    ")",
    ",",
    "a",
    "1",
    "=",
    "AND",
    "JOIN",
    "ON",
    "AS",
    "UNION",
    "ORDER BY",
]


@given(st.integers(0, 2**40))
@settings(max_examples=400)
def test_a_written_tree_is_read_as_the_same_tree(seed: int) -> None:
    query = Forest(seed).query()
    assert parse(write(query)) == query


def refusal(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


def check_refusal(text: str) -> None:
    error = refusal(text)
    if error is not None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 2
        assert error.message[0].isupper() or not error.message[0].isalpha() or " " in error.message


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    check_refusal(text)


@given(st.lists(st.sampled_from(FREQUENT) | st.sampled_from(VOCABULARY), max_size=25).map(" ".join))
@settings(max_examples=300)
def test_any_words_after_select_are_read_or_refused(words: str) -> None:
    check_refusal("SELECT " + words)


@given(st.data())
@settings(max_examples=150)
def test_a_query_with_a_piece_cut_out_is_read_or_refused(data: st.DataObject) -> None:
    text = (
        "WITH w AS (SELECT a FROM t) SELECT DISTINCT TOP 5 a.b c, COUNT(*), 'it''s' || \"x\"\"y\" FROM"
        " w NATURAL LEFT"
        " JOIN (SELECT 1 FROM u) AS q, (t JOIN u USING (a, b)) WHERE (a+1)*2 BETWEEN 1 AND 2e3 AND NOT x IN"
        " (1, 2) OR"
        " EXISTS (SELECT 1 FROM t) GROUP BY a HAVING MAX(b) IS NOT NULL ORDER BY 1 DESC, c OFFSET 3 -- end"
    )
    parse(text)
    start = data.draw(st.integers(0, len(text)))
    check_refusal(text[:start] + text[start + data.draw(st.integers(1, 30)) :])


PIECES = [
    *("'", '"', "''", '"x"', "(", ")", "-", "--", " ", "\n"),
    *("a.", "a ", "a,", "a=", "1", ".", "1.", "||", "NOT ", "SELECT "),
]


@pytest.mark.parametrize("piece", PIECES)
def test_many_characters_of_anything_are_read_or_refused(piece: str) -> None:
    for start in ("", "SELECT ", "SELECT a FROM t WHERE "):
        check_refusal(start + piece * 50_000)
