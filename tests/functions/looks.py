"""Searches for objects that look alike, and what numpy finds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.functions.archive import SEEN, Image, Thing
from tests.tap.client import Answer, post, post_body
from tests.uploads.sending import KIND, form

Wanted = Callable[[Image, Thing], bool]
Found = list[tuple[int, float]]

THIS = next(image for image in SEEN if image.collection == "HST")
THING = THIS.things[3]


def number(image: Image, thing: Thing) -> int:
    """Give the objectID: images were stored one after the other."""
    return object_id(image, image.things.index(thing))


def object_id(image: Image, place: int) -> int:
    return (image.number + 1 << 20) + place


ID = number(THIS, THING)


def search(service: str, *pairs: tuple[str, Any], **words: Any) -> Answer:
    """Ask by POST, for CSV unless something else is wanted."""
    return post(f"{service}/similar/objects", [*pairs, *({"RESPONSEFORMAT": "csv"} | words).items()])


def send_table(service: str, table: bytes, **words: str) -> Answer:
    """Ask with a table of questions."""
    pairs = [("UPLOAD", "t,param:f"), *({"RESPONSEFORMAT": "csv"} | words).items()]
    return post_body(f"{service}/similar/objects", KIND, form(pairs, {"f": table}))


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def nearest(wanted: Wanted, k: int = 20, look: NDArray[np.floating] | None = None) -> Found:
    """Find the objects most like THING, or like a vector, without an index."""
    return nearest_to(THING.vector if look is None else look, wanted, k)


def nearest_to(look: NDArray[np.floating], wanted: Wanted, k: int = 20) -> Found:
    """Find the objects most like a vector without an index."""
    pairs = [(image, thing) for image in SEEN for thing in image.things if wanted(image, thing)]
    looks = [thing.vector.astype(float) - look.astype(float) for _, thing in pairs]
    found = zip((number(*pair) for pair in pairs), map(float, map(np.linalg.norm, looks)), strict=True)
    return sorted(found, key=lambda pair: pair[1])[:k]


def check(answer: Answer | Sequence[dict[str, str]], expected: Found) -> None:
    """Compare the objects of an answer, in their order, with those that numpy found."""
    found = rows(answer) if isinstance(answer, Answer) else answer
    assert [int(row["objectID"]) for row in found] == [objectid for objectid, _ in expected]
    distances = [float(row["distance"]) for row in found]
    np.testing.assert_allclose(distances, [distance for _, distance in expected], atol=1e-3)
    assert [int(row["rank"]) for row in found] == list(range(1, len(found) + 1))
