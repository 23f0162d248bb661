"""Questions to /similar, and their answers as rows."""

from __future__ import annotations

import csv
import io

import pytest

from tests.similar.archive import ARCHIVE, Image
from tests.tap.client import Answer, post, post_body
from tests.uploads.sending import KIND, form

Row = dict[str, str]


def search(service: str, *words: tuple[str, object], **more: object) -> Answer:
    """Ask by POST, for CSV unless something else is wanted."""
    return post(f"{service}/similar", [*words, *({"RESPONSEFORMAT": "csv"} | more).items()])


def send_table(service: str, table: bytes, **words: str) -> Answer:
    """Ask with a table of questions."""
    pairs = [("UPLOAD", "t,param:f"), *({"RESPONSEFORMAT": "csv"} | words).items()]
    return post_body(f"{service}/similar", KIND, form(pairs, {"f": table}))


def rows(answer: Answer) -> list[Row]:
    """Read the rows of an answer."""
    assert answer.status == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def found(answer: Answer) -> list[tuple[str, float]]:
    """Give the publisherIDs of an answer and their distances."""
    return [(row["publisherID"], float(row["distance"])) for row in rows(answer)]


def same(one: list[tuple[str, float]], other: list[tuple[str, float]]) -> bool:
    """Compare images in their order, and their distances as far as halves of numbers go."""
    names, others = ([name for name, _ in pairs] for pairs in (one, other))
    return names == others and [distance for _, distance in one] == pytest.approx(
        [distance for _, distance in other], abs=2e-5
    )


def by_id(publisher_id: str) -> Image:
    """Find an image of the archive."""
    return ARCHIVE[int(publisher_id.rpartition("/p")[2])]
