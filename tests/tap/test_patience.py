"""Clients that go away, stop reading or ask too much, and queries that break midway."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import IncompleteRead
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from caomai.database import Database
from tests.tap.archive import ARCHIVE, EMBARGOED, HIDDEN
from tests.tap.client import ask, get

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


def wait_for(database: Database, count: int, seconds: float = 20) -> bool:
    """Wait until a number of queries is running."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if running(database) == count:
            return True
        time.sleep(0.05)
    return False


@contextmanager
def request(service: str, query: str) -> Iterator[socket.socket]:
    """Send a request and leave the reading to the test."""
    address = urlsplit(service)
    with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
        path = f"/tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': query, 'MAXREC': 1000000})}"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        yield connection


def test_a_client_that_leaves_midway_frees_the_database(service: str, database: Database) -> None:
    with request(service, LONG) as connection:
        assert b"200 OK" in connection.recv(1 << 16)
        assert wait_for(database, 1)
    assert wait_for(database, 0)
    assert ask(service, "SELECT COUNT(*) AS n FROM caom2.Plane").statuses == ["OK"]


def test_a_client_that_leaves_before_the_first_row_frees_the_database(
    service: str, database: Database
) -> None:
    with request(service, SLOW):
        assert wait_for(database, 1)
    assert wait_for(database, 0)


def test_a_client_that_stops_reading_is_left(service: str, database: Database) -> None:
    with request(service, LONG):
        assert wait_for(database, 1)
        assert wait_for(database, 0)


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
