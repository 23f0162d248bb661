"""Images that cannot be fingerprinted, and files that change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from astropy.io import fits
from psycopg.types.json import Jsonb

from fingerprinting.maps import register_maps
from fingerprinting.model import load_model
from tests.worker.archives import Archive

REASONS = "select artifactURI, status, reason, nextTry is null from caom2_ai.failure"


def write(path: Path, pixels: np.ndarray | None) -> None:
    fits.PrimaryHDU(pixels).writeto(path, overwrite=True)


def test_what_cannot_be_fingerprinted_is_recorded_with_its_reason(archive: Archive) -> None:
    archive.render(3)
    write(archive.folder / "nan.fits", np.full((64, 64), np.nan, np.float32))
    write(archive.folder / "constant.fits", np.full((64, 64), 7, np.float32))
    write(archive.folder / "cube.fits", np.ones((40, 20, 20), np.float32))
    write(archive.folder / "gone.fits", np.ones((64, 64), np.float32))
    archive.ingest()
    (archive.folder / "gone.fits").unlink()
    archive.connection.execute(
        "update caom2.plane set dataProductType = null"
    )  # as an archive that does not say
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["failed"], done["skipped"], done["left"]) == (3, 3, 1, 0)
    found = {Path(uri).stem: (status, reason, final) for uri, status, reason, final in archive.fetch(REASONS)}
    assert {name: (status, final) for name, (status, _, final) in found.items()} == {
        "nan": ("failed", True),
        "constant": ("failed", True),
        "cube": ("skipped", True),
        "gone": ("failed", False),
    }
    assert all(reason.endswith(".") for _, reason, _ in found.values())
    assert {(one["status"], one["reason"]) for one in done["refused"]} == {one[:2] for one in found.values()}
    assert archive.count("caom2_ai.part_fingerprint") == archive.count("caom2_ai.fingerprint") == 3
    again = archive.fingerprint()
    assert (again["fingerprinted"], again["failed"], again["skipped"]) == (0, 0, 0)
    assert again["waiting"] == done["waiting"] == 1  # the file that is gone, and only that, is tried again
    assert again["nextTry"] > datetime.now(UTC).isoformat()[:19]


def test_a_changed_file_is_done_again_once_it_is_ingested(archive: Archive) -> None:
    first, second, third = archive.render(3)
    archive.ingest()
    archive.fingerprint()
    before = dict(archive.fetch("select artifactURI, imageID from caom2_ai.part_fingerprint"))
    counts = archive.fetch("select fingerprint from caom2_ai.fingerprint where publisherID like '%sparse-01'")
    first.write_bytes(archive.render(1, seed=9)[0].read_bytes())
    assert archive.fingerprint()["fingerprinted"] == 0  # the archive does not know yet
    write(second, np.full((64, 64), np.nan, np.float32))
    archive.ingest()
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["failed"]) == (1, 1)
    after = dict(archive.fetch("select artifactURI, imageID from caom2_ai.part_fingerprint"))
    assert {Path(uri).name for uri in after} == {
        first.name,
        third.name,
    }  # what the second file was is removed
    kept = [uri for uri in after if after[uri] == before[uri]]
    assert [Path(uri).name for uri in kept] == [third.name]
    assert counts != archive.fetch(
        "select fingerprint from caom2_ai.fingerprint where publisherID like '%sparse-01'"
    )
    archive.check_whole()
    assert archive.fetch("select count(distinct imageID) from caom2_ai.object_node") == [(2,)]


def test_a_file_that_changes_before_it_is_read_is_not_stored_under_the_old_checksum(archive: Archive) -> None:
    first, second = archive.render(2)
    archive.ingest()
    first.write_bytes(second.read_bytes())
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["failed"]) == (1, 1)
    assert "ingest it again" in done["refused"][0]["reason"]
    archive.ingest()
    assert archive.fingerprint()["fingerprinted"] == 1
    assert archive.count("caom2_ai.failure") == 0
    archive.check_whole()


def test_what_is_not_looked_at_is_counted(archive: Archive) -> None:
    archive.render(3)
    archive.ingest()
    archive.connection.execute("update caom2.artifact set uri = 'mast:x.fits' where uri ~ 'sparse-02'")
    archive.connection.execute(
        "update caom2.plane set dataProductType = 'spectrum' where productID = 'sparse-03'"
    )
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["left"]) == (1, 0)
    assert (done["unreachable"], done["notImages"]) == ({"mast": 1}, {"spectrum": 1})


def test_an_image_over_which_workers_die_is_given_up_but_not_its_neighbours(
    archive: Archive,
) -> None:
    archive.render(3)
    archive.ingest()
    uris = [uri for (uri,) in archive.fetch("select uri from caom2.artifact order by uri")]
    number = register_maps(archive.connection, load_model()).object_map
    for artifacts in (uris[:1], uris[1:]):
        archive.connection.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, attempts) values (%s, %s, %s, 3)",
            [f"fingerprint.{number}", "fingerprint", Jsonb({"artifacts": artifacts})],
        )
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["failed"]) == (2, 1)
    assert done["refused"][0]["uri"] == uris[0]
    assert "workers died" in done["refused"][0]["reason"]
