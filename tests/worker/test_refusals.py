"""Images that cannot be fingerprinted, and files that change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

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


def test_images_without_a_place_are_counted_and_left(archive: Archive) -> None:
    archive.render(2)
    archive.ingest()
    archive.connection.execute(
        "update caom2.artifact set uri = replace(uri, 'file:', 'mast:') where uri like '%sparse-02.fits'"
    )
    done = archive.fingerprint()
    assert (done["fingerprinted"], done["left"], done["unreachable"]) == (1, 0, {"mast": 1})
