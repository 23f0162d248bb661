"""Take the pictures of docs/page.md of a running service: python docs/pictures/screenshots.py http://127.0.0.1:8080."""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import io
import shutil
import sys
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

FOLDER: Final = Path(__file__).parent
WIDE: Final = ViewportSize(width=1280, height=800)
SIDE: Final = 960  # pixels across
QUALITY: Final = 72  # of WebP
WAIT: Final = 6000  # ms until pictures have come
QUERY: Final = "SELECT TOP 1 publisherID FROM caom2_ai.fingerprint WHERE nObjects < 99 ORDER BY nObjects DESC"


def take(page: Page, name: str) -> None:
    """Keep what a page shows, in small."""
    page.wait_for_timeout(WAIT)
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        small = shot.convert("RGB").resize((SIDE, SIDE * shot.height // shot.width), Image.Resampling.LANCZOS)
        small.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


def visit(page: Page, url: str) -> None:
    """Go through the pages as docs/page.md does."""
    page.goto(url)
    page.locator("object-map [data-node]").first.wait_for()
    take(page, "results")
    page.get_by_role("button", name="Enlarge").first.click()
    take(page, "map1")
    page.goto(f"{url}/image?ID={quote(find_image(url), safe='')}")
    take(page, "image")


def find_image(url: str) -> str:
    """Find the image with most objects."""
    words = urlencode({"LANG": "ADQL", "RESPONSEFORMAT": "csv", "QUERY": QUERY})
    with urllib.request.urlopen(f"{url}/tap/sync?{words}") as answer:  # noqa: S310 -- the address is the caller's
        return str(answer.read().decode().splitlines()[1])


def main() -> None:
    """Take the pictures of the service at the address that is given."""
    FOLDER.mkdir(exist_ok=True)
    program = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=WIDE)
        page.set_default_timeout(60_000)
        visit(page, sys.argv[1].rstrip("/"))
        browser.close()


if __name__ == "__main__":
    main()
