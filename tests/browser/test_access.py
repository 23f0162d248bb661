"""Nobody is kept out: axe-core on each state that a visitor may meet, wide and narrow, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import NARROW, WIDE, find_barriers
from tests.browser.test_results import open_results

Scheme = Literal["light", "dark"]
LOOKS: dict[str, tuple[ViewportSize, Scheme]] = {
    "wide, light": (WIDE, "light"),
    "wide, dark": (WIDE, "dark"),
    "narrow, light": (NARROW, "light"),
    "narrow, dark": (NARROW, "dark"),
}


def open_filter(page: Page, title: str) -> None:
    unfold = page.get_by_role("button", name="More filters")
    if unfold.is_visible():
        unfold.click()
    page.locator(".filters-form summary", has_text=title).click()
    expect(page.get_by_role("group", name=title).get_by_role("checkbox").first).to_be_visible()


def open_columns(page: Page) -> None:
    page.locator("summary", has_text="Columns").click()
    expect(page.get_by_role("checkbox", name="Collection")).to_be_visible()


def open_save(page: Page) -> None:
    page.locator("summary", has_text="Save").click()
    expect(page.get_by_role("link", name="VOTable")).to_be_visible()


def mark_and_open_download(page: Page) -> None:
    page.get_by_role("checkbox", name="Mark globular-03/").click()
    expect(page.locator(".mark-bar strong")).not_to_have_text("0 marked")
    page.locator("summary", has_text="Download").click()
    expect(page.get_by_role("button", name="List of addresses")).to_be_visible()


def mark_the_nearest(page: Page) -> None:
    page.get_by_label("A mark takes").select_option("the nearest to it")
    page.get_by_role("checkbox", name="Mark globular-03/").click()
    expect(page.get_by_role("slider")).to_be_visible()


def edit_query(page: Page) -> None:
    page.get_by_role("button", name="ADQL").click()
    page.get_by_label("ADQL of what is shown").fill("SELECT TOP 3 publisherID FROM caom2.Plane")
    expect(page.get_by_role("button", name="Run")).to_be_enabled()


def be_refused(page: Page) -> None:
    edit_query(page)
    page.get_by_label("ADQL of what is shown").fill("SELECT nothing FROM caom2.Plane")
    page.get_by_label("ADQL of what is shown").press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Your query was refused.")


def mistype_radius(page: Page) -> None:
    page.get_by_label("Target name or position").fill("10 20")
    page.get_by_label("Radius").fill("-1")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("The radius is a number of degrees")).to_be_visible()


def find_nothing(page: Page) -> None:
    page.get_by_label("Target name or position").fill("unheard-of")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def lose_service(page: Page) -> None:
    page.route("**/tap/sync", lambda route: route.fulfill(status=503, body="The archive is being moved."))
    find = page.get_by_role("button", name="Search", exact=True)
    page.get_by_label("Target name or position").fill("globular")
    find.click()
    expect(page.locator(".found").get_by_role("alert")).to_contain_text("The archive is being moved.")


def choose_nodes(page: Page) -> None:
    page.goto(re.sub(r"/[^/]*$", "/?has=300:2,301&lacks=0", page.url))
    show_map = page.get_by_role("button", name="Map 1", exact=True)
    if show_map.is_visible():
        show_map.click()
    page.locator("object-map [data-node='300']").focus()
    expect(page.locator("object-map node-card").get_by_role("heading")).to_contain_text("Node 300")


STATES: dict[str, Callable[[Page], None]] = {
    "collections": lambda page: open_filter(page, "Collection"),
    "instruments": lambda page: open_filter(page, "Instrument"),
    "columns": open_columns,
    "save": open_save,
    "download": mark_and_open_download,
    "neighbours": mark_the_nearest,
    "query": edit_query,
    "refused": be_refused,
    "mistyped": mistype_radius,
    "nothing": find_nothing,
    "down": lose_service,
    "nodes": choose_nodes,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_open_to_all_and_as_wide_as_the_page(
    page: Page, archive_url: str, state: str, look: str
) -> None:
    size, scheme = LOOKS[look]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    open_results(page, archive_url)
    STATES[state](page)
    assert find_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for menu in page.locator("details[open] > .menu").all():
        if box := menu.bounding_box():
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
