"""Requests that no honest client sends: each is refused in words, and the service goes on."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.safety.conftest import Say
from tests.tap.client import ask, get, post, post_body

HEAD = b"GET /tap/availability HTTP/1.1\r\nHost: x\r\n"
FORM = "application/x-www-form-urlencoded"
QUERY = "SELECT TOP 1 table_name FROM tap_schema.tables"


def status(answer: bytes) -> int:
    version, _, rest = answer.partition(b" ")
    assert version == b"HTTP/1.1"
    return int(rest[:3])


def test_the_service_answers_an_honest_request(say: Say) -> None:
    assert status(say(HEAD + b"Connection: close\r\n\r\n")) == 200


@pytest.mark.parametrize(
    "head",
    [
        b"GET /tap/sync?QUERY=" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(10_000)) + b"\r\n",
    ],
    ids=["target", "field", "fields"],
)
def test_a_head_of_more_than_64_kib_is_refused(say: Say, head: bytes) -> None:
    answer = say(head)
    assert status(answer) == 431
    assert b"64 KiB; send long parameters by POST" in answer


def test_a_head_that_never_ends_is_refused_before_it_is_kept(say: Say) -> None:
    answer = say(HEAD, *[b"X: " + b"y" * 10_000 + b"\r\n"] * 1000)
    assert answer == b"" or status(answer) == 431


def test_fields_after_a_body_are_limited_as_those_before(say: Say) -> None:
    head = b"POST /tap/sync HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    assert say(head, *[b"X: " + b"y" * 10_000 + b"\r\n"] * 1000) == b""


def test_a_head_that_comes_too_slowly_is_refused(say: Say) -> None:
    answer = say(HEAD)
    assert status(answer) == 408
    assert b"too slowly" in answer


def test_a_connection_that_says_nothing_is_closed(say: Say) -> None:
    assert say() == b""


def test_a_second_head_that_comes_too_slowly_ends_the_connection(say: Say) -> None:
    answer = say(HEAD + b"\r\n" + HEAD)
    assert status(answer) == 200
    assert answer.count(b"HTTP/1.1 408") == 1


def test_a_body_that_comes_too_slowly_is_refused(say: Say) -> None:
    head = f"POST /tap/sync HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\nLANG="
    answer = say(head.encode())
    assert status(answer) == 408
    assert b"too slowly" in answer


@pytest.mark.parametrize(
    "request_line",
    [
        b"GARBAGE",
        b"GET",
        b"GET /tap/availability HTTP/9.9",
        b"GET /tap\x00/availability HTTP/1.1",
        b"GET /t\xff\xfe HTTP/1.1",
        b"GET http://[ HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"FROB /tap/sync HTTP/1.1",
    ],
)
def test_what_is_no_http_is_refused(say: Say, request_line: bytes) -> None:
    assert status(say(request_line + b"\r\nHost: x\r\n\r\n")) == 400


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"Content-Length: -5\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_body_of_two_lengths_is_refused(say: Say, framing: bytes) -> None:
    answer = say(b"POST /tap/sync HTTP/1.1\r\nHost: x\r\n" + framing)
    assert status(answer) == 400
    assert b"200 OK" not in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["tap/sync", "tap/tables", "datalink/links", "tap/availability"])
def test_other_methods_are_not_allowed(say: Say, method: str, path: str) -> None:
    answer = say(f"{method} /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) == 405
    assert b"\r\nallow: " in answer.lower()


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("tap/sync", b"GET, HEAD, POST"),
        ("tap/tables", b"GET, HEAD"),
        ("tap/async", b"GET, HEAD, POST"),
        ("tap/async/1", b"DELETE, GET, HEAD, POST"),
        ("tap/async/1/phase", b"GET, HEAD, POST"),
        ("tap/async/1/results/result", b"GET, HEAD"),
    ],
)
def test_who_uses_another_method_is_told_which_there_are(say: Say, path: str, methods: bytes) -> None:
    answer = say(f"PATCH /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) == 405
    assert b"\r\nallow: " + methods + b"\r\n" in answer


def test_an_upgrade_is_not_made(say: Say) -> None:
    upgrade = b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n"
    assert status(say(HEAD + upgrade)) in {200, 400}


@pytest.mark.parametrize(
    "path",
    [
        "/files/../../etc/passwd",
        "/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/tap/tables/../../../etc/passwd",
        "/tap/tables/%00",
        "/tap/async/..%2f..%2fetc%2fpasswd",
        "/tap/async/%00/results/result",
        "//etc/passwd",
        "/%ff%fe",
        "/tap/%",
    ],
)
def test_paths_lead_nowhere_else(say: Say, path: str) -> None:
    answer = say(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) == 404
    assert b"root:" not in answer


@pytest.mark.parametrize(
    "words",
    [
        b"LANG=ADQL&QUERY=SELECT%201%00",
        b"LANG=ADQL&QUERY=%ff%fe",
        b"LANG=ADQL&QUERY=SELECT%20%ed%a0%80",
        b"LANG=ADQL&QUERY=SELECT+*+FROM+tap_schema.tables+WHERE+table_name='%00'",
        b"LANG=%00&QUERY=SELECT+1",
        b"LANG=ADQL&MAXREC=%D9%A3&QUERY=SELECT+table_name+FROM+tap_schema.tables",
        b"LANG=ADQL&MAXREC=1e99&QUERY=SELECT+table_name+FROM+tap_schema.tables",
        b"LANG=ADQL&RESPONSEFORMAT=%0d%0aSet-Cookie:+x&QUERY=SELECT+table_name+FROM+tap_schema.tables",
        b"&".join([b"A=B"] * 30_000),
    ],
)
def test_strange_parameters_are_refused(service: str, words: bytes) -> None:
    answer = post_body(f"{service}/tap/sync", FORM, words)
    assert answer.status in {400, 413}
    assert answer.statuses == ["ERROR"]
    assert "Set-Cookie" not in answer.headers


def test_percent_signs_that_encode_nothing_are_text(service: str) -> None:
    assert post_body(f"{service}/tap/sync", FORM, b"LANG=ADQL&QUERY=%zz%").status == 400


@pytest.mark.parametrize("length", [200_000, 2_000_000, 8_000_000])
def test_an_absurdly_long_query_is_refused(service: str, length: int) -> None:
    answer = post(f"{service}/tap/sync", {"LANG": "ADQL", "QUERY": f"{QUERY} WHERE {'(' * length}"})
    assert answer.status in {400, 413}
    assert answer.statuses == ["ERROR"]
    assert len(answer.body) < 10_000


def test_a_host_of_somebody_else_is_not_repeated(say: Say) -> None:
    for host in (b'"><script>', b"a b", b"x/../y", b"evil@x", b""):
        head = b"GET /tap/capabilities HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        answer = say(head)
        assert host == b"" or host not in answer.partition(b"\r\n\r\n")[2]


def test_what_the_client_sent_is_no_markup_in_the_answer(service: str) -> None:
    answer = ask(service, 'SELECT "</INFO><script>x</script>" FROM caom2.Plane')
    assert b"<script>" not in answer.body
    page = get(f"{service}/tap/tables/{quote('<script>')}")
    assert b"<script>" not in page.body
