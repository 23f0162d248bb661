"""The picture of an image of the visitor's own: where its marks lie, parts, stretches, large files."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from playwright.sync_api import Page, expect
from scipy.ndimage import uniform_filter

from tests.browser.conftest import Shoot, find_barriers
from tests.browser.images.conftest import HEIGHT, STARS, SYNC_BYTES, WIDTH, Site
from tests.browser.images.test_image import middle_of, width_of
from tests.browser.images.test_upload import choose, similar
from tests.waiting import wait_until

LARGE = 30 << 20  # bytes; from here on the page has jobs
PLACE = (812, 215)  # of a star, FITS pixels


@pytest.fixture(autouse=True)
def high_screen(page: Page) -> None:
    """See the whole picture without scrolling."""
    page.set_viewport_size({"width": 1280, "height": 1400})


def write_star(path: Path, shape: tuple[int, int], kind: str = "i2", width: float = 4) -> Path:
    """Write a frame of one star, at PLACE, whose standard deviation is `width` pixels."""
    y, x = np.ogrid[1 : shape[0] + 1, 1 : shape[1] + 1]
    light = 20_000 * np.exp(-((x - PLACE[0]) ** 2 + (y - PLACE[1]) ** 2) / (2 * width**2))
    noise = np.random.default_rng(6).normal(100, 3, shape)
    fits.PrimaryHDU((noise + light).astype(kind)).writeto(path)
    return path


def find_light(page: Page, reach: float = 60) -> tuple[float, float]:
    """Find where the brightest patch of the picture is on the screen, the highest of several."""
    preview = page.locator("sky-preview .viewport")
    box = preview.bounding_box()
    assert box is not None
    shot = np.asarray(Image.open(io.BytesIO(preview.screenshot())).convert("RGB"), float)
    light = uniform_filter(shot.min(axis=2), 21)  # noise is white too
    light[:150, -70:] = light[:10] = light[-10:] = light[:, :10] = 0  # the buttons and the round corners
    rows, columns = np.nonzero(light > 0.95 * light.max())
    near = np.hypot(rows - rows[0], columns - columns[0]) < reach
    rows, columns = rows[near], columns[near]
    return box["x"] + columns.mean() + 0.5, box["y"] + rows.mean() + 0.5


def test_the_mark_lies_on_the_star(page: Page, site: Site, tmp_path: Path) -> None:
    """In a frame that is shrunk, with squares beyond its edges, and enlarged again."""
    width, height = 1101, 703
    choose(page, site, write_star(tmp_path / "star.fits", (height, width)))
    picture = page.locator("sky-preview image")
    expect(picture).to_be_visible()
    box = page.locator("sky-preview .ground").bounding_box()
    assert box is not None
    scale = box["width"] / width
    expected = (box["x"] + (PLACE[0] - 0.5) * scale, box["y"] + (height + 0.5 - PLACE[1]) * scale)
    mark = page.locator("#object-0")
    assert middle_of(mark) == pytest.approx(expected, abs=1)
    assert find_light(page) == pytest.approx(expected, abs=2)
    mark.click()
    chosen = page.get_by_role("region", name="Chosen object or node")
    expect(chosen.get_by_text(re.compile(r"81[12]\.\d, 21[45]\.\d"))).to_be_visible()
    page.get_by_role("button", name="Zoom in").click(click_count=4)
    page.get_by_role("listbox", name="Objects").focus()
    page.keyboard.press("Home")  # brings it into view
    page.keyboard.press("Escape")  # its colour would lie over the light
    assert width_of(picture) > 5 * box["width"]
    assert find_light(page, 300) == pytest.approx(middle_of(mark), abs=5)


def test_marks_of_a_small_frame_lie_on_its_stars(page: Page, site: Site) -> None:
    choose(page, site, site.files["stars"])  # has a TRIMSEC
    expect(page.locator("sky-preview image")).to_be_visible()
    box = page.locator("sky-preview image").bounding_box()
    assert box is not None
    scale = box["width"] / WIDTH
    for number, (column, row) in enumerate(STARS):
        expected = (box["x"] + (column - 0.5) * scale, box["y"] + (HEIGHT + 0.5 - row) * scale)
        assert middle_of(page.locator(f"#object-{number}")) == pytest.approx(expected, abs=0.5 * scale)
    assert find_light(page) == pytest.approx(middle_of(page.locator("#object-0")), abs=2 * scale)


def test_objects_of_an_upload_are_reached_by_keyboard_and_by_their_nodes(page: Page, site: Site) -> None:
    choose(page, site, site.files["stars"])
    page.get_by_role("listbox", name="Objects").focus()
    page.keyboard.press("ArrowRight")
    chosen = page.get_by_role("region", name="Chosen object or node")
    expect(chosen.get_by_text("180.0, 40.0")).to_be_visible()
    expect(chosen.get_by_text("in this image")).to_be_visible()
    page.get_by_text(re.compile("As a table")).click()
    row = page.get_by_role("region", name="Objects by node").get_by_role("row").nth(1)
    row.get_by_role("button").click()
    objects = int(row.get_by_role("cell").nth(2).inner_text())
    expect(page.locator(".mark.raised")).to_have_count(objects)
    link = chosen.get_by_role("link", name=re.compile("Images with objects of node"))
    link.click()
    expect(page).to_have_url(re.compile(r"/\?has=\d+$"))


def test_parts_and_stretches_are_chosen(page: Page, site: Site) -> None:
    choose(page, site, site.files["mosaic"])
    picture, drawing = page.locator("sky-preview image"), page.locator("sky-preview svg")
    expect(picture).to_be_visible()
    expect(drawing).to_have_attribute("viewBox", "0 0 240 200")
    before = picture.get_attribute("href") or ""
    page.get_by_label("Part").select_option(index=1)
    expect(drawing).to_have_attribute("viewBox", "0 0 180 300")
    expect(picture).not_to_have_attribute("href", before)
    assert page.get_by_role("listbox", name="Objects").get_by_role("option").count() > 0
    before = picture.get_attribute("href") or ""
    page.get_by_role("button", name="linear", exact=True).click()
    expect(picture).not_to_have_attribute("href", before)
    expect(page.get_by_role("button", name="linear", exact=True)).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_compared_with_a_warning_and_shown_as_it_is(
    page: Page, site: Site, kind: str, tmp_path: Path, shoot: Shoot
) -> None:
    pixels = np.asarray(fits.getdata(site.files["stars"]), np.float64)
    grey = (255 * np.clip((pixels - 80) / 400, 0, 1)).astype(np.uint8)[::-1]
    file = tmp_path / f"stars.{kind.lower()}"
    Image.fromarray(grey).save(file, kind)
    choose(page, site, file)
    expect(page.get_by_text(f"This is a {kind} picture: its pixels have been stretched")).to_be_visible()
    expect(page.locator("sky-preview image")).to_be_visible()
    page.get_by_role("listbox", name="Objects").focus()
    expect(page.get_by_role("region", name="Chosen object").get_by_text("Confidence")).to_be_visible()
    assert page.get_by_role("group", name="Stretch").count() == 0
    page.keyboard.press("Escape")
    assert find_light(page) == pytest.approx(middle_of(page.locator("#object-0")), abs=8)
    shoot(page, f"upload-{kind.lower()}")


def test_a_file_too_large_to_wait_for_is_described_by_jobs_of_which_nothing_is_left(
    page: Page, site: Site, tmp_path: Path
) -> None:
    gone = list[str]()
    page.on("response", lambda answer: gone.append(answer.url) if answer.request.method == "DELETE" else None)
    file = write_star(tmp_path / "medium.fits", (500, 900))
    assert SYNC_BYTES < file.stat().st_size < LARGE
    choose(page, site, file)
    expect(page.get_by_role("heading", name="medium.fits")).to_be_visible()
    assert similar(page)
    expect(page.locator("sky-preview image")).to_be_visible()
    while len(gone) < 2:  # one for the description, one for the picture
        page.wait_for_event("response")
    for job in gone:
        assert "/annotate/async/" in job
        assert page.request.get(job).status == 404


def test_a_job_is_gone_when_its_visitor_cancels_it(page: Page, site: Site, tmp_path: Path) -> None:
    page.route("**/annotate/async/*WAIT=*", lambda _: None)  # how far it is, nobody hears
    file = write_star(tmp_path / "large.fits", (2900, 2900), "f4")
    assert file.stat().st_size > LARGE
    with page.expect_request(lambda request: "WAIT=" in request.url) as waiting:
        choose(page, site, file)
    expect(page.get_by_text("The service looks for objects")).to_be_visible()
    job = waiting.value.url.partition("?")[0]
    assert page.request.get(job).status == 200
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    wait_until(lambda: page.request.get(job).status == 404)
    assert page.get_by_role("heading", name="large.fits").count() == 0


def test_a_large_file_is_sent_again_for_its_picture_only_if_its_visitor_wants(
    page: Page, site: Site, tmp_path: Path, shoot: Shoot
) -> None:
    file = write_star(tmp_path / "large.fits", (2900, 2900), "f4", 12)
    assert file.stat().st_size > LARGE
    choose(page, site, file)
    page.set_default_timeout(120_000)
    expect(page.get_by_role("heading", name="large.fits")).to_be_visible(timeout=120_000)
    assert similar(page)
    expect(page.get_by_text("the objects are marked where they lie")).to_be_visible()
    assert page.locator("sky-preview image").count() == 0
    shoot(page, "upload-large")
    assert find_barriers(page) == []
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.get_by_role("button", name="Send it again").click()
    page.get_by_role("button", name="Cancel the picture").click()
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("sky-preview image")).to_be_visible(timeout=120_000)
    assert find_light(page) == pytest.approx(middle_of(page.locator("#object-0")), abs=3)
    shoot(page, "upload-large-drawn")
