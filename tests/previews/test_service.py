"""Pictures over HTTP: made by a worker, kept in the database, and shown to those who may see the image."""

from __future__ import annotations

import io
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from PIL import Image

from caomai.console import Bar
from caomai.database import Database, read_queries
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from caomai.previews import ask_preview, ask_thumbnail
from caomai.settings import read_settings
from fingerprinting.previews.drawing import draw_views
from fingerprinting.session import fingerprint_archive
from fingerprinting.simulation.write import write_set
from tests.conftest import database_url, new_database
from tests.tap.process import serving
from tests.waiting import is_soon

FRAMES = 4
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def grey(self) -> NDArray[np.uint8]:
        return np.asarray(Image.open(io.BytesIO(self.body)))


def fold(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@dataclass(frozen=True)
class Archive:
    """Simulated frames in a database, by their planeIDs, and a service with a worker beside."""

    database: Database
    images: dict[UUID, Path]
    url: str

    def get(self, path: str, **headers: str) -> Answer:
        request = urllib.request.Request(f"{self.url}/{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, fold(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, fold(error.headers), error.read())

    def see(self, path: str) -> Answer:
        """Get a picture, however long the worker takes to load its model."""
        found: list[Answer] = []

        def is_there() -> bool:
            found.append(self.get(path))
            return found[-1].status != 503

        assert is_soon(is_there, 120)
        return found[-1]

    def ask(self, query: str, *values: object) -> Rows:
        with psycopg.connect(self.database.address, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def hiding(self, plane: UUID) -> Iterator[None]:
        """Let an image be proprietary while the block runs."""
        self.release(plane, "2999-01-01")
        try:
            yield
        finally:
            self.release(plane, "2020-01-01")

    def release(self, plane: UUID, date: str) -> None:
        self.ask("update caom2.Plane set dataRelease = %s where planeID = %s", date, plane)
        self.ask("update caom2_ai.fingerprint set dataRelease = %s where planeID = %s", date, plane)


@pytest.fixture(scope="module")
def archive(socket_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("frames")
    frames = list(write_set(folder, FRAMES, seed=3, types=("sparse", "crowded"), shape=(256, 300)))
    with new_database(socket_folder) as database:
        settings = read_settings(database_url=database_url(database))
        describer = Describer.from_settings(settings)
        ingest_files(settings, describer, frames, parse_release("2020-01-01"), Bar("files"))
        assert fingerprint_archive(settings, 1, watch=False, quiet=True).done == FRAMES
        with psycopg.connect(database.address) as connection:
            rows = connection.execute("select planeID, uri from caom2.Artifact").fetchall()
        images = {plane: path for plane, uri in rows for path in frames if uri.endswith(path.name)}
        environment = {"CAOMAI_DATABASE_URL": database_url(database), "CAOMAI_WORKER": "true"}
        with serving(environment) as (_, url):
            yield Archive(database, images, url)


@pytest.fixture
def plane(archive: Archive) -> UUID:
    return min(archive.images)


def test_a_thumbnail_is_there_as_soon_as_the_image_has_a_fingerprint(archive: Archive, plane: UUID) -> None:
    answer = archive.get(f"preview/{plane}/thumbnail.png")
    assert answer.status == 200
    (drawn,) = draw_views(archive.images[plane], [ask_thumbnail()])
    assert answer.body == drawn
    assert answer.headers["content-type"] == "image/png"
    assert max(answer.grey.shape) <= 256


@pytest.mark.parametrize("stretch", ["asinh", "log"])
def test_a_preview_is_made_when_it_is_wanted(archive: Archive, plane: UUID, stretch: str) -> None:
    answer = archive.see(f"preview/{plane}.png?stretch={stretch}")
    assert answer.status == 200
    (drawn,) = draw_views(archive.images[plane], [ask_preview("", stretch)])
    assert answer.body == drawn
    assert answer.grey.shape == (256, 300)


def test_who_has_a_picture_is_not_sent_it_again(archive: Archive, plane: UUID) -> None:
    path = f"preview/{plane}/thumbnail.png"
    tag = archive.get(path).headers["etag"]
    again = archive.get(path, **{"If-None-Match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"].startswith("private")
    assert archive.get(path, **{"If-None-Match": '"other"'}).status == 200


def test_many_who_want_one_picture_get_the_same(archive: Archive, plane: UUID) -> None:
    archive.see(f"preview/{plane}.png")  # the worker is there
    path, answers = f"preview/{plane}.png?stretch=sqrt", list[Answer]()
    threads = [threading.Thread(target=lambda: answers.append(archive.get(path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert archive.ask("select count(*) from caom2_ai_queue.description") == [(0,)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("{plane}.png?stretch=odd", 400),
        ("{plane}.png?part=x", 400),
        ("{plane}.png?part=77", 404),
        ("{unknown}.png", 404),
        ("{unknown}/thumbnail.png", 404),
        ("plane.png", 404),
        ("map/99.png", 404),
        ("map/99999999999999999999.png", 404),
        ("node/1/0/0.png", 404),
        ("node/1/0/-1.png", 404),
        ("node/1/40000/1.png", 404),
    ],
)
def test_what_does_not_exist_is_not_found(archive: Archive, plane: UUID, path: str, status: int) -> None:
    assert archive.get(f"preview/{path.format(plane=plane, unknown=uuid4())}").status == status


def find_object(archive: Archive, plane: UUID) -> int:
    query = (
        "select (o.imageID::bigint << 20) + o.objectID from caom2_ai.object_node o"
        " join caom2_ai.part_fingerprint i using (imageID) where i.planeID = %s order by o.snr desc limit 1"
    )
    return int(str(archive.ask(query, plane)[0][0]))


def test_an_object_has_a_stamp(archive: Archive, plane: UUID) -> None:
    answer = archive.see(f"cutout/{find_object(archive, plane)}.png")
    assert (answer.status, answer.grey.shape) == (200, (96, 96))
    assert answer.grey[40:56, 40:56].max() == 255  # the brightest object of the image is in the middle


def test_an_image_that_is_hidden_looks_like_an_unknown_one(archive: Archive, plane: UUID) -> None:
    paths = [
        f"preview/{plane}.png",
        f"preview/{plane}/thumbnail.png",
        f"cutout/{find_object(archive, plane)}.png",
    ]
    for path in paths:
        assert archive.see(path).status == 200
    with archive.hiding(plane):
        unknown = archive.get(f"preview/{uuid4()}.png")
        for path in (*paths, f"preview/{plane}.png?stretch=linear"):
            answer = archive.get(path)
            assert (answer.status, answer.body) == (404, unknown.body)
            assert set(answer.headers) == set(unknown.headers)
        assert archive.get(paths[0], **{"If-None-Match": "*"}).status == 404
    assert [archive.get(path).status for path in paths] == [200] * 3


def stamps(archive: Archive, node: int) -> list[str]:
    """List the ETags of what stands for a node."""
    found = [archive.see(f"cutout/node/1/{node}/{rank}.png") for rank in range(1, FRAMES + 2)]
    return [answer.headers["etag"] for answer in found if answer.status == 200]


def test_what_stands_for_a_node_vanishes_with_its_image(archive: Archive) -> None:
    query = (
        "select node, (array_agg(planeID order by rank))[1] from caom2_ai.typical_object"
        " group by node having count(*) >= 2 order by node limit 1"
    )
    ((node, plane),) = archive.ask(query)
    assert isinstance(plane, UUID)
    assert isinstance(node, int)
    before = stamps(archive, node)
    assert len(before) == len(set(before)) >= 2
    with archive.hiding(plane):
        assert stamps(archive, node) == before[1:]
    assert stamps(archive, node) == before


def cell(answer: Answer, node: int) -> NDArray[np.uint8]:
    row, column = 19 - node // 20, node % 20
    return answer.grey[48 * row : 48 * (row + 1), 48 * column : 48 * (column + 1)]


def test_the_picture_of_a_map_shows_nothing_of_hidden_images(archive: Archive) -> None:
    query = (
        "select min(node), (array_agg(planeID))[1] from caom2_ai.typical_object"
        " group by node having count(*) = 1 order by 1 limit 1"
    )
    ((node, plane),) = archive.ask(query)
    assert isinstance(plane, UUID)
    assert isinstance(node, int)
    before = archive.see("preview/map/1.png")
    assert before.grey.shape == (960, 960)
    assert cell(before, node).min() >= 1
    nodes = {int(str(row[0])) for row in archive.ask("select distinct node from caom2_ai.typical_object")}
    assert {number for number in range(400) if cell(before, number).any()} == nodes
    with archive.hiding(plane):
        hidden = archive.see("preview/map/1.png")
        assert hidden.headers["etag"] != before.headers["etag"]
        assert not cell(hidden, node).any()
    assert np.array_equal(archive.see("preview/map/1.png").grey, before.grey)


def test_typical_images_are_of_their_nodes(archive: Archive) -> None:
    rows = archive.ask(
        "select t.mapID, t.node, t.planeID, n.planeID from caom2_ai.typical_image t"
        " left join caom2_ai.field_node n using (mapID, node, planeID)"
    )
    assert len(rows) == FRAMES  # a node has room for more
    for map_id, node, plane, member in rows:
        assert member == plane
        assert archive.see(f"preview/node/{map_id}/{node}/1.png").status == 200
    assert archive.see(f"preview/map/{rows[0][0]}.png").grey.shape == (576, 576)


def test_nodes_say_where_their_pictures_are(archive: Archive) -> None:
    rows = archive.ask(
        "select previewURL from caom2_ai.node where previewURL is not null order by mapID, node"
    )
    for address in (str(rows[0][0]), str(rows[-1][0])):
        assert archive.see(address.lstrip("/")).status == 200


def test_a_picture_of_an_earlier_file_is_not_shown(archive: Archive, plane: UUID) -> None:
    path = f"preview/{plane}/thumbnail.png"
    assert archive.get(path).status == 200
    ((checksum,),) = archive.ask("select contentChecksum from caom2.Artifact where planeID = %s", plane)
    change = "update caom2.Artifact set contentChecksum = %s where planeID = %s"
    archive.ask(change, "md5:00000000000000000000000000000000", plane)
    try:
        answer = archive.get(path)
        assert answer.status == 503  # the file is not the one that CAOM describes now
        assert int(answer.headers["retry-after"]) > 0
    finally:
        archive.ask(change, checksum, plane)
    archive.ask("delete from caom2_ai.picture where reason is not null")
    assert archive.see(path).status == 200


def test_a_file_that_cannot_be_read_has_no_picture(archive: Archive) -> None:
    plane = max(archive.images)
    path = archive.images[plane]
    content = path.read_bytes()
    archive.ask("update caom2.Artifact set contentChecksum = null where planeID = %s", plane)
    path.write_bytes(content[:3000])
    assert archive.see(f"preview/{plane}.png?stretch=linear").status == 404
    query = "select reason from caom2_ai.picture where status = 404 and variant = 'preview linear'"
    assert "truncated" in str(archive.ask(query)[0][0])


def test_pictures_that_nobody_asks_for_make_room(archive: Archive) -> None:
    archive.ask(
        "insert into caom2_ai.picture (artifactURI, part, variant, png, used) select 'test:' || n, '',"
        " 'thumbnail', convert_to(repeat('x', 9750), 'UTF8'), timestamp '1990-01-01' + n * interval '1 day'"
        " from generate_series(1, 100) n"
    )
    ((others,),) = archive.ask("select sum(size) from caom2_ai.picture where artifactURI not like 'test:%%'")
    with archive.database.connect("ingest", autocommit=True) as connection:
        connection.execute(read_queries("previews")["make_room"], {"limit": int(str(others)) + 1_000_000})
        assert connection.execute("select count(*) from caom2_ai.picture").fetchone() is not None
        connection.execute(read_queries("previews")["make_room"], {"limit": int(str(others)) + 500_000})
    rows = archive.ask(
        "select split_part(artifactURI, ':', 2)::int from caom2_ai.picture where artifactURI like 'test:%%'",
        *(),
    )
    kept = {int(str(row[0])) for row in rows}
    assert kept == set(range(101 - len(kept), 101))
    assert 10_000 * len(kept) <= 500_000
    archive.ask("delete from caom2_ai.picture where artifactURI like 'test:%%'")


def test_what_is_asked_for_stays(archive: Archive) -> None:
    plane = max(archive.images)
    old = "update caom2_ai.picture set used = '1990-01-01' where variant = 'thumbnail' returning pictureID"
    archive.ask(old)
    assert archive.get(f"preview/{plane}/thumbnail.png").status in {200, 404}
    other = min(archive.images)
    assert archive.get(f"preview/{other}/thumbnail.png").status == 200
    used = "select count(*) from caom2_ai.picture where variant = 'thumbnail' and used > '2000-01-01'"
    assert is_soon(lambda: int(str(archive.ask(used)[0][0])) >= 1, 20)
