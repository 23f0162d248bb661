"""An archive whose text would like to be markup, to run backwards and to be wider than the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from astropy.io import fits
from playwright.sync_api import Page, ViewportSize, expect

from caomai.console import Bar
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from caomai.settings import read_settings
from tests.browser.conftest import NARROW, WIDE
from tests.browser.images.conftest import fingerprint, write_stars
from tests.conftest import database_url, new_database
from tests.tap.process import serving

MARKUP = "<img src=x onerror=alert(1)>"
BACKWARDS = "\u202egnp.exe"  # RIGHT-TO-LEFT OVERRIDE
LONG = "Lopadotemachoselachogaleokranioleipsano" * 5
NAME = f"{MARKUP}{BACKWARDS}{LONG}"[:64]  # all that CAOM's names may have
LABEL = f"&lt;img onerror=alert(1)&gt;{BACKWARDS}{LONG}"[:64]  # the database takes no < and > in labels
FILE = "<svg onload=alert(1)>.fits"
WRITTEN = quote(FILE, safe="()=")  # as URIs have it
TEXTS = """
    update caom2.Observation set target_name = %(name)s, proposal_id = %(name)s, proposal_title = %(text)s,
        proposal_pi = %(name)s, instrument_name = %(name)s, telescope_name = %(name)s
"""
BANDS = "update caom2.Plane set energy_bandpassName = %(name)s"
COPIES = "update caom2_ai.fingerprint set instrument_name = %(name)s, bandpassName = %(name)s"
LABELS = """
    insert into caom2_ai.label (mapID, node, label, author, origin)
    select mapID, node, %(label)s, %(label)s, 'person'
    from caom2_ai.node join caom2_ai.map using (mapID) where kind = 'object' and isCurrent and nImages > 0
"""


@pytest.fixture(scope="module")
def hostile_url(socket_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service over images whose every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    files = [folder / f"{number}{FILE}" for number in range(2)]
    for number, path in enumerate(files):
        write_stars(path)
        fits.setval(path, "OBSID", value=f"stars-{number}")
        fits.setval(path, "IMAGETYP", value="OBJECT")
    with new_database(socket_folder) as database:
        settings = read_settings(
            database_url=database_url(database), observation_id="{OBSID}", product_id="{OBSID}"
        )
        describer = Describer.from_settings(settings)
        ingest_files(settings, describer, files, parse_release("2020-01-01"), Bar("files"))
        fingerprint(database)
        with database.connect("owner") as connection:
            texts = {"name": NAME, "text": NAME + LONG, "label": LABEL}
            for statement in (TEXTS, BANDS, COPIES, LABELS):
                assert connection.execute(statement, texts).rowcount > 0
        with serving({"CAOMAI_DATABASE_URL": database_url(database)}) as (_, url):
            yield url


def expect_no_markup(page: Page, size: ViewportSize) -> None:
    """Nothing of the archive is an element, and nothing makes the page wider; the tab listens for dialogs."""
    assert page.locator("img[src='x'], svg[onload], [onerror]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_results_and_their_filters(page: Page, hostile_url: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(f"{hostile_url}/")
    expect(page.locator(".count")).to_contain_text("Showing 2 rows")
    expect(page.locator(".grid-body").get_by_text(MARKUP).first).to_be_visible()
    if size == NARROW:
        page.get_by_role("button", name="More filters").click()
    for title in ("Instrument", "Filter"):
        page.locator(".filters-form summary", has_text=title).click()
        choice = page.get_by_role("group", name=title).get_by_role("checkbox", name=MARKUP)
        expect(choice).to_be_visible()
        expect_no_markup(page, size)
        page.keyboard.press("Escape")
    page.locator(".filters-form summary", has_text="Instrument").click()
    page.get_by_role("group", name="Instrument").get_by_role("checkbox", name=MARKUP).check()
    expect(page.locator(".count")).to_contain_text("Showing 2 rows")
    expect_no_markup(page, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_labels_of_the_map(page: Page, hostile_url: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(f"{hostile_url}/")
    if size == NARROW:
        page.get_by_role("button", name="Map 1", exact=True).click()
    panel = page.locator("object-map")
    panel.get_by_label("Find objects by name or node").fill(LABEL)
    expect(panel.get_by_role("status")).to_contain_text("node")
    panel.get_by_role("button", name="+ Include").first.click()
    panel.get_by_role("button", name="Go to").click()
    expect(panel.locator("node-card").get_by_role("heading")).to_contain_text(LABEL)
    expect(panel.get_by_role("group", name="Chosen nodes")).to_contain_text(LABEL)
    expect_no_markup(page, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_of_an_image(page: Page, hostile_url: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    image = {"ID": "ivo://caom-ai.local/LOCAL?stars-0/stars-0"}
    page.goto(f"{hostile_url}/image?{urlencode(image)}")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    objects = page.get_by_role("listbox", name="Objects")
    expect(objects).to_be_visible()
    objects.focus()
    expect(page.get_by_role("region", name="Chosen object or node")).to_contain_text(LABEL)
    metadata = page.get_by_role("region", name="Metadata")
    expect(metadata.get_by_role("link", name=WRITTEN)).to_be_visible()
    expect(metadata.get_by_text(NAME).first).to_be_visible()
    expect(page.get_by_role("region", name="Similar images").get_by_role("listitem").first).to_be_visible()
    expect_no_markup(page, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_refused_upload(page: Page, hostile_url: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(f"{hostile_url}/upload")
    file = {"name": f"{MARKUP}{BACKWARDS}{LONG[:150]}.fits", "mimeType": "image/fits", "buffer": b""}
    page.get_by_label("Drop an image here").set_input_files(file)  # type: ignore[arg-type]
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(MARKUP)
    expect_no_markup(page, size)
