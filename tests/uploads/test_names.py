"""The parameter UPLOAD, the names of tables and columns, and what queries see of them (PA-13, PA-14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from caomai.errors import ParameterError
from tapext.parameters import Parameters
from tapext.uploads.parameter import read_uploads
from tapext.uploads.tables import name_columns
from tests.tap.archive import ARCHIVE
from tests.tap.client import VOT, ask, get
from tests.uploads.sending import ask_with, field, form, post_form, read_rows, tabledata

FILES = {"f": Path("f"), "g": Path("g")}
NUMBERS = tabledata(field("n", "int"), [["1"], ["2"], ["3"]])
COUNT = "SELECT COUNT(*) FROM TAP_UPLOAD.t"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["a,param:f"], [("a", Path("f"))]),
        (["a,param:f;B_2,param:g"], [("a", Path("f")), ("B_2", Path("g"))]),
        (["a,param:f", "b,param:g"], [("a", Path("f")), ("b", Path("g"))]),
        ([" a , PARAM:f ; "], [("a", Path("f"))]),
        (["a,http://h/x?a,b;c"], [("a", "http://h/x?a,b;c")]),
        (["a,https://h/x;b,param:f"], [("a", "https://h/x"), ("b", Path("f"))]),
        ([""], []),
        ([], []),
    ],
)
def test_pairs_are_joined_or_repeated(values: list[str], found: list[tuple[str, object]]) -> None:
    """PA-13."""
    uploads = read_uploads(Parameters([("upload", value) for value in values], FILES))
    assert [(upload.name, upload.source) for upload in uploads] == found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", "takes name,URI"),
        ("a,", "takes name,URI"),
        (",param:f", "cannot name a table ''"),
        ("1a,param:f", "cannot name a table '1a'"),
        ("a b,param:f", "cannot name"),
        ("a.b,param:f", "cannot name"),
        ("ä,param:f", "cannot name"),
        ('"a",param:f', "cannot name"),
        ("a" * 129 + ",param:f", "cannot name"),
        ("Select,param:f", "reserved word"),
        ("a,param:f;A,param:g", "twice"),
        ("a,param:h", "no such file"),
        ("a,param:", "no such file"),
        ("a,vos://h/x", "takes param:, http: and https:"),
        ("a,file:///etc/passwd", "takes param:, http: and https:"),
        ("a,ftp://h/x", "takes param:, http: and https:"),
        ("a,/etc/passwd", "takes param:, http: and https:"),
        (";".join(f"a{number},param:f" for number in range(11)), "more than 10"),
    ],
)
def test_what_is_no_pair_is_refused(value: str, words: str) -> None:
    """PA-13."""
    with pytest.raises(ParameterError, match=words) as error:
        read_uploads(Parameters([("UPLOAD", value)], FILES))
    assert len(str(error.value)) < 300


def test_names_of_columns_differ_in_more_than_case() -> None:
    assert name_columns(["a", "A", "b", "a", "a_2"]) == ["a", "A_3", "b", "a_4", "a_2"]


def test_any_name_of_a_column_can_be_asked_for(service: str) -> None:
    """PA-14."""
    names = [
        "plain",
        "select",
        "SELECT",
        "with blank",
        'a "quote"',
        "ünï",
        "1st",
        "x" * 200,
        "$a.b;--",
        "plain",
    ]
    table = tabledata("".join(field(name, "int") for name in names), [[str(n) for n in range(10)]])
    root = ask_with(service, "SELECT * FROM TAP_UPLOAD.t", {"t": table}).root
    shown = [one.get("name") for one in root.iter(f"{VOT}FIELD")]
    assert shown == [*names[:2], "SELECT_2", *names[3:9], "plain_2"]
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in shown]
    query = f"SELECT {', '.join(reversed(quoted))} FROM TAP_UPLOAD.t"
    assert read_rows(ask_with(service, query, {"t": table})) == [list(range(9, -1, -1))]


def test_columns_without_names_get_one(service: str) -> None:
    fields = '<FIELD datatype="int" ID="x"/><FIELD datatype="int"/><FIELD datatype="int" name=" "/>'
    table = tabledata(fields, [["1", "2", "3"]])
    query = "SELECT column_3, column_2, x FROM TAP_UPLOAD.t"
    assert read_rows(ask_with(service, query, {"t": table})) == [[3, 2, 1]]


def test_what_fields_say_comes_back(service: str) -> None:
    """PA-14, RE-03."""
    attributes = {"unit": "km/s", "ucd": "phys.veloc", "utype": "a:b.c"}
    one = field("v", "float", **attributes)[:-2] + ">\n<DESCRIPTION>how\n  fast &lt; c</DESCRIPTION></FIELD>"
    answer = ask_with(service, "SELECT v AS speed FROM TAP_UPLOAD.t", {"t": tabledata(one, [["1"]])})
    (found,) = answer.root.iter(f"{VOT}FIELD")
    assert {key: found.get(key) for key in attributes} == attributes
    assert found.findtext(f"{VOT}DESCRIPTION") == "how fast < c"


def test_case_does_not_matter_and_the_schema_does(service: str) -> None:
    """PA-14."""
    for name in ("tap_upload.T", "TAP_UPLOAD.t", 'TAP_UPLOAD."t"'):
        assert read_rows(ask_with(service, f"SELECT COUNT(*) FROM {name}", {"t": NUMBERS})) == [[3]]
    for name in ("t", 'TAP_UPLOAD."T"', "pg_temp.upload_1", "TAP_UPLOAD.u"):
        answer = ask_with(service, f"SELECT * FROM {name}", {"t": NUMBERS})
        assert answer.message.startswith("There is no table")


def test_an_upload_does_not_stand_for_a_table_of_the_archive(service: str) -> None:
    planes = read_rows(ask(service, "SELECT COUNT(*) FROM Plane"))
    assert read_rows(ask_with(service, "SELECT COUNT(*) FROM Plane", {"Plane": NUMBERS})) == planes


def test_several_tables_and_the_archive_are_joined(service: str) -> None:
    """PA-14."""
    names = [image.publisher_id for image in ARCHIVE[:3]]
    ids = tabledata(field("id", "char", "*") + field("n", "int"), [[x, str(n)] for n, x in enumerate(names)])
    query = (
        "SELECT p.productID, u.n FROM TAP_UPLOAD.ids AS u JOIN caom2.Plane AS p ON p.publisherID = u.id"
        " JOIN TAP_UPLOAD.t ON t.n = u.n ORDER BY u.n"
    )
    rows = read_rows(ask_with(service, query, {"ids": ids, "t": NUMBERS}))
    assert [[str(name), number] for name, number in rows] == [["image-01", 1], ["image-02", 2]]


def test_positions_are_matched_by_distance(service: str) -> None:
    """AD-06, PA-14."""
    table = tabledata(
        field("ra", "double", unit="deg") + field("p", "double", "2", xtype="point"),
        [["10", "10 20"], ["50", "50 -5"]],
    )
    query = (
        "SELECT a.ra FROM TAP_UPLOAD.t AS a JOIN TAP_UPLOAD.u AS b"
        " ON DISTANCE(a.p, POINT(b.ra, 20)) < 0.01 WHERE 1 = CONTAINS(a.p, CIRCLE(POINT(10, 20), 1))"
    )
    assert read_rows(ask_with(service, query, {"t": table, "u": table})) == [[10]]


def test_uploads_are_never_listed(service: str) -> None:
    """TS-06."""
    query = "SELECT table_name FROM TAP_SCHEMA.tables WHERE table_name LIKE '%pload%'"
    assert read_rows(ask_with(service, query, {"t": NUMBERS})) == []
    assert "pload_1" not in get(f"{service}/tap/tables").text


def test_maxrec_0_describes_the_columns(service: str) -> None:
    """PA-11."""
    answer = ask_with(service, "SELECT * FROM TAP_UPLOAD.t", {"t": NUMBERS}, MAXREC="0")
    assert answer.statuses == ["OK", "OVERFLOW"]
    assert [one.get("name") for one in answer.root.iter(f"{VOT}FIELD")] == ["n"]


def test_a_table_may_come_as_a_text_and_anywhere_in_the_form(service: str) -> None:
    """EP-10, PA-13."""
    words = [("f", NUMBERS.decode()), ("UPLOAD", "t,param:f"), ("REQUEST", "doQuery")]
    answer = post_form(service, form([*words, ("QUERY", COUNT), ("lang", "ADQL-2.1")], {}))
    assert read_rows(answer) == [[3]]


def test_a_file_that_no_upload_names_is_passed_over(service: str) -> None:
    """PA-03."""
    words = [("LANG", "ADQL"), ("QUERY", "SELECT COUNT(*) FROM TAP_SCHEMA.schemas")]
    assert post_form(service, form(words, {"x": b"no VOTable"})).status == 200


def test_capabilities_say_what_may_be_uploaded(service: str) -> None:
    """CA-09, CA-10."""
    root = get(f"{service}/tap/capabilities").root
    methods = [one.get("ivo-id", "").partition("#upload-")[2] for one in root.iter("uploadMethod")]
    assert methods == ["inline", "http", "https"]
    (limit,) = root.iter("uploadLimit")
    assert [(one.tag, one.get("unit"), one.text) for one in limit] == [
        ("default", "row", "5000"),
        ("hard", "row", "5000"),
    ]
