"""A visitor looks for images: filters, the table, its query, and what other programs get of it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from astropy.io.votable import parse_single_table
from playwright.sync_api import Locator, Page, expect

from tests.browser.archive import HOSTILE
from tests.browser.conftest import NARROW, Shoot, find_barriers
from tests.tap.client import ask


def count_sentence(page: Page) -> Locator:
    return page.locator(".count")


def open_results(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/{query}")
    expect(count_sentence(page)).to_contain_text("before filtering")


def column(page: Page, title: str) -> list[str]:
    """Give what is written in a column, from the top."""
    titles = page.get_by_role("columnheader").all()
    number = next(n for n, head in enumerate(titles, 1) if title in head.inner_text())
    return page.locator(f".grid-body [aria-colindex='{number}']").all_inner_texts()


def count_rows(url: str, where: str) -> int:
    query = f"SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS f WHERE {where}"
    return int(next(csv.DictReader(io.StringIO(ask(url, query, RESPONSEFORMAT="csv").text)))["n"])


def test_the_table_is_sorted_filtered_and_read_in_other_units(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    expect(count_sentence(page)).to_have_text("Showing 24 rows (24 before filtering).")
    page.get_by_role("button", name="RA (J2000.0)", exact=True).click()
    expect(page.get_by_role("columnheader", name="RA (J2000.0)")).to_have_attribute("aria-sort", "ascending")
    places = column(page, "RA (J2000.0)")
    assert places == sorted(places)
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d\d", places[0])
    page.get_by_role("button", name="RA (J2000.0) in H:M:S; show in °").click()
    assert re.fullmatch(r"\d+\.\d{5}", column(page, "RA (J2000.0)")[0])
    page.get_by_role("searchbox", name="Filter Obs. ID").fill("globular")
    expect(count_sentence(page)).to_have_text("Showing 8 rows (24 before filtering).")
    page.reload()
    expect(count_sentence(page)).to_have_text("Showing 8 rows (24 before filtering).")
    assert re.fullmatch(r"\d+\.\d{5}", column(page, "RA (J2000.0)")[0])


def test_a_visitor_chooses_columns(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Elongation").check()
    page.get_by_role("checkbox", name="Proposal ID").uncheck()
    expect(page.get_by_role("columnheader", name="Elongation")).to_be_attached()
    expect(page.get_by_role("columnheader", name="Proposal ID")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="Elongation", include_hidden=True)).to_be_hidden()


def test_names_are_looked_for_and_places_of_targets_known(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    target, radius = page.get_by_label("Target name or position"), page.get_by_label("Radius (°)")
    target.fill("GLOBULAR")
    target.press("Enter")
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")
    radius.fill("0.5")
    radius.press("Enter")
    expect(page).to_have_url(re.compile(r"pos="))
    expect(count_sentence(page)).to_contain_text("Showing 1 row ")
    target.fill("Nowhere")
    target.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("names a target “Nowhere”")
    expect(count_sentence(page)).to_contain_text("Showing 1 row ")


def test_a_position_is_taken_in_hours_and_in_degrees(page: Page, archive_url: str) -> None:
    open_results(page, archive_url, "?sort=ra")
    place = f"{column(page, 'RA (J2000.0)')[0]} {column(page, 'Dec. (J2000.0)')[0]}"
    for text in (place, place.replace(":", " ")):
        page.get_by_label("Target name or position").fill(text)
        page.get_by_role("button", name="Search", exact=True).click()
        expect(count_sentence(page)).to_contain_text("Showing 1 row ")
        page.get_by_role("button", name="Clear", exact=True).click()
        expect(count_sentence(page)).to_contain_text("Showing 24 rows")
    page.get_by_label("From").fill("yesterday")
    page.get_by_label("From").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“yesterday” is no day")


def test_content_becomes_functions_of_adql(page: Page, archive_url: str) -> None:
    rows = ask(
        archive_url, "SELECT TOP 1 node FROM caom2_ai.node WHERE nImages BETWEEN 5 AND 15 ORDER BY nImages"
    )
    node = int(rows.table.array["node"][0])
    open_results(page, archive_url, f"?has={node}:2&lacks=0&intent=all")
    expected = count_rows(
        archive_url, f"caomai_count(f.fingerprint, {node}) >= 2 AND caomai_count(f.fingerprint, 0) = 0"
    )
    expect(count_sentence(page)).to_contain_text(f"({expected} before filtering)")
    page.get_by_role("button", name="ADQL").click()
    query = page.get_by_label("ADQL of what is shown").input_value()
    assert f"caomai_count(f.fingerprint, {node}) >= 2" in query
    assert "caomai_has(x.fingerprint, '0')" in query
    assert len(ask(archive_url, query).table.array) == expected


def test_the_query_is_changed_run_and_copied_as_python(page: Page, archive_url: str, shoot: Shoot) -> None:
    open_results(page, archive_url)
    page.get_by_role("button", name="ADQL").click()
    page.get_by_role("button", name="Copy as pyvo code").click()
    made: dict[str, Any] = {}
    exec(page.evaluate("navigator.clipboard.readText()"), made)
    assert len(made["rows"]) == 24
    made["service"]._session.close()
    editor = page.get_by_label("ADQL of what is shown")
    editor.fill(
        "SELECT f.publisherID, f.nObjects AS n FROM caom2_ai.fingerprint AS f WHERE f.nObjects > 0 ORDER BY n"
    )
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("columnheader", name="n", exact=True)).to_be_visible()
    shoot(page, "query")
    editor.fill("SELECT nothing FROM caom2.Plane")
    editor.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("nothing")
    page.go_back()
    expect(page.get_by_role("columnheader", name="n", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back to the filters").click()
    expect(count_sentence(page)).to_contain_text("Showing 24 rows")


def test_results_are_saved_as_votable_and_csv(page: Page, archive_url: str) -> None:
    open_results(page, archive_url, "?target=crowded")
    saved: dict[str, Path] = {}
    for kind in ("VOTable", "CSV"):
        page.get_by_text("Save", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("link", name=kind).click()
        saved[kind] = Path(download.value.path())
        page.keyboard.press("Escape")
    names = set(parse_single_table(saved["VOTable"]).array["observationID"])
    assert len(names) == 7
    assert {row["observationID"] for row in csv.DictReader(io.StringIO(saved["CSV"].read_text()))} == names


def test_text_of_the_archive_is_never_markup(page: Page, archive_url: str) -> None:
    open_results(page, archive_url, f"?target={quote(HOSTILE)}")
    expect(page.get_by_role("gridcell", name=HOSTILE)).to_have_text(HOSTILE)
    expect(page.get_by_label("Target name or position")).to_have_value(HOSTILE)
    assert page.locator("img[src='x']").count() == 0
    page.get_by_role("button", name="ADQL").click()
    page.get_by_role("link", name="crowded-01").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("img[src='x']").count() == 0


def test_what_is_typed_stays_while_the_page_is_drawn_anew(page: Page, archive_url: str) -> None:
    open_results(page, archive_url, "?target=crowded")
    field = page.get_by_label("Target name or position")
    field.press("End")
    field.press_sequentially("-03", delay=20)
    page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 200))")
    expect(field).to_have_value("crowded-03")
    page.get_by_role("button", name="Clear").click()
    expect(field).to_have_value("")


def test_the_way_back_and_bookmarks_lead_to_the_same_results(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.locator("summary", has_text="Collection").click()
    page.get_by_role("group", name="Collection").get_by_role("checkbox").first.check()
    page.get_by_label("Target name or position").fill("sparse")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")
    address = page.url
    page.get_by_role("link", name="sparse-01").first.click()
    expect(page).to_have_url(re.compile(r"/image\?ID="))
    page.go_back()
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")
    page.go_back()
    expect(count_sentence(page)).to_contain_text("Showing 24 rows")
    page.goto("about:blank")
    page.goto(address)
    expect(count_sentence(page)).to_contain_text("Showing 8 rows")
    expect(page.get_by_label("Target name or position")).to_have_value("sparse")


def test_nothing_found_and_nothing_reached_say_what_to_do(page: Page, archive_url: str, shoot: Shoot) -> None:
    page.goto(f"{archive_url}/?target=unheard-of")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    shoot(page, "empty")
    assert find_barriers(page) == []
    page.route(
        "**/tap/sync", lambda route: route.fulfill(status=503, body="The archive is being moved; come back.")
    )
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator(".found").get_by_role("alert")).to_contain_text(
        "The archive is being moved; come back."
    )
    shoot(page, "error")
    page.unroute("**/tap/sync")
    page.locator(".found").get_by_role("button", name="Try again").click()
    expect(count_sentence(page)).to_contain_text("Showing 24 rows")


def test_the_table_is_used_by_keys_alone(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.locator(".grid-body [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("role", "gridcell")
    expect(focused).to_have_attribute("data-column", "1")
    page.keyboard.press("Control+End")
    expect(page.locator("[role=row]:has(:focus)")).to_have_attribute("aria-rowindex", "26")
    page.keyboard.press("Control+Home")
    page.keyboard.press(" ")
    expect(page.locator("[role=row]:has(:focus)")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/image\?ID="))


def test_pictures_of_the_rows_in_sight_appear(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    picture = page.locator(".cell-picture img").first
    expect(picture).to_be_visible()
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_a_telephone_shows_rows_as_cards(page: Page, archive_url: str, shoot: Shoot) -> None:
    page.set_viewport_size(NARROW)
    open_results(page, archive_url)
    shoot(page, "results")
    page.set_viewport_size(NARROW)
    card = page.locator(".cell-card").first
    expect(card).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert find_barriers(page) == []
    page.get_by_role("button", name="Map 2", exact=True).click()
    expect(page.locator("field-map")).to_be_visible()
    expect(card).to_be_hidden()
