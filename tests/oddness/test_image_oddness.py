"""The oddness of images in the database, against loops that know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from fingerprinting import image_oddness
from fingerprinting.image_oddness import refresh_oddness
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import Model
from tests.oddness.rows import Image, insert, remove
from tests.oddness.truth import rank
from tests.worker.archives import Archive


@pytest.fixture
def maps(archive: Archive, model: Model) -> Iterator[Maps]:
    yield register_maps(archive.connection, model)
    archive.connection.execute("truncate caom2_ai.fingerprint, caom2_ai.part_fingerprint cascade")


def series(n: int, first: int = 0, **values: object) -> list[Image]:
    return [Image(f"{values.get('instrument', 'CAM')}-{i}", **values) for i in range(first, first + n)]  # type: ignore[arg-type]


def stored(archive: Archive) -> dict[str, float | None]:
    """Give what people see, hidden images included, by asking the tables."""
    query = (
        "select f.publisherID, o.oddness from caom2_ai.fingerprint f"
        " left join caom2_ai.image_oddness o using (planeID, mapID)"
    )
    return dict(archive.fetch(query))


def test_percentiles_are_those_of_plain_loops(archive: Archive, maps: Maps) -> None:
    images = [*series(40), Image("odd", shift=2.0), Image("empty", empty=True)]
    insert(archive.connection, maps.object_map, images)
    assert refresh_oddness(archive.connection, maps) == 1
    assert stored(archive) == pytest.approx(rank(images, images), abs=1e-4)
    assert stored(archive)["odd"] is not None
    assert max(stored(archive).items(), key=lambda item: item[1] or 0)[0] in {"odd", "empty"}
    assert refresh_oddness(archive.connection, maps) == 0  # nothing has changed


def test_a_refresh_after_some_images_more_is_a_refresh_of_all(archive: Archive, maps: Maps) -> None:
    first, later = series(25), series(9, 25)
    insert(archive.connection, maps.object_map, first)
    refresh_oddness(archive.connection, maps)
    insert(archive.connection, maps.object_map, later)
    remove(archive.connection, first[3])
    again = replace(first[3], shift=0.5)
    insert(archive.connection, maps.object_map, [again])
    assert refresh_oddness(archive.connection, maps) == 1
    now = [image for image in [*first, *later] if image.name != again.name] + [again]
    assert stored(archive) == pytest.approx(rank(now, now), abs=1e-4)


def test_only_cameras_with_something_new_are_compared(archive: Archive, maps: Maps) -> None:
    insert(archive.connection, maps.object_map, series(22) + series(22, instrument=None))
    assert refresh_oddness(archive.connection, maps) == 2
    insert(archive.connection, maps.object_map, series(1, 22, intent="science"))
    insert(archive.connection, maps.object_map, series(3, 30, instrument="other"))
    assert refresh_oddness(archive.connection, maps) == 1


def test_few_images_have_no_percentile(archive: Archive, maps: Maps) -> None:
    images = series(image_oddness.LEAST - 1) + series(30, 50, intent="calibration")
    insert(archive.connection, maps.object_map, images)
    refresh_oddness(archive.connection, maps)
    found = stored(archive)
    assert {found[image.name] is None for image in images[:19]} == {True}
    assert {found[image.name] is None for image in images[19:]} == {False}
    insert(archive.connection, maps.object_map, series(1, 19))
    refresh_oddness(archive.connection, maps)
    assert None not in stored(archive).values()
    remove(archive.connection, images[0])
    refresh_oddness(archive.connection, maps)
    assert sum(oddness is None for oddness in stored(archive).values()) == 19


def test_hidden_images_change_no_number_that_people_see(archive: Archive, maps: Maps) -> None:
    public, hidden = series(30), [replace(image, hidden=True) for image in series(15, 30, shift=1.0)]
    insert(archive.connection, maps.object_map, public)
    refresh_oddness(archive.connection, maps)
    alone = stored(archive)
    insert(archive.connection, maps.object_map, hidden)
    refresh_oddness(archive.connection, maps)
    both = stored(archive)
    assert {name: both[name] for name in alone} == alone
    assert both == pytest.approx(rank(public, [*public, *hidden]), abs=1e-4)
    with archive.database.connect("query") as asking:
        seen = asking.execute("select publisherID, oddness from caom2_ai_view.fingerprint").fetchall()
    assert dict(seen) == pytest.approx(alone)


def test_a_history_is_chosen_anew_when_one_of_its_images_is_hidden(archive: Archive, maps: Maps) -> None:
    images = series(40)
    insert(archive.connection, maps.object_map, images)
    refresh_oddness(archive.connection, maps)
    hide = "update caom2_ai.fingerprint set metaRelease = '2999-01-01' where publisherID = 'CAM-7'"
    archive.connection.execute(hide)
    assert refresh_oddness(archive.connection, maps) == 1
    public = [image for image in images if image.name != "CAM-7"]
    assert stored(archive) == pytest.approx(rank(public, images), abs=1e-4)


def test_many_images_are_compared_with_a_sample_that_stays(archive: Archive, maps: Maps) -> None:
    images = series(50)
    insert(archive.connection, maps.object_map, images)
    refresh_oddness(archive.connection, maps, most=30)
    names = {
        row[0]
        for row in archive.fetch(
            "select f.publisherID from caom2_ai.image_oddness join caom2_ai.fingerprint f using (planeID)"
            " where isHistory"
        )
    }
    assert len(names) == 30
    insert(archive.connection, maps.object_map, series(5, 50))
    refresh_oddness(archive.connection, maps, most=30)
    history = [image for image in images if image.name in names]
    assert stored(archive) == pytest.approx(rank(history, series(55)), abs=1e-4)
    insert(archive.connection, maps.object_map, series(10, 55))  # a quarter more than at first
    refresh_oddness(archive.connection, maps, most=30)
    assert archive.fetch("select nImages from caom2_ai.camera") == [(65,)]


def test_a_refresh_that_is_cut_off_leaves_what_was(
    archive: Archive, maps: Maps, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(archive.connection, maps.object_map, series(25) + series(25, instrument="ZZZ"))
    refresh_oddness(archive.connection, maps)
    before = stored(archive)
    insert(archive.connection, maps.object_map, series(2, 25) + series(2, 25, instrument="ZZZ"))
    write = image_oddness._store
    cameras: set[int] = set()

    def break_off(
        connection: psycopg.Connection[object], camera: dict[str, int], *rest: object, own: bool
    ) -> None:
        cameras.add(camera["cameraid"])
        if len(cameras) == 2:
            raise KeyboardInterrupt
        write(connection, camera, *rest, own=own)  # type: ignore[arg-type]

    monkeypatch.setattr(image_oddness, "_store", break_off)
    with pytest.raises(KeyboardInterrupt):
        refresh_oddness(archive.connection, maps)
    monkeypatch.undo()
    halfway = stored(archive)
    assert all(halfway[name] == before[name] for name in before if name.startswith("ZZZ"))
    assert halfway["ZZZ-25"] is None
    assert halfway["CAM-25"] is not None  # a camera is one transaction
    assert refresh_oddness(archive.connection, maps) == 1
    images = series(27, instrument="ZZZ")
    expected = rank(images, images)
    assert {name: stored(archive)[name] for name in expected} == pytest.approx(expected, abs=1e-4)
