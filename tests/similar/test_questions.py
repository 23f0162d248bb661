"""What can be asked about at /similar: many images, search vectors, examples, and tables of each."""

from __future__ import annotations

import gzip
import math
from functools import partial

import numpy as np
import pytest
from astropy.table import Table

from tests.similar.archive import ARCHIVE, MODEL, SEEN, Image, Vector, nearest, separation
from tests.similar.asking import by_id, found, rows, same, search, send_table
from tests.tap.client import get
from tests.uploads.sending import field, tabledata

UNKNOWN = "ivo://test.example/NEAR?nothing/p0"
HIDDEN = next(image for image in ARCHIVE if image.is_hidden)
WITHOUT = ARCHIVE[7]
ID_FIELD = field("publisherID", "char", "*")


def science(image: Image) -> bool:
    return image.intent == "science"


def write(vector: Vector) -> str:
    return " ".join(map(repr, vector.tolist()))


def expect(image: Image, k: int = 10) -> list[tuple[str, float]]:
    calibration = image.intent == "calibration"
    return nearest(
        image.vector,
        lambda other: (calibration or science(other)) and other.observation != image.observation,
        k,
    )


def test_many_images_are_answered_in_their_order(service: str) -> None:
    asked = [ARCHIVE[19].publisher_id, "bad", HIDDEN.publisher_id, ARCHIVE[4].publisher_id, "a\0b"]
    answer = rows(search(service, *(("ID", text) for text in asked), ("K", 3)))
    assert [int(row["queryNumber"]) for row in answer] == [1, 1, 1, 2, 3, 4, 4, 4, 5]
    assert [row["queryID"] for row in answer][3:6:2] == ["bad", ARCHIVE[4].publisher_id]
    for number in (19, 4):
        mine = [row for row in answer if row["queryID"] == ARCHIVE[number].publisher_id]
        assert same(
            [(row["publisherID"], float(row["distance"])) for row in mine], expect(ARCHIVE[number], 3)
        )
    errors = {row["queryID"]: row["error_message"] for row in answer if not row["rank"]}
    assert errors == {
        text: f"No image that can be compared is known here as {text}."
        for text in ("bad", HIDDEN.publisher_id, "a\ufffdb")
    }


def test_a_hidden_image_is_as_unknown_as_an_unknown_one(service: str) -> None:
    for publisher_id in (UNKNOWN, HIDDEN.publisher_id):
        for words in ([("ID", publisher_id)], [("LIKE", publisher_id)]):
            answer = search(service, *words)
            assert (answer.status, answer.text) == (
                404,
                f"No image that can be compared is known here as {publisher_id}.\n",
            )


def test_an_image_without_content_says_so(service: str) -> None:
    answer = search(service, ("ID", WITHOUT.publisher_id))
    assert answer.status == 404
    assert answer.text.startswith(f"{WITHOUT.publisher_id} has no objects and no statistics")


@pytest.mark.parametrize("style", [write, lambda vector: str((3 * vector).tolist())])
def test_a_vector_from_elsewhere_is_compared(service: str, style: object) -> None:
    assert callable(style)
    vector = ARCHIVE[30].vector
    answer = search(service, ("VECTOR", style(vector)), ("MODEL", MODEL.upper()[:12]))
    # It is not known of which image it is: nothing is left out but calibration frames.
    assert same(found(answer), nearest(vector, science, 10))
    assert found(answer)[0][0] == ARCHIVE[30].publisher_id


def test_several_vectors_are_several_questions(service: str) -> None:
    vectors = [("VECTOR", write(ARCHIVE[number].vector)) for number in (30, 8)]
    answer = rows(search(service, *vectors, ("MODEL", MODEL), ("K", 1)))
    assert [(row["queryID"], by_id(row["publisherID"]).number) for row in answer] == [
        ("VECTOR 1", 30),
        ("VECTOR 2", 8),
    ]


def rocchio(likes: list[Image], others: list[Image]) -> Vector:
    mean: Vector = np.mean([image.vector for image in likes], axis=0)
    if others:
        mean = mean - 0.5 * np.mean([image.vector for image in others], axis=0)
    unit: Vector = mean / np.linalg.norm(mean)
    return unit


@pytest.mark.parametrize(("likes", "others"), [([0, 12, 24], []), ([0, 12], [5, 17]), ([1], [1, 2, 4])])
def test_examples_are_one_question(service: str, likes: list[int], others: list[int]) -> None:
    positive, negative = ([ARCHIVE[number] for number in numbers] for numbers in (likes, others))
    words = [("LIKE", image.publisher_id) for image in positive]
    words += [("UNLIKE", image.publisher_id) for image in negative]
    taken = {image.observation for image in positive + negative}
    expected = nearest(
        rocchio(positive, negative),
        lambda image: science(image) and image.observation not in taken,
        10,
    )
    answer = found(search(service, *words))
    assert [name for name, _ in answer] == [name for name, _ in expected]
    assert [distance for _, distance in answer] == pytest.approx([d for _, d in expected], abs=1e-3)


def is_free(taken: list[Image], image: Image) -> bool:
    return science(image) and image.observation not in {one.observation for one in taken}


def test_vectors_from_elsewhere_are_examples_too(service: str) -> None:
    vector, like, other = ARCHIVE[30], ARCHIVE[8], ARCHIVE[17]
    words = [("VECTOR", write(vector.vector)), ("MODEL", MODEL), ("UNLIKE", other.publisher_id)]
    for likes in ([], [like]):
        expected = nearest(rocchio([vector, *likes], [other]), partial(is_free, [*likes, other]), 10)
        answer = found(search(service, *words, *(("LIKE", image.publisher_id) for image in likes)))
        assert [name for name, _ in answer] == [name for name, _ in expected]
        assert [distance for _, distance in answer] == pytest.approx([d for _, d in expected], abs=1e-3)


def test_examples_that_are_unknown_are_named(service: str) -> None:
    answer = search(
        service, ("LIKE", ARCHIVE[0].publisher_id), ("LIKE", UNKNOWN), ("UNLIKE", HIDDEN.publisher_id)
    )
    assert (answer.status, answer.text) == (
        404,
        f"No image that can be compared is known here as {UNKNOWN}, {HIDDEN.publisher_id}.\n",
    )


@pytest.mark.parametrize(
    "column",
    [
        ID_FIELD,
        field("obs_publisher_did", "char", "*"),
        field("x", "unicodeChar", "*", utype="caom2:Plane.publisherID"),
        field("x", "char", "*", ucd="meta.ref.ivoid"),
    ],
)
def test_a_table_of_images(service: str, column: str) -> None:
    asked = [ARCHIVE[50], ARCHIVE[2]]
    cells = [[image.publisher_id, "1"] for image in asked] + [[UNKNOWN, "2"], ["", "3"]]
    table = tabledata(column + field("n", "int"), cells)
    answer = rows(send_table(service, table, K="2"))
    assert [int(row["queryNumber"]) for row in answer] == [1, 1, 2, 2, 3, 4]
    for image in asked:
        mine = [row for row in answer if row["queryID"] == image.publisher_id]
        assert [row["publisherID"] for row in mine] == [name for name, _ in expect(image, 2)]
    assert [row["error_message"] for row in answer[4:]] == [
        f"No image that can be compared is known here as {UNKNOWN}.",
        "This row names no image.",
    ]


def test_a_table_may_be_packed(service: str) -> None:
    table = tabledata(ID_FIELD, [[ARCHIVE[50].publisher_id]])
    assert send_table(service, gzip.compress(table)).body == send_table(service, table).body
    broken = send_table(service, gzip.compress(table)[:-20])
    assert (broken.status, "its gzip data is broken or cut off" in broken.text) == (400, True)


def test_a_table_of_vectors(service: str) -> None:
    good = write(ARCHIVE[60].vector * 7)
    cells = [[good], [write(ARCHIVE[60].vector[:9])], ["NaN " + good.partition(" ")[2]], ["0 " * 400], [""]]
    table = tabledata(field("vector", "double", "*"), cells)
    answer = rows(send_table(service, table, K="1", MODEL=MODEL))
    assert [(row["queryNumber"], row["rank"]) for row in answer] == [
        ("1", "1"),
        *((str(number), "") for number in range(2, 6)),
    ]
    assert by_id(answer[0]["publisherID"]).number == 60
    assert {row["error_message"] for row in answer[1:]} == {
        "A search vector is 400 finite numbers that are not all 0; this is none."
    }


def test_a_table_of_vectors_keeps_its_ids(service: str) -> None:
    cells = [["mine", write(ARCHIVE[60].vector)]]
    table = tabledata(ID_FIELD + field("vector", "float", "400"), cells)
    (row,) = rows(send_table(service, table, K="1", MODEL=MODEL))
    assert (row["queryID"], by_id(row["publisherID"]).number) == ("mine", 60)


def nearest_image(place: tuple[float, float]) -> Image:
    shown = [image for image in SEEN if image.position and separation(image.position, place) <= 0.5]
    return min(shown, key=lambda image: (separation(image.position or place, place), image.uuid("plane")))


def is_no_sibling(one: Image, other: Image) -> bool:
    return one.observation != other.observation


def test_a_table_of_places(service: str) -> None:
    ra, dec = ARCHIVE[80].position or (0, 0)
    places = [(ra, dec), (ra + 0.2 / math.cos(math.radians(dec)), dec), (0.0, 0.0)]
    columns = field("RAJ2000", "double", ucd="pos.eq.ra;meta.main") + field(
        "DEJ2000", "double", ucd="pos.eq.dec;meta.main"
    )
    table = tabledata(columns, [[repr(number) for number in place] for place in places])
    answer = rows(send_table(service, table, K="2", CALIBRATION="include"))
    for number, place in enumerate(places[:2], 1):
        image = nearest_image(place)
        expected = nearest(image.vector, partial(is_no_sibling, image), 2)
        mine = [row["publisherID"] for row in answer if row["queryNumber"] == str(number)]
        assert mine == [name for name, _ in expected]
    assert answer[-1]["error_message"] == "No image that can be compared shows the place 0 0."


def test_rows_that_ask_nothing_say_so(service: str) -> None:
    names = tabledata(field("publisherID", "char", "*"), [[ARCHIVE[0].publisher_id], [""], ["bad"]])
    first, second, third = rows(send_table(service, names, K="1"))
    assert (first["rank"], second["error_message"]) == ("1", "This row names no image.")
    assert third["error_message"] == "No image that can be compared is known here as bad."
    places = tabledata(field("ra", "double", unit="deg") + field("dec", "double"), [["", "1"], ["NaN", "1"]])
    assert [row["error_message"] for row in rows(send_table(service, places))] == 2 * [
        "This row has no place."
    ]


def test_an_answer_can_be_a_question(service: str) -> None:
    first = get(f"{service}/similar", {"ID": ARCHIVE[0].publisher_id, "K": 4})
    names = [str(name) for name in Table(first.table.array)["publisherID"]]
    answer = rows(send_table(service, first.body, K="1"))
    assert [row["queryID"] for row in answer] == names
