"""How jobs end other than by their result: aborted, out of time, destroyed, too large."""

from __future__ import annotations

import os
import shutil
import socket
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from caomai.database import Database
from tests.tap.process import is_let_go, serving
from tests.uws.archive import BLOCKED, SLOW, locked, running
from tests.uws.client import UWS, Client
from tests.uws.conftest import settings
from tests.waiting import wait_until

# 50,653 rows of 1 kB.
LONG = (
    "SELECT a.fingerprint, b.nObjects FROM caom2_ai.fingerprint AS a, caom2_ai.fingerprint AS b,"
    " caom2_ai.fingerprint AS c"
)


def files(results: Path, job: str) -> list[str]:
    """List the files of a job."""
    return [path.name for path in results.glob(f"*/{job[-32:]}/*")]


@pytest.mark.parametrize("how", ["ABORT", "DELETE"])
def test_uw_04_stopping_a_job_stops_its_query(
    client: Client, database: Database, results: Path, how: str
) -> None:
    job = client.start(SLOW)
    wait_until(lambda: running(database) == 1)
    if how == "ABORT":
        assert client.post(f"{job}/phase", PHASE="ABORT").status == 303
    else:
        assert client.send("DELETE", job).status == 303
    wait_until(lambda: running(database) == 0)
    if how == "ABORT":
        texts = client.texts(job)
        assert (texts["phase"], texts["endTime"] is not None) == ("ABORTED", True)
        assert client.get(f"{job}/results/result").status == 404
    else:
        assert client.get(job).status == 404
    assert files(results, job) == []


def test_a_job_that_streams_is_stopped_too(client: Client, results: Path) -> None:
    job = client.start(LONG, MAXREC=1_000_000)
    wait_until(lambda: files(results, job) != [])
    client.post(f"{job}/phase", PHASE="ABORT")
    assert client.phase(job) in {"ABORTED", "COMPLETED"}
    wait_until(lambda: not [name for name in files(results, job) if name.startswith(".")])


def test_a_job_that_waits_for_its_turn_is_stopped_too(client: Client, database: Database) -> None:
    with locked(database):
        jobs = [client.start(BLOCKED) for _ in range(4)]
        wait_until(lambda: running(database) == 2)
        assert [client.phase(job) for job in jobs] == ["EXECUTING", "EXECUTING", "QUEUED", "QUEUED"]
        client.post(f"{jobs[2]}/phase", PHASE="ABORT")
        client.send("DELETE", jobs[3])
        with closing(database.connect_administrator()) as connection:
            row = connection.execute(
                "select count(*) from caom2_ai_queue.procrastinate_jobs where status = 'todo'"
            ).fetchone()
        assert row == (0,)
    assert [client.wait(job) for job in jobs[:3]] == ["COMPLETED", "COMPLETED", "ABORTED"]
    assert client.texts(jobs[2])["startTime"] is None


def test_uw_10_execution_duration_ends_the_query(client: Client, database: Database) -> None:
    with locked(database):
        job = client.start(BLOCKED, EXECUTIONDURATION=1)
        assert client.wait(job) == "ERROR"
        wait_until(lambda: running(database) == 0)
    summary = client.job(job).find(f"{UWS}errorSummary")
    assert summary.get("type") == "transient"
    assert "executionDuration of 1 s" in summary[0].text


def test_uw_10_a_job_has_more_time_than_a_synchronous_query(
    client: Client, database: Database, service: str
) -> None:
    with locked(database):
        job = client.start(BLOCKED)
        sync = client.get(f"{service}/tap/sync", LANG="ADQL", QUERY=BLOCKED)
        assert (sync.status, "within 2 s" in sync.message) == (503, True)
        assert client.phase(job) == "EXECUTING"
    assert client.wait(job) == "COMPLETED"


def test_uw_10_destruction_happens(client: Client, database: Database, results: Path) -> None:
    done = client.start()
    assert client.wait(done) == "COMPLETED"
    assert files(results, done) == ["result-1"]
    with locked(database):
        busy = client.start(BLOCKED)
        wait_until(lambda: running(database) == 1)
        assert client.wait(busy, "EXECUTING") == "EXECUTING"
        soon = (datetime.now(UTC) + timedelta(seconds=0.5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for job in (done, busy):
            assert client.post(f"{job}/destruction", DESTRUCTION=soon).status == 303
        wait_until(lambda: client.get(busy).status == client.get(done).status == 404)
        wait_until(lambda: running(database) == 0)
    wait_until(lambda: not list(results.glob(f"*/{done[-32:]}")))
    wait_until(lambda: not list(results.glob(f"*/{busy[-32:]}")))


def test_folders_of_nobody_are_swept(client: Client, results: Path) -> None:
    client.wait(client.start())
    (place,) = results.iterdir()
    old, young, foreign = place / ("a" * 32), place / ("b" * 32), place / "notes"
    known = Path(next(iter(results.glob("*/*/result-1")))).parent
    for folder in (old, young, foreign):
        folder.mkdir()
        (folder / "result-1").write_text("x")
    long_ago = time.time() - 100_000
    for folder in (old, foreign, known):
        os.utime(folder, (long_ago, long_ago))
    wait_until(lambda: not old.exists())
    assert young.exists()
    assert foreign.exists()
    assert known.exists()
    for folder in (young, foreign):
        shutil.rmtree(folder)


def test_a_lost_file_is_said_to_be_lost(client: Client, results: Path) -> None:
    job = client.start()
    client.wait(job)
    next(iter(results.glob(f"*/{job[-32:]}/result-1"))).unlink()
    answer = client.get(f"{job}/results/result")
    assert (answer.status, "lost" in answer.message) == (404, True)


def test_a_client_that_stops_reading_a_result_is_left(
    client: Client, service: str, database: Database, results: Path
) -> None:
    job = client.start(LONG, MAXREC=20_000)
    assert client.wait(job) == "COMPLETED"
    with serving(settings(database, results, stall_seconds=1, async_jobs=0)) as (_, url):
        address = urlsplit(job.replace(service, url))
        with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
            connection.sendall(f"GET {address.path}/results/result HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
            assert is_let_go(connection)
