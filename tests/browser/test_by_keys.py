"""A visitor without a mouse: from a search by way of a node, a mark and an image back to the results."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_results import count_sentence

MOST_TABS = 60


def tab_to(page: Page, place: Locator, shown_by: Locator | None = None) -> None:
    """Press Tab until a place has the focus, which must be visible there, or by what is selected in it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if place.evaluate("(one) => one === document.activeElement"):
            break
    expect(place).to_be_focused()
    if shown_by is None:
        assert place.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
    else:
        expect(shown_by).to_be_visible()


def test_the_keyboard_alone_leads_through_the_page(page: Page, archive_url: str) -> None:
    page.goto(f"{archive_url}/")
    expect(count_sentence(page)).to_contain_text("Showing 24 rows")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    tab_to(page, page.get_by_label("Target name or position"))
    page.keyboard.type("globular")
    page.keyboard.press("Enter")
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")

    nodes = page.locator("object-map [data-node]")
    expect(nodes).to_have_count(400)
    tab_to(page, page.locator("object-map [data-node][tabindex='0']"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"has=381"))
    page.keyboard.press("Enter")  # without them
    expect(page).to_have_url(re.compile(r"lacks=381"))
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("381"))
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")

    tab_to(page, page.locator(".grid-body [tabindex='0']"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".mark-bar strong")).not_to_have_text("0 marked")
    marked = page.locator(".mark-bar strong").inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/image\?ID="))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    objects = page.get_by_role("listbox", name="Objects")
    expect(objects).to_be_visible()
    tab_to(page, objects, page.locator(".mark.selected"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("region", name="Chosen object or node")).to_contain_text("Object of node")

    page.go_back()
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")
    expect(page.locator(".mark-bar strong")).to_have_text(marked)
    expect(page.get_by_label("Target name or position")).to_have_value("globular")


def test_menus_open_and_close_by_keys_and_give_the_focus_back(page: Page, archive_url: str) -> None:
    page.goto(f"{archive_url}/")
    expect(count_sentence(page)).to_contain_text("Showing 24 rows")
    for title in ("Collection", "Columns", "Save", "Download"):
        summary = page.locator("summary", has_text=title)
        tab_to(page, summary)
        page.keyboard.press("Enter")
        menu = page.locator("details.choose[open] .menu")
        expect(menu).to_be_visible()
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(summary).to_be_focused()
