"""`caom-ai similar`: the nearest images first, and only what anybody may see."""

from __future__ import annotations

import json

import pytest

from caomai.errors import NotFoundError, ParameterError
from caomai.settings import Settings
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import Model
from fingerprinting.similar import Answer, find_similar, to_json, to_lines
from fingerprinting.store import store
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_plane


@pytest.fixture
def settings(archive: Archive) -> Settings:
    return archive.settings


@pytest.fixture
def maps(archive: Archive, model: Model) -> Maps:
    """Store images of which the later ones share fewer objects with the first."""
    maps = register_maps(archive.connection, model)
    for number in range(6):
        nodes = (5,) * (6 - number) + (9,) * number
        plane = insert_plane(archive.connection, f"p{number}")
        store(archive.connection, plane, [describe(*nodes)], maps)
    return maps


def list_products(answer: Answer) -> list[str]:
    return [one.publisher_id.rpartition("/")[2] for one in answer.neighbours]


def test_the_nearest_images_come_first(maps: Maps, settings: Settings) -> None:
    answer = find_similar(settings, "ivo://test/T?p0/p0", 3)
    assert list_products(answer) == ["p1", "p2", "p3"]
    assert [one.rank for one in answer.neighbours] == [1, 2, 3]
    distances = [one.distance for one in answer.neighbours]
    assert distances == sorted(distances)
    assert answer.map_id == maps.object_map
    assert len(find_similar(settings, "ivo://test/T?p0/p0", 100).neighbours) == 5


def test_siblings_and_calibration_frames_are_left_out(
    archive: Archive, maps: Maps, settings: Settings
) -> None:
    sibling = insert_plane(archive.connection, "sibling", observation="p0")
    flats = [insert_plane(archive.connection, name, intent="calibration") for name in ("flat", "bias")]
    store(archive.connection, sibling, [describe(5, 5, 5, 5, 5, 5)], maps)
    for plane in flats:
        store(archive.connection, plane, [describe(5, 5, 5, 5, 5, 5, 7)], maps)
    assert list_products(find_similar(settings, "ivo://test/T?p0/p0", 2)) == ["p1", "p2"]
    assert list_products(find_similar(settings, "ivo://test/T?flat/flat", 1)) == ["bias"]


def test_hidden_images_are_neither_found_nor_known(archive: Archive, maps: Maps, settings: Settings) -> None:
    for product, column in (("later", "metaRelease"), ("secret", "dataRelease")):
        plane = insert_plane(archive.connection, product, **{column: "2099-01-01"})
        store(archive.connection, plane, [describe(5, 5, 5, 5, 5, 5)], maps)
    assert list_products(find_similar(settings, "ivo://test/T?p0/p0", 1)) == ["p1"]
    messages = []
    for product in ("later", "secret", "never"):
        with pytest.raises(NotFoundError) as error:
            find_similar(settings, f"ivo://test/T?{product}/{product}", 1)
        messages.append(str(error.value).replace(product, "X"))
    assert len(set(messages)) == 1


def test_an_image_without_objects_cannot_be_compared(
    archive: Archive, maps: Maps, settings: Settings
) -> None:
    store(archive.connection, insert_plane(archive.connection, "empty"), [describe()], maps)
    with pytest.raises(NotFoundError, match="nothing to compare"):
        find_similar(settings, "ivo://test/T?empty/empty", 1)


def test_a_file_is_described_and_compared(archive: Archive, settings: Settings) -> None:
    files = archive.render(6)
    archive.ingest(*files[:5])
    archive.fingerprint()
    known = find_similar(settings, str(files[2]), 2)
    assert known.neighbours[0].publisher_id.endswith("sparse-03")
    assert known.neighbours[0].distance == pytest.approx(0, abs=2e-3)
    assert len(find_similar(settings, str(files[5]), 10).neighbours) == 5


def test_what_is_wrong_with_a_question_is_said(archive: Archive, model: Model, settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="caom-ai fingerprint first"):
        find_similar(settings, "ivo://test/T?p0/p0", 1)
    register_maps(archive.connection, model)
    with pytest.raises(ParameterError, match="neither a file nor"):
        find_similar(settings, str(archive.folder / "nothing.fits"), 1)
    archive.connection.execute("update caom2_ai.map set modelHash = 'another'")
    (path,) = archive.render(1)
    with pytest.raises(ParameterError, match="CAOMAI_MODEL"):
        find_similar(settings, str(path), 1)


@pytest.mark.usefixtures("maps")
def test_the_answer_reads_as_a_table_and_as_json(archive: Archive, settings: Settings) -> None:
    answer = find_similar(settings, "ivo://test/T?p0/p0", 2)
    header, first, second = to_lines(answer)
    assert header.split() == ["rank", "distance", "publisherID", "target", "instrument"]
    assert first.split() == ["1", f"{answer.neighbours[0].distance:.4f}", "ivo://test/T?p1/p1", "M31", "CAM"]
    assert second.index("ivo://") == first.index("ivo://") == header.index("publisherID")
    process = archive.start("similar", "ivo://test/T?p0/p0", "-k", "2", "--json")
    assert archive.finish(process) == json.loads(json.dumps(to_json(answer)))
    lost = archive.start("similar", "ivo://test/T?none/none")
    out, err = lost.communicate(timeout=60)
    assert (lost.returncode, out) == (1, "")
    assert err == "caom-ai: No image that can be compared is known here as ivo://test/T?none/none.\n"
