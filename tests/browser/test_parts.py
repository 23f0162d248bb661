"""What the page is made of: read once, sent once, and all of it asked for at once."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_page import find_status

TYPES = {
    "app.js": "text/javascript; charset=utf-8",
    "style/page.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
LOADED = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/site/"))
    .map(({ name, transferSize }) => [name, transferSize])"""


def find_folder(url: str) -> str:
    """Find the folder of the parts of this version, which the page names."""
    with urlopen(f"{url}/") as answer:
        found = re.search(r'src="(site/[0-9a-f]{12})/theme\.js"', answer.read().decode())
    assert found
    return f"{url}/{found[1]}"


@pytest.mark.parametrize("path", ["", "image", "upload"])
def test_a_view_names_all_modules_that_it_needs_and_no_others(
    page: Page, archive_url: str, path: str
) -> None:
    page.goto(f"{archive_url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    named = page.locator("link[rel=modulepreload]").evaluate_all("(links) => links.map(({ href }) => href)")
    loaded = [name for name, _ in page.evaluate(LOADED) if name.endswith(".js") and "theme.js" not in name]
    assert sorted(loaded) == sorted(named)
    assert len(named) > 20


def test_who_comes_again_fetches_no_part_again(page: Page, archive_url: str) -> None:
    for _ in range(2):
        page.goto(f"{archive_url}/")
        expect(page.get_by_text("Showing 24 rows")).to_be_visible()
    sizes = dict(page.evaluate(LOADED))
    assert len(sizes) > 30
    assert set(sizes.values()) == {0}


@pytest.mark.parametrize(("name", "media_type"), TYPES.items())
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_parts_say_what_they_are(archive_url: str, name: str, media_type: str, method: str) -> None:
    with urlopen(Request(f"{find_folder(archive_url)}/{name}", method=method)) as answer:
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        content = answer.read()
    assert len(content) == (0 if method == "HEAD" else int(answer.headers["Content-Length"]))


@pytest.mark.parametrize("name", ["", "image", "upload", "site/app.js"])
def test_what_may_change_under_its_name_is_asked_for_again(archive_url: str, name: str) -> None:
    with urlopen(f"{archive_url}/{name}") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        tag = answer.headers["ETag"]
    assert find_status(f"{archive_url}/{name}", **{"If-None-Match": tag}) == HTTPStatus.NOT_MODIFIED


def test_parts_of_another_version_are_unknown(archive_url: str) -> None:
    assert find_status(f"{archive_url}/site/0123456789ab/app.js") == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "name", ["../web/site.py", "..%2F..%2Fweb%2Fsite.py", "%2Fetc%2Fpasswd", "index.html"]
)
def test_a_folder_of_parts_has_nothing_else(archive_url: str, name: str) -> None:
    assert find_status(f"{find_folder(archive_url)}/{name}") == HTTPStatus.NOT_FOUND
