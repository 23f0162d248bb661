"""/labels: everybody reads them, and whom the operator allows it adds some; nobody else does."""

from __future__ import annotations

import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import pyvo

from caomai.database import Database
from caomai.errors import ParameterError
from caomai.settings import Settings, read_settings
from fingerprinting.labels.label import Carried, Check, Evidence, Label, now
from fingerprinting.labels.store import add_labels, list_labels, open_labels
from fingerprinting.labels.table import read_table
from tests.database.conftest import Image, add_image, add_map
from tests.tap.client import Answer, get, send
from tests.tap.process import serving

TOKEN = "correct horse battery staple"
MODEL = "f" * 64
WORD = {"node": 5, "label": "merger", "author": "Zo\u00eb"}
COUNT = "SELECT caomai_label_count(fingerprint, 'merger') AS n FROM caom2_ai.fingerprint"

Give = Callable[..., Answer]


@pytest.fixture(scope="module")
def environment(database: Database, database_settings: Settings) -> dict[str, str]:
    with closing(database.connect("owner", autocommit=True)) as connection:
        number = add_map(connection, "object", MODEL)
        fields = add_map(connection, "field", MODEL, of=number)
        add_image(connection, Image("one", counts={5: 3, 6: 4}), number, fields)
    return {"CAOMAI_DATABASE_URL": str(database_settings.database_url), "CAOMAI_LABELS_PER_MINUTE": "25"}


@pytest.fixture(scope="module")
def local(environment: dict[str, str]) -> Iterator[str]:
    with serving(environment | {"CAOMAI_LABELLING": "local"}) as (_, url):
        yield url


@pytest.fixture(autouse=True)
def no_labels(database: Database, environment: dict[str, str]) -> dict[str, str]:
    with closing(database.connect("owner", autocommit=True)) as connection:
        connection.execute("truncate caom2_ai.label")
    return environment


def give(url: str, word: object = WORD, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = word if isinstance(word, bytes) else json.dumps(word).encode()
    known = {"Content-Type": "application/json"} | named
    return send(urllib.request.Request(f"{url}/labels", data=body, headers=known))


def test_a_label_counts_at_once(local: str) -> None:
    service = pyvo.dal.TAPService(f"{local}/tap")
    assert service.search(COUNT)["n"].tolist() == [0]
    answer = give(local)
    assert answer.status == 201
    assert json.loads(answer.body) == {"status": "added", "node": 5, "label": "merger"}
    assert service.search(COUNT)["n"].tolist() == [3]
    assert give(local, WORD | {"author": "another"}).status == 200  # the first author stays
    rows = service.search("SELECT author, origin FROM caom2_ai.label").to_table()
    assert [tuple(row) for row in rows] == [("Zo\u00eb", "person")]


def test_a_label_replaces_what_was_suggested_for_the_node(local: str, database_settings: Settings) -> None:
    evidence = Evidence(0.9, 0.7, 0.97, 3.5, 40, "a set", MODEL)
    with open_labels(database_settings) as (connection, current):
        some = [Label(5, words, "a set", now(), "suggested", evidence) for words in ("merger", "ring")]
        add_labels(connection, current.number, some)
    assert give(local).status == 201
    with open_labels(database_settings) as (connection, current):
        (label,) = list_labels(connection, current.number)
    assert (label.label, label.origin, label.author, label.evidence) == (
        "merger",
        "person",
        "Zo\u00eb",
        evidence,
    )


def test_labels_are_given_as_the_table_that_import_takes(local: str, database_settings: Settings) -> None:
    evidence = Evidence(0.9, 0.7, 0.97, 3.5, 40, "=a set", MODEL)
    check = Check(0.5, 0.25, 0.75, 12, 2, "Zo\u00eb", now())
    labels = [
        Label(5, 'r\u00eave, "it\'s"', "me", now()),
        Label(6, "arc", "a set", now(), "suggested", evidence, Carried(4, 0.75), check),
    ]
    with open_labels(database_settings) as (connection, current):
        add_labels(connection, current.number, labels)
    answer = get(f"{local}/labels")
    assert answer.kind.startswith("text/csv")
    assert read_table(io.StringIO(answer.text, newline=""), MODEL) == labels
    rows = json.loads(get(f"{local}/labels", {"FORMAT": "json"}).body)
    assert [column["name"] for column in rows["metadata"]][:3] == ["model", "node", "label"]
    assert rows["data"][1][1:3] == [6, "arc"]
    assert len(get(f"{local}/labels", {"FORMAT": "votable"}).table.array) == 2
    assert len(get(f"{local}/labels", {"MAXREC": "1"}).text.splitlines()) == 2


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 4000, "no JSON"),
        ([], "Send a JSON object"),
        ({"node": "5", "label": "a", "author": "b"}, "whole number"),
        ({"node": True, "label": "a", "author": "b"}, "whole number"),
        (WORD | {"node": 400}, "0 to 399"),
        (WORD | {"label": "<script>"}, "markup"),
        (WORD | {"label": "=1+1"}, "formula"),
        (WORD | {"label": "a\0b"}, "control characters"),
        (WORD | {"label": "x" * 65}, "1 to 64"),
        (WORD | {"author": " "}, "1 to 64"),
    ],
)
def test_what_is_no_label_is_refused_in_a_sentence(local: str, word: object, sentence: str) -> None:
    answer = give(local, word)
    assert answer.status == 400
    assert sentence in json.loads(answer.body)["message"]


def test_a_request_is_limited_in_size(local: str) -> None:
    assert give(local, b" " * 5000).status == 413


def test_labels_are_limited_in_a_minute_and_on_a_node(local: str) -> None:
    for number in range(20):
        assert give(local, WORD | {"label": f"word {number}"}).status == 201
    full = give(local, WORD | {"label": "one more"})
    assert full.status == 400
    assert "as many labels" in full.text
    assert [give(local, WORD | {"node": node}).status for node in range(10, 16)] == [201] * 5 + [503]
    assert give(local, WORD | {"node": 12}).status == 200  # there already: nothing is written


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "evil.example"},  # a name that was made to lead here
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"X_Forwarded_For": "203.0.113.5"},  # a proxy on this machine tells of somebody else
    ],
    ids=str,
)
def test_pages_of_other_sites_and_other_machines_give_none(local: str, headers: dict[str, str]) -> None:
    assert give(local, **headers).status == 403
    assert len(get(f"{local}/labels").text.splitlines()) == 1


def test_forms_of_other_pages_give_none(local: str) -> None:
    """A browser sends these types to other sites without asking them."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        assert give(local, Content_Type=kind).status == 400


def test_a_page_of_the_service_itself_may_give_labels(local: str) -> None:
    origin = f"http://{urlsplit(local).netloc}"
    assert give(local, Origin=origin, Sec_Fetch_Site="same-origin").status == 201


def test_by_default_nobody_may_give_labels(environment: dict[str, str]) -> None:
    with serving(environment) as (_, url):
        answer = give(url)
        assert answer.status == 403
        assert "CAOMAI_LABELLING" in json.loads(answer.body)["message"]
        assert get(f"{url}/labels").status == 200


def test_who_has_the_token_may_give_labels(environment: dict[str, str]) -> None:
    with serving(environment | {"CAOMAI_LABELLING": "token", "CAOMAI_LABEL_TOKEN": TOKEN}) as (_, url):
        for words in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"):
            assert give(url, Authorization=words).status == 403
        assert give(url, Authorization=f"Bearer {TOKEN}").status == 201
        assert give(url, Authorization=f"Bearer {TOKEN}", Origin="https://evil.example").status == 403


def test_the_token_must_be_there_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAOMAI_LABELLING", "token")
    with pytest.raises(ParameterError, match="CAOMAI_LABEL_TOKEN"):
        read_settings()
    monkeypatch.setenv("CAOMAI_LABEL_TOKEN", "short")
    with pytest.raises(ParameterError, match="CAOMAI_LABEL_TOKEN"):
        read_settings()
    monkeypatch.setenv("CAOMAI_LABEL_TOKEN", TOKEN)
    assert TOKEN not in repr(read_settings())
