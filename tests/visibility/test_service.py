"""Hidden images through the service: DataLink and functions know them as little as unknown ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import database_url
from tests.tap.client import Answer, get
from tests.tap.process import serving
from tests.visibility.archive import DESCRIBED, HIDDEN, VISIBLE
from tests.visibility.conftest import Archive

UNKNOWN = "ivo://test.example/unknown?p/p"


@pytest.fixture(scope="module")
def service(whole: Archive) -> Iterator[str]:
    """Address of the service over the archive with its hidden rows."""
    with serving({"CAOMAI_DATABASE_URL": database_url(whole.database)}) as (_, url):
        yield url


def links(service: str, *ids: str) -> list[Any]:
    return list(get(f"{service}/datalink/links", [("ID", text) for text in ids]).table.array)


def nearest(service: str, image: str) -> Answer:
    query = (
        f"SELECT TOP 1 caomai_distance(vector, caomai_vector('{image}')) AS dist"
        f" FROM caom2_ai.fingerprint WHERE publisherID <> '{image}' ORDER BY dist"
    )
    return get(f"{service}/tap/sync", {"LANG": "ADQL", "QUERY": query})


def test_links_of_hidden_images_are_errors_like_those_of_unknown_ones(service: str) -> None:
    (unknown,) = links(service, UNKNOWN)
    assert str(unknown["error_message"]).startswith("NotFoundFault: ")
    for plane in HIDDEN:
        if plane not in DESCRIBED:
            (row,) = links(service, plane.publisher_id)
            for name in row.dtype.names:
                assert str(row[name]).replace(plane.publisher_id, UNKNOWN) == str(unknown[name]), name


def test_links_never_lead_to_hidden_images(service: str) -> None:
    hidden = [plane.publisher_id for plane in HIDDEN if plane not in DESCRIBED]
    for plane in VISIBLE:
        written = " ".join(str(row["access_url"]) for row in links(service, plane.publisher_id))
        assert not any(name in written for name in hidden)


def test_the_vector_of_a_hidden_image_is_as_unknown_as_that_of_no_image(service: str) -> None:
    unknown = nearest(service, UNKNOWN)
    assert unknown.status == 404
    for plane in HIDDEN[::7]:
        answer = nearest(service, plane.publisher_id)
        assert answer.status == unknown.status
        assert answer.message.replace(plane.publisher_id, UNKNOWN) == unknown.message
    assert nearest(service, next(p for p in VISIBLE if p.number % 5).publisher_id).statuses == ["OK"]
