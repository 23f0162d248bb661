"""Random requests: none makes the service fail, and each that gets an answer gets one of HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.safety.conftest import exchange
from tests.tap.client import ask
from tests.tap.process import serving

QUERY = "SELECT TOP 1 table_name FROM tap_schema.tables"
ANSWER = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [^\r\n]*\r\n")

TOKENS = st.sampled_from(["GET", "POST", "HEAD", "PUT", "get", "G@T", "", "A" * 300])
PATHS = st.sampled_from(["/", "/tap/sync", "/tap/async", "/tap/tables/x", "/datalink/links", "*", "x"])
NAMES = st.sampled_from(["LANG", "QUERY", "MAXREC", "RESPONSEFORMAT", "RUNID", "UPLOAD", "ID", "PHASE", "x"])
VALUES = st.one_of(
    st.sampled_from(
        ["ADQL", QUERY, "1", "-1", "csv", "votable/b2", "RUN", "t,param:x", "t,http://127.0.0.1/"]
    ),
    st.text(max_size=40),
    st.binary(max_size=20).map(lambda some: some.decode("latin-1")),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
FIELDS = st.lists(
    st.sampled_from(
        [
            b"Content-Type: application/x-www-form-urlencoded",
            b"Content-Type: multipart/form-data; boundary=x",
            b"Content-Type: text/\xff",
            b"Content-Length: 10",
            b"Content-Length: x",
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: gzip, chunked",
            b"Expect: 100-continue",
            b"Range: bytes=5-1",
            b"Accept-Encoding: gzip",
            b"Host: a b<c>",
            b"X\x00: y",
            b": nameless",
            b" folded",
        ]
    ),
    max_size=4,
)


def encode(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote_plus(value, errors='replace')}" for name, value in pairs)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Requests that are nearly right, so that they come far."""
    target = draw(PATHS) + draw(st.sampled_from(["", "?"])) + encode(draw(PAIRS))
    version = draw(st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2", ""]))
    body = draw(st.one_of(PAIRS.map(encode).map(str.encode), st.binary(max_size=60)))
    lines = [f"{draw(TOKENS)} {target} {version}".encode(errors="replace"), b"Host: x", *draw(FIELDS)]
    length = [f"Content-Length: {len(body)}".encode()] if draw(st.booleans()) else []
    return b"\r\n".join([*lines, *length, b"Connection: close", b"", body])


@pytest.fixture(scope="module")
def target(
    service: str,  # noqa: ARG001 -- the archive is there
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Path]]:
    """Address of a service, and the file that holds its log."""
    path = tmp_path_factory.mktemp("fuzz") / "log"
    with path.open("w") as log, serving(environment, log) as (_, url):
        yield url, path


@settings(max_examples=150)
@given(request=st.one_of(requests(), requests(), st.binary(max_size=200)))
def test_no_request_makes_the_service_fail(target: tuple[str, Path], request: bytes) -> None:
    answer = exchange(target[0], [request], 0.1)
    match = ANSWER.match(answer)
    assert answer == b"" or match is not None
    assert match is None or match[1] not in {b"500", b"502"}


def test_the_log_of_random_requests_holds_no_failure(target: tuple[str, Path]) -> None:
    assert ask(target[0], QUERY).statuses == ["OK"]
    log = target[1].read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log
