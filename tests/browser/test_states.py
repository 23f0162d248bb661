"""What the page shows while it waits, when nobody answers, and as a visitor's system wants it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import NARROW, PATIENCE, Shoot, find_barriers, watch
from tests.browser.test_results import open_results

GROUND = "() => getComputedStyle(document.body).backgroundColor"


def test_maps_and_results_say_that_they_are_on_their_way(page: Page, archive_url: str, shoot: Shoot) -> None:
    held, waits = list[Route](), True
    page.route("**/tap/sync", lambda route: held.append(route) if waits else route.continue_())
    page.goto(f"{archive_url}/")
    for name in ("object-map", "field-map"):
        expect(page.locator(name).get_by_role("status")).to_have_text("Loading the map…")
        expect(page.locator(f"{name} .board-waits")).to_be_visible()
    expect(page.locator(".count")).to_have_text("Searching…")
    shoot(page, "loading")
    assert find_barriers(page) == []
    waits = False
    for route in held:
        route.continue_()
    expect(page.locator("object-map [data-node]")).to_have_count(400)
    expect(page.locator(".count")).to_contain_text("Showing 24 rows")


def test_a_search_without_a_connection_is_made_again(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.route("**/tap/sync", lambda route: route.abort("internetdisconnected"))
    page.get_by_label("Target name or position").fill("globular")
    page.get_by_role("button", name="Search", exact=True).click()
    alert = page.locator(".found").get_by_role("alert")
    expect(alert).to_contain_text("The service cannot be reached. Check the connection and try again.")
    page.unroute("**/tap/sync")
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator(".count")).to_contain_text("Showing 8 rows")


def test_without_a_hub_a_sentence_says_what_to_start(page: Page, archive_url: str) -> None:
    page.route(
        re.compile(r"^http://(localhost|127\.0\.0\.1):21012/"), lambda route: route.abort("connectionrefused")
    )
    open_results(page, archive_url)
    page.locator("summary", has_text="Save").click()
    page.get_by_role("button", name="Send to TOPCAT (SAMP)").click()
    told = page.locator(".found-bar").get_by_text("No SAMP hub answers on this machine. Start TOPCAT")
    expect(told).to_be_visible()
    assert find_barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_those_of_the_system_until_one_chooses(
    page: Page, archive_url: str, scheme: str
) -> None:
    grounds = {"light": "rgb(251, 252, 253)", "dark": "rgb(16, 21, 28)"}
    other = "dark" if scheme == "light" else "light"
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    open_results(page, archive_url)
    assert page.evaluate(GROUND) == grounds[scheme]
    page.get_by_role("button", name=f"{other.capitalize()} colours").click()
    assert page.evaluate(GROUND) == grounds[other]
    page.reload()
    assert page.evaluate(GROUND) == grounds[other]
    expect(page.get_by_role("button", name=f"{scheme.capitalize()} colours")).to_be_visible()
    page.get_by_role("link", name="Upload").click()
    assert page.evaluate(GROUND) == grounds[other]


def test_who_forces_colours_still_sees_what_is_chosen(page: Page, archive_url: str, shoot: Shoot) -> None:
    page.emulate_media(forced_colors="active")
    open_results(page, archive_url, "?has=300&lacks=301")
    page.locator("object-map").get_by_role("button", name="Counts").click()
    signs = [
        page.locator(f"object-map [data-node='{node}']").evaluate(
            "(cell) => getComputedStyle(cell, '::before').content"
        )
        for node in (300, 301)
    ]
    assert signs == ['"+"', '"\u2212"']
    # Shades and edges carry data, which colours of the system would take away.
    edges = page.locator("object-map [data-node='300']").evaluate(
        "(cell) => getComputedStyle(cell).boxShadow"
    )
    assert "3px" in edges
    assert find_barriers(page) == []
    shoot(page, "forced-colours")


def test_nothing_moves_for_who_wants_rest(page: Page, archive_url: str) -> None:
    page.route("**/tap/sync", lambda _: None)
    page.goto(f"{archive_url}/")
    waits = page.locator("object-map .board-waits")
    expect(waits).to_be_visible()
    duration = "(one) => getComputedStyle(one).animationDuration"
    assert waits.evaluate(duration) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert waits.evaluate(duration) == "1.2s"


@pytest.fixture
def large_text(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A visitor whose letters are twice as large as usual, by the settings of the browser."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"webkit": {"webprefs": {"default_font_size": 32}}}')
    program = shutil.which("chromium")
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=program, args=["--no-sandbox"], locale="en-GB"
    )
    context.set_default_timeout(PATIENCE)
    with watch(context.new_page()) as page:
        yield page
    context.close()


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_letters_of_twice_the_size_are_shown_and_stay_on_the_page(
    large_text: Page, archive_url: str, width: int
) -> None:
    large_text.set_viewport_size({"width": width, "height": 900})
    open_results(large_text, archive_url)
    size = "() => getComputedStyle(document.body).fontSize"
    assert large_text.evaluate(size) == "28px"
    row = large_text.locator(".grid-body [role=row]").first
    expect(row).to_be_visible()
    heights = row.evaluate(
        "(row) => [row.clientHeight, Math.max(...[...row.children].map((one) => one.scrollHeight))]"
    )
    assert heights[0] >= heights[1]
    for path in ("", "upload"):
        large_text.goto(f"{archive_url}/{path}")
        expect(large_text.get_by_role("heading", level=1)).to_be_attached()
        assert large_text.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(large_text) == []


def test_a_copy_is_told_and_so_is_a_browser_that_allows_none(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.get_by_role("button", name="ADQL").click()
    panel = page.get_by_role("region", name="ADQL")
    panel.get_by_role("button", name="Copy", exact=True).click()
    expect(panel.get_by_role("status")).to_have_text("The query has been copied.")
    # As in a page over plain http from another machine (Clipboard API: secure contexts only).
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    panel.get_by_role("button", name="Copy as pyvo code").click()
    expect(panel.get_by_role("status")).to_contain_text("select the text and copy it")


def test_rows_that_are_no_images_lead_nowhere(page: Page, archive_url: str) -> None:
    page.set_viewport_size(NARROW)
    query = quote("SELECT TOP 3 observationID FROM caom2.Observation")
    open_results(page, archive_url, f"?adql={query}")
    expect(page.locator(".cell-card").first).to_be_visible()
    assert page.locator(".grid-body a").count() == 0
