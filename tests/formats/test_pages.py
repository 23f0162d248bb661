"""HTML and text: what a person reads, and what can be done to them by what stands in a table."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from lxml import html

from tests.formats.truth import COLUMNS
from tests.tap.client import Answer, ask

HOSTILE = "SELECT '<script>alert(1)</script>' AS \"<b onclick='x'>\", 'javascript:alert(1)' AS b, 'http://x/\"onload=\"y' AS c FROM caom2_ai.truth"  # noqa: E501 -- one query


def test_a_page_is_a_table_for_everyone(documents: dict[str, Answer]) -> None:
    """Readable without sight: a language, one main part, heads of columns, a region that keys can scroll."""
    answer = documents["html"]
    assert answer.kind == "text/html; charset=utf-8"
    page = html.document_fromstring(answer.body)
    assert page.get("lang") == "en"
    assert page.xpath("count(//main)") == page.xpath("count(//h1)") == 1
    heads = page.xpath("//thead//th[@scope='col']")
    assert [head.text for head in heads] == [column.name for column in COLUMNS]
    assert heads[6].xpath("small/text()") == ["arcsec"]
    assert heads[6].get("title") == 'a <"width">'
    assert len(page.xpath("//tbody/tr")) == 5
    assert page.xpath("//*[@role='region'][@tabindex='0'][@aria-labelledby='title']")
    assert page.xpath("string(//*[@role='status'])") == "5 rows."


def test_a_page_closes_what_it_opens(documents: dict[str, Answer]) -> None:
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(documents["html"].text)
    assert opened == []


def test_nothing_in_a_page_runs(service: str) -> None:
    answer = ask(service, HOSTILE, RESPONSEFORMAT="html", MAXREC=1)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = html.document_fromstring(answer.body)
    assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [policy]
    assert not page.xpath("//script | //b | //a | //@onclick | //@onload")
    assert "<script>alert(1)</script>" in page.text_content()


def test_addresses_are_links_if_they_are_of_the_web(documents: dict[str, Answer]) -> None:
    links = html.document_fromstring(documents["html"].body).xpath("//a")
    assert [(link.get("href"), link.text) for link in links] == [("http://x.org/?a=1&b=<2>",) * 2]
    assert links[0].get("rel") == "nofollow noreferrer"


@pytest.mark.parametrize(("maxrec", "rows"), [(0, 0), (3, 3), (5, 5)])
def test_pa_11_pa_12_pages_and_text_say_that_rows_were_cut(service: str, maxrec: int, rows: int) -> None:
    words = {"MAXREC": maxrec}
    query = "SELECT n, words FROM caom2_ai.many WHERE n <= 5"
    page = ask(service, query, RESPONSEFORMAT="html", **words).text
    assert page.count("<TR>") == rows
    text = ask(service, query, RESPONSEFORMAT="text", **words).text
    assert len(re.findall(r"row \d", text)) == rows
    assert [("OVERFLOW" in document) for document in (page, text)] == [maxrec < 5] * 2


def test_text_is_aligned_and_whole(service: str) -> None:
    query = "SELECT n, words FROM caom2_ai.many WHERE n BETWEEN 1 AND 12 ORDER BY n"
    answer = ask(service, query, RESPONSEFORMAT="text")
    assert answer.kind == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[:3] == [" n  words", "--  ------", " 1  row 1"]
    assert lines[-1] == "12  row 12"


def test_text_does_not_command_a_terminal(documents: dict[str, Answer]) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", documents["text"].text)
    assert len(documents["text"].text.splitlines()) == 2 + 5
