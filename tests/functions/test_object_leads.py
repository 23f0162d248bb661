"""From a result with objects to those that look like them, by its descriptor, as pyvo and TOPCAT go."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import pyvo
from pyvo.dal.adhoc import DatalinkQuery, DatalinkResults

from tests.conformance.stilts import run_stilts
from tests.conformance.topcat import find_services
from tests.functions.archive import SEEN
from tests.functions.looks import ID, THIS, Found, nearest, number
from tests.tap.client import VOT, ask, get
from tests.tap.visitor import visiting

OTHER = SEEN[5]
OBJECTS = f"SELECT publisherID, objectID, snr FROM caom2_ai.object_vector WHERE objectID = {ID}"
EXPECTED = nearest(lambda image, _: image is not THIS, 3)


def call(session: Any, results: Any, rows: Any, **words: Any) -> Any:
    """Call the service for similar objects that a result describes, for one or many of its rows."""
    resource = results.get_adhocservice_by_id("similarObjects")
    query = DatalinkQuery.from_resource(rows, resource, session=session, **words)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pyvo.dal.exceptions.DALOverflowWarning)
        return pyvo.dal.TAPResults(query.execute_votable(), session=session)


def found(results: Any) -> Found:
    return [(int(row["objectID"]), float(row["distance"])) for row in results]


def same(results: Any, expected: Found) -> bool:
    return [name for name, _ in found(results)] == [name for name, _ in expected]


@pytest.mark.parametrize("table", ["object_vector", "object_node"])
def test_pyvo_goes_from_a_result_to_similar_objects_and_on(service: str, table: str) -> None:
    with visiting(service) as client:
        result = client.search(OBJECTS.replace("object_vector", table))
        alike = call(client._session, result, result[0], MAXREC=3)
        assert same(alike, EXPECTED)
        following = call(client._session, alike, alike[1], MAXREC=1, EXCLUDE="none")
        assert [name for name, _ in found(following)] == [EXPECTED[1][0]]  # itself


def test_pyvo_asks_about_many_rows_in_one_request(service: str) -> None:
    ids = [ID, number(OTHER, OTHER.things[1])]
    with visiting(service) as client:
        result = client.search(
            f"SELECT objectID FROM caom2_ai.object_vector WHERE objectID IN ({ids[0]}, {ids[1]})"
        )
        alike = call(client._session, result, list(result), MAXREC=2)
    assert [int(row["queryNumber"]) for row in alike] == [1, 1, 2, 2]
    assert {int(row["queryID"]) for row in alike} == set(ids)


def test_links_and_similar_objects_live_in_one_result(service: str) -> None:
    with visiting(service) as client:
        result = client.search(OBJECTS)
        (links,) = result.iter_datalinks()
        assert {str(link["ID"]) for link in links} == {THIS.publisher_id}
        assert same(call(client._session, result, result[0], MAXREC=3), EXPECTED)


def test_pyvo_finds_the_service_among_the_links_of_an_image(service: str) -> None:
    thing = THIS.things[3]
    with visiting(service) as client:
        url = f"{service}/datalink/links?ID={THIS.publisher_id.replace('?', '%3F')}"
        links = DatalinkResults.from_result_url(url, session=client._session)
        (row,) = [proc for proc in links.iter_procs() if proc["service_def"] == "similarObjects"]
        alike = call(client._session, links, row, RA=thing.ra, DEC=thing.dec, MAXREC=3)
        assert same(alike, EXPECTED)


def test_the_objects_of_an_image_lead_on(service: str) -> None:
    with visiting(service) as client:
        url = f"{service}/annotate?ID={THIS.publisher_id.replace('?', '%3F')}"
        objects = pyvo.dal.TAPResults.from_result_url(url, session=client._session)
        (row,) = [row for row in objects if int(row["objectID"]) == ID]
        assert same(call(client._session, objects, row, MAXREC=3), EXPECTED)
        links = next(objects.iter_datalinks())
        assert {str(link["ID"]) for link in links} == {THIS.publisher_id}


@pytest.mark.parametrize(
    ("columns", "refs"),
    [
        ("objectID", {"similarObjects": "objectID"}),
        ("objectID AS similarObjects, publisherID AS links", {
            "links": "caomPublisherID", "similarObjects": "caomObjectID",
        }),
        ("objectID AS a, objectID AS b, publisherID", {"links": "publisherID", "similarObjects": "a"}),
        ("snr", {}),
        ("MAX(objectID) AS objectID", {}),
    ],
)  # fmt: skip
def test_a_descriptor_where_objects_are_selected(service: str, columns: str, refs: dict[str, str]) -> None:
    root = ask(service, f"SELECT TOP 1 {columns} FROM caom2_ai.object_vector").root
    described = {
        resource.get("ID"): next(
            param.get("ref") for param in resource.iter(f"{VOT}PARAM") if param.get("ref")
        )
        for resource in root.findall(f"{VOT}RESOURCE")
        if resource.get("utype") == "adhoc:service"
    }
    assert described == refs
    assert {field.get("ID") for field in root.iter(f"{VOT}FIELD") if field.get("ID")} == set(refs.values())


def test_the_inputs_are_typed(service: str) -> None:
    root = ask(service, OBJECTS).root
    inputs = {
        param.get("name"): param
        for param in root.find(f"{VOT}RESOURCE[@ID='similarObjects']").iter(f"{VOT}PARAM")
    }
    ends = {
        name: [inputs[name].find(f"{VOT}VALUES/{VOT}{end}").get("value") for end in ("MIN", "MAX")]
        for name in ("MAXREC", "MAXDIST", "NODE")
    }
    assert ends == {"MAXREC": ["1", "1000"], "MAXDIST": ["0", "2.0"], "NODE": ["0", "399"]}
    options = [option.get("value") for option in inputs["EXCLUDE"].iter(f"{VOT}OPTION")]
    assert options == ["object", "plane", "observation", "field", "target", "none"]
    assert (inputs["ID"].get("datatype"), inputs["TIME"].get("xtype")) == ("long", "interval")


def test_topcat_calls_the_services_of_a_result(service: str, topcat: str, tmp_path: Path) -> None:
    assert topcat
    path = tmp_path / "objects.vot"
    path.write_bytes(ask(service, OBJECTS).body)
    assert run_stilts("votlint", str(path)).stdout == ""
    services = find_services(path, MAXREC=3, EXCLUDE="observation", RESPONSEFORMAT="votable")
    assert set(services) == {"links", "similarObjects"}
    assert "ID" not in services["similarObjects"].inputs
    assert {"MAXREC", "MAXDIST", "EXCLUDE", "NODE", "POS"} <= set(services["similarObjects"].inputs)
    answer = get(services["similarObjects"].url).table.array
    assert answer["objectID"].tolist() == [name for name, _ in EXPECTED]
    links = get(services["links"].url).table.array
    assert {str(one) for one in links["ID"]} == {THIS.publisher_id}


def test_validators_have_nothing_to_say(service: str, stilts: str, tmp_path: Path) -> None:
    assert stilts
    for name, url in {
        "objects": f"{service}/similar/objects?ID={ID}&ID=7",
        "annotated": f"{service}/annotate?ID={THIS.publisher_id.replace('?', '%3F')}",
    }.items():
        path = tmp_path / name
        path.write_bytes(get(url).body)
        assert run_stilts("votlint", str(path)).stdout == "", name
