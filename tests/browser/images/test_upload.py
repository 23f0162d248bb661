"""An image of the visitor's own: what is in it, and what the archive has like it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot, find_barriers
from tests.browser.images.conftest import SYNC_BYTES, Site

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
    expect(page.get_by_role("img", name="The image with its objects marked")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Node \d+ of Map 2"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Fingerprint"))).to_be_visible()
    shoot(page, "upload")
    assert find_barriers(page) == []
    page.get_by_role("region", name="Similar images").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/image"))
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile(r"sparse-01\.fits"))).to_be_visible()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_compared_with_a_warning_and_shown_with_its_objects(
    page: Page, site: Site, kind: str, tmp_path: Path
) -> None:
    pixels = np.asarray(fits.getdata(site.files["stars"]), np.float64)
    grey = (255 * np.clip((pixels - 80) / 400, 0, 1)).astype(np.uint8)[::-1]
    file = tmp_path / f"stars.{kind.lower()}"
    Image.fromarray(grey).save(file, kind)
    choose(page, site, file)
    expect(page.get_by_text(f"This is a {kind} picture: its pixels have been stretched")).to_be_visible()
    expect(page.locator("sky-preview image")).to_be_visible()
    page.get_by_role("listbox", name="Objects").focus()
    expect(page.get_by_role("region", name="What is in it").get_by_text("Confidence")).to_be_visible()


@pytest.mark.parametrize("place", ["drop", "paste"])
def test_a_file_is_dropped_or_pasted(page: Page, site: Site, place: str) -> None:
    page.goto(f"{site.url}/upload")
    expect(page.get_by_label("Drop an image here")).to_be_visible()
    content = base64.b64encode(site.files["stars"].read_bytes()).decode()
    page.evaluate(DROP, [place, "<img src=x onerror=alert(1)>.fits", content])
    expect(page.get_by_role("heading", name="<img src=x onerror=alert(1)>.fits")).to_be_visible()


def test_the_part_that_is_drawn_is_chosen(page: Page, site: Site) -> None:
    choose(page, site, site.files["mosaic"])
    drawn = page.get_by_role("img", name="The image with its objects marked")
    expect(drawn).to_be_visible()
    before = drawn.get_attribute("src")
    page.get_by_label("Part").select_option(label="2 (180 \u00d7 300)")
    expect(drawn).not_to_have_attribute("src", before or "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello", "not a FITS file"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "truncated or damaged"),
    ],
)
def test_a_wrong_file_gets_a_sentence(
    page: Page, site: Site, content: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.fits"
    file.write_bytes(content)
    choose(page, site, file)
    expect(page.get_by_role("alert")).to_contain_text("wrong.fits")
    expect(page.get_by_role("alert")).to_contain_text(reason)
    assert find_barriers(page) == []


def write_large(path: Path) -> Path:
    """Write a file that is too large to be described at once."""
    pixels = np.random.default_rng(1).normal(100, 3, (600, 600)).astype("f4")
    fits.PrimaryHDU(pixels).writeto(path)
    assert path.stat().st_size > SYNC_BYTES
    return path


def test_a_large_file_is_described_by_jobs_of_which_nothing_is_left(
    page: Page, site: Site, tmp_path: Path
) -> None:
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as destroyed:
        choose(page, site, write_large(tmp_path / "large.fits"))
    expect(page.get_by_role("heading", name="large.fits")).to_be_visible()
    assert similar(page)
    job = destroyed.value.url
    assert "/annotate/async/" in job
    assert page.request.get(job).status == 404


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
