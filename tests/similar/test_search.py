"""/similar against looking at every image with numpy: order, filters, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.similar.archive import ARCHIVE, SEEN, Image, nearest, separation, share_field
from tests.similar.asking import found, rows, same, search
from tests.tap.client import get

Wanted = Callable[[Image, Image], bool]
# Science and calibration, with position and without, with a target that others share and without one.
ASKED = [ARCHIVE[number] for number in (0, 19, 49, 100, 206, 333)]
M51 = ARCHIVE[40].position or (0.0, 0.0)


def siblings(one: Image, other: Image) -> bool:
    return one.observation == other.observation


def is_usual(query: Image, image: Image) -> bool:
    """What is left in without any parameter."""
    calibration = query.intent == "calibration" or image.intent == "science"
    return calibration and not siblings(query, image)


def in_range(image: Image) -> bool:
    """Whether a footprint reaches into RA 350 to 20, Dec -40 to 40, by its distance from that."""
    if image.position is None:
        return False
    ra, dec = image.position
    across = (ra - 5 + 180) % 360 - 180
    corner = (5 + max(-15, min(15, across))) % 360, max(-40, min(40, dec))
    return separation(image.position, corner) <= 0.5


CASES: dict[str, tuple[list[tuple[str, object]], Wanted]] = {
    "nothing else": ([], is_usual),
    "plane": (
        [("EXCLUDE", "plane"), ("CALIBRATION", "include")],
        lambda query, image: image != query,
    ),
    "observation": (
        [("exclude", "OBSERVATION"), ("CALIBRATION", "include")],
        lambda query, image: not siblings(query, image),
    ),
    "field": (
        [("EXCLUDE", "field")],
        lambda query, image: is_usual(query, image) and not share_field(query, image),
    ),
    "target": (
        [("EXCLUDE", "target")],
        lambda query, image: (
            is_usual(query, image) and (query.target_key is None or image.target_key != query.target_key)
        ),
    ),
    "none": ([("EXCLUDE", "none"), ("CALIBRATION", "include")], lambda _, image: bool(image)),
    "calibration": (
        [("CALIBRATION", "only")],
        lambda query, image: image.intent == "calibration" and not siblings(query, image),
    ),
    "no calibration": (
        [("CALIBRATION", "exclude")],
        lambda query, image: image.intent == "science" and not siblings(query, image),
    ),
    "collection": (
        [("COLLECTION", "FAR")],
        lambda query, image: is_usual(query, image) and image.collection == "FAR",
    ),
    "instruments": (
        [("INSTRUMENT", "R&D <1>"), ("INSTRUMENT", "Mega")],
        lambda query, image: is_usual(query, image) and image.instrument != "Wide Field",
    ),
    "time": (
        [("TIME", "50100.2 50130.2")],
        lambda query, image: is_usual(query, image) and 100 <= image.number <= 130,
    ),
    "open time and another": (
        [("TIME", "50590 Inf"), ("TIME", "50003.25")],
        lambda query, image: is_usual(query, image) and (image.number >= 590 or image.number == 3),
    ),
    "circle": (
        [("POS", f"CIRCLE {M51[0]} {M51[1]} 40")],
        lambda query, image: (
            is_usual(query, image) and image.position is not None and separation(image.position, M51) <= 40.5
        ),
    ),
    "range": (
        [("POS", "RANGE -10 20 -40 40")],
        lambda query, image: is_usual(query, image) and in_range(image),
    ),
    "pole": (
        [("POS", "range 0 360 60 +Inf")],
        lambda query, image: (
            is_usual(query, image) and image.position is not None and image.position[1] >= 59.5
        ),
    ),
    "polygon and circle, collection and time": (
        [
            ("POS", "POLYGON 10 0 60 0 60 45 10 45"),
            ("POS", "CIRCLE 35 20 45"),
            ("COLLECTION", "NEAR"),
            ("TIME", "-Inf 50400"),
        ],
        lambda query, image: (
            is_usual(query, image)
            and image.position is not None
            and separation(image.position, (35, 20)) <= 45.5
            and image.collection == "NEAR"
            and image.number <= 400
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_images_are_found_in_their_order(service: str, name: str) -> None:
    words, wanted = CASES[name]
    for image in ASKED:
        expected = nearest(image.vector, partial(wanted, image), 10)
        assert same(found(search(service, ("ID", image.publisher_id), *words)), expected), image


def test_filters_never_give_fewer_images_than_there_are(service: str) -> None:
    words = [("COLLECTION", "NEAR"), ("INSTRUMENT", "Mega"), ("TIME", "50000 50300"), ("K", 1000)]
    image = ARCHIVE[0]
    expected = nearest(
        image.vector,
        lambda other: (
            is_usual(image, other)
            and other.collection == "NEAR"
            and other.instrument == "Mega"
            and other.number <= 300
        ),
        1000,
    )
    assert 20 < len(expected) < 60
    assert same(found(search(service, ("ID", image.publisher_id), *words)), expected)


def test_all_images_can_be_asked_for(service: str) -> None:
    answer = rows(search(service, ("ID", ARCHIVE[0].publisher_id), ("K", "10000"), ("EXCLUDE", "none")))
    assert len(answer) == len([image for image in SEEN if image.intent == "science"])
    assert [int(row["rank"]) for row in answer] == list(range(1, len(answer) + 1))


def test_a_distance_cuts_the_answer_off(service: str) -> None:
    publisher_id = ARCHIVE[0].publisher_id
    whole = found(search(service, ("ID", publisher_id), ("K", 30)))
    limit = (whole[6][1] + whole[7][1]) / 2
    assert found(search(service, ("ID", publisher_id), ("K", 30), ("MAXDIST", limit))) == whole[:7]
    assert found(search(service, ("ID", publisher_id), ("MAXDIST", 0))) == []


def test_an_overflow_is_said_to_who_names_a_limit(service: str) -> None:
    publisher_id = ARCHIVE[0].publisher_id
    usual = [image for image in SEEN if is_usual(ARCHIVE[0], image)]
    asked = [{"K": 3}, {"MAXREC": 3}, {"MAXREC": 0}, {"MAXREC": 10_000}, {}]
    answers = [get(f"{service}/similar", {"ID": publisher_id, **words}) for words in asked]
    assert [len(answer.table.array) for answer in answers] == [3, 3, 0, len(usual), 10]
    assert [answer.statuses[1:] for answer in answers] == [[], ["OVERFLOW"], ["OVERFLOW"], [], []]


def test_hidden_images_are_found_by_nobody(service: str) -> None:
    hidden = {image.publisher_id for image in ARCHIVE if image.is_hidden}
    assert hidden
    for image in ASKED:
        answer = search(service, ("ID", image.publisher_id), ("K", 10_000), ("CALIBRATION", "include"))
        assert not hidden & {name for name, _ in found(answer)}
