"""Reading parameters: forms, repeats, limits; and the small pure parts of the service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caomai.errors import ParameterError
from tapext.markup import element, escape, text_element
from tapext.parameters import Parameters
from tapext.web.parameters import parse_body, parse_form, parse_multipart
from tests.tap.client import multipart

MULTIPART = "multipart/form-data; boundary=x1"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(st.from_regex("[A-Za-z]{1,8}", fullmatch=True), TEXT), max_size=5))
def test_a_multipart_form_gives_what_was_put_in(pairs: list[tuple[str, str]]) -> None:
    assert parse_multipart(*multipart(pairs)) == [pair for pair in pairs if "\r\n--x1" not in pair[1]]


@given(st.binary(max_size=300), st.sampled_from([MULTIPART, "multipart/form-data", "", "text/plain"]))
def test_any_body_is_read_or_refused(body: bytes, kind: str) -> None:
    try:
        pairs = parse_body(kind, body)
    except ParameterError:
        return
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


@pytest.mark.parametrize("quoted", ["x1", '"x1"'])
def test_a_boundary_may_be_quoted(quoted: str) -> None:
    _, body = multipart([("LANG", "ADQL")])
    assert parse_multipart(f"multipart/form-data; charset=utf-8; Boundary={quoted}", body) == [
        ("LANG", "ADQL")
    ]


def test_files_of_a_form_are_left_alone() -> None:
    body = (
        b'--x1\r\nContent-Disposition: form-data; name="t"; filename="name=QUERY"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\x00\xff\r\n"
        b"--x1\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=LANG\r\n\r\nADQL\r\n"
        b"--x1--\r\n"
    )
    assert parse_multipart(MULTIPART, body) == [("LANG", "ADQL")]


def test_a_plus_is_a_blank_and_utf8_is_read() -> None:
    assert parse_form("a=1+2&b=%C3%A4&c=&d=ü".encode()) == [("a", "1 2"), ("b", "ä"), ("c", ""), ("d", "ü")]


def test_an_empty_value_is_none() -> None:
    parameters = Parameters([("MAXREC", ""), ("ID", "a"), ("id", "b")])
    assert parameters.one("MAXREC") is None
    assert parameters.count("MAXREC", 10, 100) == 10
    assert parameters.all("ID") == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "count"), [("5", 5), ("+5", 5), (" 7 ", 7), ("999999999999", 100), ("0", 0)]
)
def test_counts_are_trimmed_to_the_limit(value: str, count: int) -> None:
    assert Parameters([("maxrec", value)]).count("MAXREC", 10, 100) == count


def test_the_default_of_a_count_is_trimmed_too() -> None:
    assert Parameters().count("MAXREC", 1000, 100) == 100


def test_markup_escapes_what_it_is_given() -> None:
    assert element("a", {"b": '"<&\n\0', "c": None}) == "<a b='\"&lt;&amp;&#10;'/>"
    assert text_element("a", "]]>\r\x08\ufffe") == "<a>]]&gt;&#13;</a>"
    assert text_element("a", None) == ""
    assert escape("\ud800") == ""
