"""The server of these tests: made whole or not at all, and gone with the tests however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.attached import trixie
from tests.attached.server import RUNS
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import signal, sys, time
from pathlib import Path
from tests.attached.server import running
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
with running(Path(sys.argv[1])) as socket:
    print(socket.resolve(), flush=True)
    time.sleep(600)
"""
MAKE = """
import sys
from pathlib import Path
from tests.attached.trixie import make_root
make_root(Path(sys.argv[1]))
"""

pytestmark = pytest.mark.usefixtures("server")


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def processes_of(word: str) -> list[int]:
    """Processes, zombies aside, whose command line or working folder has a word in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode() + str((process / "cwd").readlink())
        except OSError:
            continue
        if word in words and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


def test_a_killed_run_leaves_no_server_and_the_next_one_takes_its_data_away() -> None:
    with start(RUN, trixie.FOLDER) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        assert processes_of(folder.name)
        run.send_signal(signal.SIGKILL)
    wait_until(lambda: not processes_of(folder.name))
    assert folder.exists()
    with start(RUN, trixie.FOLDER) as run:
        assert run.stdout is not None
        other = Path(run.stdout.readline().strip())
        assert other.parent == trixie.FOLDER / RUNS
        assert not folder.exists()
        run.terminate()
    assert not processes_of(other.name)
    assert not other.exists()


def test_a_root_folder_that_was_begun_is_not_taken_for_ready(tmp_path: Path) -> None:
    folder = tmp_path / "trixie"
    with start(MAKE, folder) as run:
        wait_until(lambda: folder.with_suffix(".partial").exists() or run.poll() is not None)
        run.send_signal(signal.SIGKILL)
    wait_until(lambda: not processes_of(str(tmp_path)))
    assert not folder.exists()
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


def test_the_mirror_is_that_of_apt(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    sources = tmp_path / "sources.list.d" / "all.sources"
    sources.write_text(
        "# URIs: http://old/debian\nTypes: deb\nURIs: http://x/debian-security http://y/debian/\n"
    )
    assert trixie.find_mirror(tmp_path) == "http://y/debian/"
    (tmp_path / "sources.list").write_text(
        "#deb http://c/debian trixie main\ndeb [a=b] http://d/debian sid main\n"
    )
    assert trixie.find_mirror(tmp_path) == "http://d/debian"
