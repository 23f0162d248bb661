"""Many clients at once, and clients that send nonsense: every one is answered, and nothing is left of any."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

import pytest

from tests.descriptions.conftest import Site, ask, count_left, upload, wait_until
from tests.processes import peak_megabytes
from tests.tap.client import Answer, get, post_body
from tests.tap.client import ask as ask_adql
from tests.tap.process import serving
from tests.uploads.sending import KIND, form

CLIENTS = 32
ROUNDS = 4
CONE = """
SELECT TOP 10 publisherID FROM caom2_ai.fingerprint
WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 5))
"""
STUCK = "select count(*) from pg_stat_activity where state like 'idle in transaction%'"


@pytest.fixture(scope="module")
def served(site: Site) -> Iterator[tuple[Popen[str], str]]:
    """Give a service with its worker at work."""
    with serving(site.environment) as (process, url):
        wait_until(lambda: upload(url, site.images[min(site.images)].read_bytes()).status == 200)
        yield process, url


def count_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def test_clients_of_every_kind_are_answered_at_once(served: tuple[Popen[str], str], site: Site) -> None:
    process, url = served
    images = [(publisher_id, path.read_bytes()) for publisher_id, path in site.images.items()]

    def be_client(number: int) -> list[Answer]:
        publisher_id, content = images[number % len(images)]
        requests = (
            lambda: upload(url, content, MAXREC="3"),
            lambda: get(f"{url}/similar", {"ID": publisher_id, "MAXREC": 3}),
            lambda: ask_adql(url, CONE),
            lambda: get(f"{url}/datalink/links", {"ID": publisher_id}),
        )
        return [requests[(number + turn) % len(requests)]() for turn in range(ROUNDS)]

    before = count_files(process.pid)
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = [answer for some in clients.map(be_client, range(CLIENTS)) for answer in some]
    assert {answer.status for answer in answers} == {200}
    assert len(answers) == CLIENTS * ROUNDS
    assert peak_megabytes(process.pid) < 120
    wait_until(lambda: not count_left(site.database))
    wait_until(lambda: count_files(process.pid) <= before + CLIENTS)  # connections of the pools
    assert ask(site.database, STUCK) == [(0,)]
    wait_until(lambda: not list(Path(site.environment["TMPDIR"]).glob("caom-ai-upload-*")))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form([], {"image": bytes(5000)})[:3000], 400),
        (b"no form at all", 400),
        (form([], {"image": b""}), 400),
        (form([], {"../../image": b"SIMPLE"}), 400),
        (form([("UPLOAD", "a,param:../../etc/passwd")], {"a": b"SIMPLE"}), 400),
        (form([("UPLOAD", "a,file:///etc/passwd")], {}), 400),
        (form([], {"image": b"SIMPLE", "IMAGE": b"SIMPLE", "Image": b""}), 400),
        (form([("UPLOAD", ";".join(f"x{n},param:a" for n in range(30)))], {"a": b"SIMPLE"}), 400),
    ],
)
def test_nonsense_is_answered_by_a_sentence(
    served: tuple[Popen[str], str], site: Site, body: bytes, status: int
) -> None:
    answer = post_body(f"{served[1]}/similar", KIND, body)
    assert answer.status == status
    assert answer.statuses == ["ERROR"]
    assert answer.message
    wait_until(lambda: not count_left(site.database))
    assert not list(Path(site.environment["TMPDIR"]).glob("caom-ai-upload-*/*"))
