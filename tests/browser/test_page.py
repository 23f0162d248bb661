"""What every view has: the page is there at once, says what it shows, and lets nothing in."""

from __future__ import annotations

import urllib.request
from http import HTTPStatus
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot, find_barriers


def test_a_visitor_finds_the_images_of_the_archive(page: Page, archive_url: str, shoot: Shoot) -> None:
    page.goto(f"{archive_url}/")
    expect(page.get_by_text("Showing 24 rows")).to_be_visible()
    expect(page).to_have_title("Search - CAOM-AI")
    shoot(page, "results")
    assert find_barriers(page) == []


@pytest.mark.parametrize("path", ["", "image", "upload"])
def test_the_page_forbids_whatever_is_not_its_own(archive_url: str, path: str) -> None:
    with urllib.request.urlopen(f"{archive_url}/{path}") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


def find_status(address: str, **headers: str) -> int:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_parts_are_sent_once(archive_url: str) -> None:
    address = f"{archive_url}/site/app.js"
    with urllib.request.urlopen(address) as answer:
        tag = answer.headers["ETag"]
    assert find_status(address, **{"If-None-Match": f'"other", W/{tag}'}) == HTTPStatus.NOT_MODIFIED
    assert find_status(address, **{"If-None-Match": '"other"'}) == HTTPStatus.OK


@pytest.mark.parametrize(
    "name",
    [
        "",
        "app",
        "style",
        "..%2Fweb%2Fsite.py",
        "%2E%2E/web/site.py",
        "style/../../__init__.py",
        "%2Fetc%2Fpasswd",
        "vendor/lit-html.txt",
    ],
)
def test_other_files_are_no_parts_of_the_page(archive_url: str, name: str) -> None:
    assert find_status(f"{archive_url}/site/{name}") == HTTPStatus.NOT_FOUND


def test_what_clients_are_told_is_one_click_away(page: Page, archive_url: str) -> None:
    page.goto(f"{archive_url}/")
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Ask with any client of the Virtual Observatory")).to_be_visible()
