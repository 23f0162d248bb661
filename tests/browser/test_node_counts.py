"""Map 1 says how many of the results have objects in the node that somebody looks at."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.tap.client import ask

Number = Callable[[str], int]


@pytest.fixture(scope="module")
def nodes(archive_url: str) -> list[int]:
    """Nodes of Map 1, those that most images have objects in first."""
    query = (
        "SELECT n.node, n.nImages FROM caom2_ai.node AS n JOIN caom2_ai.map AS m ON m.mapID = n.mapID"
        " WHERE m.kind = 'object' AND m.isCurrent = 1 AND n.nImages > 0 ORDER BY nImages DESC, node"
    )
    rows = list(csv.reader(ask(archive_url, query, RESPONSEFORMAT="csv").text.splitlines()))[1:]
    return [int(node) for node, _ in rows]


@pytest.fixture(scope="module")
def count(archive_url: str) -> Number:
    """Count the images that fulfil a condition, as any client of the service does."""

    def number(condition: str) -> int:
        query = f"SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS f WHERE {condition}"
        return int(ask(archive_url, query, RESPONSEFORMAT="csv").text.split()[1])

    return number


def is_count(request: Request) -> bool:
    """Tell whether the page asks how many images have objects in a node."""
    return "COUNT%28*%29+AS+images%0AFROM+caom2_ai.fingerprint" in (request.post_data or "")


@pytest.fixture
def counted(page: Page) -> list[str]:
    """The counts of images with objects in a node that the page asks for."""
    queries: list[str] = []

    def note(request: Request) -> None:
        if is_count(request):
            queries.append(request.post_data or "")

    page.on("request", note)
    return queries


def cell(page: Page, node: int) -> Locator:
    return page.locator(f'object-map [data-node="{node}"]')


def sentence(number: int) -> str:
    return f"{number} image of the results has" if number == 1 else f"{number} images of the results have"


def now(page: Page) -> Locator:
    return page.locator("object-map .card-now")


def test_the_card_of_a_node_counts_the_results(
    page: Page, archive_url: str, nodes: list[int], count: Number
) -> None:
    chosen, looked = nodes[60], nodes[0]
    page.goto(f"{archive_url}/")
    cell(page, looked).hover()
    has = f"1 = caomai_has(f.fingerprint, '{looked}')"
    expect(now(page)).to_have_text(f"{sentence(count(has))} such objects")
    cell(page, chosen).click()  # the results follow, and so does the count
    both = f"1 = caomai_has(f.fingerprint, '{chosen},{looked}')"
    assert count(both) < count(has)
    cell(page, looked).focus()
    expect(now(page)).to_have_text(f"{sentence(count(both))} such objects")


def test_nodes_that_a_pointer_passes_are_not_counted(
    page: Page, archive_url: str, nodes: list[int], counted: list[str]
) -> None:
    page.goto(f"{archive_url}/")
    expect(page.locator("object-map [data-node]")).to_have_count(400)
    boxes = [cell(page, node).bounding_box() for node in nodes[:12]]
    for box in boxes:
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(now(page)).to_contain_text("of the results")
    expect(now(page)).not_to_contain_text("…")
    # A busy machine may rest on the way, so one or two of the twelve are no fault.
    assert 1 <= len(counted) <= 3
    assert f"%27{nodes[11]}%27" in counted[-1]
    cell(page, nodes[0]).hover()
    expect(now(page)).not_to_contain_text("…")
    asked = len(counted)
    cell(page, nodes[11]).hover()  # what is known is not asked for again
    expect(now(page)).not_to_contain_text("…")
    assert len(counted) == asked


def test_a_count_that_does_not_come_holds_up_nothing(
    page: Page, archive_url: str, nodes: list[int], count: Number
) -> None:
    page.route("**/tap/sync", lambda route: None if is_count(route.request) else route.continue_())
    page.goto(f"{archive_url}/")
    with page.expect_request(is_count):
        cell(page, nodes[0]).hover()
    expect(now(page)).to_have_text("… of the results have such objects")
    with page.expect_event("requestfailed", is_count):
        cell(page, nodes[60]).click()
    number = count(f"1 = caomai_has(f.fingerprint, '{nodes[60]}')")
    expect(page.locator(".count")).to_have_text(re.compile(f"^Showing {number} rows? "))


def test_a_query_of_ones_own_is_not_counted(page: Page, archive_url: str, nodes: list[int]) -> None:
    page.goto(f"{archive_url}/?adql=SELECT+TOP+5+publisherID+FROM+caom2_ai.fingerprint")
    cell(page, nodes[0]).hover()
    expect(page.locator("object-map node-card").get_by_role("heading")).to_be_visible()
    expect(now(page)).to_have_count(0)
