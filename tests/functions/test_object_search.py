"""/similar/objects by place, node and time, with tables, examples and jobs, and where it cannot answer."""

from __future__ import annotations

import gzip
import io
import json
import re
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits, votable

from tests.functions.archive import BARE, FAINT, IMAGES, MODEL, SEEN, WANTED, Image, Thing
from tests.functions.looks import (
    ID,
    THING,
    THIS,
    Wanted,
    check,
    nearest,
    number,
    object_id,
    rows,
    search,
    send_table,
)
from tests.tap.client import Answer, ask, get
from tests.uploads.sending import field, tabledata
from tests.uws.client import Client

HIDDEN = next(image for image in IMAGES if not image.visible)
OTHER = SEEN[5]


def is_near(thing: Thing, radius: float) -> bool:
    there, here = (SkyCoord(one.ra, one.dec, unit="deg") for one in (thing, THING))
    return bool(there.separation(here).deg < radius)


def is_new(image: Image) -> bool:
    return image is not THIS


FILTERS: dict[str, tuple[list[tuple[str, Any]], Wanted]] = {
    "circle": (
        [("POS", f"CIRCLE {THING.ra} {THING.dec} 0.3")],
        lambda image, thing: is_new(image) and is_near(thing, 0.3),
    ),
    "range": (
        [("POS", "RANGE 202 203 -Inf 47.01")],
        lambda image, thing: is_new(image) and 202 < thing.ra < 203 and thing.dec < 47.01,
    ),
    "two places": (
        [("POS", "CIRCLE 0 0 1"), ("POS", f"CIRCLE {THING.ra} {THING.dec} 0.2")],
        lambda image, thing: is_new(image) and is_near(thing, 0.2),
    ),
    "node": ([("NODE", WANTED[0])], lambda image, thing: is_new(image) and thing.node == WANTED[0]),
    "nodes": (
        [("NODE", node) for node in WANTED],
        lambda image, thing: is_new(image) and thing.node in WANTED,
    ),
    "all at once": (
        [("NODE", 144), ("COLLECTION", "HST"), ("POS", "CIRCLE 202.5 47.2 3"), ("EXCLUDE", "plane")],
        lambda image, thing: (
            is_new(image) and thing.node == 144 and image.collection == "HST" and thing.ra < 207
        ),
    ),
    "nowhere": ([("POS", "CIRCLE 10 -80 0.1")], lambda *_: False),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters_leave_as_many_as_there_are(service: str, case: str) -> None:
    pairs, wanted = FILTERS[case]
    expected = nearest(wanted, 60)
    assert bool(expected) is (case != "nowhere")
    check(search(service, *pairs, ID=ID, MAXREC=60), expected)


def test_the_time_is_that_of_the_image(service: str) -> None:
    # The planes of this archive say nothing of their times.
    assert rows(search(service, ID=ID, TIME="-Inf Inf")) == []
    assert search(service, ID=ID, TIME="2 1").status == 400


def objects_table(*ids: int) -> bytes:
    return tabledata(field("name", "char", "*") + field("objectID", "long"), [("a", str(one)) for one in ids])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_table_of_objects(service: str, pack: Any) -> None:
    other = number(OTHER, OTHER.things[1])
    found = rows(send_table(service, pack(objects_table(ID, other, 7)), MAXREC="5"))
    assert [row["queryID"] for row in found] == [str(ID)] * 5 + [str(other)] * 5 + ["7"]
    check(found[:5], nearest(lambda image, _: image is not THIS, 5))
    look = OTHER.things[1].vector
    check(found[5:10], nearest(lambda image, _: image is not OTHER, 5, look))
    assert found[-1]["error_message"].startswith("No object that can be compared is known here as 7")


def test_a_table_of_vectors(service: str) -> None:
    things = [THING, OTHER.things[0]]
    cells = [[" ".join(map(str, thing.vector.tolist()))] for thing in things] + [["1 2 3" + " NaN" * 61]]
    table = tabledata(field("vector", "float", "64"), cells)
    found = rows(send_table(service, table, MODEL=MODEL, MAXREC="4"))
    for place, thing in enumerate(things):
        answered = [row for row in found if row["queryNumber"] == str(place + 1)]
        check(answered, nearest(lambda *_: True, 4, thing.vector))
    assert (
        found[-1]["error_message"] == "A search vector is 64 finite numbers that are not all 0; this is none."
    )


@pytest.mark.parametrize(
    ("columns", "words", "sentence"),
    [
        (field("n", "int"), {}, "has no column objectID"),
        (field("objectID", "char", "*"), {}, "has no column objectID"),
        (field("objectID", "long"), {"MODEL": MODEL}, "has no column vector, of 64 numbers"),
    ],
)
def test_a_table_without_questions_is_refused(
    service: str, columns: str, words: dict[str, str], sentence: str
) -> None:
    answer = send_table(service, tabledata(columns, [["1"]]), **words)
    assert (answer.status, answer.text.count("\n")) == (400, 1)
    assert sentence in answer.text


def test_an_image_is_not_taken_for_a_table(service: str) -> None:
    answer = send_table(service, b"SIMPLE  =                    T" + bytes(2850))
    assert answer.status == 400
    assert answer.text.startswith("An image is not one object")


def test_thousands_of_objects_in_one_request(service: str) -> None:
    ids = [number(image, thing) for image in SEEN for thing in image.things]
    asked = (ids * 8)[:3000]
    found = rows(search(service, *(("ID", one) for one in asked), MAXREC=1, EXCLUDE="none"))
    assert [int(row["queryID"]) for row in found] == asked
    assert [row["objectID"] for row in found] == [row["queryID"] for row in found]


def mixed(likes: list[Thing], others: list[Thing]) -> np.ndarray[Any, Any]:
    mean = np.mean([thing.vector.astype(float) for thing in likes], axis=0)
    if others:
        mean = mean - np.mean([thing.vector.astype(float) for thing in others], axis=0) / 2
    look: np.ndarray[Any, Any] = mean / np.linalg.norm(mean)
    return look


@pytest.mark.parametrize("with_others", [True, False])
def test_examples_and_counter_examples_are_one_question(service: str, *, with_others: bool) -> None:
    likes, others = [THIS.things[2], OTHER.things[2]], [THIS.things[6]] if with_others else []
    pairs = [("LIKE", number(THIS, likes[0])), ("LIKE", number(OTHER, likes[1]))]
    pairs += [("UNLIKE", number(THIS, thing)) for thing in others]
    expected = nearest(lambda image, _: image not in (THIS, OTHER), 20, mixed(likes, others))
    check(search(service, *pairs), expected)
    theirs = [thing for thing in likes + others if thing in THIS.things]
    expected = nearest(
        lambda _, thing: all(thing is not one for one in (*theirs, likes[1])), 20, mixed(likes, others)
    )
    check(search(service, *pairs, EXCLUDE="object"), expected)


def test_a_vector_of_mine_and_an_example(service: str) -> None:
    vector = ("VECTOR", OTHER.things[2].vector.tolist())
    answer = search(service, ("LIKE", ID), vector, MODEL=MODEL, EXCLUDE="none")
    check(answer, nearest(lambda *_: True, 20, mixed([THING, OTHER.things[2]], [])))


def test_a_job_gives_what_the_client_would_have_waited_for(service: str) -> None:
    client = Client(service, "similar/objects/async")
    job = client.create(ID=ID, MAXREC=7, RESPONSEFORMAT="csv", PHASE="RUN")
    assert client.wait(job) == "COMPLETED"
    result = client.get(f"{job}/results/result")
    assert result.body == search(service, ID=ID, MAXREC=7).body
    refused = client.create(ID=7, PHASE="RUN")
    assert client.wait(refused) == "ERROR"
    assert "No object that can be compared" in client.get(f"{refused}/error").message
    # Jobs are found under their own list alone.
    assert client.get(job.replace("/objects", "")).status == 404


def test_maxrec_says_that_there_are_more(service: str) -> None:
    cut = search(service, ID=ID, MAXREC=3, RESPONSEFORMAT="votable")
    assert (len(cut.table.array), cut.statuses) == (3, ["OK", "OVERFLOW"])
    assert search(service, ID=ID, K=3).body == search(service, ID=ID, MAXREC=3).body
    none = search(service, ID=ID, MAXREC=0, RESPONSEFORMAT="votable")
    assert (len(none.table.array), none.statuses) == (0, ["OK", "OVERFLOW"])
    few = search(service, ID=ID, NODE=144, MAXREC=900, RESPONSEFORMAT="votable")
    assert few.statuses == ["OK"]


def read(answer: Answer) -> list[int]:
    """Read the objectIDs of an answer in any format."""
    if answer.kind.startswith("application/json"):
        document = json.loads(answer.body)
        place = [column["name"] for column in document["metadata"]].index("objectID")
        return [row[place] for row in document["data"]]
    if answer.kind.startswith("application/fits"):
        with fits.open(io.BytesIO(answer.body)) as file:
            return [int(one) for one in file[1].data["objectID"]]
    if answer.kind.startswith("text/csv"):
        return [int(row["objectID"]) for row in rows(answer)]
    table = votable.parse(io.BytesIO(answer.body), verify="exception").get_first_table()
    return [int(one) for one in table.array["objectID"]]


def test_every_format_holds_the_same(service: str) -> None:
    expected = [objectid for objectid, _ in nearest(lambda image, _: image is not THIS)]
    for kind in ("votable", "votable/b2", "csv", "json", "fits"):
        assert read(search(service, ID=ID, RESPONSEFORMAT=kind)) == expected, kind


def test_errors_come_in_the_wanted_format(service: str) -> None:
    answers = [
        get(f"{service}/similar/objects", {"ID": 7, "RESPONSEFORMAT": name}) for name in ("votable", "json")
    ]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].statuses == ["ERROR"]
    assert answers[0].message == json.loads(answers[1].body)["message"]


def test_an_object_without_a_vector_is_told_from_an_unknown_one(service: str) -> None:
    faint = object_id(THIS, FAINT)
    answer = search(service, ID=faint)
    assert answer.status == 404
    assert answer.text.startswith(f"Object {faint} has no vector to be compared by: of each image only")
    assert "CAOMAI_OBJECT_SHARE" in answer.text
    assert "caom-ai fingerprint --missing-vectors" in answer.text
    among = rows(search(service, ("ID", ID), ("ID", faint), MAXREC=1))
    assert among[-1]["error_message"] == answer.text.strip()
    example = search(service, ("LIKE", ID), ("LIKE", faint))
    assert (example.status, example.text) == (404, answer.text)
    adql = ask(service, f"SELECT caomai_object_vector({faint}) AS v FROM caom2_ai.map")
    assert (adql.status, adql.message) == (404, answer.text.strip())


def test_an_image_whose_objects_have_no_vectors_says_so(service: str) -> None:
    answer = search(service, ID=BARE.publisher_id, X=1, Y=1)
    assert answer.status == 404
    assert answer.text.startswith(f"The objects of {BARE.publisher_id} have no vector to be compared by")
    assert "--missing-vectors" in answer.text


def test_a_place_beside_the_objects_says_how_far_they_are(service: str) -> None:
    answer = search(service, ID=THIS.publisher_id, RA=THING.ra, DEC=THING.dec + 20 / 3600)
    assert answer.status == 404
    told = re.search(r'is not within 5" of the position: it is (\d+), ([0-9.]+)" from it\.', answer.text)
    assert told is not None
    nearby = min(THIS.things, key=lambda thing: np.hypot(
        (thing.ra - THING.ra) * np.cos(np.radians(THING.dec)), thing.dec - THING.dec - 20 / 3600
    ))  # fmt: skip
    assert int(told[1]) == number(THIS, nearby)
    assert float(told[2]) <= 20.1


def test_what_is_hidden_is_unknown_whether_it_has_a_vector_or_not(service: str) -> None:
    unknown = search(service, ID=2**40).text.replace(str(2**40), "N")
    for place in (0, FAINT):
        hidden = object_id(HIDDEN, place)
        assert search(service, ID=hidden).text.replace(str(hidden), "N") == unknown
        assert search(service, LIKE=hidden).text.replace(str(hidden), "N") == unknown
    words = {"RA": HIDDEN.things[0].ra, "DEC": HIDDEN.things[0].dec}
    lost, never = search(service, ID=HIDDEN.publisher_id, **words), search(service, ID="ivo://a/b", **words)
    assert lost.text.replace(HIDDEN.publisher_id, "X") == never.text.replace("ivo://a/b", "X")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([("ID", ID), ("NODE", "400")], "NODE must be a whole number from 0 to 399"),
        ([("ID", ID), ("NODE", "merger")], "NODE must be a whole number from 0 to 399"),
        ([("ID", ID), ("POS", "CIRCLE 1 2")], "POS takes CIRCLE ra dec radius"),
        ([("ID", ID), ("LIKE", ID)], "Give one of these: ID"),
        ([("UNLIKE", ID)], "UNLIKE needs LIKE"),
        ([("LIKE", "ivo://a/b")], "LIKE takes the number (objectID) of an object"),
        ([("ID", ID), ("K", 1), ("MAXREC", 1)], "MAXREC and K are the same"),
        ([("ID", "1"), ("ID", "x")], "Of several objects ID must be the numbers"),
        ([("ID", str(one)) for one in range(10_001)], "More than 10,000 objects cannot be named at once"),
        ([("VECTOR", "1 " * 64)], "VECTOR needs MODEL, the hash that `caom-ai describe --vectors` gives"),
    ],
)
def test_what_is_wrong_is_said(service: str, words: list[tuple[str, Any]], sentence: str) -> None:
    answer = search(service, *words)
    assert (answer.status, answer.text.count("\n")) == (400, 1), answer.text
    assert answer.text.startswith(sentence)
