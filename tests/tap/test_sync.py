"""/tap/sync as clients meet it: parameters, statuses, errors, metadata (TAP 1.1, DALI 1.1)."""

from __future__ import annotations

import csv
import io
import json
import urllib.request

import numpy as np
import pytest
import pyvo

from caomai.database import Database
from tests.tap.archive import ARCHIVE, CITATION, COLLECTION, EMBARGOED, HIDDEN, MODEL
from tests.tap.client import VOT, Answer, ask, get, multipart, post, post_body, send

COUNT = "SELECT COUNT(*) AS n FROM caom2.Plane"
VOTABLE = "application/x-votable+xml"
IDS = "SELECT publisherID FROM caom2.Plane"


def test_ep_01_get_and_post_give_the_same(service: str) -> None:
    words = {"LANG": "ADQL", "QUERY": COUNT}
    answers = [get(f"{service}/tap/sync", words), post(f"{service}/tap/sync", words)]
    answers.append(post_body(f"{service}/tap/sync", *multipart(list(words.items()))))
    assert {answer.status for answer in answers} == {200}
    assert [answer.table.array["n"].tolist() for answer in answers] == [[len(ARCHIVE) - len(HIDDEN)]] * 3


def test_pa_01_names_are_found_in_any_case(service: str) -> None:
    assert get(f"{service}/tap/sync", {"lang": "ADQL", "Query": COUNT, "maxREC": 5}).statuses == ["OK"]


@pytest.mark.parametrize("name", ["QUERY", "query", "MAXREC", "LANG", "RESPONSEFORMAT", "REQUEST", "RUNID"])
def test_pa_02_a_second_value_is_an_error(service: str, name: str) -> None:
    values = {
        "QUERY": COUNT,
        "MAXREC": "5",
        "LANG": "ADQL",
        "RESPONSEFORMAT": "votable",
        "REQUEST": "doQuery",
    }
    value = values.get(name.upper(), "x")
    words = [("QUERY", COUNT), (name, value), (name.lower(), value)]
    answer = get(f"{service}/tap/sync", words)
    assert answer.status == 400
    assert answer.statuses == ["ERROR"]
    assert f"{name.upper()} is given" in answer.message


def test_pa_03_unknown_parameters_are_ignored(service: str) -> None:
    assert ask(service, COUNT, FOO="bar", VERSION="1.0").statuses == ["OK"]


def test_pa_05_request_is_accepted_and_not_needed(service: str) -> None:
    assert ask(service, COUNT, REQUEST="doQuery").statuses == ["OK"]
    assert "doQuery" in ask(service, COUNT, REQUEST="getCapabilities").message


@pytest.mark.parametrize("language", ["ADQL", "ADQL-2.0", "ADQL-2.1"])
def test_pa_06_languages(service: str, language: str) -> None:
    assert get(f"{service}/tap/sync", {"LANG": language, "QUERY": COUNT}).statuses == ["OK"]


def test_pa_06_an_unknown_language_is_an_error_that_says_so(service: str) -> None:
    answer = get(f"{service}/tap/sync", {"LANG": "PQL", "QUERY": COUNT})
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert "ADQL-2.1" in answer.message


def test_pa_07_a_query_is_needed(service: str) -> None:
    answer = get(f"{service}/tap/sync", {"LANG": "ADQL"})
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert "QUERY" in answer.message


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("votable", "application/x-votable+xml"),
        ("text/xml", "text/xml"),
        ("application/x-votable+xml", "application/x-votable+xml"),
        ("application/x-votable xml", "application/x-votable+xml"),  # a plus sign that was not escaped
        (f"{VOTABLE};serialization=TABLEDATA", f"{VOTABLE};serialization=TABLEDATA"),
        (f"{VOTABLE};serialization=binary2", f"{VOTABLE};serialization=BINARY2"),
        ("text/xml; serialization=BINARY", "text/xml;serialization=BINARY"),
        ("votable/td", "application/x-votable+xml;serialization=TABLEDATA"),
        ("votable/b2", "application/x-votable+xml;serialization=BINARY2"),
        ("VOTable", "application/x-votable+xml"),
        ("csv", "text/csv;header=present"),
        ("text/csv", "text/csv;header=present"),
        ("tsv", "text/tab-separated-values"),
        ("json", "application/json"),
        ("application/json", "application/json"),
    ],
)
@pytest.mark.parametrize("parameter", ["RESPONSEFORMAT", "FORMAT"])
def test_pa_08_formats_come_back_under_the_name_that_was_asked(
    service: str, parameter: str, name: str, kind: str
) -> None:
    answer = ask(service, COUNT, **{parameter: name})
    assert answer.status == 200
    assert answer.kind.removesuffix("; charset=utf-8") == kind
    assert read_count(answer) == len(ARCHIVE) - len(HIDDEN)


def read_count(answer: Answer) -> int:
    if "json" in answer.kind:
        return int(json.loads(answer.text)["data"][0][0])
    if "xml" in answer.kind:
        return int(answer.table.array["n"][0])
    return int(answer.text.split("\n")[1])


@pytest.mark.parametrize(
    "name", ["avro", "image/png", "votable/x", "text/xml;serialization=FITS", "a" * 5000]
)
def test_pa_08_an_unknown_format_is_an_error(service: str, name: str) -> None:
    answer = ask(service, COUNT, RESPONSEFORMAT=name)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert "not offered" in answer.message
    assert len(answer.message) < 300


@pytest.mark.parametrize("value", ["-1", "1.5", "many", "1e3", "٣"])
def test_pa_10_maxrec_must_be_a_number(service: str, value: str) -> None:
    answer = ask(service, COUNT, MAXREC=value)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert "MAXREC" in answer.message


@pytest.mark.parametrize("kind", ["votable", "votable/b2", "votable/b"])
def test_pa_11_maxrec_0_gives_the_columns_alone(service: str, kind: str) -> None:
    answer = ask(service, IDS, MAXREC=0, RESPONSEFORMAT=kind)
    assert answer.statuses == ["OK", "OVERFLOW"]
    assert [field.name for field in answer.table.fields] == ["publisherID"]
    assert len(answer.table.array) == 0


@pytest.mark.parametrize(
    ("query", "maxrec", "rows", "statuses"),
    [
        (IDS, 5, 5, ["OK", "OVERFLOW"]),
        (IDS, len(ARCHIVE) - len(HIDDEN), len(ARCHIVE) - len(HIDDEN), ["OK"]),
        (IDS.replace("SELECT", "SELECT TOP 5"), 5, 5, ["OK"]),
        (IDS.replace("SELECT", "SELECT TOP 5"), 4, 4, ["OK", "OVERFLOW"]),
        (IDS.replace("SELECT", "SELECT TOP 5"), 6, 5, ["OK"]),
        (IDS + " WHERE 1 = 0", 5, 0, ["OK"]),
    ],
)
def test_pa_12_overflow_only_where_rows_were_cut(
    service: str, query: str, maxrec: int, rows: int, statuses: list[str]
) -> None:
    answer = ask(service, query, MAXREC=maxrec)
    assert answer.statuses == statuses
    assert len(answer.table.array) == rows


def test_pa_13_an_upload_is_not_ignored(service: str) -> None:
    answer = ask(service, COUNT, UPLOAD="t,vos://example.org/t.xml")
    assert (answer.status, answer.statuses) == (400, ["ERROR"])


def test_pa_15_runid_is_taken(service: str) -> None:
    assert ask(service, COUNT, RUNID="x" * 64).statuses == ["OK"]


def test_re_01_one_resource_of_results_begins_with_its_status(service: str) -> None:
    root = ask(service, COUNT).root
    (resource,) = root.findall(f"{VOT}RESOURCE")
    assert resource.get("type") == "results"
    assert resource[0].get("name") == "QUERY_STATUS"
    assert [child.tag for child in resource][-1] == f"{VOT}TABLE"


def test_re_03_columns_are_described_from_tap_schema(service: str) -> None:
    query = "SELECT publisherID, time_exposure AS t, time_exposure * 2, metaRelease, planeID, 'x'"
    fields = ask(service, query + " FROM caom2.Plane", MAXREC=1).table.fields
    assert fields[0].ID == "publisherID"
    assert fields[0].utype == "caom2:Plane.publisherID"
    assert (fields[1].name, str(fields[1].unit), fields[1].datatype) == ("t", "s", "double")
    assert (fields[3].datatype, fields[3].xtype) == ("char", "timestamp")
    assert len({field.name for field in fields}) == 6


@pytest.mark.parametrize(
    ("alias", "known"), [("mine", "mine"), ('"links"', "caomPublisherID"), ('"a b"', "caomPublisherID")]
)
def test_the_links_service_refers_to_the_column_by_its_name(service: str, alias: str, known: str) -> None:
    root = ask(service, f"SELECT publisherID AS {alias} FROM caom2.Plane", MAXREC=1).root
    assert [field.get("ID") for field in root.iter(f"{VOT}FIELD")] == [known]
    assert [parameter.get("ref") for parameter in root.iter(f"{VOT}PARAM") if parameter.get("ref")] == [known]


def test_re_03_values_come_back(service: str) -> None:
    query = (
        "SELECT p.publisherID, p.metaRelease, p.time_exposure, o.target_name, p.planeID, f.fingerprint,"
        " f.vector FROM caom2.Plane AS p JOIN caom2.Observation AS o ON o.obsID = p.obsID"
        " JOIN caom2_ai.fingerprint AS f ON f.planeID = p.planeID"
        f" WHERE p.publisherID IN ('{ARCHIVE[1].publisher_id}', '{ARCHIVE[2].publisher_id}') ORDER BY 1"
    )
    first, second = pyvo.dal.TAPService(f"{service}/tap").search(query).to_table()
    assert first["publisherID"] == ARCHIVE[1].publisher_id
    assert first["metaRelease"] == "2020-01-02T03:04:05.678"
    assert first["target_name"] == 'NGC <1> & "Müller\'s"'
    assert first["planeID"] == str(ARCHIVE[1].plane_id)
    assert first["fingerprint"].tolist() == [1] * 400
    assert abs(float(first["vector"][1]) - 0.03) < 1e-4
    assert first["time_exposure"] == float("inf")
    assert second["time_exposure"] is np.ma.masked


def test_re_04_the_result_tells_query_standard_and_software(service: str) -> None:
    query = COUNT + " -- \"a\" < 'b' & c\n"
    infos = ask(service, query).infos
    assert infos["query"] == query
    assert infos["standardID"] == "ivo://ivoa.net/std/TAP"
    assert infos["server_software"].startswith("CAOM-AI/")
    assert "mapID" not in infos


@pytest.mark.parametrize(
    "query",
    [
        "SELECT TOP 1 nObjects FROM caom2_ai.fingerprint",
        f"SELECT TOP 1 caomai_vector('{ARCHIVE[0].publisher_id}') AS v FROM caom2.Plane",
        COUNT + " WHERE publisherID IN (SELECT publisherID FROM caom2_ai.fingerprint)",
    ],
)
def test_re_04_results_of_content_tell_map_model_and_citation(service: str, query: str) -> None:
    answer = ask(service, query)
    infos = [(info.get("name"), info.get("value")) for info in answer.root.iter(f"{VOT}INFO")]
    assert {("mapID", "1"), ("modelHash", MODEL), ("citation", CITATION)} <= set(infos)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * FORM caom2.Plane", 400, "line 1, column 10"),
        ("SELECT *\nFROM caom2.Plain", 400, "line 2, column 6"),
        ("SELECT <b>", 400, "line 1"),
        ("SELECT * FROM pg_class", 400, "line 1, column 15"),
        ("SELECT 1/(nObjects - nObjects) AS x FROM caom2_ai.fingerprint", 400, "division by zero"),
        ("SELECT * FROM caom2.Plane; DROP TABLE caom2.Plane", 400, "line 1"),
        ("SELECT '\0' FROM caom2.Plane", 400, "line 1"),
        ("(" * 3000, 400, "line 1"),
        ("SELECT '" + "x" * (1 << 20) + "' FROM caom2.Plane", 400, "longer"),
    ],
)
def test_re_05_errors_are_documents_with_a_fitting_status(
    service: str, query: str, status: int, words: str
) -> None:
    answer = post(f"{service}/tap/sync", {"LANG": "ADQL", "QUERY": query})
    assert (answer.status, answer.statuses) == (status, ["ERROR"])
    assert answer.kind == "application/x-votable+xml"
    assert words in answer.message
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("kind", ["votable/b2", "fits", "parquet"])
def test_re_05_errors_of_formats_of_tables_are_votables(service: str, kind: str) -> None:
    answer = ask(service, "SELECT", RESPONSEFORMAT=kind)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_re_05_errors_of_formats_of_text_are_text(service: str, kind: str) -> None:
    answer = ask(service, "SELECT nothing FROM caom2.Plane", RESPONSEFORMAT=kind)
    assert (answer.status, answer.kind) == (400, "text/plain; charset=utf-8")
    assert "nothing" in answer.text
    assert "<" not in answer.text


def test_re_05_errors_of_json_are_json(service: str) -> None:
    answer = ask(service, "SELECT nothing FROM caom2.Plane", RESPONSEFORMAT="json")
    assert (answer.status, answer.kind) == (400, "application/json")
    error = json.loads(answer.text)
    assert error["query_status"] == "ERROR"
    assert "nothing" in error["message"]


def test_answers_to_get_may_be_kept_for_a_minute(service: str) -> None:
    kept = [
        get(f"{service}/tap/tables"),
        get(f"{service}/tap/capabilities"),
        ask(service, "SELECT TOP 1 * FROM caom2.Plane"),
    ]
    assert {answer.headers["Cache-Control"] for answer in kept} == {"public, max-age=60"}


def test_what_changes_and_what_was_posted_may_not_be_kept(service: str) -> None:
    words = {"LANG": "ADQL", "QUERY": "SELECT TOP 1 * FROM caom2.Plane"}
    answers = [
        get(f"{service}/tap/availability"),
        ask(service, "SELECT"),
        post(f"{service}/tap/sync", words),
        get(f"{service}/nothing"),
    ]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_re_05_a_client_that_asked_for_text_xml_gets_errors_so(service: str) -> None:
    assert ask(service, "SELECT", RESPONSEFORMAT="text/xml").kind.startswith("text/xml")


@pytest.mark.parametrize(
    "wanted",
    [f"{COLLECTION}?nothing/nothing", HIDDEN[0].publisher_id, HIDDEN[1].publisher_id, EMBARGOED.publisher_id],
)
def test_an_unknown_or_hidden_image_is_an_error_that_names_it(service: str, wanted: str) -> None:
    query = f"SELECT TOP 3 publisherID, caomai_distance(vector, caomai_vector('{wanted}')) AS dist"
    answer = ask(service, f"{query} FROM caom2_ai.fingerprint ORDER BY dist")
    assert (answer.status, answer.statuses) == (404, ["ERROR"])
    assert answer.message == (
        f"No image is known here that can be compared as {wanted}: "
        "take a publisherID from caom2_ai.fingerprint."
    )


def test_content_is_searched_through_pyvo(service: str) -> None:
    wanted = ARCHIVE[20].publisher_id
    rows = pyvo.dal.TAPService(f"{service}/tap").search(
        f"SELECT TOP 4 f.publisherID, caomai_distance(f.vector, caomai_vector('{wanted}')) AS dist"
        " FROM caom2_ai.fingerprint AS f ORDER BY dist"
    )
    assert [str(row["publisherID"]) for row in rows][:1] == [wanted]
    assert {str(row["publisherID"])[-2:] for row in rows} >= {"19", "20", "21"}
    assert rows["dist"][0] == 0


def test_a_map_that_becomes_current_is_used_at_once(service: str, database: Database) -> None:
    query = "SELECT COUNT(*) AS n FROM caom2_ai.fingerprint"
    switch = "update caom2_ai.map set isCurrent = false where kind = 'object' and isCurrent returning mapID"
    new = (
        "insert into caom2_ai.map (kind, gridWidth, gridHeight, modelHash, isCurrent)"
        " values ('object', 20, 20, 'sha256:new', true) returning mapID"
    )
    before = ask(service, query, RESPONSEFORMAT="csv").body
    with database.connect("owner", autocommit=True) as connection:
        (old,) = connection.execute(switch).fetchone() or (None,)
        (number,) = connection.execute(new).fetchone() or (None,)
        try:
            assert ask(service, query, RESPONSEFORMAT="csv").body.split() == [b"n", b"0"]
        finally:
            connection.execute("delete from caom2_ai.map where mapID = %s", [number])
            connection.execute("update caom2_ai.map set isCurrent = true where mapID = %s", [old])
    assert ask(service, query, RESPONSEFORMAT="csv").body == before != b"n\r\n0\r\n"


def test_pyvo_sees_overflow(service: str) -> None:
    rows = pyvo.dal.TAPService(f"{service}/tap").search(IDS, maxrec=3)
    assert len(rows) == 3
    assert rows.status[0] == "OVERFLOW"


def test_pyvo_tells_errors_with_our_words(service: str) -> None:
    with pytest.raises(pyvo.dal.DALQueryError, match="line 1, column 15"):
        pyvo.dal.TAPService(f"{service}/tap").search("SELECT * FROM nothing")


def test_csv_of_a_query(service: str) -> None:
    query = "SELECT publisherID, nObjects FROM caom2_ai.fingerprint ORDER BY nObjects"
    lines = list(csv.reader(io.StringIO(ask(service, query, RESPONSEFORMAT="csv").text)))
    assert lines[:2] == [["publisherID", "nObjects"], [ARCHIVE[0].publisher_id, "0"]]
    assert len(lines) == 1 + len(ARCHIVE) - len([*HIDDEN, EMBARGOED])


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("multipart/form-data", b"x", "what separates"),
        (
            "multipart/form-data; boundary=x1",
            b'--x1\r\nContent-Disposition: a; name="QUERY"\r\n\r\nS',
            "cut off",
        ),
        ("application/json", b"{}", "application/json"),
        ("application/x-www-form-urlencoded", b"QUERY=%ff", "UTF-8"),
        ("application/x-www-form-urlencoded", b"QUERY=" + b"x" * (5 << 20), "too large"),
        ("application/x-www-form-urlencoded", b"a=1&" * 30_000, "parameters"),
    ],
)
def test_ep_10_hostile_bodies_are_refused_with_a_sentence(
    service: str, kind: str, body: bytes, words: str
) -> None:
    answer = post_body(f"{service}/tap/sync", kind, body)
    assert (answer.status, answer.statuses) == (413 if words == "too large" else 400, ["ERROR"])
    assert words in answer.message


def test_a_forged_host_never_becomes_markup_or_address(service: str) -> None:
    answer = get(f"{service}/tap/capabilities", headers={"Host": 'evil"><x y="'})
    assert answer.status in {200, 400}
    assert "evil" not in answer.text


def test_another_method_is_refused(service: str) -> None:
    request = urllib.request.Request(f"{service}/tap/sync", method="DELETE")
    answer = send(request)
    assert answer.status == 405
    assert answer.text == "This address does not take DELETE; it takes GET, HEAD, POST.\n"


def test_a_path_that_does_not_exist_is_not_found(service: str) -> None:
    answer = get(f"{service}/tap/nothing")
    assert answer.status == 404
    assert answer.text == f"There is nothing at this address; {service}/ shows what there is.\n"
