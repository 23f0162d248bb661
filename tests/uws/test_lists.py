"""Lists of jobs (UWS 1.1 sect. 2.2.2.1), each client's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from caomai.database import Database
from tests.uws.archive import BLOCKED, locked
from tests.uws.client import UWS, XLINK, XSI, Client


@pytest.fixture
def other(service: str) -> Client:
    return Client(service)


def test_ep_02_uw_01_a_list_refers_to_jobs(client: Client) -> None:
    job = client.create(RUNID="first")
    answer = client.get(client.url)
    assert (answer.kind, answer.root.tag, answer.root.get("version")) == (
        "text/xml; charset=utf-8",
        f"{UWS}jobs",
        "1.1",
    )
    (reference,) = answer.root
    assert (reference.get("id"), reference.get(f"{XLINK}href")) == (job.rpartition("/")[2], job)
    told = {child.tag.removeprefix(UWS): child for child in reference}
    assert list(told) == ["phase", "runId", "ownerId", "creationTime"]
    assert (told["phase"].text, told["runId"].text, told["ownerId"].get(f"{XSI}nil")) == (
        "PENDING",
        "first",
        "true",
    )
    assert told["creationTime"].text == client.texts(job)["creationTime"]


def test_uw_09_nobody_lists_the_jobs_of_others(client: Client, other: Client) -> None:
    mine, theirs = client.create(), other.create()
    assert client.listed() == [mine]
    assert other.listed() == [theirs]
    assert Client(client.url.removesuffix("/tap/async")).listed() == []
    assert other.phase(mine) == "PENDING"  # who was told the address may use it


def test_uw_09_the_cookie_is_for_requests_alone(client: Client) -> None:
    answer = client.post(client.url)
    (cookie,) = answer.headers.get_all("Set-Cookie") or []
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert client.post(client.url).headers.get_all("Set-Cookie") is None
    for forged in ("x", "' or true --", "0" * 33):
        assert client.send("GET", client.url, headers={"Cookie": f"caomai-jobs={forged}"}).status == 200


def test_pa_20_a_list_is_filtered_by_phase(client: Client, database: Database) -> None:
    pending, done, wrong, aborted = client.create(), client.start(), client.start("SELECT"), client.create()
    client.post(f"{aborted}/phase", PHASE="ABORT")
    assert (client.wait(done), client.wait(wrong)) == ("COMPLETED", "ERROR")
    with locked(database):
        busy = client.start(BLOCKED)
        jobs = {"PENDING": pending, "COMPLETED": done, "ERROR": wrong, "ABORTED": aborted, "EXECUTING": busy}
        assert set(client.listed()) == set(jobs.values())
        for phase, job in jobs.items():
            assert client.listed(PHASE=phase) == [job]
        several = client.send("GET", client.url, [("PHASE", "PENDING"), ("phase", "ERROR")])
        assert {item.get("id") for item in several.root} == {pending[-32:], wrong[-32:]}
        assert client.listed(PHASE="ARCHIVED") == client.listed(PHASE="HELD") == []
    client.wait(busy)


def test_pa_20_a_list_is_filtered_by_time_and_number(client: Client) -> None:
    jobs = [client.create() for _ in range(4)]
    times = [client.texts(job)["creationTime"] or "" for job in jobs]
    assert client.listed() == client.listed(LAST=99) == jobs[::-1]
    assert client.listed(LAST=2) == [jobs[3], jobs[2]]
    assert client.listed(LAST=0) == []
    # Times are told in milliseconds and kept in microseconds.
    after = (datetime.fromisoformat(times[1]) + timedelta(milliseconds=1)).isoformat()
    assert client.listed(AFTER=after[:-6]) == client.listed(AFTER=after) == [jobs[3], jobs[2]]
    assert client.listed(AFTER=after[:-6] + "Z", LAST=1, PHASE="PENDING") == [jobs[3]]
    assert client.listed(AFTER="2999-01-01") == []
    assert client.listed(AFTER=after, PHASE="ERROR") == []


@pytest.mark.parametrize("words", [{"PHASE": "DONE"}, {"AFTER": "noon"}, {"LAST": "-1"}, {"LAST": "all"}])
def test_filters_that_are_none_are_refused(client: Client, words: dict[str, str]) -> None:
    answer = client.get(client.url, **words)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert next(iter(words)) in answer.message


def test_deleting_leads_to_the_short_list_of_ones_own(client: Client, other: Client) -> None:
    kept = other.create()
    first, second = client.create(), client.create()
    answer = client.send("DELETE", first)
    assert client.get(answer.headers["Location"]).status == 200
    assert client.listed() == [second]
    assert other.listed() == [kept]
