"""How a client names a format (PA-08, PA-09) and what it gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caomai.database import Database
from tests.conftest import database_url
from tests.tap.client import ask, get
from tests.tap.process import serving

QUERY = "SELECT n FROM caom2_ai.truth WHERE n = 1"
VOT = "application/x-votable+xml"
NAMES = {
    "votable": VOT,
    "VOTable": VOT,
    VOT: VOT,
    "text/xml": "text/xml; charset=utf-8",
    "votable/td": f"{VOT};serialization=TABLEDATA",
    "votable/b2": f"{VOT};serialization=BINARY2",
    "votable/b": f"{VOT};serialization=BINARY",
    f'{VOT}; serialization="binary2"': f"{VOT};serialization=BINARY2",
    "text/xml;serialization=BINARY": "text/xml;serialization=BINARY; charset=utf-8",
    "csv": "text/csv;header=present; charset=utf-8",
    "text/csv": "text/csv;header=present; charset=utf-8",
    "text/csv; header=present; charset=UTF-8": "text/csv;header=present; charset=utf-8",
    "text/csv;header=absent": "text/csv;header=absent; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
    "application/json": "application/json",
    "fits": "application/fits",
    "application/fits": "application/fits",
    "parquet": "application/vnd.apache.parquet",
    "application/vnd.apache.parquet": "application/vnd.apache.parquet",
    "application/x-parquet": "application/x-parquet",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "text/plain;charset=us-ascii": "text/plain; charset=utf-8",
}


@pytest.mark.parametrize("name", NAMES)
def test_pa_08_the_media_type_that_was_named_comes_back(service: str, name: str) -> None:
    answer = ask(service, QUERY, MAXREC=0, RESPONSEFORMAT=name)
    assert (answer.status, answer.kind) == (200, NAMES[name])


def test_a_plus_sign_that_was_not_escaped_is_one(service: str) -> None:
    """It arrives as a blank."""
    answer = ask(service, QUERY, RESPONSEFORMAT="application/x-votable xml;serialization=BINARY2")
    assert (answer.status, answer.kind) == (200, f"{VOT};serialization=BINARY2")


def test_pa_09_format_is_a_synonym(service: str) -> None:
    assert ask(service, QUERY, FORMAT="tsv").text == "n\n1\n"


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("votable/b2", "vot"),
        ("text/xml", "vot"),
        ("csv", "csv"),
        ("fits", "fits"),
        ("parquet", "parquet"),
        ("application/x-parquet", "parquet"),
        ("json", "json"),
        ("html", "html"),
        ("text", "txt"),
    ],
)
def test_a_result_has_the_name_of_a_file(service: str, name: str, ending: str) -> None:
    headers = ask(service, QUERY, RESPONSEFORMAT=name).headers
    assert headers["Content-Disposition"] == f'inline; filename="result.{ending}"'


def test_json_tells_units_and_descriptions_of_every_column(service: str) -> None:
    columns = json.loads(ask(service, QUERY, RESPONSEFORMAT="json").text)["metadata"]
    assert all({"name", "unit", "description"} <= set(column) for column in columns)


def test_csv_without_names(service: str) -> None:
    assert ask(service, QUERY, RESPONSEFORMAT="text/csv;header=absent").text == "1\n"
    assert ask(service, QUERY, RESPONSEFORMAT="csv").text == "n\n1\n"


@pytest.mark.parametrize("name", ["avro", "text/csv;header=maybe", "image/fits", "fits2"])
def test_pa_08_an_error_lists_what_is_offered(service: str, name: str) -> None:
    answer = ask(service, QUERY, RESPONSEFORMAT=name)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    for known in ("votable", "votable/b2", "csv", "tsv", "fits", "parquet", "json", "html", "text"):
        assert f" {known}" in answer.message


def test_every_format_is_declared(service: str) -> None:
    """RE-08."""
    declared = {mime.text for mime in get(f"{service}/tap/capabilities").root.iter("mime")}
    assert declared >= {VOT, "application/fits", "application/vnd.apache.parquet", "text/html", "text/plain"}


def test_parquet_is_not_offered_without_its_library(database: Database, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *rest: None if name == 'pyarrow' else find(name, *rest)\n"
    )
    environment = {"CAOMAI_DATABASE_URL": database_url(database), "PYTHONPATH": str(tmp_path)}
    with serving(environment) as (_, url):
        assert b"parquet" not in get(f"{url}/tap/capabilities").body
        assert "not offered" in ask(url, QUERY, RESPONSEFORMAT="parquet").message
        assert ask(url, QUERY, RESPONSEFORMAT="fits").status == 200


def test_a_single_column_of_nothing_keeps_its_rows(service: str) -> None:
    """Readers of CSV skip empty lines."""
    text = ask(service, "SELECT flag FROM caom2_ai.truth ORDER BY n", RESPONSEFORMAT="csv").text
    assert text == 'flag\ntrue\n""\nfalse\ntrue\n""\n'
