"""PostgreSQL with pgvector from a Python package, in a folder of the user's choice behind a private socket.

Three locks in the folder (flock: the kernel frees them whatever kills a process) hold what processes must
agree on. `start.lock` is held while somebody starts or stops the server. `users.lock` is shared by all users.
`server.lock` belongs to the server, which inherits the locked file with all its backends: it is free exactly
when no process works on the data. Process ids alone are never trusted: a zombie or a recycled id looks alive.
A server whose last user was killed runs on, and the next user to leave stops it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from caomai import postgres
from caomai.errors import CaomAiError, TransientError

PORT = 5432  # names the socket file only: the server listens on no network
STOP_SECONDS = 60
ORPHAN_SECONDS = 1
LOG_LIMIT = 10_000_000
SHARED_MEMORY_NEEDED = 1 << 30


@dataclass(frozen=True)
class Status:
    """Whether the server runs, where its socket is, and whether it stays when nobody uses it."""

    running: bool
    socket_folder: Path | None
    pid: int | None
    stays: bool


@dataclass(frozen=True)
class PidFile:
    """What postmaster.pid says: line 1 the process, line 5 the socket's folder, line 8 the state."""

    pid: int
    socket_folder: Path | None
    ready: bool


class EmbeddedPostgres:
    """One PostgreSQL server over one folder, shared by all processes that use the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "postgres"
        self.log = self.folder / "postgres.log"
        self._stay = self.folder / "stay"

    def start(self) -> Path:
        """Start the server if it is not running, let it stay until `stop`, and give its socket folder."""
        with self.using() as socket_folder:
            self._stay.touch()
        return socket_folder

    def stop(self) -> bool:
        """Stop the server whoever uses it, and tell whether it was running."""
        if not self.folder.exists():
            return False
        with self._starting():
            return self._stop()

    def status(self) -> Status:
        """Look at the server without starting it."""
        file = self._read_pid_file() if self.folder.exists() and not self._is_idle() else None
        if file is None:
            return Status(running=False, socket_folder=None, pid=None, stays=False)
        return Status(running=True, socket_folder=file.socket_folder, pid=file.pid, stays=self._stay.exists())

    @contextmanager
    def using(self) -> Iterator[Path]:
        """Give the socket folder of the running server; the last user to leave stops it, unless it stays."""
        self._make_folder()
        with _open_lock(self.folder / "users.lock") as users:
            with self._starting():
                socket_folder = self._ensure_running()
                fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield socket_folder
            finally:
                self._leave(users)

    def _leave(self, users: IO[str]) -> None:
        with self._starting():
            if _try_lock(users, fcntl.LOCK_EX) and not self._stay.exists():
                self._stop()
            fcntl.flock(users, fcntl.LOCK_UN)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CaomAiError(
                f"{self.folder} cannot be made ({error.strerror}); set CAOMAI_DATA_DIR to another folder."
            ) from error

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with _open_lock(self.folder / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_idle(self) -> bool:
        """Tell whether no PostgreSQL process works on the data."""
        with _open_lock(self.folder / "server.lock") as lock:
            return _try_lock(lock, fcntl.LOCK_SH)  # shared: two who ask do not deceive each other

    def _ensure_running(self) -> Path:
        if not self._is_idle() and not self._postmaster_lives():
            self._end_orphans()
        if not self._is_idle():
            return self._wait_until_ready()
        self._stay.unlink(missing_ok=True)
        postgres.check_data_folder(self.data)
        identity = postgres.choose_identity(self.data)
        socket_folder = postgres.make_socket_folder()
        try:
            self._launch(identity, socket_folder)
            return self._wait_until_ready()
        except CaomAiError:
            _remove_socket_folder(socket_folder)
            raise

    def _launch(self, identity: str, socket_folder: Path) -> None:
        with self._open_log() as log, _open_lock(self.folder / "server.lock") as lock:
            if not self.data.exists():
                postgres.initialise(self.data, identity, log)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear_remains()
            command: list[Path | str] = [postgres.find_programs() / "postgres", "-D", self.data]
            command += _server_options(socket_folder)
            postgres.run_program("detach", identity, command, log, pass_fds=(lock.fileno(),))

    def _clear_remains(self) -> None:
        """Remove what a killed server left; nobody works on the data now, however alive its number looks."""
        file = self._read_pid_file()
        if file is not None and file.socket_folder is not None:
            _remove_socket_folder(file.socket_folder)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _open_log(self) -> IO[str]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))
        return self.log.open("a")

    def _wait_until_ready(self) -> Path:
        """Wait while the server starts or recovers, however long that takes; fail when it ends."""
        while True:
            file = self._read_pid_file()
            if file is not None and file.ready and file.socket_folder is not None:
                return file.socket_folder
            if self._is_idle():
                raise CaomAiError(f"PostgreSQL did not start; the reason is at the end of {self.log}.")
            time.sleep(0.01)

    def _read_pid_file(self) -> PidFile | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        lines += [""] * (8 - len(lines))  # written line by line while the server starts
        if not lines[0].isdigit():
            return None
        return PidFile(int(lines[0]), Path(lines[4]) if lines[4] else None, lines[7].startswith("ready"))

    def _postmaster_lives(self) -> bool:
        file = self._read_pid_file()
        return file is not None and is_postgres(file.pid)

    def _stop(self) -> bool:
        if self._is_idle():
            return False
        self._stay.unlink(missing_ok=True)
        file = self._read_pid_file()
        if file is None or not is_postgres(file.pid):
            self._end_orphans()
            return True
        for kind in (signal.SIGINT, signal.SIGQUIT):  # a fast shutdown, then an immediate one
            os.kill(file.pid, kind)
            if self._wait_until_idle(STOP_SECONDS):
                if file.socket_folder is not None:
                    _remove_socket_folder(file.socket_folder)
                return True
        raise TransientError(f"PostgreSQL over {self.folder} does not stop; see {self.log}.")

    def _wait_until_idle(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._is_idle():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def _end_orphans(self) -> None:
        """End the backends of a killed server: they notice its death themselves unless they are computing."""
        if self._wait_until_idle(ORPHAN_SECONDS):
            return
        for pid in _processes_in(self.data):
            os.kill(pid, signal.SIGKILL)
        if not self._wait_until_idle(ORPHAN_SECONDS):
            raise TransientError(f"Processes of a killed PostgreSQL still use {self.data}; try again later.")


def _open_lock(path: Path) -> IO[str]:
    # Over NFS an exclusive flock needs a file that is open for writing.
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r")
    except OSError as error:
        raise CaomAiError(
            f"{path.parent} cannot be used ({error.strerror}); set CAOMAI_DATA_DIR to a folder of your own."
        ) from error


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_postgres(pid: int) -> bool:
    """Tell whether a process id belongs to a live PostgreSQL process; an unreaped zombie is not alive."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
    except OSError:
        return not Path("/proc/self").exists() and _answers(pid)
    return name == "postgres" and rest[0] not in "ZX"


def _answers(pid: int) -> bool:
    """Tell whether a process id is taken, on a system without /proc."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _remove_socket_folder(folder: Path) -> None:
    """Remove a socket's folder: only files of these names, for the path comes from a file of the server."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _processes_in(data: Path) -> Iterator[int]:
    """Find the PostgreSQL processes whose working directory is the data directory."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == data.resolve() and is_postgres(int(process.name)):
                yield int(process.name)
        except OSError:
            continue


def _server_options(socket_folder: Path) -> list[str]:
    memory = Path("/dev/shm")  # noqa: S108 - asked for its size
    roomy = memory.is_dir() and shutil.disk_usage(memory).total >= SHARED_MEMORY_NEEDED
    options = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        # Containers often have 64 MiB of /dev/shm, too little for a parallel HNSW build.
        "dynamic_shared_memory_type": "posix" if roomy else "mmap",
    }
    return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
