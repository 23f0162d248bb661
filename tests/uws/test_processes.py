"""Several processes share the jobs of one database, and come and go."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from caomai.database import Database
from tests.tap.process import serving
from tests.uws.archive import BLOCKED, SLOW, locked, running
from tests.uws.client import Client
from tests.uws.conftest import archive, settings
from tests.waiting import wait_until

# A process is taken for lost after so many seconds.
LOST = 5


@pytest.fixture(scope="module")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give an archive whose jobs no other test runs."""
    with archive(socket_folder) as made:
        yield made


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of results of all processes."""
    return tmp_path_factory.mktemp("processes") / "results"


@pytest.fixture(scope="module")
def environment(database: Database, results: Path) -> dict[str, str]:
    """Settings of a process that runs no job, beside those that a test starts."""
    return settings(database, results, async_jobs=0, lost_seconds=LOST)


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[str]:
    """Address of that process."""
    with serving(environment) as (_, url):
        yield url


@contextmanager
def worker(environment: dict[str, str], jobs: int = 1) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """Serve with another process, which runs jobs; gives it and a client of it."""
    with serving(environment | {"CAOMAI_ASYNC_JOBS": str(jobs)}) as (process, url):
        yield process, Client(url)


def test_jobs_that_waited_are_run_by_whoever_comes(
    client: Client, environment: dict[str, str], database: Database
) -> None:
    """Also those that a queue made anew does not know; but not one that costs process after process."""
    lost, deadly = client.start(), client.start()
    with closing(database.connect("service", autocommit=True)) as connection:
        connection.execute("delete from caom2_ai_queue.procrastinate_jobs")
        connection.execute("update caom2_ai_uws.job set losses = 3 where jobID = %s", [deadly[-32:]])
    waiting = client.start()
    assert client.phase(waiting) == "QUEUED"
    with worker(environment) as (_, other):
        assert {client.wait(lost), client.wait(waiting)} == {"COMPLETED"}
        result = f"{waiting}/results/result"
        assert client.get(result).statuses == ["OK"]
        assert other.get(result.replace(client.url, other.url)).body == client.get(result).body
        assert client.wait(deadly) == "ERROR"
    error = client.get(f"{deadly}/error")
    assert (error.status, "stopped 3 times" in error.message) == (200, True)


def test_a_job_is_stopped_wherever_it_runs(
    client: Client, environment: dict[str, str], database: Database
) -> None:
    with worker(environment, jobs=2), ThreadPoolExecutor() as pool:
        aborted, deleted = client.start(SLOW), client.start(SLOW)
        wait_until(lambda: running(database) == 2)
        wait = pool.submit(client.get, aborted, WAIT=-1, PHASE="EXECUTING")
        client.post(f"{aborted}/phase", PHASE="ABORT")
        client.send("DELETE", deleted)
        wait_until(lambda: running(database) == 0)
        assert wait.result().root.findtext("{*}phase") == "ABORTED"
        assert client.get(deleted).status == 404


def test_a_process_that_is_told_to_end_gives_its_jobs_to_others(
    client: Client, environment: dict[str, str], database: Database
) -> None:
    with locked(database):
        with worker(environment, jobs=2) as (_, other):
            jobs = [other.start(BLOCKED) for _ in range(2)]
            wait_until(lambda: running(database) == 2)
        assert running(database) == 0
        jobs = [job.replace(other.url, client.url) for job in jobs]
        assert {client.phase(job) for job in jobs} == {"QUEUED"}
        assert {client.texts(job)["startTime"] for job in jobs} == {None}
    with worker(environment):
        assert {client.wait(job) for job in jobs} == {"COMPLETED"}


def test_the_jobs_of_lost_processes_are_run_again(
    client: Client, environment: dict[str, str], database: Database, results: Path
) -> None:
    """One process is killed, another one sleeps and wakes when its job is not its own any more."""
    with worker(environment) as (asleep, _), locked(database):
        first = client.start(BLOCKED)
        assert client.wait(first, "EXECUTING") == "EXECUTING"
        with worker(environment) as (killed, _):
            done = client.start()
            assert client.wait(done) == "COMPLETED"
            second = client.start(BLOCKED)
            assert client.wait(second, "EXECUTING") == "EXECUTING"
            killed.kill()
            killed.wait()
        asleep.send_signal(signal.SIGSTOP)
        (place,) = results.iterdir()
        folder = place / second[-32:]
        folder.mkdir()
        (folder / ".result-1").write_text("half of a document")
        try:
            with worker(environment, jobs=2):
                wait_until(lambda: runs(database) == {2})
                assert {client.phase(first), client.phase(second)} == {"EXECUTING"}
        finally:
            asleep.send_signal(signal.SIGCONT)
        # The new process was told to end; the one that slept stops its old run and takes the jobs anew.
        wait_until(lambda: running(database) == 1)
    with worker(environment):
        assert (client.wait(first), client.wait(second)) == ("COMPLETED", "COMPLETED")
    for job in (first, second):
        (file,) = results.glob(f"*/{job[-32:]}/*")
        assert file.name.startswith("result-")
        assert client.get(f"{job}/results/result").statuses == ["OK"]


def runs(database: Database) -> set[int]:
    """Tell how often the jobs that run were begun."""
    with closing(database.connect_administrator()) as connection:
        rows = connection.execute("select run from caom2_ai_uws.job where phase = 'EXECUTING'").fetchall()
    return {row[0] for row in rows}


def test_two_databases_may_share_a_folder(
    client: Client, environment: dict[str, str], socket_folder: Path, results: Path
) -> None:
    """What one database does not know may be another's, or that of which it is a copy."""
    with worker(environment):
        job = client.start()
        assert client.wait(job) == "COMPLETED"
    (folder,) = results.glob(f"*/{job[-32:]}")
    os.utime(folder, (0, 0))
    with archive(socket_folder) as other, serving(settings(other, results)) as (_, url):
        stranger = Client(url)
        assert stranger.wait(stranger.start()) == "COMPLETED"
        (place,) = (path for path in results.iterdir() if path != folder.parent)
        nobodys = place / ("f" * 32)
        nobodys.mkdir()
        os.utime(nobodys, (0, 0))
        wait_until(lambda: not nobodys.exists())
    assert client.get(f"{job}/results/result").status == 200
