"""The vocabulary of our DataLink semantics: served, published, and the same in all its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapext.datalink import SIMILAR
from tests.tap.client import get

DOCS = Path(__file__).parents[2] / "docs" / "rdf"
KINDS = {"html": "text/html", "ttl": "text/turtle", "desise": "application/x-desise+json"}


@pytest.mark.parametrize("ending", KINDS)
def test_each_form_has_an_address_and_is_published_as_it_is(service: str, ending: str) -> None:
    answer = get(f"{service}/rdf/datalink.{ending}")
    assert (answer.status, answer.kind.partition(";")[0]) == (200, KINDS[ending])
    assert answer.body == (DOCS / f"datalink.{ending}").read_bytes(), "run make docs"


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("application/x-desise+json", "application/x-desise+json"),
        ("text/turtle;q=1, text/html;q=0.5", "text/turtle"),
        ("text/html,application/xhtml+xml", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_clients_get_the_form_that_they_take(service: str, accepted: str, kind: str) -> None:
    answer = get(f"{service}/rdf/datalink", headers={"Accept": accepted})
    assert answer.kind.partition(";")[0] == kind


def test_the_term_of_links_is_in_it(service: str) -> None:
    uri, _, name = SIMILAR.partition("#")
    desise = json.loads(get(f"{service}/rdf/datalink.desise").body)
    assert desise["uri"] == uri
    assert list(desise["terms"]) == [name]
    assert f"<{SIMILAR}> a rdf:Property" in get(f"{service}/rdf/datalink.ttl").text
    page = get(f"{service}/rdf/datalink").root
    assert [part.get("id") for part in page.iter("{http://www.w3.org/1999/xhtml}section")] == [name]


def test_another_form_is_not_found(service: str) -> None:
    assert get(f"{service}/rdf/datalink.xml").status == 404
