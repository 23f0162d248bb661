"""Map 2 of the page: where the results fall, and nodes that stand for their images; faults of both maps."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from caomai.settings import read_settings
from tests.browser.conftest import Shoot, find_barriers
from tests.conftest import database_url, new_database
from tests.tap.client import ask
from tests.tap.process import serving

MAP = "field-map"
FIELDS = (
    "SELECT f.fieldNode, COUNT(*) AS n FROM caom2_ai.fingerprint AS f{where}"
    " GROUP BY f.fieldNode ORDER BY n DESC"
)


def count_fields(url: str, where: str = "") -> dict[int, int]:
    """Images by node of Map 2, most first, as any client of the service counts them."""
    rows = csv.reader(ask(url, FIELDS.format(where=where), RESPONSEFORMAT="csv").text.splitlines()[1:])
    return {int(node): int(number) for node, number in rows}


@pytest.fixture
def map2(page: Page, archive_url: str) -> Locator:
    """Map 2 beside the results."""
    page.goto(f"{archive_url}/")
    expect(page.locator(f"{MAP} [data-node]")).to_have_count(144)
    return page.locator(MAP)


def cell(panel: Locator, node: int) -> Locator:
    return panel.locator(f'[data-node="{node}"]')


def expect_heat(map2: Locator, counts: dict[int, int]) -> None:
    """Every node says how many of the results lie in it: in its name, and in figures where there is room."""
    for node in range(144):
        expect(cell(map2, node)).to_have_accessible_name(
            re.compile(rf"^Node {node}, .*, {counts.get(node, 0)} of the results")
        )
    texts = map2.locator("[data-node]").all_text_contents()
    assert sorted(int(text) for text in texts if text) == sorted(counts.values())


def expect_rows(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Showing {number} rows? "))).to_be_visible()


def test_the_heat_map_follows_the_results(page: Page, map2: Locator, archive_url: str, shoot: Shoot) -> None:
    expect_heat(map2, count_fields(archive_url))
    cell(page.locator("object-map"), 300).click()
    where = " WHERE 1 = caomai_has(f.fingerprint, '300')"
    expect(page).to_have_url(re.compile("has=300"))
    expect_heat(map2, count_fields(archive_url, where))
    map2.scroll_into_view_if_needed()
    shoot(page, "map2-heat")


def test_nodes_stand_for_their_images(page: Page, map2: Locator, archive_url: str) -> None:
    counts = count_fields(archive_url)
    (one, images), (other, more) = list(counts.items())[:2]
    cell(map2, one).click()
    expect_rows(page, images)
    cell(map2, other).click()
    expect(page).to_have_url(re.compile(rf"\?field={min(one, other)},{max(one, other)}$"))
    expect_rows(page, images + more)
    expect(cell(map2, other)).to_have_accessible_name(re.compile(", included$"))
    expect_heat(map2, counts)  # what else might be chosen still shows
    assert find_barriers(page) == []
    map2.get_by_role("button", name=f"Let go of node {one}").click()
    expect_rows(page, more)
    map2.get_by_role("button", name="Let all go").click()
    expect_rows(page, 24)


def test_the_keyboard_chooses_images(page: Page, map2: Locator, archive_url: str) -> None:
    node, images = next(iter(count_fields(archive_url).items()))
    cell(map2, 132).focus()
    page.keyboard.press("Control+End")
    expect(cell(map2, 11)).to_be_focused()
    page.keyboard.press("Home")
    for key, times in (("ArrowUp", node // 12), ("ArrowRight", node % 12), ("Enter", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(cell(map2, node)).to_be_focused()
    expect_rows(page, images)
    card = map2.locator("node-card")
    expect(card.get_by_role("heading")).to_have_text(f"Node {node}")
    expect(card).to_contain_text(f"{images} image{'s' * (images > 1)} of the results")


def test_a_map_that_does_not_load_says_so_and_is_asked_for_again(
    page: Page, archive_url: str, shoot: Shoot
) -> None:
    broken = True

    def refuse(route: Route) -> None:
        if broken and "caom2_ai.node+AS" in (route.request.post_data or ""):
            route.fulfill(
                status=503, content_type="application/json", body='{"message": "No room just now."}'
            )
        else:
            route.continue_()

    page.route("**/tap/sync", refuse)
    page.goto(f"{archive_url}/")
    notice = page.locator("object-map").get_by_role("alert")
    expect(notice).to_contain_text("The map could not be loaded. No room just now.")
    shoot(page, "maps-error")
    assert find_barriers(page) == []
    broken = False
    notice.get_by_role("button", name="Try again").click()
    expect(page.locator("object-map [data-node]")).to_have_count(400)


@pytest.fixture(scope="module")
def empty_url(socket_folder: Path) -> Iterator[str]:
    """Address of a service over an archive without anything."""
    with new_database(socket_folder) as database:
        settings = read_settings(database_url=database_url(database))
        with serving({"CAOMAI_DATABASE_URL": str(settings.database_url)}) as (_, url):
            yield url


def test_an_archive_without_maps_says_how_they_come(page: Page, empty_url: str, shoot: Shoot) -> None:
    page.goto(f"{empty_url}/")
    for name in ("object-map", MAP):
        expect(page.locator(name)).to_contain_text("There is no map yet.")
        expect(page.locator(name)).to_contain_text("caom-ai fingerprint")
    shoot(page, "maps-empty")
    assert find_barriers(page) == []
