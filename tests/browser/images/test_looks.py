"""The page of an image and that of an upload in their states: open to all, and touched by fingers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import find_barriers
from tests.browser.images.conftest import Site
from tests.browser.images.test_image import width_of
from tests.browser.test_access import LOOKS


def show_image(page: Page, site: Site) -> None:
    site.open(page, "stars")


def choose_object(page: Page, site: Site) -> None:
    site.open(page, "stars")
    page.locator("#object-0").click()
    chosen = page.get_by_role("region", name="Chosen object or node")
    expect(chosen.get_by_text("in this image")).to_be_visible()


def find_objects_like_it(page: Page, site: Site) -> None:
    choose_object(page, site)
    page.get_by_role("button", name="Find objects like this one").click()
    alike = page.get_by_role("region", name="Objects like this one").get_by_role("listitem")
    expect(alike.first).to_be_visible()


def open_table(page: Page, site: Site) -> None:
    site.open(page, "mosaic")
    page.locator("summary", has_text="As a table").click()
    expect(page.get_by_role("region", name="Objects by node").get_by_role("row").nth(1)).to_be_visible()


def hide_pixels(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/image?{urlencode({'ID': site.ids['crowded-02']})}")
    expect(page.get_by_text("its pixels are not public")).to_be_visible()


def ask_for_nothing_known(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/image?{urlencode({'ID': 'ivo://caom-ai.local/X?a/b'})}")
    expect(page.get_by_role("heading", name="No such image")).to_be_visible()


def wait_for_image(page: Page, site: Site) -> None:
    page.route("**/tap/sync", lambda _: None)
    page.goto(f"{site.url}/image?{urlencode({'ID': site.ids['stars']})}")
    expect(page.get_by_text("Loading the image…")).to_be_visible()


def begin_upload(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/upload")
    expect(page.get_by_label("Drop an image here")).to_be_visible()


def be_refused(page: Page, site: Site) -> None:
    begin_upload(page, site)
    page.get_by_label("Drop an image here").set_input_files(Path(__file__))
    expect(page.get_by_role("alert")).to_be_visible()


STATES: dict[str, Callable[[Page, Site], None]] = {
    "image": show_image,
    "object": choose_object,
    "alike": find_objects_like_it,
    "table": open_table,
    "hidden pixels": hide_pixels,
    "unknown": ask_for_nothing_known,
    "loading": wait_for_image,
    "upload": begin_upload,
    "refused": be_refused,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_open_to_all_and_as_wide_as_the_page(
    page: Page, site: Site, state: str, look: str
) -> None:
    size, scheme = LOOKS[look]
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    STATES[state](page, site)
    assert find_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_two_fingers_enlarge_the_picture_and_one_moves_it(phone: Page, site: Site) -> None:
    site.open(phone, "stars")
    picture = phone.locator("sky-preview image")
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    drawing, whole = phone.locator("sky-preview svg"), width_of(picture)
    all_of_it = drawing.get_attribute("viewBox") or ""
    box = phone.locator(".viewport").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = phone.context.new_cdp_session(phone)

    def touch(kind: str, *fingers: float) -> None:
        points = [{"x": x + place, "y": y, "id": number} for number, place in enumerate(fingers)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        # Moves are handed to the page with its next frame.
        phone.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")

    touch("touchStart", -20, 20)
    touch("touchMove", -30, 30)
    touch("touchMove", -40, 40)
    touch("touchEnd")
    assert width_of(picture) == pytest.approx(2 * whole, rel=0.05)
    before = picture.bounding_box()
    touch("touchStart", 0)
    touch("touchMove", 20)
    touch("touchMove", 40)
    touch("touchEnd")
    after = picture.bounding_box()
    assert before
    assert after
    assert after["x"] == pytest.approx(before["x"] + 40, abs=3)
    assert phone.locator(".mark.selected").count() == 0
    phone.wait_for_timeout(600)  # a tap right after a stroke belongs to it, for the browser
    phone.get_by_role("button", name="All").tap()
    expect(drawing).to_have_attribute("viewBox", all_of_it)
