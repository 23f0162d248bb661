"""An image of the visitor's own: what is in it, and what the archive has like it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Shoot, find_barriers
from tests.browser.images.conftest import Site

DROP = """([place, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  const target = place === "paste" ? document : document.querySelector(".drop-place");
  const event = place === "paste" ? new ClipboardEvent("paste", { clipboardData: transfer, cancelable: true })
    : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
}"""


def choose(page: Page, site: Site, file: Path) -> None:
    page.goto(f"{site.url}/upload")
    page.get_by_label("Drop an image here").set_input_files(file)


def similar(page: Page) -> list[str]:
    cards = page.get_by_role("region", name="Similar images").get_by_role("listitem")
    expect(cards.first).to_be_visible()
    return [link.get_attribute("href") or "" for link in cards.get_by_role("link").all()]


def test_a_fits_file_finds_what_is_like_it(page: Page, site: Site, shoot: Shoot) -> None:
    choose(page, site, site.files["sparse-01"])
    expect(page.get_by_role("heading", name=re.compile(r"sparse-01\.fits \d+ objects"))).to_be_visible()
    assert "sparse-01" in similar(page)[0]
    expect(page.locator("sky-preview image")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Node \d+ of Map 2"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Fingerprint"))).to_be_visible()
    page.get_by_role("listbox", name="Objects").focus()
    expect(page.get_by_role("img", name="Typical examples")).to_be_visible()
    shoot(page, "upload")
    assert find_barriers(page) == []
    page.get_by_role("region", name="Similar images").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/image"))
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile(r"sparse-01\.fits"))).to_be_visible()
    expect(page.locator("sky-preview image")).to_be_visible()


def test_a_file_is_sent_once_to_be_described_and_once_for_its_picture(page: Page, site: Site) -> None:
    sent = list[tuple[str, bool]]()

    def listen(request: Request) -> None:
        path = request.url.removeprefix(site.url)
        if path in {"/annotate", "/similar"}:
            sent.append((path, request.headers["content-type"].startswith("multipart/form-data")))

    page.on("request", listen)
    choose(page, site, site.files["stars"])
    assert similar(page)
    expect(page.locator("sky-preview image")).to_be_visible()
    page.get_by_role("button", name="log", exact=True).click()
    expect(page.get_by_role("button", name="log", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="asinh", exact=True).click()  # it is here already
    expect(page.locator("sky-preview image")).to_be_visible()
    asked = [path for path, _ in sent]
    assert sorted(asked[:3]) == ["/annotate", "/annotate", "/similar"]
    assert len(asked) <= 4
    assert all(is_file == (path == "/annotate") for path, is_file in sent)


@pytest.mark.parametrize("place", ["drop", "paste"])
def test_a_file_is_dropped_or_pasted(page: Page, site: Site, place: str) -> None:
    page.goto(f"{site.url}/upload")
    expect(page.get_by_label("Drop an image here")).to_be_visible()
    content = base64.b64encode(site.files["stars"].read_bytes()).decode()
    page.evaluate(DROP, [place, "<img src=x onerror=alert(1)>.fits", content])
    expect(page.get_by_role("heading", name="<img src=x onerror=alert(1)>.fits")).to_be_visible()


def pack_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("image.fits", "SIMPLE")
    return buffer.getvalue()


def write_fits(shape: tuple[int, ...]) -> bytes:
    buffer = io.BytesIO()
    fits.PrimaryHDU(np.random.default_rng(2).normal(100, 3, shape).astype("f4")).writeto(buffer)
    return buffer.getvalue()


WRONG = {
    "text": ("notes.fits", b"Dear diary\n" * 500, "notes.fits is not a FITS file"),
    "truncated": ("cut.fits", write_fits((300, 300))[:-200_000], "cut.fits is truncated"),
    "spectrum": ("spectrum.fits", write_fits((4000,)), "spectrum.fits"),
    "empty": ("empty.fits", b"", "empty.fits is empty"),
    "empty picture": ("empty.png", b"", "empty.png is empty"),
    "picture": ("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(500), "broken.png is truncated or damaged"),
    "zip": ("images.zip", pack_zip(), "images.zip"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_gets_a_sentence(
    page: Page, site: Site, kind: str, tmp_path: Path, shoot: Shoot
) -> None:
    name, content, reason = WRONG[kind]
    (tmp_path / name).write_bytes(content)
    choose(page, site, tmp_path / name)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(reason)
    expect(alert).to_have_text(re.compile(r"\.$"))
    assert find_barriers(page) == []
    if kind == "truncated":
        shoot(page, "upload-wrong")
    (tmp_path / "sentence").write_text(alert.inner_text())
    page.get_by_label("Drop an image here").set_input_files(site.files["stars"])
    expect(page.get_by_role("heading", name="stars.fits")).to_be_visible()


def test_sending_shows_progress_and_is_cancelled(page: Page, site: Site, shoot: Shoot) -> None:
    page.route("**/annotate", lambda _: None)  # the answer never comes
    choose(page, site, site.files["sparse-01"])
    expect(page.get_by_role("progressbar")).to_be_visible()
    shoot(page, "upload-progress")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.unroute("**/annotate")
    page.get_by_label("Drop an image here").set_input_files(site.files["stars"])
    expect(page.get_by_role("heading", name="stars.fits")).to_be_visible()


def test_an_empty_page_says_what_to_do(page: Page, site: Site, shoot: Shoot) -> None:
    page.goto(f"{site.url}/upload")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Drop an image here")).to_be_visible()
    expect(page).to_have_title(re.compile("Upload an image"))
    shoot(page, "upload-empty")
    assert find_barriers(page) == []
