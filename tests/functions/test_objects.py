"""/similar/objects against numpy: by object, by place, by vector; order, filters, and what stays hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lxml import etree

from caomai.database import Database
from tapext.adql import parse, read_catalogue, translate
from tests.functions.archive import IMAGES, MODEL, SEEN, Thing
from tests.functions.looks import ID, THING, THIS, Wanted, check, nearest, number, rows, search
from tests.tap.client import ask, get

CASES: dict[str, tuple[dict[str, Any], Wanted, int]] = {
    "nothing else": ({}, lambda image, _: image is not THIS, 20),
    "object": ({"EXCLUDE": "object", "MAXREC": 7}, lambda _, thing: thing is not THING, 7),
    "none": ({"exclude": "NONE", "MAXREC": 300}, lambda *_: True, 300),
    "target": ({"EXCLUDE": "target"}, lambda image, _: image.target != THIS.target, 20),
    "collection": ({"COLLECTION": "CFHT"}, lambda image, _: image.collection == "CFHT", 20),
    "instrument": (
        {"INSTRUMENT": "WFC1"},
        lambda image, _: image.instrument == "WFC1" and image is not THIS,
        20,
    ),
    "distance": (
        {"MAXDIST": 0.8, "MAXREC": 1000},
        lambda image, thing: image is not THIS and THING.distance(thing) < 0.8,
        1000,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_objects_that_look_like_one(service: str, case: str) -> None:
    words, wanted, k = CASES[case]
    expected = nearest(wanted, k)
    assert expected
    check(search(service, ID=ID, **words), expected)


def test_an_object_by_its_position_its_pixel_and_its_vector(service: str) -> None:
    expected = nearest(lambda image, _: image is not THIS)
    check(search(service, ID=THIS.publisher_id, RA=THING.ra, DEC=THING.dec), expected)
    everything = nearest(lambda *_: True)
    vector = (THING.vector * 3).tolist()  # the length means nothing
    check(search(service, VECTOR=vector, MODEL=MODEL), everything)
    brightest = max(THIS.things, key=lambda thing: thing.snr)  # all of this archive lie at one pixel
    one = rows(search(service, ID=THIS.publisher_id, X=4, Y=2, PART=0, MAXREC=1, EXCLUDE="none"))
    assert [int(row["objectID"]) for row in one] == [number(THIS, brightest)]


def test_several_questions_are_answered_in_their_order(service: str) -> None:
    other = number(SEEN[5], SEEN[5].things[0])
    found = rows(search(service, ("ID", other), ("ID", ID), ("ID", 7), MAXREC=2))
    assert [(row["queryNumber"], row["queryID"]) for row in found] == [
        ("1", str(other)), ("1", str(other)), ("2", str(ID)), ("2", str(ID)), ("3", "7"),
    ]  # fmt: skip
    assert "No object" in found[-1]["error_message"]


HIDDEN = next(image for image in IMAGES if not image.visible)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({}, 400),
        ({"ID": THIS.publisher_id}, 400),
        ({"ID": THIS.publisher_id, "RA": 1}, 400),
        ({"ID": THIS.publisher_id, "RA": 1, "DEC": 1, "X": 1, "Y": 1}, 400),
        ({"ID": THIS.publisher_id, "X": "nan", "Y": 1}, 400),
        ({"ID": THIS.publisher_id, "X": 900, "Y": 1}, 404),
        ({"ID": "ivo://x/y", "RA": 1, "DEC": 1}, 404),
        ({"ID": 99999999999999999999}, 400),
        ({"ID": 2**62}, 404),
        ({"VECTOR": "1 2 3", "MODEL": "0123456789"}, 400),
        ({"VECTOR": " ".join(["1"] * 64)}, 400),
        ({"VECTOR": " ".join(["1"] * 64), "MODEL": "fedcba9876"}, 400),
        ({"ID": ID, "EXCLUDE": "nobody"}, 400),
        ({"ID": ID, "MAXDIST": "-1"}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    service: str, words: dict[str, Any], status: int
) -> None:
    answer = search(service, **words)
    assert answer.status == status
    assert answer.text.strip().endswith(".")


def test_a_hidden_object_is_an_unknown_one(service: str) -> None:
    thing = HIDDEN.things[0]
    hidden, unknown = number(HIDDEN, thing), 2**40
    answers = [search(service, ID=one) for one in (hidden, unknown)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].text.replace(str(hidden), "N") == answers[1].text.replace(str(unknown), "N")
    place = search(service, ID=HIDDEN.publisher_id, RA=thing.ra, DEC=thing.dec)
    assert place.status == 404
    query = "SELECT caomai_object_vector({}) AS v FROM caom2_ai.map"
    said = [ask(service, query.format(one)) for one in (hidden, unknown)]
    assert [answer.status for answer in said] == [404, 404]
    assert said[0].message.replace(str(hidden), "N") == said[1].message.replace(str(unknown), "N")


NEAR = (
    "SELECT TOP 20 o.objectID, caomai_object_distance(o.vector, caomai_object_vector({id})) AS dist"
    " FROM caom2_ai.object_vector AS o {where} ORDER BY dist"
)


@pytest.mark.parametrize("where", ["", "WHERE o.node = 144", "WHERE o.collection = 'HST' AND o.snr > 20"])
def test_an_order_by_the_distance_is_answered_by_the_index(archive: Database, where: str) -> None:
    with archive.connect("query") as connection:
        connection.execute("set local enable_sort = off")
        connection.execute("set local enable_seqscan = off")
        written = translate(parse(NEAR.format(id=ID, where=where)), read_catalogue(connection), 100).sql
        plan = connection.execute(b"explain " + written.as_bytes(connection)).fetchall()
    text = "\n".join(row[0] for row in plan)
    assert "Index Scan using object_vector_1 on object_vector v" in text
    assert "Order By: (vector <-> " in text


def test_an_operator_may_choose_another_index(archive: Database) -> None:
    with archive.connect_administrator() as connection, connection.transaction(force_rollback=True):
        connection.execute("drop index caom2_ai.object_vector_1")
        connection.execute(
            "create index object_vector_1 on caom2_ai.object_vector using ivfflat (vector halfvec_l2_ops)"
            " with (lists = 5) where mapID = 1"
        )
        for setting in ("enable_sort = off", "enable_seqscan = off", "ivfflat.probes = 5"):
            connection.execute(f"set local {setting}".encode())
        written = translate(parse(NEAR.format(id=ID, where="")), read_catalogue(connection), 100).sql
        plan = connection.execute(b"explain " + written.as_bytes(connection)).fetchall()
        found = connection.execute(written).fetchall()
    assert any("Index Scan using object_vector_1" in row[0] for row in plan)
    assert [row[0] for row in found] == [objectid for objectid, _ in nearest(lambda *_: True)]


CONDITIONS: dict[str, tuple[str, Wanted]] = {
    "node": ("WHERE o.node = 144", lambda _, thing: thing.node == 144),
    "cone": (
        f"WHERE 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE({THING.ra}, {THING.dec}, 0.2))",
        lambda _, thing: apart(thing) < 0.2,
    ),
    "collection": ("WHERE o.collection = 'CFHT'", lambda image, _: image.collection == "CFHT"),
    "few": (f"WHERE o.publisherID = '{SEEN[3].publisher_id}'", lambda image, _: image is SEEN[3]),
}


def apart(thing: Thing) -> float:
    across = (thing.ra - THING.ra) * np.cos(np.radians(THING.dec))
    return float(np.hypot(across, thing.dec - THING.dec))


@pytest.mark.parametrize("case", CONDITIONS)
def test_under_conditions_there_are_as_many_objects_as_were_asked_for(service: str, case: str) -> None:
    where, wanted = CONDITIONS[case]
    expected = nearest(wanted)
    found = ask(service, NEAR.format(id=ID, where=where)).table.array
    assert found["objectID"].tolist() == [objectid for objectid, _ in expected]
    np.testing.assert_allclose(found["dist"].tolist(), [distance for _, distance in expected], atol=5e-4)


def test_vectors_of_images_and_of_objects_are_not_compared(service: str) -> None:
    query = "SELECT TOP 1 caomai_object_distance(vector, caomai_vector('{}')) FROM caom2_ai.object_vector"
    answer = ask(service, query.format(THIS.publisher_id))
    assert answer.status == 400
    assert "64 numbers, not of 400" in answer.message


def test_the_links_of_an_image_describe_the_search(service: str) -> None:
    document = etree.fromstring(get(f"{service}/datalink/links?ID={THIS.publisher_id}").body)
    resource = document.find(".//{*}RESOURCE[@name='similarObjects']")
    url = resource.find("{*}PARAM[@name='accessURL']").get("value")
    assert url == f"{service}/similar/objects"
    names = [param.get("name") for param in resource.iterfind("{*}GROUP/{*}PARAM")]
    assert b"<TD>similarObjects</TD>" in get(f"{service}/datalink/links?ID={THIS.publisher_id}").body
    assert {"ID", "RA", "DEC", "X", "Y", "MAXREC", "EXCLUDE"} <= set(names)
