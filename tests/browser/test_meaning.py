"""What addresses, positions and marks mean: the pure modules of the page, run by the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def blank(browser: Browser, archive_url: str) -> Iterator[Page]:
    """Give a tab whose page may import the modules."""
    page = browser.new_page()
    page.goto(f"{archive_url}/upload")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("13:29:52.7 +47:11:43", [202.4695833, 47.1952778]),
        ("13h29m52.7s -0d11m43s", [202.4695833, -0.1952778]),
        ("13 29 52.7, \u221247 11 43", [202.4695833, -47.1952778]),
        ("202.47 47.195", [202.47, 47.195]),
        ("202.47,-47.195", [202.47, -47.195]),
        ("M 51", None),
        ("13:60:00 +47:11:43", None),
        ("361 0", None),
        ("10 91", None),
    ],
)
def test_positions_are_read_as_people_write_them(blank: Page, text: str, place: list[float] | None) -> None:
    read = blank.evaluate("async (text) => (await import('/site/units.js')).readPosition(text)", text)
    assert (read and [read["ra"], read["dec"]]) == place


@pytest.mark.parametrize(
    "query",
    [
        "?target=M%2051&radius=0.5&collection=A,b&collection=C&instrument=%22&start=2020-01-02&intent=all",
        "?has=3:2,17&lacks=0,399&field=3,140&sort=-exposure&columns=ra,dec&units=ra1&where=target:a:b",
        "?mark=field:3&mark=near:0.400:ivo://x/Y%3Fa/b&mark=one:ivo://x/Y%3Fa/%26b&adql=SELECT%201",
    ],
)
def test_what_an_address_says_is_what_is_written_again(blank: Page, query: str) -> None:
    code = """async (query) => {
        const { readState, writeState } = await import('/site/state.js');
        const state = readState(new URL('http://x/' + query));
        const again = readState(new URL(writeState(state), 'http://x/'));
        const plain = (one) => JSON.stringify(one, (_, value) => value instanceof Map ? [...value] : value);
        return [plain(state), plain(again), [...new URL('http://x/' + query).searchParams.keys()].length]
    }"""
    state, again, _ = blank.evaluate(code, query)
    assert state == again
    assert query.count("=") > 1


def test_addresses_that_make_no_sense_show_everything(blank: Page) -> None:
    code = """async () => {
        const { readState } = await import('/site/state.js');
        const { writeConditions } = await import('/site/adql.js');
        return writeConditions(readState(new URL('http://x/?has=400,-1,a:b&field=x&sort=1;drop&pos=9&start=x&intent=y')));
    }"""
    assert blank.evaluate(code) == ["(o.intent = 'science' OR o.intent IS NULL)"]


def test_quotes_stay_in_their_literals(blank: Page) -> None:
    code = """async () => {
        const { readState } = await import('/site/state.js');
        const { writeConditions } = await import('/site/adql.js');
        return writeConditions(readState(new URL("http://x/?intent=all&collection=O'Hara&target=';--")));
    }"""
    assert blank.evaluate(code) == ["o.target_name ILIKE '%'';--%'", "o.collection = 'O''Hara'"]


@pytest.mark.parametrize(
    ("words", "value", "fits"),
    [
        ("> 5", 6, True),
        ("> 5", 5, False),
        (">=5", 5, True),
        ("2..3", 2.5, True),
        ("2..3", 4, False),
        ("!2..3", 4, True),
        ("=7", 7, True),
        ("7", 1.75, True),
        ("> 5", None, False),
    ],
)
def test_the_filter_row_takes_comparisons(blank: Page, words: str, value: float | None, fits: bool) -> None:
    code = """async ([words, value]) => {
        const { readTest } = await import('/site/listing.js');
        return readTest(words, { isNumber: true })(value, () => String(value ?? ''));
    }"""
    assert blank.evaluate(code, [words, value]) is fits


def test_marks_are_what_their_acts_left(blank: Page) -> None:
    code = """async () => {
        const { findMarked, groupByNode } = await import('/site/marks.js');
        const rows = [['a', 1], ['b', 1], ['c', 2], ['d', null], ['e', 1]];
        const nodes = groupByNode({ rows, keys: { id: 0, node: 1 } }, (row) => row[0] !== 'e');
        const neighbours = [['d', 0.1], ['z', 0.3]].map(
            ([publisherID, distance]) => ({ publisherID, distance }));
        const known = { inNode: (node) => [...(nodes.get(node) ?? []), 'y'], near: () => neighbours };
        const mark = (acts) => [...findMarked(acts, known)].sort().join('');
        return [['field:1'], ['field:1', 'not:a'], ['field:1', 'not:a', 'one:a'], ['near:0.2:c'],
            ['near:0.5:c', 'bad', 'field:x'], ['near:0.5:c', 'not:z']].map(mark);
    }"""
    # e may not be fetched yet; the service knows of y and z, of which there are no rows.
    assert blank.evaluate(code) == ["aby", "by", "aby", "cd", "cdz", "cd"]


def test_scripts_hold_hostile_names_in_quotes(blank: Page) -> None:
    code = """async () => {
        const { quoteWord, writeScript } = await import('/site/download.js');
        const file = (id) => ({ id, url: 'https://x.org/$(reboot)/a.fits.fz', size: 1, type: '' });
        return [quoteWord("a'b"), writeScript([file('ivo://x/C?-rf/../`id`'), file('ivo://x/C?-rf/../`id`')])];
    }"""
    word, script = blank.evaluate(code)
    assert word == "'a'\\''b'"
    assert "fetch 'rf_.._id_.fits.fz' 'https://x.org/$(reboot)/a.fits.fz'" in script
    assert "fetch 'rf_.._id__2.fits.fz'" in script
