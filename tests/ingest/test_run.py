"""Files into a real database: once, again, changed, moved, renamed, hidden, broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from astropy.io import fits
from psycopg.rows import dict_row

from caomai.console import Bar
from caomai.database import Database
from caomai.errors import AuthorizationError, ParameterError
from caomai.ingest.description import Describer
from caomai.ingest.files import find_files
from caomai.ingest.run import Summary, ingest_files, parse_release
from caomai.settings import Settings

Write = Callable[..., Path]
Ingest = Callable[..., Summary]
Rows = dict[str, list[dict[str, Any]]]

NUMBERS = count(1)
TABLES = {
    "observation": "select * from caom2.Observation where collection = %s order by obsID",
    "plane": "select p.* from caom2.Plane p join caom2.Observation o using (obsID) where o.collection = %s"
    " order by p.planeID",
    "artifact": "select a.* from caom2.Artifact a join caom2.Plane using (planeID)"
    " join caom2.Observation o using (obsID) where o.collection = %s order by a.uri",
    "part": "select t.* from caom2.Part t join caom2.Artifact using (artifactID) join caom2.Plane using"
    " (planeID) join caom2.Observation o using (obsID) where o.collection = %s order by t.partID",
    "position": "select s.* from caom2_ai.plane_position s join caom2.Plane using (planeID)"
    " join caom2.Observation o using (obsID) where o.collection = %s order by s.planeID",
}
SKY = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 10.0,
    "CRVAL2": 20.0,
    "CRPIX1": 3.5,
    "CRPIX2": 2.5,
    "CDELT1": -0.001,
    "CDELT2": 0.001,
}


@pytest.fixture
def collection() -> str:
    """Give each test a collection of its own."""
    return f"T{next(NUMBERS)}"


@pytest.fixture
def ingest(database_settings: Settings, collection: str) -> Ingest:
    """Ingest paths with the settings of the test."""

    def run(*paths: Path, release: str | None = None, **settings: Any) -> Summary:
        chosen = database_settings.model_copy(update={"collection": collection} | settings)
        files, refused = find_files(paths)
        describer = Describer.from_settings(chosen)
        summary = ingest_files(chosen, describer, files, parse_release(release), Bar("files"))
        summary.refused[:0] = refused
        return summary

    return run


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with closing(database.connect("ingest", autocommit=True, row_factory=dict_row)) as connection:
        yield connection


@pytest.fixture
def rows(connection: psycopg.Connection[Any], collection: str) -> Callable[[], Rows]:
    """Give all rows of the test's collection."""
    return lambda: {
        name: connection.execute(query, [collection]).fetchall() for name, query in TABLES.items()
    }


@pytest.fixture
def environment(database_settings: Settings, collection: str) -> dict[str, str]:
    """Give a command of its own the settings of the test."""
    url = str(database_settings.database_url)
    return os.environ | {"CAOMAI_DATABASE_URL": url, "CAOMAI_COLLECTION": collection}


def checksums(rows: Rows) -> list[str]:
    return [
        row["accmetachecksum"] for name in ("observation", "plane", "artifact", "part") for row in rows[name]
    ]


def test_ingesting_again_changes_nothing(write: Write, ingest: Ingest, rows: Callable[[], Rows]) -> None:
    folder = write("a.fits", {"OBJECT": "M 51"} | SKY).parent
    write("deep/b.fits.gz", {"OBJECT": "M 52"})
    assert ingest(folder).outcomes == {"new": 2}
    first = rows()
    assert [len(first[name]) for name in TABLES] == [2, 2, 2, 2, 1]
    assert ingest(folder).outcomes == {"unchanged": 2}
    assert rows() == first


def test_rows_hold_what_was_described(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], collection: str
) -> None:
    path = write("night/a.fits", {"OBJECT": "M 51", "EXPTIME": 2.5, "DATE-OBS": "2020-01-02T03:04:05"} | SKY)
    ingest(path)
    found = rows()
    [observation], [plane], [artifact], [part] = (found[name] for name in list(TABLES)[:4])
    assert observation["observationuri"] == f"caom:{collection}/night.a"
    assert (observation["algorithm_name"], observation["typecode"]) == ("exposure", "S")
    assert plane["publisherid"] == f"ivo://caom-ai.local/{collection}?night.a/a"
    assert plane["time_bounds_width"] == pytest.approx(2.5 / 86400, abs=1e-9)
    assert len(plane["position_bounds"]) == 8
    assert artifact["uri"] == f"file://{path}"
    assert (artifact["producttype"], artifact["releasetype"]) == ("science", "data")
    assert (part["name"], part["producttype"]) == ("0", "science")
    [position] = found["position"]
    assert (position["ra"], position["dec"]) == (pytest.approx(10.0), pytest.approx(20.0))


def test_changed_file_updates_its_rows_in_place(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    write("other.fits")
    path = write("a.fits", {"OBJECT": "M 51"} | SKY)
    ingest(path.parent)
    before = rows()
    write("a.fits", {"OBJECT": "M 52"})
    summary = ingest(path.parent)
    after = rows()
    assert summary.outcomes == {"changed": 1, "unchanged": 1}
    for name, key in (
        ("observation", "obsid"),
        ("plane", "planeid"),
        ("artifact", "artifactid"),
        ("part", "partid"),
    ):
        assert [row[key] for row in after[name]] == [row[key] for row in before[name]]
    assert after["position"] == []
    assert {row["target_name"] for row in after["observation"]} == {"M 52", None}
    moved = [row["maxlastmodified"] for row in after["observation"] if row["target_name"] == "M 52"]
    assert moved[0] > max(row["maxlastmodified"] for row in before["observation"])
    assert len(set(checksums(before)) - set(checksums(after))) == 3  # observation, plane and artifact


def test_pixels_alone_move_only_what_they_touch(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    path = write("a.fits", {"OBJECT": "M 51"})
    ingest(path)
    before = rows()
    raw = path.read_bytes()
    path.write_bytes(raw[:2880] + b"\1" * 48 + raw[2928:])
    assert ingest(path).outcomes == {"changed": 1}
    after = rows()
    for name in ("observation", "plane"):
        [old], [new] = before[name], after[name]
        assert (old["lastmodified"], old["metachecksum"]) == (new["lastmodified"], new["metachecksum"])
        assert old["maxlastmodified"] < new["maxlastmodified"]
        assert old["accmetachecksum"] != new["accmetachecksum"]
    assert before["artifact"][0]["lastmodified"] < after["artifact"][0]["lastmodified"]
    assert before["part"] == after["part"]


def test_hdus_come_and_go_with_the_file(write: Write, ingest: Ingest, rows: Callable[[], Rows]) -> None:
    path = write("a.fits", {}, fits.ImageHDU(name="SCI"), fits.ImageHDU(name="DQ"))
    ingest(path)
    assert sorted(row["name"] for row in rows()["part"]) == ["0", "1", "2"]
    write("a.fits")
    assert ingest(path).outcomes == {"changed": 1}
    assert [row["name"] for row in rows()["part"]] == ["0"]


def test_second_file_of_the_same_name_is_refused(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    first = write("one/night/a.fits")
    second = write("two/night/a.fits")
    summary = ingest(first, second)
    assert summary.outcomes == {"new": 1}
    [refusal] = summary.refused
    assert refusal.path == str(second)
    assert f"belongs to file://{first} already" in refusal.reason
    assert len(rows()["artifact"]) == 1
    assert ingest(second, product_id="two-{stem}").outcomes == {"new": 1}


def test_file_that_moved_keeps_its_plane(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], tmp_path: Path
) -> None:
    path = write("old/night/a.fits", SKY)
    ingest(path)
    before = rows()
    (tmp_path / "new/night").mkdir(parents=True)
    moved = path.rename(tmp_path / "new/night/a.fits")
    assert ingest(moved).outcomes == {"changed": 1}
    after = rows()
    assert [row["uri"] for row in after["artifact"]] == [f"file://{moved}"]
    assert before["plane"][0]["planeid"] == after["plane"][0]["planeid"]
    assert before["position"] == after["position"]


def test_a_folder_that_gets_a_name_renames_its_files(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], tmp_path: Path
) -> None:
    path = write("night/a b.fits", SKY)
    ingest(path)
    before = rows()
    named: dict[str, Any] = {"artifacts": {"file": "/", "lab": str(tmp_path)}}
    assert ingest(path, **named).outcomes == {"changed": 1}
    after = rows()
    assert [row["uri"] for row in after["artifact"]] == ["lab:night/a%20b.fits"]
    assert before["plane"][0]["planeid"] == after["plane"][0]["planeid"]
    assert ingest(path, **named).outcomes == {"unchanged": 1}
    other = write("other/night/a b.fits", SKY)
    assert "belongs to lab:night" in ingest(other, **named).refused[0].reason


def test_new_rules_rename_what_is_stored(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], collection: str
) -> None:
    path = write("night/a.fits", {"OBSID": "n77"} | SKY)
    ingest(path)
    assert ingest(path, observation_id="{OBSID}").outcomes == {"changed": 1}
    found = rows()
    assert [row["observationuri"] for row in found["observation"]] == [f"caom:{collection}/n77"]
    assert [len(found[name]) for name in TABLES] == [1, 1, 1, 1, 1]
    assert ingest(path, observation_id="{OBSID}", authority="other.org").outcomes == {"changed": 1}
    assert rows()["plane"][0]["publisherid"].startswith("ivo://other.org/")


def test_observation_of_another_authority_is_left_alone(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    first, second = write("a.fits"), write("b.fits")
    ingest(first, second, observation_id="{folder}")
    before = rows()
    summary = ingest(first, observation_id="{folder}", authority="other.org")
    assert "use the same authority" in summary.refused[0].reason
    assert rows() == before


@pytest.fixture
def siblings(write: Write) -> tuple[Path, Path]:
    """Two files of one observation that say different things of it."""
    return write("obs/a.fits", {"OBJECT": "from a"}), write("obs/b.fits", {"OBJECT": "from b"})


@pytest.mark.parametrize("turn", [1, -1])
def test_observation_is_described_by_its_first_plane_in_whatever_order(
    siblings: tuple[Path, Path], ingest: Ingest, rows: Callable[[], Rows], turn: int
) -> None:
    for path in siblings[::turn]:
        # All public at one time, so that the names decide.
        ingest(path, observation_id="{folder}", release="2020-01-01")
    found = rows()
    assert [row["target_name"] for row in found["observation"]] == ["from a"]
    assert len(found["plane"]) == 2
    summary = ingest(*siblings, observation_id="{folder}", release="2020-01-01")
    assert summary.outcomes == {"unchanged": 2}
    assert rows() == found


def test_hidden_plane_says_nothing_of_its_observation(
    siblings: tuple[Path, Path], ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    first, second = siblings
    ingest(first, observation_id="{folder}", release="never")
    [hidden] = rows()["observation"]
    assert (hidden["target_name"], hidden["metarelease"]) == ("from a", None)
    ingest(second, observation_id="{folder}", release="2020-01-01")
    [public] = rows()["observation"]
    assert (public["target_name"], public["metarelease"]) == ("from b", parse_release("2020-01-01").date)
    ingest(second, observation_id="{folder}", release="never")
    assert [row["metarelease"] for row in rows()["observation"]] == [None]


def test_release_dates_are_those_that_were_asked_for(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    path = write("a.fits")
    ingest(path, release="2031-02-03T04:05:06+01:00")
    future = parse_release("2031-02-03T03:05:06").date
    assert future is not None
    for name in ("observation", "plane"):
        assert [row["metarelease"] for row in rows()[name]] == [future]
    assert [row["datarelease"] for row in rows()["plane"]] == [future]
    assert ingest(path).outcomes == {"unchanged": 1}
    assert ingest(path, release="now").outcomes == {"changed": 1}
    now = rows()["plane"][0]["metarelease"]
    assert now < future - timedelta(days=365)
    assert ingest(path, release="now").outcomes == {"unchanged": 1}
    assert ingest(path, release="never").outcomes == {"changed": 1}
    assert ingest(path).outcomes == {"unchanged": 1}
    assert rows()["plane"][0]["metarelease"] is None
    # Not even a new name brings it to light.
    ingest(path, product_id="other-{stem}")
    assert [row["metarelease"] for row in rows()["plane"]] == [None]


@pytest.mark.parametrize("text", ["", "tomorrow", "2031-02-30", "31.12.2031"])
def test_release_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="write 2027-01-31, now or never"):
        parse_release(text)


def test_fingerprint_is_hidden_with_its_image(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], connection: psycopg.Connection[Any]
) -> None:
    path = write("a.fits")
    ingest(path)
    [plane] = rows()["plane"]
    add_fingerprint(connection, plane)
    ingest(path, release="never")
    query = "select metaRelease, dataRelease from caom2_ai.fingerprint where publisherID = %s"
    assert connection.execute(query, [plane["publisherid"]]).fetchall() == [
        {"metarelease": None, "datarelease": None}
    ]
    ingest(path, product_id="renamed-{stem}")
    assert connection.execute(query, [plane["publisherid"]]).fetchall() == []


def add_fingerprint(connection: psycopg.Connection[Any], plane: dict[str, Any]) -> None:
    """Store a fingerprint of a plane as a worker would."""
    connection.execute(
        """
        with map as (
            insert into caom2_ai.map (kind, gridWidth, gridHeight, modelHash)
            values ('object', 20, 20, 'test')
            returning mapID
        )
        insert into caom2_ai.fingerprint (planeID, mapID, obsID, publisherID, fingerprint, nObjects,
            nDetected, sampledFraction, collection, metaRelease, dataRelease)
        select %(planeid)s, mapID, %(obsid)s, %(publisherid)s, array_fill(0, array[400]), 0, 0, 1, 'T',
            %(metarelease)s, %(datarelease)s
        from map
        """,
        plane,
    )


def test_bad_files_are_refused_and_the_good_ones_are_taken(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], tmp_path: Path
) -> None:
    good = write("good.fits")
    (tmp_path / "empty.fits").touch()
    (tmp_path / "text.fits").write_text("no FITS at all")
    (tmp_path / "short.fits").write_bytes(good.read_bytes()[:2900])
    (tmp_path / "gone.fits").symlink_to(tmp_path / "nowhere")
    (tmp_path / "other.txt").write_text("not looked at")
    summary = ingest(tmp_path)
    assert summary.outcomes == {"new": 1}
    assert {Path(refusal.path).name: refusal.reason for refusal in summary.refused} == {
        "empty.fits": "The file is empty.",
        "text.fits": "The file is not FITS: it does not begin with the keyword SIMPLE.",
        "short.fits": "The file is truncated: HDU 0 should hold 48 bytes and 20 are there.",
        "gone.fits": "The file cannot be read: no such file or directory.",
    }
    assert len(rows()["plane"]) == 1


def test_broken_file_leaves_its_earlier_rows_as_they_were(
    write: Write, ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    path = write("a.fits", SKY)
    ingest(path)
    before = rows()
    path.write_bytes(path.read_bytes()[:1000])
    assert len(ingest(path).refused) == 1
    assert rows() == before


def test_killed_run_leaves_nothing_half_written(
    write: Write, ingest: Ingest, rows: Callable[[], Rows], database: Database, environment: dict[str, str]
) -> None:
    path = write("a.fits")
    command = [sys.executable, "-m", "caomai", "ingest", str(path)]
    with closing(database.connect("ingest")) as blocker:
        # The run stops before its last table, its other rows written and not committed.
        blocker.execute("lock table caom2.Part in share mode")
        run = subprocess.Popen(command, env=environment)
        waiting = "select count(*) from pg_locks where not granted and relation = 'caom2.part'::regclass"
        while blocker.execute(waiting).fetchone() == (0,):
            assert run.poll() is None
            time.sleep(0.02)
        run.kill()
        run.wait()
    assert not any(rows().values())
    assert ingest(path).outcomes == {"new": 1}


def test_remarks_name_their_files_and_unreachable_schemes_are_counted(write: Write, ingest: Ingest) -> None:
    path = write("a.fits", {"DATE-OBS": "2020-99-99"} | SKY | {"CTYPE1": "RA---XXX", "CTYPE2": "DEC--XXX"})
    summary = ingest(path, artifacts={"cadc": "/data"})
    assert set(summary.remarks.values()) == {1}
    assert summary.examples == {remark: [str(path)] for remark in summary.remarks}
    assert len(summary.examples) == 2
    assert summary.unreachable == {"file": 1}
    assert ingest(path).unreachable == {}


def test_archive_of_somebody_else_is_not_written_to(write: Write, ingest: Ingest, database: Database) -> None:
    path = write("a.fits")
    with closing(database.connect_administrator()) as administrator:
        administrator.execute("revoke insert on caom2.Observation from caomai_ingest")
        try:
            with pytest.raises(AuthorizationError, match="belongs to its archive"):
                ingest(path)
        finally:
            administrator.execute("grant insert on caom2.Observation to caomai_ingest")


def test_all_real_images_are_taken_once(
    real_files: list[Path], ingest: Ingest, rows: Callable[[], Rows]
) -> None:
    summary = ingest(*real_files)
    assert summary.refused == []
    assert summary.outcomes == {"new": len(real_files)}
    first = rows()
    assert len(first["observation"]) == len(first["plane"]) == len(real_files)
    assert len(first["position"]) > 80
    assert len(set(checksums(first))) == len(checksums(first))
    assert ingest(*real_files[::4]).outcomes == {"unchanged": len(real_files[::4])}
    assert rows() == first


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run caom-ai ingest as a user does."""
    command = [sys.executable, "-m", "caomai", "ingest", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_command_tells_what_it_did_and_ends_with_the_right_code(
    write: Write, environment: dict[str, str], tmp_path: Path
) -> None:
    good = write("good.fits")
    done = run(environment, good, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) | {"seconds": 0} == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": [],
        "remarks": [],
        "unreachable": {},
        "seconds": 0,
    }
    doubtful = write("doubtful.fits", {"DATE-OBS": "2020-99-99"})
    told = run(environment, doubtful)
    assert f"no time ({doubtful})." in told.stdout
    doubtful.unlink()
    (tmp_path / "bad.fits").touch()
    some = run(environment, tmp_path)
    assert some.returncode == 3
    assert "1 image: 0 new, 0 changed, 1 unchanged; 1 refused" in some.stdout
    assert some.stderr == f"refused: {tmp_path / 'bad.fits'}: The file is empty.\n"
    assert run(environment, tmp_path / "bad.fits").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/no/such/path"], "There is nothing at /no/such/path"),
        (["/", "--observation-id", "fixed"], "The rule for observationID"),
    ],
)
def test_wrong_use_is_told_before_anything_starts(
    environment: dict[str, str], arguments: list[str], sentence: str
) -> None:
    wrong = run(environment | {"CAOMAI_DATABASE_URL": "postgresql://nowhere/x"}, *arguments)
    assert wrong.returncode == 2
    assert sentence in wrong.stderr
