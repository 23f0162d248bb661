"""Marks in an archive that the page does not load whole reach every image that fits; so do downloads."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from caomai.database import Database
from caomai.settings import Settings
from tests.browser.conftest import Shoot, find_barriers
from tests.browser.many import ENVIRONMENT, LARGE, SMALL, fill
from tests.tap.client import ask
from tests.tap.process import serving

MOST = 30_000  # rows that the page loads, images of a node that a mark asks for


@pytest.fixture(scope="module")
def many_url(database: Database, database_settings: Settings) -> Iterator[str]:
    """Address of a service over more images than the page loads."""
    fill(database)
    environment = {"CAOMAI_DATABASE_URL": str(database_settings.database_url), **ENVIRONMENT}
    with serving(environment) as (_, url):
        yield url


def count(url: str, condition: str) -> int:
    """Count images as any client of the service does."""
    query = f"SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS f WHERE {condition}"
    return int(ask(url, query, RESPONSEFORMAT="csv").text.split()[1])


def told(page: Page) -> Locator:
    return page.locator(".mark-bar strong")


def bar(page: Page) -> Locator:
    return page.locator(".mark-bar")


def open_results(page: Page, url: str, query: str = "") -> None:
    page.goto(f"{url}/{query}")
    expect(page.locator(".count")).to_contain_text("Showing 30,000 rows")


def mark(page: Page, number: int) -> None:
    page.get_by_role("checkbox", name=f"Mark image-{number}/").click()


def read_list(page: Page) -> list[int]:
    """Save the list of marked files as a visitor does; gives the numbers of their images."""
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="List of addresses").click()
    addresses = Path(download.value.path()).read_text().splitlines()
    page.keyboard.press("Escape")
    return sorted(int(re.sub(r"^https://files\.example/(\d+)\.fits$", r"\1", one)) for one in addresses)


def test_a_mark_reaches_images_whose_rows_are_not_loaded(page: Page, many_url: str, shoot: Shoot) -> None:
    number = count(many_url, f"f.fieldNode = {SMALL}")
    open_results(page, many_url)
    mark(page, 42_496)
    expect(told(page)).to_have_text(f"{number:,} marked")
    expect(bar(page)).to_contain_text(f"node {SMALL} of Map 2")
    mark(page, 42_492)
    expect(told(page)).to_have_text(f"{number - 1:,} marked")
    page.reload()
    expect(told(page)).to_have_text(f"{number - 1:,} marked")
    page.get_by_role("button", name="Undo").click()
    expect(told(page)).to_have_text(f"{number:,} marked")
    shoot(page, "many-marks")
    assert find_barriers(page) == []
    page.get_by_role("button", name="Unmark all").click()
    expect(told(page)).to_have_text("0 marked")
    page.go_back()
    expect(told(page)).to_have_text(f"{number:,} marked")


def test_a_mark_takes_what_fits_the_filters(page: Page, many_url: str) -> None:
    late = "SELECT p.planeID FROM caom2.Plane AS p WHERE p.time_bounds_lower >= 60000"
    condition = f"f.fieldNode = {SMALL} AND f.planeID IN ({late})"
    open_results(page, many_url, f"?start=60000&mark=field:{SMALL}")
    expect(told(page)).to_have_text(f"{count(many_url, condition):,} marked")
    # These rows are all loaded, so nobody else need be asked.
    page.goto(f"{many_url}/?start=60000&instrument=CAMERA3&mark=field:{SMALL}")
    condition += " AND f.instrument_name = 'CAMERA3'"
    expect(told(page)).to_have_text(f"{count(many_url, condition):,} marked")


def test_what_is_not_marked_yet_is_said_and_asked_for_again(page: Page, many_url: str, shoot: Shoot) -> None:
    open_results(page, many_url)
    held: list[Route] = []
    page.route(
        "**/tap/sync",
        lambda route: (
            held.append(route)
            if f"fieldNode+%3D+{SMALL}" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    mark(page, 42_496)
    status = bar(page).get_by_role("status")
    expect(status).to_have_text(f"marking node {SMALL}…")
    page.get_by_text("Download", exact=True).click()
    expect(bar(page)).to_contain_text("Images are still being marked…")
    page.keyboard.press("Escape")
    shoot(page, "many-marks-pending")
    held[0].fulfill(status=503, content_type="application/json", body='{"message": "No room just now."}')
    alert = bar(page).get_by_role("alert")
    expect(alert).to_contain_text(
        f"The images of node {SMALL} could not be marked beyond the rows listed. No room just now."
    )
    shoot(page, "many-marks-refused")
    assert find_barriers(page) == []
    page.unroute("**/tap/sync")
    alert.get_by_role("button", name="Try again").click()
    expect(told(page)).to_have_text(f"{count(many_url, f'f.fieldNode = {SMALL}'):,} marked")
    expect(alert).to_have_count(0)


def test_a_node_with_more_images_than_a_mark_takes_says_so(page: Page, many_url: str) -> None:
    assert count(many_url, f"f.fieldNode = {LARGE}") > MOST
    open_results(page, many_url)
    mark(page, 42_499)
    expect(bar(page)).to_contain_text(f"More than 30,000 images of node {LARGE} fit the filters")
    marked = int(told(page).inner_text().split()[0].replace(",", ""))
    assert MOST <= marked <= count(many_url, f"f.fieldNode = {LARGE}")


def test_neighbours_are_marked_whether_or_not_their_rows_are_loaded(page: Page, many_url: str) -> None:
    name = "ivo://caom-ai.local/MANY?image-42491/p"
    nearest = (
        "SELECT TOP 201 f.publisherID, caomai_distance(f.vector, caomai_vector('{name}')) AS d"
        " FROM caom2_ai.fingerprint AS f WHERE f.instrument_name = 'CAMERA1' ORDER BY d"
    )
    rows = ask(many_url, nearest.format(name=name), RESPONSEFORMAT="csv").text.splitlines()[1:]
    expected = {int(re.findall(r"image-(\d+)/", row)[0]) for row in rows if row.rpartition(",")[2]}
    assert min(expected) < 300  # by date, far beyond the 30,000 rows of all cameras
    page.goto(f"{many_url}/?instrument=CAMERA1")
    expect(page.locator(".count")).to_contain_text("Showing 8,500 rows")
    page.get_by_label("A mark takes").select_option("the nearest to it")
    mark(page, 42_491)
    page.get_by_role("slider").fill("2")
    expect(told(page)).to_have_text(f"{len(expected)} marked")
    assert set(read_list(page)) == expected
    # The same without the filter: other images are nearer, and the rows of some are not loaded.
    open_results(page, many_url, f"?mark=near:1.999:{name}")
    expect(told(page)).to_have_text("201 marked")
    assert min(read_list(page)) < 300


def test_the_files_of_ten_thousand_images_are_found(page: Page, many_url: str, tmp_path: Path) -> None:
    open_results(page, many_url, f"?mark=field:{SMALL}")
    number = count(many_url, f"f.fieldNode = {SMALL}")
    expect(told(page)).to_have_text(f"{number:,} marked")
    page.get_by_text("Download", exact=True).click()
    menu = page.get_by_role("group", name="Download the marked images")
    expect(menu.get_by_role("status")).to_have_text(f"Finding the files of {number:,} images…")
    expect(menu.get_by_role("progressbar")).to_be_visible()
    expect(menu).to_contain_text(f"{number:,} files, {number / 1000:.1f} GB")
    with page.expect_download() as download:
        page.get_by_role("button", name="Shell script").click()
    script = Path(download.value.path())
    assert script.read_text().count("\nfetch 'image-") == number
    subprocess.run(["sh", "-n", script], cwd=tmp_path, check=True, timeout=60)
    page.keyboard.press("Escape")
    assert read_list(page) == [one for one in range(4, 42_501, 4) if one % 50]


def test_files_are_looked_for_while_the_menu_is_open(page: Page, many_url: str) -> None:
    open_results(page, many_url, f"?mark=field:{SMALL}")
    expect(told(page)).to_have_text(f"{count(many_url, f'f.fieldNode = {SMALL}'):,} marked")
    page.route("**/datalink/links", lambda _: None)  # an answer that does not come
    with page.expect_event("requestfailed") as failed:
        with page.expect_request("**/datalink/links"):
            page.get_by_text("Download", exact=True).click()
        page.keyboard.press("Escape")
    assert failed.value.url.endswith("/datalink/links")
    assert failed.value.failure == "net::ERR_ABORTED"
    page.unroute("**/datalink/links")
    page.get_by_text("Download", exact=True).click()
    menu = page.get_by_role("group", name="Download the marked images")
    expect(menu.get_by_role("button", name="List of addresses")).to_be_visible()


def test_a_query_of_ones_own_marks_what_is_listed(page: Page, many_url: str) -> None:
    columns = "f.publisherID, f.fieldNode, f.dataRelease"
    query = f"SELECT {columns} FROM caom2_ai.fingerprint AS f ORDER BY f.publisherID"
    rows = ask(many_url, query, RESPONSEFORMAT="csv", MAXREC=MOST).text.splitlines()[1:]
    listed = sum(row.split(",")[1] == str(SMALL) for row in rows)
    assert 0 < listed < count(many_url, f"f.fieldNode = {SMALL}")
    open_results(page, many_url, f"?sort=&adql={query.replace(' ', '+')}&mark=field:{SMALL}")
    expect(told(page)).to_have_text(f"{listed:,} marked")
    expect(bar(page)).to_contain_text("Marks reach only the rows of your query that are listed here.")
