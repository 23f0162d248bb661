"""What an operator lets jobs take: their number, their results, and turns beside those of /sync."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caomai.database import Database
from tests.tap.process import serving
from tests.uws.archive import BLOCKED, locked, running
from tests.uws.client import QUICK, Client
from tests.uws.conftest import archive, settings
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def database(socket_folder: Path) -> Iterator[Database]:
    """Give an archive whose jobs are counted."""
    with archive(socket_folder) as made:
        yield made


@pytest.fixture(scope="module")
def service(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service with limits that a test can reach."""
    limits = {
        "async_jobs": 1,
        "connections": 1,
        "max_waiting_jobs": 3,
        "max_jobs": 6,
        "result_bytes": 4000,
        "results_bytes": 12000,
        "max_async_seconds": 0,
    }
    with serving(settings(database, tmp_path_factory.mktemp("limits"), **limits)) as (_, url):
        yield url


@pytest.fixture
def client(service: str) -> Iterator[Client]:
    """Somebody who tidies up."""
    client = Client(service)
    yield client
    for job in client.listed():
        client.send("DELETE", job)


def test_jobs_and_queries_do_not_wait_for_each_other(
    client: Client, service: str, database: Database
) -> None:
    with locked(database), ThreadPoolExecutor() as pool:
        jobs = [client.start(BLOCKED) for _ in range(3)]
        wait_until(lambda: running(database) == 1)
        assert [client.phase(job) for job in jobs] == ["EXECUTING", "QUEUED", "QUEUED"]
        assert client.get(f"{service}/tap/sync", LANG="ADQL", QUERY=QUICK).statuses == ["OK"]
        client.send("DELETE", jobs[0])
        client.send("DELETE", jobs[1])
        client.send("DELETE", jobs[2])
        wait_until(lambda: running(database) == 0)
        sync = pool.submit(client.get, f"{service}/tap/sync", LANG="ADQL", QUERY=BLOCKED)
        wait_until(lambda: running(database) == 1)
        assert client.wait(client.start()) == "COMPLETED"
        assert not sync.done()


def test_more_jobs_than_may_wait_are_refused(client: Client, database: Database) -> None:
    with locked(database):
        for _ in range(3):
            client.start(BLOCKED)
        fourth = client.create()
        for answer in (
            client.post(client.url, QUERY=QUICK, PHASE="RUN"),
            client.post(f"{fourth}/phase", PHASE="RUN"),
        ):
            assert (answer.status, answer.statuses) == (503, ["ERROR"])
            assert "3 jobs wait" in answer.message
            assert int(answer.headers["Retry-After"]) > 0
        assert client.phase(fourth) == "PENDING"


def test_more_jobs_than_are_kept_are_refused(client: Client) -> None:
    jobs = [client.create() for _ in range(6)]
    answer = client.post(client.url, QUERY=QUICK)
    assert (answer.status, "as many jobs as it can" in answer.message) == (503, True)
    client.send("DELETE", jobs[0])
    assert client.post(client.url, QUERY=QUICK).status == 303


def test_a_result_that_is_too_large_fails_its_job(client: Client) -> None:
    job = client.start("SELECT * FROM caom2.Plane")
    assert client.wait(job) == "ERROR"
    message = client.get(f"{job}/error").message
    assert "larger than the 4,000 bytes" in message
    assert client.get(f"{job}/results/result").status == 404


def test_all_results_together_have_a_limit(client: Client) -> None:
    for _ in range(20):
        answer = client.post(
            client.url, QUERY="SELECT TOP 20 publisherID FROM caom2.Plane", LANG="ADQL", PHASE="RUN"
        )
        if answer.status != 303 or client.wait(answer.headers["Location"]) == "ERROR":
            break
    jobs = len(client.listed())
    assert 3 <= jobs < 6
    told = (
        answer.message if answer.status != 303 else client.get(f"{answer.headers['Location']}/error").message
    )
    assert "you no longer need" in told
    for job in client.listed():
        client.send("DELETE", job)
    assert client.wait(client.start()) == "COMPLETED"


def test_parameters_have_a_limit_however_they_come(client: Client) -> None:
    job = client.create()
    large = "x" * 3_000_000
    assert client.post(f"{job}/parameters", A=large[:1000]).status == 303
    answer = client.post(f"{job}/parameters", B=large)
    assert answer.status == 303
    answer = client.post(f"{job}/parameters", C=large)
    assert (answer.status, "4 MiB" in answer.message) == (413, True)
    assert client.texts(job)["phase"] == "PENDING"


def test_no_limit_of_time_where_the_operator_allows_it(client: Client) -> None:
    assert client.texts(client.create())["executionDuration"] == "100"
    assert client.texts(client.create(EXECUTIONDURATION=0))["executionDuration"] == "0"
    job = client.start(EXECUTIONDURATION=0)
    assert client.wait(job) == "COMPLETED"
