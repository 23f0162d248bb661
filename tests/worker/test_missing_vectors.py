"""Vectors for objects of images that were described without them."""

from __future__ import annotations

import pytest

from tests.worker.archives import Archive

IMAGES = "select artifactURI, nObjects, fingerprint from caom2_ai.part_fingerprint order by 1"
VECTORS = "caom2_ai.object_vector"


@pytest.fixture
def described(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Describe real files without vectors, and have them wanted from then on."""
    archive.render(4)
    archive.ingest()
    monkeypatch.setenv("CAOMAI_OBJECT_SHARE", "0")
    bare = archive.finish(archive.start("fingerprint", "-n", "1", "--json"))
    assert (bare["fingerprinted"], bare["withoutVectors"]) == (4, 0)
    assert archive.count(VECTORS) == 0
    monkeypatch.setenv("CAOMAI_OBJECT_SHARE", "0.1")
    return archive


def missing(archive: Archive) -> tuple[int, int]:
    """Run the command; gives the images that it described and those that still lack vectors."""
    account = archive.finish(archive.start("fingerprint", "--missing-vectors", "-n", "1", "--json"))
    return account["fingerprinted"], account["withoutVectors"]


def test_images_without_vectors_get_them_once(described: Archive) -> None:
    before = described.fetch(IMAGES)
    usual = described.start("fingerprint", "-n", "1")
    out, _ = usual.communicate(timeout=300)
    assert "The objects of 4 images have no vectors to be compared by" in out
    assert "caom-ai fingerprint --missing-vectors" in out
    assert missing(described) == (4, 0)
    assert described.fetch(IMAGES) == before
    described.check_whole()
    expected = sum(-(-count // 10) for _, count, _ in before)  # a tenth of each, rounded up
    assert described.count(VECTORS) == expected
    numbers = described.fetch("select objectID from caom2_ai.object_vector order by 1")
    assert missing(described) == (0, 0)
    assert described.fetch("select objectID from caom2_ai.object_vector order by 1") == numbers
    assert described.count("caom2_ai.failure") == 0


def test_a_larger_share_is_missing_too_and_new_images_come_along(
    described: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing(described)[0] == 4
    tenth = described.count(VECTORS)
    described.render(5, seed=1)
    described.ingest()
    monkeypatch.setenv("CAOMAI_OBJECT_SHARE", "0.5")
    assert missing(described) == (5, 0)
    assert described.count(VECTORS) > 4 * tenth
    monkeypatch.setenv("CAOMAI_OBJECT_SHARE", "0.1")
    assert missing(described) == (0, 0)


def test_images_described_by_an_earlier_version_need_only_some_vectors(described: Archive) -> None:
    assert missing(described) == (4, 0)
    described.connection.execute("update caom2_ai.part_fingerprint set objectShare = null")
    assert missing(described) == (0, 0)
    described.connection.execute(
        "delete from caom2_ai.object_vector"
        " where imageID = (select imageID from caom2_ai.part_fingerprint order by 1 limit 1)"
    )
    assert missing(described) == (1, 0)


def test_an_image_that_is_refused_meanwhile_is_not_tried_for_ever(described: Archive) -> None:
    file = min(described.folder.glob("*.fits"))
    file.write_bytes(file.read_bytes()[:2880])
    account = described.finish(
        described.start("fingerprint", "--missing-vectors", "-n", "1", "--json"), code=3
    )
    assert (account["fingerprinted"], account["failed"]) == (3, 1)
    # What was known of it stays.
    assert described.count("caom2_ai.fingerprint") == 4


def test_a_share_of_none_is_refused(described: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAOMAI_OBJECT_SHARE", "0")
    process = described.start("fingerprint", "--missing-vectors")
    _, error = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "CAOMAI_OBJECT_SHARE is 0" in error
