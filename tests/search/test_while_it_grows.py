"""An archive grows while people search it: no query fails, and what comes is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from benchmarks.scale.archive import add_images
from benchmarks.scale.content import Content
from benchmarks.scale.rows import Maps
from caomai.console import Bar
from caomai.database import Database
from caomai.settings import read_settings
from fingerprinting.model import load_model
from fingerprinting.recall import Trial, measure_recall
from tests.conftest import database_url
from tests.search.conftest import SIZE
from tests.tap.client import ask
from tests.tap.process import serving

MORE, AT_A_TIME = 400, 20
NEAREST = "SELECT TOP 10 f.publisherID, caomai_distance(f.vector, caomai_vector('{0}')) AS dist"
SEARCHES = (
    f"{NEAREST} FROM caom2_ai.fingerprint AS f ORDER BY dist",
    f"{NEAREST} FROM caom2_ai.fingerprint AS f WHERE f.instrument_name <> 'CAM-000' ORDER BY dist",
    "SELECT TOP 10 publisherID, 0 AS dist FROM caom2_ai.fingerprint WHERE caomai_has(fingerprint, '144') = 1",
)


def publisher_id(number: int) -> str:
    return f"ivo://archive.test/SCALE?{number:09}/p"


def search_until(ended: Event, url: str, first: int) -> int:
    """Ask one query after the other; gives their number."""
    number = first
    while not ended.is_set() or number < first + len(SEARCHES):
        answer = ask(url, SEARCHES[number % len(SEARCHES)].format(publisher_id(number % SIZE.images)))
        assert answer.status == 200, answer.message
        assert len(answer.table.array) == 10
        distances = answer.table.array["dist"].tolist()
        assert distances == sorted(distances)
        number += 1
    return number - first


def test_queries_go_on_while_images_come(archive: Database) -> None:
    content = Content.for_archive(load_model(), SIZE.images, SIZE.seed)
    ended = Event()
    with (
        serving({"CAOMAI_DATABASE_URL": database_url(archive)}) as (_, url),
        ThreadPoolExecutor() as threads,
    ):
        asking = [threads.submit(search_until, ended, url, first) for first in (0, 1_000)]
        try:
            with archive.connect_administrator() as connection:
                for first in range(SIZE.images, SIZE.images + MORE, AT_A_TIME):
                    add_images(connection, content, first, AT_A_TIME, Maps(1, 2))
        finally:
            ended.set()
        assert all(thread.result() >= len(SEARCHES) for thread in asking)
        newest = publisher_id(SIZE.images + MORE - 1)
        nearest = ask(url, SEARCHES[0].format(newest)).table.array[0]
        assert nearest["publisherID"] == newest
        assert nearest["dist"] == 0
    report = measure_recall(archive, read_settings(), Trial(queries=40, k=10), Bar("searches"))
    assert report.images == SIZE.images + MORE
    assert report.is_enough
