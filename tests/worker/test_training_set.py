"""What `caom-ai train --collection` learns from: images of the archive's own, wherever its files are."""

from __future__ import annotations

from pathlib import Path

import pytest

from caomai.errors import CaomAiError, NotFoundError, TransientError
from fingerprinting.training.gathering import gather_objects, list_images
from fingerprinting.training.images import Image, sample_collections, see
from fingerprinting.training.plan import Plan
from fingerprinting.training.teller import Teller
from tests.worker.archives import Archive
from tests.worker.planes import insert_part, insert_plane


def draw(archive: Archive, most: int, seed: int = 1) -> list[Image]:
    return sample_collections(archive.settings, ["T"], most, seed)


def test_instruments_take_turns(archive: Archive) -> None:
    with archive.connection.transaction():
        for number in range(12):
            insert_plane(archive.connection, f"p{number}")
        archive.connection.execute(
            "update caom2.Observation set instrument_name = 'RARE' where observationID in ('p3', 'p4')"
        )
    chosen = draw(archive, 5)
    assert [image.instrument for image in chosen].count("RARE") == 2
    assert len({image.place for image in chosen}) == 5
    assert chosen == draw(archive, 5)
    assert chosen != draw(archive, 5, seed=2)
    assert len(draw(archive, 100)) == 12


def test_hidden_images_are_taken_and_what_is_no_image_is_not(archive: Archive) -> None:
    hidden = insert_plane(archive.connection, "hidden", dataRelease="2999-01-01", metaRelease=None)
    insert_plane(archive.connection, "spectrum", dataProductType="spectrum")
    insert_part(archive.connection, hidden, "1", "science")
    insert_part(archive.connection, hidden, "2", "weight")
    (image,) = draw(archive, 9)
    assert image.place == hidden.uri
    assert (image.archived, image.selection, image.checksum) == (True, ("1",), hidden.checksum)


def test_a_collection_that_is_not_there_is_named_beside_those_that_are(archive: Archive) -> None:
    insert_plane(archive.connection, "p")
    with pytest.raises(NotFoundError, match="has no collection HST; it has: T"):
        sample_collections(archive.settings, ["HST"], 9, 1)
    elsewhere = archive.settings.model_copy(update={"artifacts": {"mast": "/nowhere"}})
    with pytest.raises(NotFoundError, match="CAOMAI_ARTIFACTS names no place"):
        sample_collections(elsewhere, ["T"], 9, 1)


def test_objects_of_folders_and_collections_are_gathered_together(archive: Archive, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    archive.render(3)
    files = sorted(archive.folder.glob("*.fits"))
    files[0].rename(own / "mine.fits")
    archive.ingest(*files[1:])
    files[2].unlink()  # the archive has lost it
    plan = Plan(
        tmp_path / "model", images=(own,), collections=("LOCAL",), settings=archive.settings, simulated=5,
        most_objects=90,
    )  # fmt: skip
    work = tmp_path / "work"
    work.mkdir()
    gathered = gather_objects(plan, work, Teller())
    names = {source.name.partition(" ")[0] for source in gathered.collection.sources if not source.field_type}
    assert names == {"mine.fits", f"file://{files[1]}"}
    assert (gathered.images, gathered.refused) == (3, 1)
    assert gathered.collection.real.any()
    again = gather_objects(plan, work, Teller())  # nothing is seen twice
    assert len(again.collection.x) == len(gathered.collection.x)
    assert len(list_images(plan, work)) == 3


def test_an_archive_that_is_down_ends_the_collecting_and_loses_nothing(
    archive: Archive, tmp_path: Path
) -> None:
    with archive.connection.transaction():
        for number in range(12):
            insert_plane(archive.connection, f"p{number}")
    down = archive.settings.model_copy(update={"artifacts": {"file": "http://127.0.0.1:9/{path}"}})
    plan = Plan(tmp_path / "model", collections=("T",), settings=down, simulated=0)
    with pytest.raises(TransientError, match="did not deliver"):
        gather_objects(plan, tmp_path, Teller())
    assert (tmp_path / "objects" / "objects.jsonl").read_bytes() == b""  # all are tried again


def test_a_file_that_is_not_the_one_that_was_ingested_is_not_learnt(archive: Archive, tmp_path: Path) -> None:
    (path,) = archive.render(1)
    image = Image(f"file:{path}", archived=True, checksum="md5:00")
    with pytest.raises(CaomAiError, match="has changed since it was ingested"):
        see(image, 10, 1, archive.settings.artifacts, tmp_path)
