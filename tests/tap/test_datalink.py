"""Links: files and similar images, errors as rows, and clients that follow them (DataLink 1.1)."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from caomai.database import Database
from tests.tap.archive import ARCHIVE, COLLECTION, EMBARGOED, HIDDEN, LOCAL
from tests.tap.client import VOT, Answer, get, post
from tests.tap.visitor import visiting

SIMILAR = "https://caom-ai.github.io/rdf/datalink#similar"
STANDARD = "ivo://ivoa.net/std/DataLink#links-1.1"


def links(service: str, *ids: str) -> Answer:
    return get(f"{service}/datalink/links", [("ID", text) for text in ids])


def rows(answer: Answer, semantics: str | None = None) -> list[Any]:
    return [row for row in answer.table.array if semantics in {None, row["semantics"]}]


def neighbours(answer: Answer) -> list[int]:
    return [int(str(row["access_url"])[-2:]) for row in rows(answer, SIMILAR)]


def test_dl_01_get_and_post_and_names_in_any_case(service: str, publisher_id: str) -> None:
    answers = [
        links(service, publisher_id),
        get(f"{service}/datalink/links", {"id": publisher_id, "RUNID": "x"}),
        post(f"{service}/datalink/links", {"Id": publisher_id}),
    ]
    assert len({answer.body for answer in answers}) == 1
    assert len(rows(answers[0])) == 14


def test_dl_02_no_id_is_an_empty_table_with_a_descriptor(service: str) -> None:
    answer = links(service)
    assert (answer.status, answer.statuses) == (200, ["OK"])
    assert len(answer.table.array) == 0
    assert answer.root.findall(f"{VOT}RESOURCE")[1].get("utype") == "adhoc:this"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("votable", "application/x-votable+xml;content=datalink"),
        ("application/x-votable+xml", "application/x-votable+xml;content=datalink"),
        ("application/x-votable+xml;content=datalink", "application/x-votable+xml;content=datalink"),
        ("text/xml", "text/xml;content=datalink"),
    ],
)
def test_dl_03_formats(service: str, name: str, kind: str) -> None:
    answer = get(f"{service}/datalink/links", {"RESPONSEFORMAT": name})
    assert answer.kind.removesuffix("; charset=utf-8") == kind


def test_dl_03_another_format_is_an_error(service: str) -> None:
    answer = get(f"{service}/datalink/links", {"RESPONSEFORMAT": "csv"})
    assert (answer.status, answer.text) == (400, "Links are given as votable (TABLEDATA) only.\n")


def test_dl_04_the_standard_is_named(service: str) -> None:
    assert links(service).infos["standardID"] == STANDARD


def test_dl_05_rows_hold_one_of_three_and_stay_together(service: str, publisher_id: str) -> None:
    wanted = [publisher_id, "bad", ARCHIVE[LOCAL].publisher_id, HIDDEN[0].publisher_id]
    found = rows(links(service, *wanted))
    for row in found:
        assert sum(bool(row[name]) for name in ("access_url", "service_def", "error_message")) == 1
        assert row["ID"]
        assert row["semantics"]
    assert list(dict.fromkeys(row["ID"] for row in found)) == wanted
    assert sum(a["ID"] != b["ID"] for a, b in pairwise(found)) == len(wanted) - 1


def test_dl_05_an_id_given_twice_has_its_rows_once(service: str, publisher_id: str) -> None:
    assert links(service, publisher_id, publisher_id).body == links(service, publisher_id).body


def test_dl_06_hidden_images_are_as_unknown_as_unknown_ones(service: str) -> None:
    wanted = [f"{COLLECTION}?nothing/nothing", *(image.publisher_id for image in HIDDEN)]
    found = rows(links(service, *wanted))
    assert {row["error_message"] for row in found} == {
        "NotFoundFault: No image of this publisherID is known here."
    }
    assert [row["ID"] for row in found] == wanted


@pytest.mark.parametrize(
    "text", ["bad", "ivo://x", "<b>&'\"", "a\0b", "é" * 100, "x" * 10_000, "' or 1=1 --"]
)
def test_dl_06_a_bad_id_is_a_row_that_says_so(service: str, text: str, publisher_id: str) -> None:
    answer = post(f"{service}/datalink/links", [("ID", text), ("ID", publisher_id)])
    assert answer.status == 200
    assert b"UsageFault: " in answer.body
    assert answer.body.count(b"#this") == 2


def test_dl_07_similar_images_come_nearest_first(service: str, publisher_id: str) -> None:
    answer = links(service, publisher_id)
    images = rows(answer, SIMILAR)
    distances = [float(row["distance"]) for row in images]
    assert [int(row["rank"]) for row in images] == list(range(1, 11))
    assert distances == sorted(distances)
    # Images of neighbouring numbers are alike; 19 and 29 are calibration frames, 12 to 14 are not to be seen.
    assert sorted(neighbours(answer)) == [15, 16, 17, 18, 21, 22, 23, 24, 25, 26]
    assert {row["content_qualifier"] for row in images} == {"#image"}
    assert {row["content_type"] for row in images} == {"application/x-votable+xml;content=datalink"}


def test_dl_07_similar_images_leave_out_the_same_exposure(service: str) -> None:
    assert not {5, 6, 7} & set(neighbours(links(service, ARCHIVE[6].publisher_id)))


def test_dl_07_calibration_frames_are_for_calibration_frames(service: str) -> None:
    assert neighbours(links(service, ARCHIVE[29].publisher_id))[0] == 28
    assert not {19, 28, 29} & set(neighbours(links(service, ARCHIVE[27].publisher_id)))


def test_dl_07_similar_images_are_never_hidden_ones(service: str) -> None:
    hidden = {image.number for image in (*HIDDEN, EMBARGOED)}
    for image in ARCHIVE[10:18]:
        assert not hidden & set(neighbours(links(service, image.publisher_id)))


def test_dl_07_an_image_without_a_vector_has_no_similar_ones(service: str) -> None:
    found = rows(links(service, ARCHIVE[39].publisher_id))
    assert [(row["semantics"], row["service_def"]) for row in found] == [
        ("#this", ""),
        ("#preview", ""),
        ("#proc", "annotate"),
    ]


def test_dl_07_links_of_a_similar_image_lead_on(service: str, publisher_id: str) -> None:
    for row in rows(links(service, publisher_id), SIMILAR):
        following = get(row["access_url"])
        assert (following.status, len(rows(following, "#this"))) == (200, 1)


def test_dl_07_the_first_twenty_ids_have_similar_images(service: str) -> None:
    visible = [image.publisher_id for image in ARCHIVE if image not in (*HIDDEN, EMBARGOED)]
    found = rows(links(service, *visible), SIMILAR)
    assert [str(row["ID"]) for row in found if row["rank"] == 1] == visible[:20]


def test_thousands_of_ids_in_one_post(service: str) -> None:
    wanted = [("ID", f"{COLLECTION}?o/{number}") for number in range(5001)]
    whole = post(f"{service}/datalink/links", wanted[1:])
    cut = post(f"{service}/datalink/links", wanted)
    assert [len(answer.table.array) for answer in (whole, cut)] == [5000, 5000]
    assert [answer.statuses for answer in (whole, cut)] == [["OK"], ["OK", "OVERFLOW"]]


def test_thousands_of_ids_of_every_kind_in_one_post(service: str, publisher_id: str) -> None:
    kinds = [publisher_id, "bad {n}", f"{COLLECTION}?o/{{n}}", HIDDEN[0].publisher_id, EMBARGOED.publisher_id]
    wanted = [kinds[n % 5].format(n=n) for n in range(4000)]
    answer = post(f"{service}/datalink/links", [("ID", text) for text in wanted])
    assert answer.statuses == ["OK"]
    found = rows(answer)
    assert list(dict.fromkeys(str(row["ID"]) for row in found)) == list(dict.fromkeys(wanted))
    faults = Counter(str(row["error_message"]).partition(":")[0] for row in found if row["error_message"])
    assert faults == {"UsageFault": 800, "NotFoundFault": 802}
    assert len([row for row in found if row["ID"] == publisher_id]) == 14


def test_dl_09_the_service_describes_itself(service: str) -> None:
    meta = links(service).root.findall(f"{VOT}RESOURCE")[1]
    values = {parameter.get("name"): parameter.get("value") for parameter in meta.findall(f"{VOT}PARAM")}
    assert values["accessURL"] == f"{service}/datalink/links"
    assert values["standardID"] == STANDARD
    assert [child.get("name") for child in meta.find(f"{VOT}GROUP")] == ["ID"]


def test_files_of_other_archives_are_linked_where_they_are(service: str, publisher_id: str) -> None:
    (this,) = rows(links(service, publisher_id), "#this")
    assert this["access_url"] == "https://archive.example/data/SIM/image-20.fits"
    assert (this["content_type"], int(this["content_length"])) == ("application/fits", 2880)


def test_files_in_folders_are_served_by_us(service: str) -> None:
    (this,) = rows(links(service, ARCHIVE[LOCAL].publisher_id), "#this")
    assert this["access_url"] == f"{service}/files/{ARCHIVE[LOCAL].artifact_id}"
    answer = get(this["access_url"])
    assert (answer.status, len(answer.body), answer.kind) == (200, 2880, "application/fits")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_learns_where_the_operator_keeps_files(service: str, files: Path) -> None:
    answer = links(service, *(image.publisher_id for image in ARCHIVE))
    (this,) = rows(links(service, ARCHIVE[LOCAL].publisher_id), "#this")
    assert this["description"] == f"science file image-{LOCAL:02}.fits"
    assert "file:" not in answer.text
    assert str(files) not in answer.text


def test_an_image_without_a_preview_has_a_picture(
    service: str, publisher_id: str, database: Database
) -> None:
    (preview,) = rows(links(service, publisher_id), "#preview")
    assert preview["content_type"] == "image/png"
    assert re.fullmatch(rf"{service}/preview/[0-9a-f-]{{36}}\.png", preview["access_url"])
    with database.connect("ingest") as connection:
        connection.execute(
            "insert into caom2.Artifact (uri, planeID, artifactID, productType, releaseType, contentType,"
            " lastModified, maxLastModified, metaChecksum, accMetaChecksum) values ('ad:SIM/p.png', %s,"
            " gen_random_uuid(), 'preview', 'meta', 'image/png', now(), now(), 'md5:0', 'md5:0')",
            [ARCHIVE[30].plane_id],
        )
    (own,) = rows(links(service, ARCHIVE[30].publisher_id), "#preview")
    assert own["access_url"] == "https://archive.example/data/SIM/p.png"


def test_services_are_described_with_typed_inputs(service: str, publisher_id: str) -> None:
    answer = links(service, publisher_id)
    described = {part.get("ID"): part for part in answer.root.findall(f"{VOT}RESOURCE") if part.get("ID")}
    assert {row["service_def"] for row in rows(answer, "#proc")} == {"similar", "annotate"}
    assert set(described) == {"similar", "similarObjects", "annotate"}
    inputs = {part.get("name"): part for part in described["similar"].iter(f"{VOT}PARAM") if part.get("ref")}
    assert list(inputs) == ["ID"]
    assert answer.root.find(f".//{VOT}FIELD[@ID='{inputs['ID'].get('ref')}']").get("name") == "ID"
    typed = {part.get("name"): part for part in described["similar"].find(f"{VOT}GROUP")}
    assert (typed["MAXREC"].get("datatype"), typed["MAXDIST"].get("datatype")) == ("int", "double")
    assert (typed["TIME"].get("xtype"), typed["TIME"].get("arraysize")) == ("interval", "2")
    ends = [typed["MAXREC"].find(f"{VOT}VALUES/{VOT}{end}").get("value") for end in ("MIN", "MAX")]
    assert ends == ["1", "10000"]
    options = [option.get("value") for option in typed["EXCLUDE"].iter(f"{VOT}OPTION")]
    assert options == ["plane", "observation", "field", "target", "none"]
    named = {part.get("name"): part for part in described["annotate"].find(f"{VOT}GROUP")}
    assert list(named) == ["ID", "MAXREC", "PART", "MARKS", "STRETCH", "RESPONSEFORMAT"]
    assert (named["PART"].get("datatype"), named["PART"].get("value")) == ("char", "")


def test_files_come_in_parts(service: str) -> None:
    url = f"{service}/files/{ARCHIVE[LOCAL].artifact_id}"
    part = get(url, headers={"Range": "bytes=10-19"})
    assert (part.status, part.body) == (206, bytes(range(10, 20)))
    assert part.headers["Content-Range"] == "bytes 10-19/2880"
    assert get(url, headers={"Range": "bytes=5000-"}).status == 416


def test_files_that_are_hidden_or_unknown_are_not_found(service: str) -> None:
    wanted = [uuid4(), HIDDEN[0].artifact_id, EMBARGOED.artifact_id]
    answers = [get(f"{service}/files/{artifact}") for artifact in wanted]
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}


@pytest.mark.parametrize("path", ["../secret.txt", "..%2Fsecret.txt", "%2e%2e/%2e%2e/etc/passwd", "x"])
def test_files_have_no_way_out_of_their_folder(service: str, path: str) -> None:
    answer = get(f"{service}/files/{path}")
    assert answer.status == 404
    assert "secret" not in answer.text


def test_embargoed_files_are_an_error_row(service: str) -> None:
    (this,) = rows(links(service, EMBARGOED.publisher_id))
    assert this["error_message"] == "NotFoundFault: This file is not public yet."


def test_a_calibration_is_the_image_where_nothing_is_science(service: str) -> None:
    assert len(rows(links(service, ARCHIVE[9].publisher_id), "#this")) == 1


def test_dl_10_pyvo_follows_links_from_a_tap_result(service: str) -> None:
    with visiting(service) as client:
        result = client.search(
            "SELECT TOP 3 publisherID, nObjects FROM caom2_ai.fingerprint ORDER BY nObjects"
        )
        found = list(result.iter_datalinks())
        assert len(found) == 3
        for row, documents in zip(result, found, strict=True):
            assert {str(link["ID"]) for link in documents} == {str(row["publisherID"])}
            assert len(list(documents.bysemantics(SIMILAR, include_narrower=False))) == 10
            assert next(documents.bysemantics("#this", include_narrower=False)).access_url


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("publisherID", 1), ("publisherID AS id", 1), ("nObjects", 0), ("publisherID, publisherID AS again", 1)],
)
def test_dl_08_dl_10_a_descriptor_where_publisher_ids_are_selected(
    service: str, columns: str, expected: int
) -> None:
    words = {"QUERY": f"SELECT TOP 1 {columns} FROM caom2_ai.fingerprint"}
    root = get(f"{service}/tap/sync", words).root
    described = [part for part in root.findall(f"{VOT}RESOURCE") if part.get("utype") == "adhoc:service"]
    refs = [parameter.get("ref") for part in described for parameter in part.iter(f"{VOT}PARAM")]
    ids = [field.get("ID") for field in root.iter(f"{VOT}FIELD") if field.get("ID")]
    assert len(described) == len(ids) == expected
    assert set(ids) == {ref for ref in refs if ref}


def test_dl_10_the_descriptor_says_where_the_client_found_us(service: str) -> None:
    host = f"localhost:{service.rpartition(':')[2]}"
    request = urllib.request.Request(f"{service}/datalink/links?ID={quote('bad')}", headers={"Host": host})
    with urllib.request.urlopen(request) as answer:
        assert f'value="http://{host}/datalink/links"' in answer.read().decode()
