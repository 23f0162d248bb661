"""What becomes of an upload when its worker, its service or its client is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from caomai.console import Bar
from caomai.database import Database
from caomai.errors import ImageError, TransientError
from caomai.ingest.description import Describer
from caomai.ingest.run import ingest_files, parse_release
from tapext.descriptions import Description
from tests.conftest import new_database
from tests.descriptions.conftest import (
    MODEL,
    SIDE,
    Site,
    ask,
    count,
    count_left,
    describing,
    descriptions_of,
    make_settings,
    upload,
    wait_until,
)
from tests.processes import children, is_alive
from tests.tap.client import get, post_body
from tests.tap.process import serving
from tests.uploads.sending import KIND, form
from tests.uws.client import UWS, Client

START_SECONDS = 180


async def describe(database: Database, path: Path, **settings: object) -> Description:
    """Have a file described as the service does."""
    async with descriptions_of(database, **settings) as descriptions:
        return await descriptions.describe(path, "m51", MODEL)


def is_running(database: Database) -> bool:
    return ask(database, "select phase from caom2_ai_queue.description") == [("RUNNING",)]


def hold(worker: int) -> int:
    """Have a worker take for ever over what it is given next; gives its process that reads pixels."""
    wait_until(lambda: len(list_living(worker)) == 1)
    (child,) = list_living(worker)
    os.kill(child, signal.SIGSTOP)
    return child


def list_living(process: int) -> list[int]:
    return list(filter(is_alive, children(process)))


async def lose(database: Database, frame: Path) -> asyncio.Task[Description]:
    """Ask for a description, and kill the worker that has it in hand as the system would."""
    with describing(database, "-n", "1") as worker:
        hold(worker.pid)
        asked = asyncio.create_task(describe(database, frame))
        await asyncio.to_thread(wait_until, lambda: is_running(database))
        os.kill(worker.pid, signal.SIGKILL)
    return asked


def test_another_worker_does_what_one_had_in_hand_that_was_killed(database: Database, frame: Path) -> None:
    async def run() -> Description:
        asked = await lose(database, frame)
        with describing(database, "-n", "1"):
            described = await asked
            await asyncio.to_thread(wait_until, lambda: not count_left(database))
            return described

    assert asyncio.run(run()).hdus[0]["shape"] == [SIDE, SIDE]


def test_an_image_that_workers_die_of_is_given_up_with_a_sentence(database: Database, frame: Path) -> None:
    async def run() -> None:
        asked = await lose(database, frame)
        ask(database, "update caom2_ai_queue.procrastinate_jobs set attempts = 1")
        with describing(database, "-n", "1"):
            with pytest.raises(ImageError, match="2 workers died"):
                await asked
            await asyncio.to_thread(wait_until, lambda: not count_left(database))

    asyncio.run(run())


def test_without_a_worker_that_is_said_within_seconds(database: Database, frame: Path) -> None:
    start = time.monotonic()
    with pytest.raises(TransientError, match="No process that describes images is at work"):
        asyncio.run(describe(database, frame, worker=False))
    assert time.monotonic() - start < 30
    assert not count_left(database)


def test_a_watching_worker_describes_uploads_while_its_planes_take_for_ever(
    socket_folder: Path, frames: list[Path]
) -> None:
    with (
        new_database(socket_folder) as database,
        describing(database, "-n", "1", "--watch", command="fingerprint") as worker,
    ):
        (ready,) = list_living(worker.pid)
        settings = make_settings(database)
        describer = Describer.from_settings(settings)
        ingest_files(settings, describer, frames, parse_release(None), Bar("files"))
        wait_until(lambda: len(list_living(worker.pid)) == 2)
        (other,) = set(list_living(worker.pid)) - {ready}
        os.kill(other, signal.SIGSTOP)
        assert sum(asyncio.run(describe(database, frames[0])).fingerprint) > 0
        assert count(database, "procrastinate_jobs") > 0  # the planes wait


def test_what_is_wanted_no_more_is_stopped(database: Database, frame: Path) -> None:
    async def run(worker: int) -> None:
        child = hold(worker)
        asked = asyncio.create_task(describe(database, frame))
        await asyncio.to_thread(wait_until, lambda: is_running(database))
        asked.cancel()
        await asyncio.wait([asked])
        assert not count(database, "description_chunk")
        await asyncio.to_thread(wait_until, lambda: not is_alive(child))
        assert sum((await describe(database, frame)).fingerprint) > 0

    with describing(database, "-n", "1") as worker:
        asyncio.run(run(worker.pid))
        wait_until(lambda: not count_left(database))


def test_what_a_killed_service_left_is_removed(database: Database) -> None:
    ask(
        database,
        "insert into caom2_ai_queue.description (descriptionID, name, size, modelHash, seen)"
        f" values ('{uuid4()}', 'm51', 0, 'x', now() - interval '2 minutes'),"
        f" ('{uuid4()}', 'm81', 0, 'x', now())",
    )

    async def run() -> None:
        async with descriptions_of(database, upkeep_seconds=0.1):
            await asyncio.to_thread(wait_until, lambda: count(database, "description") == 1)

    asyncio.run(run())
    assert ask(database, "delete from caom2_ai_queue.description returning name") == [("m81",)]


@pytest.fixture
def site_left_clean(site: Site) -> Iterator[Site]:
    yield site
    wait_until(lambda: not count_left(site.database))


def test_a_worker_beside_the_service_is_replaced_and_ends_with_it(site_left_clean: Site, frame: Path) -> None:
    site = site_left_clean
    with serving(site.environment) as (process, url):
        keeper, first = find_worker(process.pid)
        assert upload(url, frame.read_bytes()).status == 200
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: list_living(keeper) not in ([], [first]))
        assert upload(url, frame.read_bytes()).status == 200
        _, second = find_worker(process.pid)
        (child,) = list_living(second)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        wait_until(lambda: not any(map(is_alive, (keeper, second, child))))


def test_a_job_is_done_by_the_next_service_when_its_own_was_killed(
    site_left_clean: Site, frame: Path
) -> None:
    site = site_left_clean
    environment = {**site.environment, "CAOMAI_LOST_SECONDS": "2"}
    with serving(environment) as (process, url):
        wait_until(lambda: upload(url, frame.read_bytes()).status == 200, START_SECONDS)
        hold(find_worker(process.pid)[1])
        body = form([("PHASE", "RUN")], {"image": frame.read_bytes()})
        created = post_body(f"{url}/similar/async", KIND, body)
        job = created.root.find(f"{UWS}jobId").text
        wait_until(lambda: is_running(site.database))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # What the killed service asked for is nobody's after a minute.
    ask(site.database, "update caom2_ai_queue.description set seen = now() - interval '2 minutes'")
    with serving(environment) as (_, url):
        client = Client(url, "similar/async")
        assert client.wait(f"{client.url}/{job}", seconds=START_SECONDS) == "COMPLETED"
        assert get(f"{client.url}/{job}/results/result").status == 200
        wait_until(lambda: not count_left(site.database))


def find_worker(service: int) -> tuple[int, int]:
    """Find the process that looks after the worker of a service, and the worker."""
    wait_until(lambda: len(list_living(service)) == 1)
    (keeper,) = list_living(service)
    wait_until(lambda: len(list_living(keeper)) == 1)
    return keeper, list_living(keeper)[0]


def test_a_client_that_leaves_takes_its_image_along(site_left_clean: Site, frame: Path) -> None:
    site = site_left_clean
    with serving(site.environment) as (process, url):
        assert upload(url, frame.read_bytes()).status == 200
        hold(find_worker(process.pid)[1])
        host, port = url.removeprefix("http://").split(":")
        body = form([], {"image": frame.read_bytes()})
        head = f"POST /similar HTTP/1.1\r\nHost: {host}\r\nContent-Type: {KIND}\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((host, int(port))) as client:
            client.sendall(head.encode() + body)
            wait_until(lambda: is_running(site.database))
        wait_until(lambda: not count_left(site.database))
        with socket.create_connection((host, int(port))) as client:  # in the middle of the upload
            client.sendall(head.encode() + body[: len(body) // 2])
            wait_until(lambda: bool(find_spooled(site)))
        wait_until(lambda: not find_spooled(site))


def find_spooled(site: Site) -> list[Path]:
    return list(Path(site.environment["TMPDIR"]).glob("caom-ai-upload-*/*"))
