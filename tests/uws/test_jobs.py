"""What can be done with a job, and how it is told (UWS 1.1 sect. 2.2)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caomai.database import Database
from tests.tap.client import multipart, post_body, read_table
from tests.uws.archive import BLOCKED, locked
from tests.uws.client import QUICK, UWS, XLINK, XSI, Client

ELEMENTS = (
    "jobId",
    "ownerId",
    "phase",
    "quote",
    "creationTime",
    "startTime",
    "endTime",
    "executionDuration",
    "destruction",
    "parameters",
    "results",
)


def moment(text: str | None) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text or "")
    return datetime.fromisoformat(text or "")


def test_uw_01_a_post_to_the_list_makes_a_job(client: Client) -> None:
    answer = client.post(client.url, LANG="ADQL", QUERY=QUICK)
    assert answer.status == 303
    assert re.fullmatch(re.escape(client.url) + "/[0-9a-f]{32}", answer.headers["Location"])
    assert client.phase(answer.headers["Location"]) == "PENDING"


def test_uw_02_a_job_tells_all_about_itself_in_order(client: Client) -> None:
    job = client.create(RUNID="mine <1>")
    root = client.job(job)
    assert (root.tag, root.get("version")) == (f"{UWS}job", "1.1")
    tags = [child.tag.removeprefix(UWS) for child in root]
    assert tags == ["jobId", "runId", *ELEMENTS[1:]]
    missing = [child.tag.removeprefix(UWS) for child in root if child.get(f"{XSI}nil") == "true"]
    assert missing == ["ownerId", "quote", "startTime", "endTime"]
    texts = client.texts(job)
    assert texts["jobId"] == job.rpartition("/")[2]
    assert texts["runId"] == "mine <1>"
    created, destroyed = moment(texts["creationTime"]), moment(texts["destruction"])
    assert timedelta(0) <= datetime.now(UTC) - created < timedelta(minutes=1)
    assert destroyed - created == pytest.approx(timedelta(days=2), abs=timedelta(seconds=1))
    assert texts["executionDuration"] == "100"


def test_uw_04_a_job_runs_from_pending_to_completed(client: Client) -> None:
    job = client.create()
    answer = client.post(f"{job}/phase", PHASE="RUN")
    assert (answer.status, answer.headers["Location"]) == (303, job)
    assert client.wait(job) == "COMPLETED"
    root, texts = client.job(job), client.texts(job)
    assert moment(texts["creationTime"]) <= moment(texts["startTime"]) <= moment(texts["endTime"])
    (result,) = root.iter(f"{UWS}result")
    assert result.get(f"{XLINK}href") == f"{job}/results/result"
    assert result.get("mime-type") == "application/x-votable+xml"
    assert int(result.get("size")) == len(client.get(f"{job}/results/result").body)


def test_pa_16_a_job_may_be_started_when_it_is_made(client: Client) -> None:
    job = client.start()
    assert client.wait(job) == "COMPLETED"
    assert len(read_table(client.get(f"{job}/results/result").body).array) == 5


def test_pa_16_phase_is_one_of_two(client: Client) -> None:
    job = client.create()
    for phase in ("", "GO", "COMPLETED"):
        answer = client.post(f"{job}/phase", PHASE=phase)
        assert (answer.status, answer.statuses) == (400, ["ERROR"])
        assert "RUN or ABORT" in answer.message
    assert client.post(client.url, PHASE="ABORT").status == 400
    assert client.phase(job) == "PENDING"


def test_pa_04_parameters_are_checked_when_the_job_runs(client: Client) -> None:
    for words, reason in (
        ({}, "QUERY is missing"),
        ({"QUERY": QUICK, "LANG": "SQL"}, "LANG must be"),
        ({"QUERY": QUICK, "RESPONSEFORMAT": "gif"}, "gif"),
        ({"QUERY": QUICK, "MAXREC": "-1"}, "MAXREC"),
        ({"QUERY": "SELECT x FROM nowhere"}, "nowhere"),
    ):
        answer = client.send("POST", client.url, {**words, "PHASE": "RUN"})
        assert answer.status == 303
        job = answer.headers["Location"]
        assert client.wait(job) == "ERROR"
        assert reason in client.job(job).find(f"{UWS}errorSummary/{UWS}message").text


def test_uw_08_re_05_a_failure_is_told_in_full(client: Client) -> None:
    job = client.start("SELECT publisherID\nFROM caom2.Plain")
    assert client.wait(job) == "ERROR"
    summary = client.job(job).find(f"{UWS}errorSummary")
    assert (summary.get("type"), summary.get("hasDetail")) == ("fatal", "true")
    error = client.get(f"{job}/error")
    assert (error.status, error.kind, error.statuses) == (200, "application/x-votable+xml", ["ERROR"])
    assert error.message == summary[0].text
    assert "line 2" in error.message
    result = client.get(f"{job}/results/result")
    assert (result.status, result.message) == (404, f"The job is ERROR: {summary[0].text}")


def test_what_breaks_midway_fails_the_job(client: Client, results: Path) -> None:
    broken = (
        "SELECT publisherID, fingerprint, vector, 1 / (nObjects - 14000) AS x FROM (SELECT TOP 40 * FROM"
        " caom2_ai.fingerprint ORDER BY nObjects) AS f"
    )
    job = client.start(broken)
    assert client.wait(job) == "ERROR"
    assert "division by zero" in client.get(f"{job}/error").message
    assert client.get(f"{job}/results/result").status == 404
    assert [path for path in results.rglob("*result*") if path.parent.name == job[-32:]] == []


def test_uw_03_the_parts_of_a_job_have_addresses(client: Client) -> None:
    job = client.start(RUNID="one")
    assert client.wait(job) == "COMPLETED"
    texts = client.texts(job)
    for child, text in (
        ("phase", "COMPLETED"),
        ("quote", ""),
        ("executionduration", "100"),
        ("destruction", texts["destruction"]),
        ("owner", ""),
    ):
        answer = client.get(f"{job}/{child}")
        assert (answer.status, answer.text) == (200, text)
        assert answer.kind.startswith("text/plain")
    for child in ("parameters", "results"):
        answer = client.get(f"{job}/{child}")
        assert (answer.kind, answer.root.tag) == ("text/xml; charset=utf-8", f"{UWS}{child}")
    given = {item.get("id"): item.text for item in client.get(f"{job}/parameters").root}
    assert given == {"LANG": "ADQL", "QUERY": QUICK, "RUNID": "one"}


def test_uw_05_what_is_not_there_is_said_to_be_so(client: Client) -> None:
    job = client.create()
    unknown = f"{client.url}/{'0' * 32}"
    for address in (unknown, f"{client.url}/x", f"{unknown}/phase", f"{job}/colour", f"{job}/results/other"):
        assert client.get(address).status == 404
    assert client.post(f"{unknown}/phase", PHASE="RUN").status == 404
    assert client.post(f"{job}/quote", QUOTE="now").status == 404
    assert client.send("DELETE", unknown).status == 404
    assert client.get(f"{job}/error").status == 404


def test_uw_05_what_a_phase_does_not_allow_is_refused(client: Client) -> None:
    job = client.start()
    assert client.wait(job) == "COMPLETED"
    for child, words in (
        ("phase", {"PHASE": "RUN"}),
        ("phase", {"PHASE": "ABORT"}),
        ("parameters", {"QUERY": QUICK}),
        ("executionduration", {"EXECUTIONDURATION": 5}),
    ):
        answer = client.post(f"{job}/{child}", **words)
        assert (answer.status, answer.statuses) == (403, ["ERROR"])
        assert "The job is COMPLETED" in answer.message


def test_an_aborted_job_may_be_aborted_again(client: Client) -> None:
    job = client.create()
    for _ in range(2):
        assert client.post(f"{job}/phase", PHASE="ABORT").status == 303
    assert client.phase(job) == "ABORTED"
    assert client.post(f"{job}/phase", PHASE="RUN").status == 403


def test_pa_17_times_are_set_and_trimmed(client: Client) -> None:
    job = client.create(EXECUTIONDURATION=30, DESTRUCTION="2020-01-02T03:04:05Z")
    assert client.get(job).status in {200, 404}  # its time has come already
    job = client.create(EXECUTIONDURATION=30)
    assert client.texts(job)["executionDuration"] == "30"
    for wanted, given in (("7", "7"), ("1000", "200"), ("0", "200"), ("9" * 18, "200")):
        answer = client.post(f"{job}/executionduration", EXECUTIONDURATION=wanted)
        assert (answer.status, answer.headers["Location"]) == (303, job)
        assert client.get(f"{job}/executionduration").text == given
    created = moment(client.texts(job)["creationTime"])
    for days, kept in ((1, 1), (1000, 3)):
        wanted = (created + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert client.post(f"{job}/destruction", DESTRUCTION=wanted).status == 303
        destroyed = moment(client.get(f"{job}/destruction").text)
        assert destroyed - created == pytest.approx(timedelta(days=kept), abs=timedelta(minutes=1))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("EXECUTIONDURATION", ("", "-1", "1.5", "long", "1" * 19)),
        ("DESTRUCTION", ("", "tomorrow", "2030-13-01T00:00:00Z", "2030-01-01T25:00:00Z", "9" * 30)),
    ],
)
def test_times_that_are_none_are_refused(client: Client, name: str, values: tuple[str, ...]) -> None:
    job = client.create()
    for value in values:
        answer = client.post(f"{job}/{name.lower()}", **{name: value})
        assert (answer.status, answer.statuses) == (400, ["ERROR"])
        if value:
            assert client.post(client.url, **{name: value}).status == 400


def test_times_are_understood_in_all_their_forms(client: Client) -> None:
    job = client.create()
    day = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
    for text, told in (
        (day, f"{day}T00:00:00.000Z"),
        (f"{day}T01:02:03", f"{day}T01:02:03.000Z"),
        (f"{day}t01:02:03.004z", f"{day}T01:02:03.004Z"),
        (f"{day}T01:02:03+01:00", f"{day}T00:02:03.000Z"),
    ):
        assert client.post(f"{job}/destruction", DESTRUCTION=text).status == 303
        assert client.get(f"{job}/destruction").text == told


def test_uw_06_parameters_are_set_while_a_job_is_pending(client: Client) -> None:
    job = client.create("SELECT x FROM nowhere", MAXREC=3)
    answer = client.post(f"{job}/parameters", query=QUICK, RUNID="later", RESPONSEFORMAT="csv")
    assert (answer.status, answer.headers["Location"]) == (303, job)
    given = {item.get("id"): item.text for item in client.get(f"{job}/parameters").root}
    assert given == {
        "LANG": "ADQL",
        "QUERY": QUICK,
        "MAXREC": "3",
        "RUNID": "later",
        "RESPONSEFORMAT": "csv",
    }
    assert client.texts(job)["runId"] == "later"
    client.post(f"{job}/phase", PHASE="RUN")
    assert client.wait(job) == "COMPLETED"
    result = client.get(f"{job}/results/result")
    assert result.kind.startswith("text/csv;header=present")
    assert len(result.text.splitlines()) == 4


def test_uw_06_parameters_that_come_at_once_are_all_kept(client: Client) -> None:
    job = client.create()
    names = [f"NAME{number}" for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda name: client.post(f"{job}/parameters", **{name: "x"}), names))
    assert {answer.status for answer in answers} == {303}
    given = [item.get("id") for item in client.get(f"{job}/parameters").root]
    assert sorted(given) == sorted(["LANG", "QUERY", *names])


def test_uw_06_parameters_are_not_posted_to_the_job(client: Client) -> None:
    job = client.create()
    answer = client.post(job, QUERY="SELECT 1")
    assert answer.status == 400
    assert "/parameters" in answer.message
    given = {item.get("id"): item.text for item in client.get(f"{job}/parameters").root}
    assert given["QUERY"] == QUICK


def test_uw_07_a_result_without_a_row_is_a_result(client: Client) -> None:
    job = client.start("SELECT publisherID FROM caom2.Plane WHERE publisherID = 'none'")
    assert client.wait(job) == "COMPLETED"
    answer = client.get(f"{job}/results/result")
    assert (answer.status, answer.statuses, len(answer.table.array)) == (200, ["OK"], 0)


def test_uw_07_there_is_no_result_before_the_end(client: Client, database: Database) -> None:
    with locked(database):
        job = client.start(BLOCKED)
        assert client.wait(job, "EXECUTING") == "EXECUTING"
        answer = client.get(f"{job}/results/result")
        assert answer.status == 404
        assert "EXECUTING" in answer.message
        assert len(client.get(f"{job}/results").root) == 0
    assert client.wait(job) == "COMPLETED"


def test_re_07_a_result_can_be_fetched_in_parts(client: Client) -> None:
    job = client.start(RESPONSEFORMAT="csv")
    client.wait(job)
    address = f"{job}/results/result"
    whole = client.get(address)
    assert whole.headers["Content-Disposition"] == 'inline; filename="result.csv"'
    assert int(whole.headers["Content-Length"]) == len(whole.body)
    assert whole.headers["Last-Modified"]
    part = client.send("GET", address, headers={"Range": "bytes=3-9"})
    assert (part.status, part.body) == (206, whole.body[3:10])
    head = client.send("HEAD", address)
    assert (head.status, head.body, head.headers["Content-Length"]) == (
        200,
        b"",
        whole.headers["Content-Length"],
    )


@pytest.mark.parametrize("format_name", ["votable", "votable/b2", "csv", "json", "fits", "parquet"])
def test_a_job_gives_what_sync_gives(client: Client, service: str, format_name: str) -> None:
    words = {"LANG": "ADQL", "QUERY": QUICK, "RESPONSEFORMAT": format_name, "MAXREC": 2}
    job = client.start(RESPONSEFORMAT=format_name, MAXREC=2)
    assert client.wait(job) == "COMPLETED"
    sync = client.send("GET", f"{service}/tap/sync", words)
    result = client.get(f"{job}/results/result")
    assert (result.kind, result.body) == (sync.kind, sync.body)


def test_pa_18_a_job_is_deleted_by_delete_and_by_post(client: Client, results: Path) -> None:
    for method, words in (("DELETE", {}), ("POST", {"ACTION": "DELETE"}), ("POST", {"action": "delete"})):
        job = client.start()
        client.wait(job)
        assert list(results.rglob(job[-32:]))
        answer = client.send(method, job, words)
        assert (answer.status, answer.headers["Location"]) == (303, client.url)
        assert client.get(job).status == 404
        assert not list(results.rglob(job[-32:]))


def test_ep_10_a_job_may_be_made_by_a_multipart_form(client: Client) -> None:
    kind, body = multipart([("QUERY", QUICK), ("LANG", "ADQL"), ("PHASE", "RUN")])
    answer = post_body(client.url, kind, body)  # urllib follows to the job
    job = f"{client.url}/{answer.root.find(f'{UWS}jobId').text}"
    assert client.wait(job) == "COMPLETED"


def test_every_text_that_can_be_sent_can_be_told(client: Client) -> None:
    odd = "SELECT 'a\x01\x00\uffff\U0001f52d<&>\"]]>\r\n' AS x"
    job = client.create(odd, RUNID="r\x00\x02" + "x" * 100, **{"na\x00me<": "1"})
    given = {item.get("id"): item.text for item in client.get(f"{job}/parameters").root}
    assert given["QUERY"] == "SELECT 'a\U0001f52d<&>\"]]>\r\n' AS x"
    assert given["NAME<"] == "1"
    assert client.texts(job)["runId"] == "r" + "x" * 62


def test_results_are_for_the_service_alone(client: Client, results: Path) -> None:
    client.wait(client.start())
    folders = [results, *(path for path in results.rglob("*") if path.is_dir())]
    assert len(folders) >= 3
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
