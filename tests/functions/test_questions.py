"""What astronomers ask, as the examples ask it, through pyvo and through stilts: the answers are right."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from caomai.database import Database
from tapext.adql import parse, read_catalogue, translate
from tapext.pages.examples import read_examples
from tests.conformance.stilts import run_stilts
from tests.functions.archive import IMAGES, M51, MERGERS, NEWEST, SEEN, TRAIL, WANTED, Image, Thing
from tests.functions.looks import Wanted, nearest_to, object_id
from tests.tap.visitor import visiting

THIS = next(image for image in SEEN if image.target == "M51" and image.filter == "F606W")
Rows = list[dict[str, str]]
Client = Callable[[str, str], Rows]
# What stands in the places of the examples, where they ask for what is asked here.
WORDS = {
    "publisherID": THIS.publisher_id,
    "ra": M51[0],
    "dec": M51[1],
    "node": WANTED[0],
    "node2": WANTED[1],
    "fieldNode": 2,
    "label": "merger",
    "night": NEWEST - 1,
    "month": NEWEST - 30,
    "objectID": object_id(THIS, 2),
    "objectNode": THIS.things[2].node,
}
EXAMPLES = {example.id: example for example in read_examples()}


def by_pyvo(service: str, query: str) -> Rows:
    with visiting(service) as client:
        table = client.search(query).to_table()
    return [{name: str(row[name]) for name in table.colnames} for row in table]


def by_stilts(service: str, query: str) -> Rows:
    run = run_stilts("tapquery", f"tapurl={service}/tap", f"adql={query}", "ofmt=csv", "sync=true")
    assert run.returncode == 0, run.stderr
    return list(csv.DictReader(io.StringIO(run.stdout)))


@pytest.fixture(params=[by_pyvo, by_stilts])
def client(request: pytest.FixtureRequest) -> Client:
    """Ask as pyvo and as TOPCAT do."""
    if request.param is by_stilts:
        request.getfixturevalue("stilts")
    asking: Client = request.param
    return asking


def ask(client: Client, service: str, example: str, **words: str) -> Rows:
    rows = client(service, EXAMPLES[example].about(WORDS | words).query)
    assert rows
    return rows


def ids(rows: Rows) -> list[str]:
    return [row["publisherID"] for row in rows]


def named(images: list[Image]) -> list[str]:
    return [image.publisher_id for image in images]


def numbers(rows: Rows, name: str) -> NDArray[np.float64]:
    return np.array([float(row[name]) for row in rows])


def nearest(images: list[Image]) -> list[Image]:
    return sorted(images, key=THIS.distance)


def separation(one: tuple[float, float], other: Image | Thing) -> float:
    ra, dec = np.radians(np.array([one, (other.ra, other.dec)])).T
    cosine = np.sin(dec[0]) * np.sin(dec[1]) + np.cos(dec[0]) * np.cos(dec[1]) * np.cos(ra[0] - ra[1])
    return float(np.degrees(np.arccos(cosine)))


def test_images_most_like_this_one_within_1_degree_of_m51_by_hst_in_f606w(
    service: str, client: Client
) -> None:
    rows = ask(client, service, "similar-at-a-place", collection="HST", filter="F606W")
    taken = [image for image in SEEN if image.collection == "HST" and image.filter == "F606W"]
    near = [image for image in taken if separation(M51, image) < 1]
    assert 5 < len(near) < len(taken)
    assert ids(rows) == named(nearest(near))
    expected = [THIS.distance(image) for image in nearest(near)]
    np.testing.assert_allclose(numbers(rows, "dist"), expected, atol=1e-4)


def test_cfht_images_with_at_least_5_mergers_and_no_satellite_trail(service: str, client: Client) -> None:
    rows = ask(client, service, "labelled-objects", collection="CFHT")
    expected = {
        image.publisher_id: image.count(*MERGERS)
        for image in SEEN
        if image.collection == "CFHT" and image.count(*MERGERS) >= 5 and not image.count(TRAIL)
    }
    assert {row["publisherID"]: int(row["n"]) for row in rows} == expected
    assert list(numbers(rows, "n")) == sorted(expected.values(), reverse=True)


def test_the_sharpest_images_of_a_node_of_map_2(service: str, client: Client) -> None:
    rows = ask(client, service, "sharpest-of-a-node")
    sharp = [image for image in SEEN if image.field_node == 2 and image.fwhm is not None]
    assert ids(rows) == named(sorted(sharp, key=lambda image: image.fwhm or 0))


def test_images_like_this_one_of_other_targets(service: str, client: Client) -> None:
    rows = ask(client, service, "similar-other-targets")
    others = [image for image in SEEN if image.target != THIS.target]
    assert {image.target for image in others} == {"M101", "NGC 4676", None}
    assert ids(rows) == named(nearest(others))[:20]


def test_images_of_each_instrument_by_node_of_map_2(service: str, client: Client) -> None:
    rows = ask(client, service, "instruments-by-node")
    expected = Counter((image.instrument, str(image.field_node)) for image in SEEN)
    assert {(row["instrument_name"], row["fieldNode"]): int(row["images"]) for row in rows} == expected


def test_objects_of_node_144_with_snr_over_20_in_a_region(service: str, client: Client) -> None:
    rows = ask(client, service, "objects-in-a-region", node="144")
    things = [
        (thing.snr, image.publisher_id, thing.ra, thing.dec)
        for image in SEEN
        for thing in image.things
        if thing.node == 144 and thing.snr > 20 and separation(M51, thing) < 0.5
    ]
    assert ids(rows) == [name for _, name, _, _ in sorted(things, reverse=True)]
    places = [(ra, dec) for _, _, ra, dec in sorted(things, reverse=True)]
    np.testing.assert_allclose(np.transpose([numbers(rows, "ra"), numbers(rows, "dec")]), places)


def test_images_that_hold_objects_of_both_nodes(service: str, client: Client) -> None:
    rows = ask(client, service, "several-kinds-together")
    both = [image for image in SEEN if image.count(101) and image.count(144)]
    assert 0 < len(both) < 50
    assert set(ids(rows)) == set(named(both))


def test_bad_frames_of_the_last_month(service: str, client: Client) -> None:
    rows = ask(client, service, "bad-frames")
    assert ids(rows) == [IMAGES[number].publisher_id for number in (75, 70, 65, 60)]  # and not 10, of before


def test_the_oddest_objects_of_a_collection(service: str, client: Client) -> None:
    rows = ask(client, service, "oddest-objects", collection="CFHT")
    odd = sorted(
        (
            (thing.oddness, image.publisher_id)
            for image in SEEN
            for thing in image.things
            if image.collection == "CFHT" and thing.snr > 20
        ),
        reverse=True,
    )
    assert len(odd) > 100
    assert ids(rows) == [name for _, name in odd[:100]]


OBJECT = THIS.things[2]
# The examples about objects, and the objects that each of them is about.
LOOKS: dict[str, Wanted] = {
    "objects-alike": lambda _, thing: thing is not OBJECT,
    "objects-of-other-images": lambda image, _: image is not THIS,
    "objects-alike-at-a-place": lambda _, thing: separation(M51, thing) < 1,
    "objects-alike-of-a-node": lambda _, thing: (
        thing.node == OBJECT.node and thing is not OBJECT and thing.snr > 10
    ),
    "objects-alike-with-their-exposures": lambda image, _: image is not THIS,
}


@pytest.mark.parametrize("example", LOOKS)
def test_objects_that_look_like_one(service: str, client: Client, example: str) -> None:
    rows = ask(client, service, example)
    expected = nearest_to(OBJECT.vector, LOOKS[example])
    assert [int(row["objectID"]) for row in rows] == [name for name, _ in expected]
    np.testing.assert_allclose(numbers(rows, "dist"), [distance for _, distance in expected], atol=1e-3)
    if "exposures" in example:
        images = {image.number + 1: image for image in SEEN}
        told = [(row["instrument_name"], row["target_name"] or None) for row in rows]
        shown = [images[name >> 20] for name, _ in expected]
        assert [name for name, _ in told] == [image.instrument for image in shown]
        assert [str(name) for _, name in told] == [str(image.target) for image in shown]


def test_the_examples_about_objects_are_answered_by_the_index(archive: Database) -> None:
    for example in LOOKS:
        query = EXAMPLES[example].about(WORDS).query
        with archive.connect("query") as connection:
            connection.execute("set local enable_sort = off")
            connection.execute("set local enable_seqscan = off")
            written = translate(parse(query), read_catalogue(connection), 100).sql
            plan = connection.execute(b"explain " + written.as_bytes(connection)).fetchall()
        text = "\n".join(row[0] for row in plan)
        assert "Index Scan using object_vector_" in text, example
        assert "Order By: (vector <-> " in text, example


@pytest.mark.parametrize("example", LOOKS)
def test_an_index_that_gives_up_early_costs_no_rows(archive: Database, example: str) -> None:
    query = EXAMPLES[example].about(WORDS).query
    with archive.connect("query") as connection:
        for setting in ("enable_seqscan = off", "hnsw.ef_search = 1", "hnsw.iterative_scan = off"):
            connection.execute(f"set local {setting}".encode())
        written = translate(parse(query), read_catalogue(connection), 100).sql
        found = connection.execute(written).fetchall()
    expected = nearest_to(OBJECT.vector, LOOKS[example])
    assert [row[0] for row in found] == [name for name, _ in expected]


def test_images_of_the_last_night_unlike_the_history_of_their_camera(service: str, client: Client) -> None:
    rows = ask(client, service, "unlike-their-camera")
    late = [image for image in SEEN if image.time > NEWEST - 1 and image.oddness >= 95]
    assert ids(rows) == named(sorted(late, key=lambda image: -image.oddness))
    assert IMAGES[88].publisher_id not in ids(rows)  # which is hidden


def test_every_example_of_the_page_finds_something(service: str) -> None:
    with visiting(service) as tap:
        queries = [str(found["QUERY"]) for found in tap.examples]
        found: dict[str, Any] = {query: len(tap.search(query)) for query in queries}
    assert len(found) == len(EXAMPLES)
    assert [query for query, rows in found.items() if not rows] == []
