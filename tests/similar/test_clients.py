"""/similar as clients see it: pyvo follows the descriptors, stilts reads and checks the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import pyvo
from pyvo.dal.adhoc import DatalinkQuery, DatalinkResults
from pyvo.dal.exceptions import DALOverflowWarning

from tests.conformance.stilts import findings, run_stilts
from tests.similar.archive import ARCHIVE
from tests.similar.asking import found, search
from tests.tap.client import VOT, get, post
from tests.tap.visitor import visiting

SIMILAR = "https://caom-ai.github.io/rdf/datalink#similar"
PUBLISHER_ID = ARCHIVE[0].publisher_id
HIDDEN = next(image for image in ARCHIVE if image.is_hidden)
NONE: list[str] = []
ODD = ["bad", "<b>&'\"", "\u00e9", "ivo://test.example/NEAR?nothing/p0", HIDDEN.publisher_id, "x" * 5000]
MANY = [*(image.publisher_id for image in ARCHIVE[:30]), *ODD]


def test_pyvo_runs_the_described_service(service: str) -> None:
    with visiting(service) as client:
        result = client.search(
            f"SELECT publisherID FROM caom2_ai.fingerprint WHERE publisherID = '{PUBLISHER_ID}'"
        )
        links = next(result.iter_datalinks())
        (row,) = [link for link in links if link["service_def"] == "similar"]
        assert row.semantics == "#proc"
        resource = links.get_adhocservice_by_id("similar")
        query = DatalinkQuery.from_resource(
            row, resource, session=client._session, EXCLUDE="plane", MAXREC=4, CALIBRATION="include"
        )
        with pytest.warns(DALOverflowWarning, match="MAXREC"):
            answer = pyvo.dal.DALResults(query.execute_votable())
    expected = found(
        search(service, ("ID", PUBLISHER_ID), ("EXCLUDE", "plane"), ("K", 4), ("CALIBRATION", "include"))
    )
    assert [str(row["publisherID"]) for row in answer] == [name for name, _ in expected]


def test_pyvo_goes_from_image_to_image(service: str) -> None:
    with visiting(service) as client:
        address = f"{service}/datalink/links?ID={PUBLISHER_ID.replace('?', '%3F')}"
        links = DatalinkResults.from_result_url(address, session=client._session)
        similar = list(links.bysemantics(SIMILAR, include_narrower=False))
        assert [int(link["rank"]) for link in similar] == list(range(1, 11))
        following = DatalinkResults.from_result_url(similar[0].access_url, session=client._session)
        assert next(following.bysemantics("#this", include_narrower=False))
        assert [link.service_def for link in links.bysemantics("#proc", include_narrower=False)] == [
            "annotate",
            "similar",
        ]


def test_an_answer_leads_to_links(service: str) -> None:
    with visiting(service) as client:
        url = f"{service}/similar?ID={PUBLISHER_ID.replace('?', '%3F')}&K=3"
        answer = pyvo.dal.TAPResults.from_result_url(url, session=client._session)
        documents = list(answer.iter_datalinks(preserve_order=True))
    assert [str(links[0]["ID"]) for links in documents] == [str(row["publisherID"]) for row in answer]


@pytest.mark.parametrize("ids", [NONE, [PUBLISHER_ID], ODD, MANY], ids=["none", "one", "odd", "many"])
def test_validators_have_nothing_to_say_of_links(
    service: str, stilts: str, tmp_path: Path, ids: list[str]
) -> None:
    assert stilts
    path = tmp_path / "links.vot"
    path.write_bytes(post(f"{service}/datalink/links", [("ID", text) for text in ids]).body)
    linted = run_stilts("datalinklint", str(path))
    assert (linted.returncode, findings(linted.stdout)) == (0, [])
    assert "Errors: 0; Warnings: 0;" in linted.stdout
    assert "Failures: 0" in linted.stdout
    assert run_stilts("votlint", str(path)).stdout == ""


def test_validators_have_nothing_to_say_of_similar_images(service: str, stilts: str, tmp_path: Path) -> None:
    assert stilts
    path = tmp_path / "similar.vot"
    path.write_bytes(get(f"{service}/similar", [("ID", text) for text in MANY[:31]]).body)
    assert run_stilts("votlint", str(path)).stdout == ""


def test_every_format_holds_the_same(service: str, stilts: str, tmp_path: Path) -> None:
    assert stilts
    expected = found(search(service, ("ID", PUBLISHER_ID)))
    for name, kind in (("td", "votable"), ("b2", "votable"), ("csv", "csv"), ("fits", "fits")):
        asked = {"td": "votable", "b2": "votable/b2"}.get(name, name)
        path = tmp_path / name
        path.write_bytes(get(f"{service}/similar", {"ID": PUBLISHER_ID, "RESPONSEFORMAT": asked}).body)
        read = run_stilts(
            "tpipe", f"in={path}", f"ifmt={kind}", "cmd=keepcols 'publisherID distance'", "ofmt=csv-noheader"
        )
        assert read.returncode == 0, read.stderr
        lines = [line.rpartition(",") for line in read.stdout.splitlines()]
        assert [(line[0].strip('"'), float(line[2])) for line in lines] == expected, name


def test_the_answer_says_where_it_comes_from(service: str) -> None:
    answer = get(f"{service}/similar", {"ID": PUBLISHER_ID})
    assert answer.infos["mapID"] == "1"
    assert answer.infos["modelHash"] == "0123456789abcdef" * 4
    assert answer.infos["citation"] == "Somebody et al. 2026"
    fields = {field.get("name"): field for field in answer.root.iter(f"{VOT}FIELD")}
    assert {name: fields[name].get("unit") for name in ("ra", "timeMid", "time_exposure")} == {
        "ra": "deg",
        "timeMid": "d",
        "time_exposure": "s",
    }
    assert all(field.get("ucd") for field in fields.values())
    described = answer.root.findall(f"{VOT}RESOURCE")[1]
    assert [parameter.get("ref") for parameter in described.iter(f"{VOT}PARAM") if parameter.get("ref")] == [
        "publisherID"
    ]
