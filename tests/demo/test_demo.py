"""The README's first command, as a visitor runs it: sample images in, answers over HTTP out."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.samples import SAMPLES, copy_samples
from tests.tap.client import ask
from tests.tap.process import serving
from tests.tap.visitor import visiting

# An operator's archive, which a demonstration leaves alone.
ELSEWHERE = "postgresql://me@archive.example/caom"


def demonstrate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "caomai", "demo", "--once", *arguments],
        env=os.environ | {"CAOMAI_DATA_DIR": str(folder), "CAOMAI_DATABASE_URL": ELSEWHERE, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_demo_answers_a_content_query_and_a_datalink_request(tmp_path: Path) -> None:
    mine = tmp_path / "my images"
    mine.mkdir()
    assert copy_samples(mine) == len(SAMPLES)
    (mine / "broken.fits").write_text("this is no FITS file")
    answer = demonstrate(tmp_path / "data", "--port", "0", "--data", str(mine))
    assert answer.returncode == 0, answer.stderr
    adql, datalink = answer.stdout.split("ADQL: the images most like")[1].split("DataLink: similar images")
    nearest = re.findall(r"SIM\?([a-z_]+)-\d+/", adql.split("ORDER BY dist")[1])
    assert nearest[0] == "crowded"
    assert nearest.count("crowded") >= 3  # the fingerprint knows its own kind among 16 field types
    assert re.findall(r"Similar image (\d)", datalink) == list("123456")
    assert "/datalink/links?ID=ivo%3A%2F%2F" in datalink
    assert "broken.fits" in answer.stdout + answer.stderr
    with serving({"CAOMAI_DATA_DIR": str(tmp_path / "data")}) as (_, url):
        with visiting(url) as client:
            examples = [str(example["QUERY"]) for example in client.examples]
        rows = {query: len(ask(url, query).table.array) for query in examples}
    assert len(rows) >= 12
    empty = [query for query, count in rows.items() if not count]
    # Nobody has named a node of the demo's map yet, and its images are of no last night.
    assert all("'merger'" in query or "oddness >" in query for query in empty), empty
    assert len(empty) <= 2


def test_demo_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    answer = demonstrate(tmp_path / "data", "--data", str(tmp_path / "nowhere"))
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "nowhere" in answer.stderr


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_demo_says_that_its_port_is_taken_before_any_work(tmp_path: Path, busy_port: int) -> None:
    answer = demonstrate(tmp_path / "data", "--port", str(busy_port))
    assert answer.returncode == 2
    assert str(busy_port) in answer.stderr
    assert not (tmp_path / "data").exists()
