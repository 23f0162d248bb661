"""Clients that go away, stop reading or ask too much, and queries that break midway."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import IncompleteRead
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from caomai.database import Database
from tapext.formats.registry import list_formats
from tests.tap.archive import ARCHIVE, EMBARGOED, HIDDEN
from tests.tap.client import ask, get
from tests.tap.process import is_let_go, serving
from tests.waiting import is_soon

VISIBLE = len(ARCHIVE) - len([*HIDDEN, EMBARGOED])
# 50,653 rows of 1 kB, from 37 images.
LONG = (
    "SELECT a.fingerprint, b.nObjects FROM caom2_ai.fingerprint AS a, caom2_ai.fingerprint AS b,"
    " caom2_ai.fingerprint AS c"
)
# Tens of millions of combinations before the only row.
SLOW = "SELECT COUNT(*) AS n FROM " + ", ".join(f"caom2_ai.fingerprint AS t{number}" for number in range(6))
# The images before number 35 fill some blocks of the answer, then a division by zero.
BROKEN = (
    "SELECT publisherID, fingerprint, vector, 1 / (nObjects - 14000) AS x FROM (SELECT TOP 40 * FROM"
    " caom2_ai.fingerprint ORDER BY nObjects) AS f"
)


def running(database: Database) -> int:
    """Count the queries that are running for the service."""
    with database.connect_administrator() as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and query like 'COPY%' and state = 'active'"
        ).fetchone()
    return row[0] if row else 0


def wait_for(database: Database, count: int) -> bool:
    """Wait until a number of queries is running."""
    return is_soon(lambda: running(database) == count)


@contextmanager
def request(service: str, query: str, kind: str = "votable", buffer: int = 0) -> Iterator[socket.socket]:
    """Send a request and leave the reading to the test; `buffer` is what the system reads ahead."""
    address = urlsplit(service)
    with socket.socket() as connection:
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.connect((str(address.hostname), address.port or 0))
        words = {"LANG": "ADQL", "QUERY": query, "MAXREC": 1000000, "RESPONSEFORMAT": kind}
        path = f"/tap/sync?{urlencode(words)}"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        yield connection


@pytest.fixture(scope="module")
def patient(service: str, environment: dict[str, str]) -> Iterator[str]:  # noqa: ARG001 -- the archive is there
    """Address of a service that would wait for everybody: who is found to have left has left."""
    with serving(environment | {"CAOMAI_QUERY_SECONDS": "600", "CAOMAI_STALL_SECONDS": "600"}) as (_, url):
        yield url


@pytest.mark.parametrize("kind", [known.aliases[0] for known in list_formats() if known.aliases])
def test_a_client_that_leaves_midway_frees_the_database(patient: str, database: Database, kind: str) -> None:
    with request(patient, LONG, kind):
        assert wait_for(database, 1)
    assert wait_for(database, 0)


def test_a_client_that_leaves_before_the_first_row_frees_the_database(
    patient: str, database: Database
) -> None:
    with request(patient, SLOW):
        assert wait_for(database, 1)
    assert wait_for(database, 0)


def test_a_client_that_leaves_the_queue_is_never_served(patient: str, database: Database) -> None:
    with ExitStack() as others:
        for _ in range(3):
            others.enter_context(request(patient, SLOW))
        assert wait_for(database, 3)
        with request(patient, SLOW):
            time.sleep(0.5)
        time.sleep(0.5)
    assert wait_for(database, 0)
    assert ask(patient, "SELECT COUNT(*) AS n FROM caom2.Plane").statuses == ["OK"]
    assert running(database) == 0


def test_a_thousand_requests_at_once_are_all_answered(patient: str) -> None:
    with ExitStack() as all_of_them:
        query = "SELECT TOP 1 table_name FROM tap_schema.tables"
        connections = [all_of_them.enter_context(request(patient, query)) for _ in range(1000)]
        answers = [connection.recv(1 << 16) for connection in connections]
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}


def test_a_query_ends_though_its_service_was_killed(
    service: str,  # noqa: ARG001 -- the archive is there
    environment: dict[str, str],
    database: Database,
) -> None:
    with serving(environment | {"CAOMAI_QUERY_SECONDS": "600"}) as (process, url), request(url, SLOW):
        assert wait_for(database, 1)
        process.kill()
        assert wait_for(database, 0)


def test_a_query_ends_though_its_service_hangs(
    service: str,  # noqa: ARG001 -- the archive is there
    environment: dict[str, str],
    database: Database,
) -> None:
    with serving(environment | {"CAOMAI_RESULT_SECONDS": "1"}) as (process, url), request(url, SLOW):
        assert wait_for(database, 1)
        process.send_signal(signal.SIGSTOP)
        assert wait_for(database, 0)
        process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def strict(service: str, environment: dict[str, str]) -> Iterator[str]:  # noqa: ARG001 -- the archive is there
    """Address of a service that leaves slow readers."""
    with serving(environment | {"CAOMAI_MIN_RATE": "2000000"}) as (_, url):
        yield url


@pytest.fixture(scope="module")
def hasty(service: str, environment: dict[str, str]) -> Iterator[str]:  # noqa: ARG001 -- the archive is there
    """Address of a service that has an end for all, however slowly they read."""
    with serving(environment | {"CAOMAI_MIN_RATE": "1", "CAOMAI_RESULT_SECONDS": "3"}) as (_, url):
        yield url


def test_a_client_that_reads_a_little_for_ever_is_left(strict: str, database: Database) -> None:
    with request(strict, LONG, "csv", 1 << 16) as connection:
        assert wait_for(database, 1)
        connection.settimeout(60)
        size = 1
        while running(database) and size:
            size = len(connection.recv(20_000))
            time.sleep(0.1)
    assert wait_for(database, 0)


def test_a_result_that_takes_too_long_ends_with_an_error(hasty: str, database: Database) -> None:
    with request(hasty, LONG, "votable", 1 << 16) as connection:
        assert wait_for(database, 1)
        connection.settimeout(60)
        text, end = b"", time.monotonic() + 3.5
        while block := connection.recv(1 << 16):
            text = text[-1000:] + block
            time.sleep(0.02 if time.monotonic() < end else 0)
    assert b'<INFO name="QUERY_STATUS" value="ERROR">The result was not read within 3 s' in text
    assert b"</VOTABLE>" in text


def test_a_client_that_stops_reading_is_left(service: str, database: Database) -> None:
    with request(service, LONG) as connection:
        assert wait_for(database, 1)
        assert wait_for(database, 0)
        assert is_let_go(connection)


def test_re_06_a_query_without_a_row_in_time_is_a_transient_error(service: str, database: Database) -> None:
    answer = ask(service, SLOW)
    assert (answer.status, answer.statuses) == (503, ["ERROR"])
    assert "no row within 2 s" in answer.message
    assert int(answer.headers["Retry-After"]) > 0
    assert wait_for(database, 0)


@pytest.mark.parametrize("kind", ["votable", "votable/b2", "votable/b"])
def test_re_02_what_breaks_midway_ends_as_a_valid_document(service: str, kind: str) -> None:
    answer = ask(service, BROKEN, RESPONSEFORMAT=kind)
    assert (answer.status, answer.statuses) == (200, ["OK", "ERROR"])
    assert "division by zero" in answer.message
    assert 0 < len(answer.table.array) < 36


@pytest.mark.parametrize("kind", ["csv", "tsv", "json"])
def test_re_02_what_breaks_midway_breaks_off_other_formats(service: str, kind: str) -> None:
    with pytest.raises(IncompleteRead):
        ask(service, BROKEN, RESPONSEFORMAT=kind)


def test_long_results_need_no_memory(service: str, database: Database) -> None:
    process = find_process(service)
    ask(service, LONG, MAXREC=10)
    before = memory(process)
    answer = ask(service, LONG, MAXREC=1_000_000, RESPONSEFORMAT="csv")
    assert answer.body.count(b"\n") == 1 + VISIBLE**3
    assert len(answer.body) > 40e6
    assert memory(process) - before < 16e6
    assert wait_for(database, 0)


def find_process(service: str) -> int:
    """Find the process that listens on the port of the service."""
    port = f":{int(service.rpartition(':')[2]):04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    inode = next(words[9] for words in lines if words[1].endswith(port) and words[3] == "0A")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue
    raise AssertionError(port)


def memory(process: int) -> int:
    """Read the most memory that a process ever had, in bytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def test_more_clients_than_connections_wait_their_turn(service: str) -> None:
    query = "SELECT TOP 5 publisherID FROM caom2_ai.fingerprint"
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(service, query), range(60)))
    assert {tuple(answer.statuses) for answer in answers} == {("OK",)}


def test_availability_answers_while_queries_run(service: str, database: Database) -> None:
    with request(service, LONG):
        assert wait_for(database, 1)
        assert b"<available>true" in get(f"{service}/tap/availability").body
    assert wait_for(database, 0)


def test_json_tells_overflow(service: str) -> None:
    answer = ask(service, LONG, MAXREC=3, RESPONSEFORMAT="json")
    assert json.loads(answer.text)["query_status"] == "OVERFLOW"
