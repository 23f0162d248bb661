"""Clients that others wrote, and the schema of the standard."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from astropy.table import Table
from pyvo.dal import DALQueryError, TAPService

from caomai.database import Database
from tests.conformance.schemas import faults
from tests.tap.visitor import visiting
from tests.uws.archive import BLOCKED, locked, running
from tests.uws.client import QUICK, Client
from tests.waiting import wait_until


@pytest.fixture
def tap(service: str) -> Iterator[TAPService]:
    with visiting(service) as made:
        yield made


def run(program: str, *words: str) -> str:
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pyvo_runs_a_job_from_beginning_to_end(tap: TAPService) -> None:
    job = tap.submit_job(QUICK, maxrec=2, runid="mine")
    assert job.phase == "PENDING"
    assert (job.query, job.uws_version, job.owner) == (QUICK, "1.1", None)
    job.execution_duration = 7
    assert job.execution_duration == timedelta(seconds=7)
    wanted = job.destruction.to_datetime() - timedelta(days=1)
    job.destruction = wanted
    assert abs(job.destruction.to_datetime() - wanted) < timedelta(seconds=1)
    job.query = QUICK.replace("TOP 5", "TOP 3")
    job.run().wait(timeout=60)
    assert job.phase == "COMPLETED"
    job.raise_if_error()
    assert len(job.fetch_result()) == 2
    job.delete()
    assert tap.get_job_list() == []


def test_pyvo_runs_a_query_asynchronously(tap: TAPService) -> None:
    assert len(tap.run_async(QUICK)) == 5
    with pytest.raises(DALQueryError, match="nowhere"):
        tap.run_async("SELECT x FROM nowhere")


def test_pyvo_aborts_a_job(tap: TAPService, database: Database) -> None:
    with locked(database):
        job = tap.submit_job(BLOCKED)
        job.run()
        wait_until(lambda: running(database) == 1)
        job.abort()
        wait_until(lambda: running(database) == 0)
    assert job.phase == "ABORTED"
    with pytest.raises(DALQueryError):
        job.fetch_result()


def test_pa_20_pyvo_lists_its_jobs(tap: TAPService, service: str) -> None:
    jobs = [tap.submit_job(QUICK, runid=f"number {number}") for number in range(3)]
    jobs[0].run().wait(timeout=60)
    with visiting(service) as other:
        other.submit_job(QUICK)
    assert {job.jobid for job in tap.get_job_list()} == {job.job_id for job in jobs}
    assert [job.runid for job in tap.get_job_list(phases=["COMPLETED"])] == ["number 0"]
    assert [job.runid for job in tap.get_job_list(last=1)] == ["number 2"]
    after = jobs[1].job.creationtime.to_datetime()
    late = tap.get_job_list(phases=["PENDING", "ERROR"], after=after, short_description=False)
    assert {job.jobid for job in late} - {jobs[1].job_id} == {jobs[2].job_id}


def test_pyvo_uploads_tables_that_live_no_longer_than_their_job_runs(tap: TAPService, results: Path) -> None:
    table = Table({"number": [1, 2, 3], "name": ["a", "b", None]})
    assert len(tap.run_async("SELECT * FROM TAP_UPLOAD.mine", uploads={"mine": table})) == 3
    job = tap.submit_job(
        "SELECT a.number FROM TAP_UPLOAD.mine AS a JOIN TAP_UPLOAD.other AS b USING (number)"
    )
    job.upload(mine=table)
    job.upload(other=table[:2])
    job.run().wait(timeout=60)
    assert sorted(job.fetch_result()["number"]) == [1, 2]
    (folder,) = results.glob(f"*/{job.job_id}")
    assert [path.name for path in folder.iterdir()] == ["result-1"]
    job.delete()
    assert not folder.exists()


def test_pyvo_tells_a_time_limit_from_other_errors(tap: TAPService, database: Database) -> None:
    with locked(database):
        job = tap.submit_job(BLOCKED)
        job.execution_duration = 1
        job.run().wait(timeout=60)
        with pytest.raises(DALQueryError, match="executionDuration of 1 s"):
            job.raise_if_error()


def test_stilts_runs_a_job(stilts: str, service: str) -> None:
    text = run(
        stilts,
        "tapquery",
        f"tapurl={service}/tap",
        f"adql={QUICK}",
        "sync=false",
        "poll=100",
        "delete=finished",
        "ofmt=csv",
    )
    assert len(text.splitlines()) == 6


def test_uw_11_taplint_finds_nothing(stilts: str, service: str) -> None:
    text = run(stilts, "taplint", f"tapurl={service}/tap", "stages=CAP UWS", "report=EWFIS")
    lines = [line for line in text.splitlines() if re.match(r"[EWF]-UWS", line)]
    assert lines == []
    assert re.search(r"^Section UWS", text, re.MULTILINE)


@pytest.mark.usefixtures("stilts")
def test_uw_02_every_document_is_valid(client: Client, database: Database) -> None:
    jobs = [client.create(RUNID="a<b"), client.start(), client.start("SELECT"), client.create("x")]
    client.post(f"{jobs[3]}/phase", PHASE="ABORT")
    for job in jobs[1:]:
        client.wait(job)
    with locked(database):
        jobs.append(client.start(BLOCKED))
        for address in (client.url, *jobs, f"{jobs[1]}/parameters", f"{jobs[1]}/results"):
            assert faults(client.get(address).body) == []
    client.wait(jobs[-1])
