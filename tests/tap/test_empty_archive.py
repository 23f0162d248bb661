"""A service over an archive that holds nothing yet says so, and shows what could be asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tapext.pages.examples import read_examples
from tests.tap.client import ask, get
from tests.tap.process import serving


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[str]:
    """Address of a service over an empty database."""
    with serving(environment) as (_, url):
        yield url


def test_ep_04_availability_notes_that_no_map_is_current(service: str) -> None:
    root = get(f"{service}/tap/availability").root
    found = {part.tag.partition("}")[2]: part.text for part in root}
    assert found["available"] == "true"
    assert "No map is current" in str(found["note"])


def test_ep_08_examples_are_shown(service: str) -> None:
    page = get(f"{service}/tap/examples").text
    assert page.count('typeof="example"') == len(read_examples())
    assert "ivo://example.org/" in page
    assert "{" not in page.partition("<main")[2]


def test_every_table_is_empty(service: str) -> None:
    for table in ("ivoa.ObsCore", "caom2.Plane", "caom2_ai.fingerprint"):
        assert len(ask(service, f"SELECT * FROM {table}").table.array) == 0
