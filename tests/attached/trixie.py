"""A root folder of Debian 13 with PostgreSQL 17, pgvector and pgsphere, as its packages have them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUITE = "trixie"
PACKAGES = "postgresql-17-pgvector,postgresql-17-pgsphere"
FOLDER = Path(__file__).resolve().parents[2] / "build" / SUITE
SECONDS = 600
# Dies with the tests (setpriv), takes its children along (a namespace of processes), leaves no mounts behind.
LEASH = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"]


def missing_means() -> str | None:
    """Say what hinders this machine from making the root folder, if anything does."""
    if os.geteuid() != 0:
        return "a PostgreSQL in a root folder of its own needs root"
    for program in ("debootstrap", "setpriv", "unshare"):
        if shutil.which(program) is None:
            return f"the program {program} is not installed"
    return None if find_mirror() else "apt knows no Debian mirror here"


def find_mirror(apt: Path = Path("/etc/apt")) -> str | None:
    """Give the first Debian mirror of apt's configuration."""
    for path in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        if path.suffix in (".list", ".sources") and path.is_file():
            found = re.search(r"^[^#\n]*?\b(\w+://\S+/debian/?)(\s|$)", path.read_text(), re.MULTILINE)
            if found:
                return found[1]
    return None


def make_root(folder: Path = FOLDER) -> Path:
    """Make the root folder unless it is there: under another name first, by one process at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        if not _is_ready(folder):
            partial = folder.with_suffix(".partial")
            for old in (folder, partial):
                shutil.rmtree(old, ignore_errors=True)
            _bootstrap(partial)
            partial.rename(folder)
    return folder


def _is_ready(folder: Path) -> bool:
    note = folder / "packages"
    return note.is_file() and note.read_text() == PACKAGES


def _bootstrap(folder: Path) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, folder, find_mirror()]
    done = subprocess.run(
        [*LEASH, *map(str, command)], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"debootstrap failed: {(done.stdout + done.stderr)[-2000:]}")
    shutil.rmtree(folder / "var" / "cache" / "apt")
    (folder / "packages").write_text(PACKAGES)


@contextmanager
def locked(path: Path, how: int = 0) -> Iterator[None]:
    """Hold a lock that dies with its holder; LOCK_NB fails where it would wait."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | how)
        yield
