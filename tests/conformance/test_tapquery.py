"""The service as TOPCAT asks it: stilts runs TOPCAT's own client."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from caomai.database import Database
from tests.conformance.stilts import run_stilts
from tests.tap.archive import ARCHIVE
from tests.tap.client import get

pytestmark = pytest.mark.usefixtures("stilts")
PLANES = (
    "SELECT TOP 7 publisherID, planeID, metaRelease, position_bounds FROM caom2.Plane ORDER BY publisherID"
)
MODES = [("sync=true",), ("sync=false", "poll=100")]
MINE = "name,ra,dec,n\na,9.0,-19.0,1\nb,27.0,-17.0,\nc,200.0,80.0,3\n"
JOINED = (
    "SELECT m.name, m.n, f.publisherID FROM TAP_UPLOAD.mine AS m JOIN caom2_ai.fingerprint AS f"
    " ON DISTANCE(m.ra, m.dec, f.ra, f.dec) < 0.1 ORDER BY name"
)


def ask(service: str, query: str, *arguments: str) -> list[dict[str, Any]]:
    run = run_stilts("tapquery", f"tapurl={service}/tap", f"adql={query}", "ofmt=csv", *arguments)
    assert run.returncode == 0, run.stderr
    return list(csv.DictReader(io.StringIO(run.stdout)))


def jobs(database: Database) -> list[str]:
    with database.connect_administrator() as connection:
        rows = connection.execute("select jobID from caom2_ai_uws.job order by creationTime desc").fetchall()
    return [str(row[0]) for row in rows]


@pytest.mark.parametrize("mode", MODES)
def test_rows_arrive(service: str, mode: tuple[str, ...]) -> None:
    rows = ask(service, PLANES, *mode)
    assert [row["publisherID"] for row in rows] == sorted(image.publisher_id for image in ARCHIVE)[:7]
    assert {row["position_bounds"].split()[0] for row in rows if row["position_bounds"]} == {
        "circle",
        "polygon",
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("serialization", ["TABLEDATA", "BINARY", "BINARY2"])
def test_pa_13_uploads_arrive_in_every_serialization(
    service: str, tmp_path: Path, mode: tuple[str, ...], serialization: str
) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(MINE)
    upload = ("nupload=1", f"upload1={mine}", "ufmt1=csv", "upname1=mine", f"upvotformat={serialization}")
    rows = ask(service, JOINED, *mode, *upload)
    assert [(row["name"], row["n"], row["publisherID"]) for row in rows] == [
        ("a", "1", ARCHIVE[1].publisher_id),
        ("b", "", ARCHIVE[3].publisher_id),
    ]


def test_uw_10_finished_jobs_are_deleted_as_asked(service: str, database: Database) -> None:
    before = jobs(database)
    ask(service, PLANES, *MODES[1], "delete=finished")
    ask(service, PLANES, *MODES[1], "delete=always")
    assert jobs(database) == before
    ask(service, PLANES, *MODES[1], "delete=never")
    assert len(jobs(database)) == len(before) + 1


def test_a_job_can_be_left_and_resumed(service: str, database: Database) -> None:
    ask(service, PLANES, *MODES[1], "delete=never")
    job = f"{service}/tap/async/{jobs(database)[0]}"
    resumed = run_stilts("tapresume", f"joburl={job}", "delete=always", "ofmt=csv")
    assert resumed.returncode == 0, resumed.stderr
    assert len(resumed.stdout.splitlines()) == 8
    assert get(job).status == 404


def test_re_05_errors_reach_people(service: str) -> None:
    run = run_stilts(
        "tapquery", f"tapurl={service}/tap", "adql=SELECT x FROM caom2.Plan", "parse=false", "sync=true"
    )
    assert run.returncode != 0
    assert "did you mean caom2.Plane" in run.stderr
