"""Ten thousand images in one request: a stream, in little memory, that ends with the client."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from caomai.database import Database
from tests.similar.archive import SEEN
from tests.similar.asking import rows, search

MOST_MEMORY = 120 << 20
Running = tuple[subprocess.Popen[str], str]


def resident(process: subprocess.Popen[str]) -> int:
    """Bytes of memory that a process has in use."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096


def many() -> list[tuple[str, str]]:
    ids = [image.publisher_id for image in SEEN]
    return [("ID", ids[number % len(ids)]) for number in range(10_000)]


def test_ten_thousand_images_are_a_stream_in_little_memory(running: Running) -> None:
    process, service = running
    answer = rows(search(service, *many(), ("K", 1)))
    assert resident(process) < MOST_MEMORY
    assert [row["queryID"] for row in answer] == [text for _, text in many()]
    assert {row["rank"] for row in answer} == {"1"}


def test_who_leaves_ends_the_search(running: Running, database: Database) -> None:
    _, service = running
    address = urlsplit(service)
    body = urlencode([*many(), ("K", 100)]).encode()
    head = (
        f"POST /similar HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), int(address.port or 0))) as connection:
        connection.sendall(head.encode() + body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")
        assert searches(database) == 1
        connection.close()
    end = time.monotonic() + 20
    while searches(database) and time.monotonic() < end:
        time.sleep(0.05)
    assert searches(database) == 0


def searches(database: Database) -> int:
    """Count the searches that the database is at work on."""
    with database.connect_administrator() as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where state = 'active' and query like 'COPY (SELECT%'"
        ).fetchone()
    assert row is not None
    return int(row[0])
