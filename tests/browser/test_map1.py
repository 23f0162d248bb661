"""Map 1 of the page: a visitor looks at nodes, includes and excludes them, and the results follow."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot, find_barriers
from tests.tap.client import ask

MAP = "object-map"
COUNTS = """
    SELECT n.node, n.nObjects, n.nImages FROM caom2_ai.node AS n JOIN caom2_ai.map AS m ON m.mapID = n.mapID
    WHERE m.kind = 'object' AND m.isCurrent = 1 ORDER BY nImages DESC, node
"""
IMAGES = "SELECT COUNT(*) AS n FROM caom2_ai.fingerprint AS f WHERE "

Number = Callable[[str], int]


@pytest.fixture(scope="module")
def nodes(archive_url: str) -> list[tuple[int, int, int]]:
    """Node, objects and images of all nodes of Map 1, those that most images have objects in first."""
    rows = list(csv.reader(ask(archive_url, COUNTS, RESPONSEFORMAT="csv").text.splitlines()))[1:]
    return [(int(node), int(objects), int(images)) for node, objects, images in rows]


@pytest.fixture(scope="module")
def count(archive_url: str) -> Number:
    """Count the images that fulfil a condition, as any client of the service does."""

    def number(condition: str) -> int:
        return int(ask(archive_url, IMAGES + condition, RESPONSEFORMAT="csv").text.split()[1])

    return number


@pytest.fixture
def map1(page: Page, archive_url: str) -> Locator:
    """Map 1 beside the results."""
    page.goto(f"{archive_url}/")
    expect(page.locator(f"{MAP} [data-node]")).to_have_count(400)
    return page.locator(MAP)


def cell(map1: Locator, node: int) -> Locator:
    return map1.locator(f'[data-node="{node}"]')


def expect_rows(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Showing {number} rows? "))).to_be_visible()


def test_a_visitor_sees_what_lies_in_a_node(map1: Locator, nodes: list[tuple[int, int, int]]) -> None:
    (star, objects, images), (galaxy, *_) = nodes[:2]
    cell(map1, star).hover()
    card = map1.locator("node-card")
    expect(card.get_by_role("heading")).to_have_text(f"Node {star}, star")
    expect(card).to_contain_text(f"{objects:,}")
    expect(card).to_contain_text(f"{images} ({images / 24:.0%})")
    expect(card).to_contain_text(
        "right in 90% of 20 objects looked at by Ben (95 % sure: 80% to 95%) named by Ann"
    )
    cell(map1, galaxy).hover()
    expect(card.get_by_role("heading")).to_have_text(f"Node {galaxy}, galaxy?")
    expect(card).to_contain_text("80% of 412 objects of EFIGI (95 % sure: 70% to 90%)")


def test_pictures_show_typical_objects(
    page: Page, map1: Locator, nodes: list[tuple[int, int, int]], shoot: Shoot
) -> None:
    ways = map1.get_by_role("group", name="Show")
    expect(ways.get_by_role("button", name="Pictures")).to_have_attribute(
        "aria-pressed", "true", timeout=60_000
    )
    picture = map1.locator("img.board-picture")
    expect(picture).to_be_visible()
    cell(map1, nodes[0][0]).click()
    expect(map1.locator(".card-samples img[src]:not([hidden])").first).to_be_visible(timeout=60_000)
    map1.get_by_role("button", name="Enlarge").click()
    shoot(page, "map1-pictures")
    assert find_barriers(page) == []
    ways.get_by_role("button", name="Counts").click()
    expect(picture).to_be_hidden()


def test_clicks_include_exclude_and_let_go(
    page: Page, map1: Locator, nodes: list[tuple[int, int, int]], count: Number, shoot: Shoot
) -> None:
    node = nodes[60][0]
    chosen = cell(map1, node)
    chosen.click()
    expect(chosen).to_have_accessible_name(re.compile(f"^Node {node}, .* in .* images?, included$"))
    expect(page).to_have_url(re.compile(rf"\?has={node}$"))
    expect_rows(page, count(f"1 = caomai_has(f.fingerprint, '{node}')"))
    chosen.click()
    expect(chosen).to_have_accessible_name(re.compile(", excluded$"))
    expect(page).to_have_url(re.compile(rf"\?lacks={node}$"))
    expect_rows(page, count(f"caomai_count(f.fingerprint, {node}) = 0"))
    cell(map1, nodes[0][0]).click()
    expect(map1.get_by_role("group", name="Chosen nodes")).to_contain_text("Images with objects in")
    shoot(page, "map1-chosen")
    assert find_barriers(page) == []
    map1.get_by_role("button", name="Let all go").click()
    expect_rows(page, 24)
    page.go_back()
    expect(chosen).to_have_accessible_name(re.compile(", excluded$"))


def test_the_signs_of_states_are_not_colour_alone(
    page: Page, archive_url: str, nodes: list[tuple[int, int, int]]
) -> None:
    (included, *_), (excluded, *_) = nodes[:2]
    page.goto(f"{archive_url}/?has={included}&lacks={excluded}")
    sign = "element => getComputedStyle(element, '::before').content"
    assert cell(page.locator(MAP), included).evaluate(sign) == '"+"'
    assert cell(page.locator(MAP), excluded).evaluate(sign) == '"−"'  # noqa: RUF001 -- a minus


def test_dragging_paints_and_any_of_the_nodes_will_do(page: Page, map1: Locator, count: Number) -> None:
    row = [300, 301, 302, 303]
    cell(map1, row[0]).hover()
    page.mouse.down()
    cell(map1, row[-1]).hover()  # a quick hand skips what lies between
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?has=300,301,302,303$"))
    expect_rows(page, count("1 = caomai_has(f.fingerprint, '300,301,302,303')"))
    map1.get_by_label("Images with objects in").select_option("any of these nodes")
    expect_rows(page, count(" OR ".join(f"1 = caomai_has(f.fingerprint, '{node}')" for node in row)))


def test_more_than_one_object_may_be_asked_for(
    page: Page, map1: Locator, nodes: list[tuple[int, int, int]], count: Number
) -> None:
    node = nodes[0][0]
    cell(map1, node).click()
    least = map1.get_by_label(f"Least number of objects of Node {node}")
    least.fill("5")
    least.press("Enter")
    expect(page).to_have_url(re.compile(rf"\?has={node}:5$"))
    expect_rows(page, count(f"caomai_count(f.fingerprint, {node}) >= 5"))


def test_the_map_is_zoomed_by_buttons_wheel_and_keys(page: Page, map1: Locator) -> None:
    target = cell(map1, 210)
    width = target.bounding_box()["width"]  # type: ignore[index]
    map1.get_by_role("button", name="Zoom in").click()
    assert target.bounding_box()["width"] == pytest.approx(1.5 * width, rel=0.03)  # type: ignore[index]
    map1.get_by_role("button", name="See the whole map").click()
    target.hover()
    before = target.bounding_box()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_function(
        "width => document.querySelector('object-map .cell').clientWidth > 1.5 * width", arg=width
    )
    after = target.bounding_box()
    assert before
    assert after
    # What the pointer is on stays under it.
    assert after["x"] <= before["x"] + width / 2 <= after["x"] + after["width"]
    target.focus()
    page.keyboard.press("0")
    assert target.bounding_box()["width"] == pytest.approx(width, rel=0.03)  # type: ignore[index]
    page.keyboard.press("+")
    assert target.bounding_box()["width"] == pytest.approx(1.5 * width, rel=0.03)  # type: ignore[index]


def test_nodes_are_found_by_their_label(
    page: Page, map1: Locator, nodes: list[tuple[int, int, int]], shoot: Shoot
) -> None:
    galaxies = sorted(node for node, *_ in nodes[1:3])
    map1.get_by_label("Find objects by name or node").fill("GALAX")
    expect(map1.get_by_role("status")).to_have_text("2 nodes")
    shoot(page, "map1-found")
    map1.get_by_role("button", name="Go to the first").click()
    expect(cell(map1, galaxies[0])).to_be_focused()
    map1.get_by_role("button", name="+ Include").first.click()
    expect(page).to_have_url(re.compile(rf"\?has={galaxies[0]},{galaxies[1]}$"))
    map1.get_by_label("Find objects by name or node").fill("no such thing")
    expect(map1.get_by_role("status")).to_have_text("No node has this name or number.")


def test_the_keyboard_alone_suffices(page: Page, map1: Locator) -> None:
    map1.get_by_label("Find objects by name or node").focus()
    for _ in range(6):  # a few buttons are on the way
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.role") == "gridcell":
            break
    expect(cell(map1, 380)).to_be_focused()  # the corner at the top left
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"\?has=341$"))
    expect(map1.locator("node-card").get_by_role("heading")).to_contain_text("Node 341")
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"\?has=341,342&lacks=343$"))
    page.keyboard.press("Control+End")
    expect(cell(map1, 19)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(map1, 19)).to_be_focused()


def test_a_finger_looks_chooses_and_paints(phone: Page, archive_url: str, shoot: Shoot) -> None:
    page = phone
    page.goto(f"{archive_url}/")
    page.get_by_role("button", name="Map 1").tap()
    map1 = page.locator(MAP)
    cell(map1, 210).tap()
    expect(map1.locator("node-card").get_by_role("heading")).to_contain_text("Node 210")
    assert "has=" not in page.url
    cell(map1, 210).tap()
    expect(page).to_have_url(re.compile(r"\?has=210$"))
    map1.get_by_role("group", name="Images with it").get_by_role("button", name="Exclude").tap()
    expect(page).to_have_url(re.compile(r"\?lacks=210$"))
    map1.get_by_role("button", name="Paint by finger").tap()
    first, last = (cell(map1, node).bounding_box() for node in (230, 232))
    assert first
    assert last
    touches = page.context.new_cdp_session(page)
    for kind, place in (("touchStart", first), ("touchMove", last)):
        point = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page).to_have_url(re.compile(r"\?has=230,231,232&lacks=210$"))
    assert find_barriers(page) == []
    shoot(page, "map1-touch")


def test_two_fingers_zoom(phone: Page, archive_url: str) -> None:
    page = phone
    page.goto(f"{archive_url}/")
    page.get_by_role("button", name="Map 1").tap()
    target = cell(page.locator(MAP), 210)
    box = target.bounding_box()
    assert box
    touches = page.context.new_cdp_session(page)
    for kind, spread in (("touchStart", 20), ("touchMove", 30), ("touchMove", 40)):
        points = [{"x": box["x"] + side * spread, "y": box["y"], "id": side + 1} for side in (-1, 1)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert target.bounding_box()["width"] == pytest.approx(2 * box["width"], rel=0.05)  # type: ignore[index]
    assert "has=" not in page.url
