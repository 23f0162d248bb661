"""Which images need work, and how they come into jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from caomai.errors import TransientError, UnusableImageError
from fingerprinting.maps import Maps, register_maps
from fingerprinting.model import Model
from fingerprinting.queue import Feeding, Queue
from fingerprinting.store import store, store_failure
from tests.worker.archives import Archive
from tests.worker.planes import describe, insert_artifact, insert_part, insert_plane

T = TypeVar("T")


@pytest.fixture
def maps(archive: Archive, model: Model) -> Maps:
    return register_maps(archive.connection, model)


def use(archive: Archive, maps: Maps, work: Callable[[Queue], Awaitable[T]]) -> T:
    """Do something with the queue, as the worker does."""

    async def run() -> T:
        queue = Queue(archive.database.conninfo("ingest"), maps.object_map, maps.model.hash, ["file"])
        async with queue.app.open_async():
            return await work(queue)

    return asyncio.run(run())


def find_work(archive: Archive, maps: Maps) -> set[str]:
    query = f"select uri from caom2_ai_queue.find_work({maps.object_map}, '{maps.model.hash}')"
    return {uri.removeprefix("file:").removesuffix(".fits") for (uri,) in archive.fetch(query)}


def test_images_of_science_and_calibration_need_work(archive: Archive, maps: Maps) -> None:
    for kind in ("image", None, "spectrum", "cube"):
        insert_plane(archive.connection, f"type {kind}", dataProductType=kind)
    plane = insert_plane(archive.connection, "plane")
    for kind in ("this", "calibration", "preview", "weight", "auxiliary"):
        insert_artifact(archive.connection, plane, f"file {kind}", kind)
    assert find_work(archive, maps) == {"type image", "type None", "plane", "file this", "file calibration"}


def test_the_type_of_a_part_wins_over_that_of_its_file(archive: Archive, maps: Maps) -> None:
    plane = insert_plane(archive.connection, "plain")
    mixed, mostly, none = (
        insert_artifact(archive.connection, plane, name, kind)
        for name, kind in (("mixed", "science"), ("mostly", "auxiliary"), ("none", "science"))
    )
    for artifact, part, kind in (
        (plane, "0", None),
        (plane, "1", "calibration"),
        (mixed, "0", None),
        (mixed, "1", "weight"),
        (mostly, "1", "science"),
        (mostly, "2", None),
        (none, "1", "noise"),
    ):
        insert_part(archive.connection, artifact, part, kind)
    insert_part(
        archive.connection, insert_artifact(archive.connection, plane, "unused", "preview"), "0", None
    )
    uris = [f"file:{name}.fits" for name in ("plain", "mixed", "mostly", "none", "unused")]
    claimed = use(archive, maps, lambda queue: queue.claim(uris))
    assert {row["uri"][5:-5]: row["selection"] for row in claimed} == {
        "plain": None,
        "mixed": ["0"],
        "mostly": ["1"],
        "none": [],
    }


def test_an_image_needs_work_until_it_is_stored_or_refused(archive: Archive, maps: Maps) -> None:
    done, refused, later, due = (insert_plane(archive.connection, name) for name in "abcd")
    assert find_work(archive, maps) == set("abcd")
    store(archive.connection, done, [describe(1)], maps)
    store_failure(archive.connection, refused, UnusableImageError("It is broken."), maps)
    for artifact in (later, due):
        store_failure(archive.connection, artifact, TransientError("The archive is down."), maps)
    archive.connection.execute(
        "update caom2_ai.failure set nextTry = '2020-01-01' where artifactURI = %s", [due.uri]
    )
    assert find_work(archive, maps) == {"d"}
    archive.connection.execute(
        "update caom2.artifact set contentChecksum = null where uri in (%s, %s)", [done.uri, refused.uri]
    )
    assert find_work(archive, maps) == {"a", "b", "d"}


def test_a_small_archive_is_split_so_that_workers_can_share_it(archive: Archive, maps: Maps) -> None:
    for number in range(70):
        insert_plane(archive.connection, f"p{number}")
    insert_artifact(
        archive.connection, insert_plane(archive.connection, "far", dataProductType="cube"), "elsewhere"
    )

    async def feed(queue: Queue) -> list[Feeding]:
        return [await queue.feed() for _ in range(3)]

    assert use(archive, maps, feed) == [Feeding(70, finished=False)] + 2 * [Feeding(0, finished=False)]
    jobs = archive.fetch("select args -> 'artifacts' from caom2_ai_queue.procrastinate_jobs")
    assert max(len(uris) for (uris,) in jobs) == 3
    assert (
        len([uri for (uris,) in jobs for uri in uris]) == len({uri for (uris,) in jobs for uri in uris}) == 70
    )
    archive.connection.execute("delete from caom2_ai_queue.procrastinate_jobs")
    archive.connection.execute("delete from caom2.artifact")
    assert use(archive, maps, feed)[0] == Feeding(0, finished=True)


def test_a_large_archive_is_fed_a_stretch_at_a_time(
    archive: Archive, maps: Maps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerprinting.queue.LARGEST_JOB", 2)
    monkeypatch.setattr("fingerprinting.queue.HIGH_WATER", 5)
    monkeypatch.setattr("fingerprinting.queue.LOW_WATER", 2)
    monkeypatch.setattr("fingerprinting.queue.SHARES", 1)
    for number in range(25):
        insert_plane(archive.connection, f"p{number}")

    async def feed(queue: Queue) -> list[int]:
        added = []
        for _ in range(5):
            added.append((await queue.feed()).added)
            added.append((await queue.feed()).added)  # nothing, while enough jobs wait
            archive.connection.execute("update caom2_ai_queue.procrastinate_jobs set status = 'doing'")
        return added

    assert use(archive, maps, feed) == [10, 0, 10, 0, 5, 0, 0, 0, 0, 0]
    jobs = archive.fetch(
        "select jsonb_array_elements_text(args -> 'artifacts') from caom2_ai_queue.procrastinate_jobs"
    )
    assert len(jobs) == len(set(jobs)) == 25


def test_jobs_of_silent_workers_wait_again_and_others_do_not(archive: Archive, maps: Maps) -> None:
    workers: dict[str, Any] = {}
    for name, age in (("alive", 1), ("silent", 60)):
        ((workers[name],),) = archive.fetch(
            "insert into caom2_ai_queue.procrastinate_workers (last_heartbeat)"
            f" values (now() - interval '{age} seconds') returning id"
        )
    workers["gone"] = None
    for name, worker in workers.items():
        archive.connection.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock)"
            " values (%s, 'fingerprint', 'doing', %s, %s)",
            [f"fingerprint.{maps.object_map}", worker, name],
        )
    assert use(archive, maps, lambda queue: queue.recover()) == 2
    found = archive.fetch(
        "select queueing_lock, status::text, attempts from caom2_ai_queue.procrastinate_jobs order by 1"
    )
    assert found == [("alive", "doing", 0), ("gone", "todo", 1), ("silent", "todo", 1)]
    assert use(archive, maps, lambda queue: queue.recover()) == 0
