"""The page of an image, as its visitors use it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot, find_barriers
from tests.browser.images.conftest import HEIGHT, HOSTILE, STARS, WIDTH, Site


def find_marks(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Objects").get_by_role("option")


def middle_of(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def width_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["width"]


def test_marks_lie_on_the_stars(page: Page, site: Site) -> None:
    site.open(page, "stars")
    picture = page.locator("sky-preview image")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    scale = box["width"] / WIDTH
    for number, (column, row) in enumerate(STARS):
        x, y = middle_of(page.locator(f"#object-{number}"))
        # The first pixel's centre is 1, and the first row is at the bottom.
        assert x == pytest.approx(box["x"] + (column - 0.5) * scale, abs=0.5 * scale)
        assert y == pytest.approx(box["y"] + (HEIGHT + 0.5 - row) * scale, abs=0.5 * scale)


def test_a_picture_of_squares_of_pixels_begins_in_the_lower_left_corner(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/image")
    place = page.evaluate(
        """async () => (await import("./site/frame.js")).placePicture(
             { width: 4612, height: 2001 }, { width: 923, height: 401 })"""
    )
    assert place == {"x": 0, "y": -4, "width": 4615, "height": 2005}


def test_the_picture_shows_light_where_the_marks_are(page: Page, site: Site) -> None:
    site.open(page, "stars")
    expect(page.locator("sky-preview image")).to_be_visible()
    brightness = page.evaluate(
        """async (places) => {
          const picture = new Image();
          picture.src = document.querySelector("sky-preview image").getAttribute("href");
          await picture.decode();
          const canvas = new OffscreenCanvas(picture.width, picture.height);
          const pencil = canvas.getContext("2d", { willReadFrequently: true });
          pencil.drawImage(picture, 0, 0);
          const look = ([x, y]) => pencil.getImageData(x * picture.width, y * picture.height, 1, 1).data[0];
          return places.map(look);
        }""",
        [
            [(column - 0.5) / WIDTH, (rows + 0.5 - row) / HEIGHT]
            for column, row in STARS
            for rows in (HEIGHT, 2 * row - 1)  # there, and mirrored up and down
        ],
    )
    assert min(brightness[::2]) > 1.5 * max(brightness[1::2])


def test_an_object_tells_what_it_is_and_where_others_like_it_are(
    page: Page, site: Site, shoot: Shoot
) -> None:
    site.open(page, "stars")
    page.locator("#object-0").click()
    chosen = page.get_by_role("region", name="Chosen object or node")
    expect(chosen.get_by_text("50.0, 120.0")).to_be_visible()
    expect(chosen.get_by_text("10:00:00.00 +02:30:00.0")).to_be_visible()
    expect(chosen.get_by_text("in this image")).to_be_visible()
    expect(chosen.get_by_role("img", name="Typical examples")).to_be_visible()
    shoot(page, "image-object")
    assert find_barriers(page) == []
    link = chosen.get_by_role("link", name=re.compile("Images with objects of node"))
    node = re.search(r"node (\d+)", link.inner_text())
    assert node
    link.click()
    expect(page).to_have_url(re.compile(rf"/\?has={node[1]}$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)


def test_objects_that_look_like_one_are_found_in_other_images(page: Page, site: Site) -> None:
    site.open(page, "stars")
    page.locator("#object-0").click()
    page.get_by_role("button", name="Find objects like this one").click()
    alike = page.get_by_role("region", name="Objects like this one").get_by_role("listitem")
    expect(alike.first).to_be_visible()
    distances = [float(text.rpartition(" ")[2]) for text in alike.locator(".dim").all_inner_texts()]
    assert distances == sorted(distances)
    link = alike.first.get_by_role("link")
    name = link.inner_text()
    link.click()
    expect(page).to_have_url(re.compile(name))


def test_text_of_the_archive_never_becomes_markup(page: Page, site: Site) -> None:
    site.open(page, "stars")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.get_by_text("<b>CAMERA</b>").first).to_be_visible()
    assert page.title().startswith(HOSTILE)
    assert page.locator("main script, main b").count() == 0


def test_objects_are_reached_by_keyboard(page: Page, site: Site) -> None:
    site.open(page, "stars")
    objects = page.get_by_role("listbox", name="Objects")
    objects.focus()
    expect(page.locator("#object-0")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(objects).to_have_attribute("aria-activedescendant", "object-1")
    expect(
        page.get_by_role("region", name="Chosen object or node").get_by_text("180.0, 40.0")
    ).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".mark.selected")).to_have_count(0)


def test_the_picture_is_enlarged_by_keys_buttons_wheel_and_moved_by_hand(page: Page, site: Site) -> None:
    site.open(page, "stars")
    picture, viewport = page.locator("sky-preview image"), page.get_by_role("group", name="Picture")
    whole = width_of(picture)
    page.get_by_role("button", name="Zoom in").click()
    assert width_of(picture) == pytest.approx(1.5 * whole, rel=0.01)
    viewport.focus()
    page.keyboard.press("+")
    assert width_of(picture) == pytest.approx(1.5**2 * whole, rel=0.01)
    x, y = middle_of(picture)
    page.keyboard.press("ArrowRight")
    assert middle_of(picture)[0] < x - 10
    page.keyboard.press("ArrowLeft")
    page.mouse.move(*middle_of(viewport))
    page.mouse.down()
    page.mouse.move(*(place + 40 for place in middle_of(viewport)), steps=4)
    page.mouse.up()
    assert middle_of(picture) == pytest.approx((x + 40, y + 40), abs=2)
    assert page.locator(".mark.selected").count() == 0
    page.mouse.wheel(0, -400)
    assert width_of(picture) > 2.5 * whole
    page.get_by_role("button", name="All").click()
    assert width_of(picture) == pytest.approx(whole, rel=0.01)


def test_a_stretch_is_chosen(page: Page, site: Site) -> None:
    site.open(page, "stars")
    picture = page.locator("sky-preview image")
    before = picture.get_attribute("href")
    with page.expect_response(re.compile("stretch=log")) as answer:
        page.get_by_role("button", name="log", exact=True).click()
    assert answer.value.ok
    expect(picture).not_to_have_attribute("href", before or "")
    expect(page.get_by_role("button", name="log", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_part_of_a_file_is_chosen(page: Page, site: Site) -> None:
    site.open(page, "mosaic")
    first = find_marks(page).count()
    drawing = page.locator("sky-preview svg")
    expect(drawing).to_have_attribute("viewBox", "0 0 240 200")
    page.get_by_label("Part").select_option(index=1)
    expect(drawing).to_have_attribute("viewBox", "0 0 180 300")
    expect(find_marks(page)).not_to_have_count(first)


def test_a_node_of_the_fingerprint_shows_its_objects(page: Page, site: Site) -> None:
    site.open(page, "mosaic")
    page.get_by_text(re.compile("As a table")).click()
    rows = page.get_by_role("region", name="Objects by node").get_by_role("row")
    node, _, objects, _ = rows.nth(1).get_by_role("cell").all_inner_texts()
    rows.nth(1).get_by_role("button").click()
    told = page.get_by_role("region", name="Fingerprint").get_by_role("status")
    expect(told).to_have_text(re.compile(rf"Node {node}\b.*: {objects} objects?\."))
    assert 0 < page.locator(".mark.raised").count() <= int(objects)
    total = sum(int(row.get_by_role("cell").nth(2).inner_text()) for row in rows.all()[1:])
    expect(page.get_by_text(f"{total} found")).to_be_visible()


def test_similar_images_say_how_like_and_why(page: Page, site: Site) -> None:
    site.open(page, "sparse-01")
    similar = page.get_by_role("region", name="Similar images").get_by_role("listitem")
    expect(similar.first).to_be_visible()
    distances = [float(text) for text in page.locator(".distance").all_inner_texts()]
    assert distances == sorted(distances)
    expect(similar.first).to_contain_text("whole image")
    name = similar.first.get_by_role("link").inner_text()
    similar.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    expect(page).to_have_url(re.compile("sparse-01"))


def test_metadata_have_units_and_files(page: Page, site: Site) -> None:
    site.open(page, "stars")
    metadata = page.get_by_role("region", name="Metadata")
    for text in ("30 s", "2020-02-03 04:05:06 UTC", "240 \u00d7 160 pixels", "0.360″"):
        expect(metadata.get_by_text(text, exact=True).first).to_be_visible()
    link = metadata.get_by_role("link", name=re.compile(r"stars\.fits"))
    expect(link).to_be_visible()
    assert page.request.get(link.get_attribute("href") or "").body() == site.files["stars"].read_bytes()


def test_a_hidden_image_is_as_unknown_as_any(page: Page, site: Site, shoot: Shoot) -> None:
    texts = []
    for known in (site.ids["secret"], "ivo://caom-ai.local/X?a/b"):
        page.goto(f"{site.url}/image?{urlencode({'ID': known})}")
        expect(page.get_by_role("heading", name="No such image")).to_be_visible()
        texts.append(page.get_by_role("main").inner_text().replace(known, "ID"))
    assert texts[0] == texts[1]
    shoot(page, "image-unknown")
    assert find_barriers(page) == []
    page.goto(f"{site.url}/image")
    expect(page.get_by_text("names no image")).to_be_visible()


def test_pixels_that_are_not_public_are_not_shown(page: Page, site: Site) -> None:
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/image?{urlencode({'ID': site.ids['crowded-02']})}")
    expect(page.get_by_text("its pixels are not public")).to_be_visible()
    expect(page.get_by_role("region", name="Metadata")).to_be_visible()
    assert not [url for url in asked if "/preview/" in url or "/annotate" in url]


def test_a_service_that_does_not_answer_is_told_and_asked_again(page: Page, site: Site) -> None:
    page.route("**/tap/sync", lambda route: route.fulfill(status=503, body="The archive rests.\n"))
    page.goto(f"{site.url}/image?{urlencode({'ID': site.ids['stars']})}")
    expect(page.get_by_role("alert")).to_contain_text("The archive rests.")
    page.unroute("**/tap/sync")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
