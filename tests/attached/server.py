"""The PostgreSQL 17 of the root folder: started for a run of the tests, gone with it however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.attached.trixie import locked

PROGRAMS = "/usr/lib/postgresql/17/bin"
RUNS = "srv"  # folder of the root that holds one folder for each server
START_SECONDS = 120
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # there is no /dev/shm in the root folder
    "unix_socket_permissions": "0777",
    "timezone": "UTC",
}


@contextmanager
def running(root: Path) -> Iterator[Path]:
    """Run a server with new data; gives a folder of its socket whose path is short enough to connect."""
    with ExitStack() as stack:
        with locked(root / "starting"):
            _remove_remains(root)
            run = Path(tempfile.mkdtemp(dir=root / RUNS))
            stack.callback(shutil.rmtree, run)
            stack.enter_context(locked(run / "lock"))
        owner = (root / "var" / "lib" / "postgresql").stat()
        os.chown(run, owner.st_uid, owner.st_gid)
        short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caom-ai-"))) / "socket"
        short.symlink_to(run)
        (run / "short").symlink_to(short.parent)
        stack.enter_context(_serving(root, f"/{RUNS}/{run.name}"))
        yield short


@contextmanager
def _serving(root: Path, run: str) -> Iterator[None]:
    data, log = f"{run}/data", root / run.lstrip("/") / "log"
    with log.open("w") as output:
        initdb = [f"{PROGRAMS}/initdb", "-N", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D", data]
        subprocess.run(_inside(root, initdb), stdout=output, stderr=output, check=True)
        options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        command = _inside(root, [f"{PROGRAMS}/postgres", "-D", data, "-k", run, *options])
        with subprocess.Popen(command, stdout=output, stderr=output) as server:
            try:
                _wait(server, root / data.lstrip("/") / "postmaster.pid", log)
                yield
            finally:
                server.send_signal(signal.SIGINT)  # a fast shutdown


def _inside(root: Path, command: list[str]) -> list[str]:
    """Give the command that runs another in the root folder, as postgres, until its starter dies."""
    who = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]
    return ["chroot", str(root), "/usr/bin/setpriv", *who, *command]


def _wait(server: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not (pid_file.is_file() and "ready" in pid_file.read_text()):
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
        time.sleep(0.02)


def _remove_remains(root: Path) -> None:
    """Remove what killed runs left: their locks are free, and their servers died with them."""
    for run in (root / RUNS).iterdir():
        with suppress(BlockingIOError), locked(run / "lock", fcntl.LOCK_NB):
            shutil.rmtree((run / "short").resolve(), ignore_errors=True)
            shutil.rmtree(run)
