"""A visitor: Debian's Chromium on the page of a real service, over rendered frames with real fingerprints."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from caomai.settings import read_settings
from tests.browser.archive import make_archive
from tests.conftest import database_url, new_database
from tests.tap.process import serving

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# A refusal that the page expects and tells the visitor is logged by the browser all the same.
EXPECTED = re.compile(
    "Failed to load resource: (the server responded with a status of"
    "|net::ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED)$)"
)
PATIENCE = 30_000  # ms: a machine that is busy is no failure

Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="package")
def archive_url(socket_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service with a worker, over the archive that all browser tests read and none changes."""
    with new_database(socket_folder) as database:
        settings = read_settings(database_url=database_url(database))
        environment = make_archive(tmp_path_factory.mktemp("frames"), database, settings)
        with serving(environment | {"CAOMAI_WORKER": "true"}) as (_, url):
            yield url


# Not longer: while it runs, no other test can run an event loop in this process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; tests never download a browser."""
    program = shutil.which("chromium")
    if program is None and "CI" not in os.environ:
        pytest.skip("needs chromium (Debian: apt install chromium)")
    assert program is not None
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor without history; English, light, on a laptop."""
    context = browser.new_context(
        viewport=WIDE, locale="en-GB", color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """Give an empty tab of a laptop."""
    with watch(window.new_page()) as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Give an empty tab of a telephone, which is touched."""
    context = browser.new_context(viewport=NARROW, locale="en-GB", has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE)
    with watch(context.new_page()) as page:
        yield page
    context.close()


@contextmanager
def watch(page: Page) -> Iterator[Page]:
    """Let a test use a tab; it fails if anything on its pages fails or is refused by their policy."""
    faults = list[str]()

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.match(message.text):
            faults.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    yield page
    assert faults == []


@pytest.fixture
def shoot() -> Shoot:
    """Keep pictures of a page for people: light and dark, wide and narrow."""

    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for size, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(viewport)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(100)
                page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png")
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")

    return take


def find_barriers(page: Page) -> list[str]:
    """Find what keeps people with disabilities out (axe-core, serious and critical)."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in violations
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
