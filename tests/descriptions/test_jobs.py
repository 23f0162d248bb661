"""Jobs over uploaded images, which end, are stopped or lose their service: nothing is left of any."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from tests.descriptions.conftest import Site, count_left, upload, wait_until
from tests.descriptions.test_losses import find_spooled, find_worker, hold, is_running
from tests.processes import peak_megabytes
from tests.tap.client import get, post_body
from tests.tap.process import serving
from tests.uploads.sending import KIND, form
from tests.uws.client import Client

LARGE = 96 << 20
SMALL = 1_000_000
START_SECONDS = 180

Served = tuple[Popen[str], str]


@contextmanager
def serving_jobs(site: Site, frame: Path) -> Iterator[Served]:
    """Serve with a worker at work and a small limit for those who wait."""
    limits = {"CAOMAI_SYNC_UPLOAD_BYTES": str(SMALL), "CAOMAI_LOST_SECONDS": "2"}
    with serving({**site.environment, **limits}) as (process, url):
        wait_until(lambda: upload(url, frame.read_bytes()).status == 200, START_SECONDS)
        yield process, url


@pytest.fixture(scope="module")
def served(site: Site, frame: Path) -> Iterator[Served]:
    with serving_jobs(site, frame) as served:
        yield served


@pytest.fixture(autouse=True)
def nothing_left(site: Site) -> Iterator[None]:
    yield
    wait_until(lambda: not count_left(site.database))
    wait_until(lambda: not find_spooled(site))


def start(client: Client, content: bytes, **words: str) -> str:
    """Make a job over an image; gives its address."""
    created = post_body(client.url, KIND, form([("PHASE", "RUN"), *words.items()], {"image": content}))
    job = re.search(r"<uws:jobId>(\w+)", created.text)
    assert job, created.text
    return f"{client.url}/{job[1]}"


def list_files(site: Site, url: str) -> list[str]:
    """List what is kept of a job."""
    job = url.rpartition("/")[2]
    folders = Path(site.environment["CAOMAI_RESULTS_DIR"]).glob(f"*/{job}")
    return sorted(file.name for folder in folders for file in folder.iterdir())


def see_result_alone(site: Site, url: str) -> None:
    """What came with a job goes a moment after it has ended."""
    wait_until(lambda: list_files(site, url) == ["result-1"])


def test_jobs_annotate_as_the_service_does_at_once(served: Served, site: Site, frame: Path) -> None:
    url = served[1]
    client = Client(url, "annotate/async")
    for words in ({"RESPONSEFORMAT": "votable"}, {"RESPONSEFORMAT": "ds9"}, {"RESPONSEFORMAT": "png"}):
        at_once = post_body(f"{url}/annotate", KIND, form([*words.items()], {"image": frame.read_bytes()}))
        job = start(client, frame.read_bytes(), **words)
        assert client.wait(job) == "COMPLETED", client.get(f"{job}/error").text
        result = get(f"{job}/results/result")
        assert (result.body, result.kind) == (at_once.body, at_once.kind)
        assert result.headers["Content-Disposition"] == at_once.headers["Content-Disposition"]
        see_result_alone(site, job)


def test_jobs_annotate_images_of_the_archive_and_say_what_is_wrong(
    served: Served, site: Site, frame: Path
) -> None:
    url = served[1]
    (publisher_id,) = [name for name, path in site.images.items() if path == frame]
    client = Client(url, "annotate/async")
    words = {"ID": publisher_id, "RESPONSEFORMAT": "csv"}
    job = client.post(client.url, PHASE="RUN", **words).headers["Location"]
    assert client.wait(job) == "COMPLETED"
    assert get(f"{job}/results/result").body == get(f"{url}/annotate", words).body
    wrong = start(client, frame.read_bytes(), PART="7")
    assert client.wait(wrong) == "ERROR"
    assert "no part '7'" in client.get(f"{wrong}/error").text
    assert list_files(site, wrong) == []


@pytest.mark.parametrize("path", ["similar", "annotate"])
def test_a_large_upload_goes_through_a_job_in_little_memory(
    served: Served, site: Site, frame: Path, path: str
) -> None:
    process, url = served
    before = peak_megabytes(process.pid)
    content = frame.read_bytes()[:2880] + bytes(LARGE)
    refused = post_body(f"{url}/{path}", KIND, form([], {"image": content}))
    assert (refused.status, f"/{path}/async, which takes" in refused.text) == (413, True)
    client = Client(url, f"{path}/async")
    job = start(client, content)
    assert client.wait(job) in {"COMPLETED", "ERROR"}
    assert peak_megabytes(process.pid) < before + 24
    assert not set(list_files(site, job)) - {"result-1"}


@pytest.mark.parametrize("path", ["similar", "annotate", "tap/sync"])
def test_who_asks_before_sending_too_much_sends_nothing(served: Served, path: str) -> None:
    host, port = served[1].removeprefix("http://").split(":")
    head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {KIND}\r\nExpect: 100-continue\r\n"
    with socket.create_connection((host, int(port)), 60) as client:
        client.sendall(f"{head}Content-Length: {1 << 30}\r\n\r\n".encode())
        assert client.makefile("rb").readline().split()[1] == b"413"


@pytest.mark.parametrize("ending", ["ABORT", "DELETE"])
def test_a_job_that_is_ended_takes_its_image_back_from_the_worker(
    served: Served, site: Site, frame: Path, ending: str
) -> None:
    process, url = served
    assert upload(url, frame.read_bytes()).status == 200  # the child is ready
    hold(find_worker(process.pid)[1])
    client = Client(url, "similar/async")
    job = start(client, frame.read_bytes())
    wait_until(lambda: is_running(site.database))
    if ending == "ABORT":
        assert client.post(f"{job}/phase", PHASE="ABORT").status == 303
        assert client.wait(job) == "ABORTED"
    else:
        assert client.send("DELETE", job).status == 303
    wait_until(lambda: not list_files(site, job))
