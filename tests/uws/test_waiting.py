"""WAIT (UWS 1.1 sect. 2.2.1.1): an answer when something happens."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from caomai.database import Database
from tests.uws.archive import BLOCKED, locked
from tests.uws.client import Client
from tests.waiting import wait_until


def waiting(client: Client, job: str, **words: object) -> tuple[str, float]:
    """Wait for a job; gives its phase then, and the seconds it took."""
    start = time.monotonic()
    phase = client.get(job, **words).root.findtext("{http://www.ivoa.net/xml/UWS/v1.0}phase")
    return phase, time.monotonic() - start


def test_pa_19_waits_until_the_phase_changes(client: Client) -> None:
    job = client.create()
    with ThreadPoolExecutor() as pool:
        waits = [pool.submit(waiting, client, job, WAIT=wait) for wait in (-1, 30, 50)]
        time.sleep(0.3)
        assert not any(wait.done() for wait in waits)
        client.post(f"{job}/phase", PHASE="ABORT")
        ends = [wait.result() for wait in waits]
    assert {phase for phase, _ in ends} == {"ABORTED"}
    assert max(seconds for _, seconds in ends) < 25  # who waits longer than 30 s waited in vain


def test_pa_19_waits_no_longer_than_asked(client: Client) -> None:
    job = client.create()
    phase, seconds = waiting(client, job, WAIT=1)
    assert phase == "PENDING"
    assert seconds > 0.9


@pytest.mark.parametrize("words", [{}, {"WAIT": 0}, {"WAIT": 30, "PHASE": "QUEUED"}, {"PHASE": "PENDING"}])
def test_pa_19_does_not_wait_for_what_has_happened(client: Client, words: dict[str, object]) -> None:
    assert waiting(client, client.create(), **words)[1] < 25


def test_pa_19_does_not_wait_for_a_finished_job(client: Client) -> None:
    job = client.start()
    client.wait(job)
    assert waiting(client, job, WAIT=-1)[0] == "COMPLETED"
    assert waiting(client, job, WAIT=30, PHASE="COMPLETED")[0] == "COMPLETED"


def test_pa_19_phase_says_what_is_known(client: Client, database: Database) -> None:
    with locked(database):
        job = client.start(BLOCKED)
        assert client.wait(job, "EXECUTING") == "EXECUTING"
        assert waiting(client, job, WAIT=30, PHASE="PENDING")[0] == "EXECUTING"
        with ThreadPoolExecutor() as pool:
            wait = pool.submit(client.get, job, WAIT=-1, PHASE="EXECUTING")
            time.sleep(0.3)
            assert not wait.done()
            client.send("DELETE", job)
            assert wait.result().status == 404
    assert client.get(job).status == 404


@pytest.mark.parametrize("wait", ["-2", "soon", "1.5", "1e9"])
def test_waits_that_are_none_are_refused(client: Client, wait: str) -> None:
    answer = client.get(client.create(), WAIT=wait)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])


def test_many_who_wait_take_no_connection_of_the_database(client: Client, database: Database) -> None:
    jobs = [client.create() for _ in range(4)]
    with ThreadPoolExecutor(200) as pool:
        waits = [pool.submit(waiting, client, jobs[number % 4], WAIT=30) for number in range(200)]
        time.sleep(1)
        assert count_connections(database) <= 16
        assert client.wait(client.start()) == "COMPLETED"  # nor does anybody else wait for them
        for job in jobs:
            client.post(f"{job}/phase", PHASE="ABORT")
        assert {wait.result()[0] for wait in waits} == {"ABORTED"}


def count_connections(database: Database) -> int:
    with closing(database.connect_administrator()) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()"
        ).fetchone()
    return row[0] if row else 0


def test_who_waits_hears_of_changes_after_the_database_broke_off(client: Client, database: Database) -> None:
    job = client.create()
    with ThreadPoolExecutor() as pool:
        wait = pool.submit(waiting, client, job, WAIT=40)
        time.sleep(0.3)
        with closing(database.connect_administrator()) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid()"
            )
        wait_until(lambda: client.post(f"{job}/phase", PHASE="ABORT").status == 303)
        assert wait.result()[0] == "ABORTED"
    assert client.wait(client.start()) == "COMPLETED"
