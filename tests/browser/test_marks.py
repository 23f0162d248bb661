"""Mark one, select all alike: what a mark takes with it, and the files of what is marked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Shoot, find_barriers
from tests.browser.test_results import count_rows, open_results
from tests.tap.client import ask


def told(page: Page) -> Locator:
    return page.locator(".mark-bar strong")


def find_node(url: str) -> tuple[str, int, int]:
    """Find an image that shares its node of Map 2 with others: observation, node, number of images."""
    answer = ask(url, "SELECT publisherID, fieldNode FROM caom2_ai.fingerprint WHERE intent = 'science'")
    nodes = [int(node) for node in answer.table.array["fieldNode"]]
    node = max(set(nodes), key=lambda one: (1 < nodes.count(one) < 24, nodes.count(one), one))
    publisher_id = str(answer.table.array["publisherID"][nodes.index(node)])
    return publisher_id.rpartition("/")[2], node, nodes.count(node)


def mark(page: Page, observation: str) -> None:
    page.get_by_role("checkbox", name=f"Mark {observation}/").click()


def test_marking_one_image_marks_all_of_its_node(page: Page, archive_url: str, shoot: Shoot) -> None:
    observation, node, number = find_node(archive_url)
    assert number > 1
    open_results(page, archive_url)
    mark(page, observation)
    expect(told(page)).to_have_text(f"{number} marked")
    expect(page.locator(".mark-bar")).to_contain_text(f"node {node} of Map 2")
    shoot(page, "marks")
    assert find_barriers(page) == []
    mark(page, observation)
    expect(told(page)).to_have_text(f"{number - 1} marked")
    page.reload()
    expect(told(page)).to_have_text(f"{number - 1} marked")
    page.get_by_role("button", name="Undo").click()
    expect(told(page)).to_have_text(f"{number} marked")
    page.get_by_role("button", name="Undo").click()
    expect(told(page)).to_have_text("0 marked")
    page.go_back()
    expect(told(page)).to_have_text(f"{number} marked")


def test_marking_one_image_marks_its_nearest_up_to_a_distance(page: Page, archive_url: str) -> None:
    open_results(page, archive_url)
    page.get_by_label("A mark takes").select_option("the nearest to it")
    mark(page, "globular-03")
    expect(told(page)).to_have_text("11 marked")
    slider = page.get_by_role("slider")
    slider.fill("2")
    (neighbours,) = re.findall(r"of its (\d+) neighbours", page.locator(".mark-bar").inner_text())
    expect(told(page)).to_have_text(f"{int(neighbours) + 1} marked")
    slider.fill("0")
    expect(told(page)).to_have_text("1 marked")
    page.get_by_role("button", name="Unmark all").click()
    expect(told(page)).to_have_text("0 marked")


def test_marked_files_are_fetched_by_list_and_by_script(page: Page, archive_url: str, tmp_path: Path) -> None:
    open_results(page, archive_url)
    page.get_by_label("A mark takes").select_option("this image only")
    mark(page, "globular-03")
    mark(page, "sparse-01")
    page.get_by_text("Download", exact=True).click()
    expect(page.get_by_role("group", name="Download the marked images")).to_contain_text("2 files")
    with page.expect_download() as download:
        page.get_by_role("button", name="List of addresses").click()
    addresses = Path(download.value.path()).read_text().split()
    assert len(addresses) == 2
    assert all(re.fullmatch(rf"{archive_url}/files/[0-9a-f-]{{36}}", address) for address in addresses)
    with page.expect_download() as download:
        page.get_by_role("button", name="Shell script").click()
    script = Path(download.value.path())
    subprocess.run(["sh", script], cwd=tmp_path, check=True, timeout=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "globular-03_globular-03.fits",
        "sparse-01_sparse-01.fits",
    ]
    assert all(path.read_bytes().startswith(b"SIMPLE  =") for path in tmp_path.iterdir())


def test_marks_stay_among_what_the_filters_leave(page: Page, archive_url: str) -> None:
    observation, node, _ = find_node(archive_url)
    kind = observation.partition("-")[0]
    open_results(page, archive_url, f"?target={kind}&mark=field:{node}")
    named = f"SELECT o.obsID FROM caom2.Observation AS o WHERE o.target_name ILIKE '%{kind}%'"
    alike = count_rows(archive_url, f"f.fieldNode = {node} AND f.obsID IN ({named})")
    expect(told(page)).to_have_text(f"{alike} marked")
