"""The embedded server: shared by processes, private, and back at once after kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from caomai import launch
from caomai.embedded import EmbeddedPostgres, is_postgres
from caomai.errors import CaomAiError
from caomai.postgres import VERSION

USE = """
import signal, sys
from pathlib import Path
from caomai.embedded import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)
with EmbeddedPostgres(Path(sys.argv[1])).using() as socket_folder:
    print(socket_folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made(made_folder: Path) -> Iterator[Path]:
    """Give a folder whose data directory holds one row, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="caom-ai-test-"))
    shutil.copytree(made_folder, folder, dirs_exist_ok=True)
    with EmbeddedPostgres(folder).using() as socket_folder:
        ask(socket_folder, "create table t as select 42 as value")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(made: Path, tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    shutil.copytree(made, tmp_path / "data")
    embedded = EmbeddedPostgres(tmp_path / "data")
    yield embedded
    embedded.stop()


def ask(socket_folder: Path, query: str) -> Any:
    address = f"host={socket_folder} user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def use(folder: Path, **options: Any) -> subprocess.Popen[str]:
    """Let another process use the server until its stdin is closed."""
    process = begin_use(folder, **options)
    assert process.stdout
    assert process.stdout.readline()
    return process


def begin_use(folder: Path, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USE, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def kill_postmaster(embedded: EmbeddedPostgres) -> None:
    pid = embedded.status().pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    while is_postgres(pid):
        time.sleep(0.001)


def test_a_new_folder_gets_a_private_server_with_pgvector(tmp_path: Path) -> None:
    before = {folder: folder.stat().st_mode for folder in tmp_path.parents}
    embedded = EmbeddedPostgres(tmp_path / "new" / "data")
    half_made = embedded.folder / "postgres.partial"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text(VERSION)
    with embedded.using() as socket_folder:
        assert ask(socket_folder, "create extension vector") is None
        assert ask(socket_folder, "select '[1,2]'::vector <-> '[1,4]'::vector") == 2
        assert ask(socket_folder, "show listen_addresses") == ""
        assert ask(socket_folder, "show fsync") == "on"
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
        assert embedded.status().running
    assert not embedded.status().running
    assert not socket_folder.exists()
    assert not half_made.exists()
    assert {folder: folder.stat().st_mode for folder in tmp_path.parents} == before


def test_a_long_temporary_folder_does_not_make_the_socket_path_too_long(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with server.using() as socket_folder:
        assert ask(socket_folder, "select value from t") == 42


def test_a_killed_server_comes_back_with_its_rows(server: EmbeddedPostgres) -> None:
    with server.using() as first:
        ask(first, "insert into t values (43)")
        kill_postmaster(server)
        with server.using() as second:
            assert second != first
            assert ask(second, "select max(value) from t") == 43
        assert server.status().running  # the first user has not left
    assert not server.status().running
    assert not first.exists()


def test_a_killed_server_comes_back_although_one_of_its_queries_computes_on(server: EmbeddedPostgres) -> None:
    with server.using() as socket_folder:
        query = "select count(*) from generate_series(1, 100000000000)"
        busy = threading.Thread(target=lambda: suppressed(ask, socket_folder, query))
        busy.start()
        seen = "select count(*) from pg_stat_activity where query like 'select count(%series%'"
        while ask(socket_folder, seen) < 2:
            time.sleep(0.01)
        kill_postmaster(server)
        with server.using() as again:
            assert ask(again, "select value from t") == 42
        busy.join()


def suppressed(function: Any, *arguments: Any) -> None:
    with suppress(psycopg.Error):
        function(*arguments)


def test_a_number_of_a_live_process_in_a_stale_file_does_not_stop_the_start(server: EmbeddedPostgres) -> None:
    with server.using():
        remains = (server.data / "postmaster.pid").read_text().splitlines()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *remains[1:]]) + "\n")
    assert not server.status().running
    with server.using() as socket_folder:
        assert ask(socket_folder, "select value from t") == 42


def test_a_zombie_is_not_taken_for_a_server() -> None:
    child = subprocess.Popen(["true"])
    while Path(f"/proc/{child.pid}/stat").read_text().rpartition(") ")[2][0] != "Z":
        time.sleep(0.01)
    assert not is_postgres(child.pid)
    child.wait()


def test_a_killed_user_leaves_a_server_that_the_next_user_takes_over(server: EmbeddedPostgres) -> None:
    user = use(server.folder)
    user.kill()
    user.communicate()
    running = server.status()
    assert running.running
    with server.using() as socket_folder:
        assert server.status().pid == running.pid
        assert ask(socket_folder, "select value from t") == 42
    assert not server.status().running


def test_the_last_of_several_processes_stops_the_server(server: EmbeddedPostgres) -> None:
    users = [use(server.folder) for _ in range(2)]
    pid = server.status().pid
    leave(users[0])
    assert server.status().pid == pid
    leave(users[1])
    assert not server.status().running


def test_processes_that_start_at_once_start_one_server(server: EmbeddedPostgres) -> None:
    starts = server.log.read_text().count("ready to accept connections")
    users = [begin_use(server.folder) for _ in range(4)]
    assert len({user.stdout.readline() for user in users if user.stdout}) == 1
    for user in users:
        leave(user)
    assert not server.status().running
    assert server.log.read_text().count("ready to accept connections") == starts + 1


def test_the_interrupt_of_a_terminal_reaches_the_user_and_not_the_server(server: EmbeddedPostgres) -> None:
    user = use(server.folder, start_new_session=True, stderr=subprocess.DEVNULL)
    with server.using() as socket_folder:
        os.killpg(user.pid, signal.SIGINT)
        user.communicate()
        assert user.returncode != 0
        assert ask(socket_folder, "select value from t") == 42


def test_a_server_that_was_told_to_stay_stays_until_it_is_stopped(server: EmbeddedPostgres) -> None:
    socket_folder = server.start()
    with server.using() as same:
        assert same == socket_folder
    assert server.status().stays
    assert server.stop()
    assert not server.stop()
    with server.using():
        assert not server.status().stays
    assert not server.status().running


def test_a_data_directory_of_another_version_is_refused(server: EmbeddedPostgres) -> None:
    (server.data / "PG_VERSION").write_text("16\n")
    refusal = f"made by PostgreSQL 16, and this is PostgreSQL {VERSION}"
    with pytest.raises(CaomAiError, match=refusal), server.using():
        pass


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letters.txt").write_text("dear")
    embedded = EmbeddedPostgres(tmp_path)
    with pytest.raises(CaomAiError, match="is no PostgreSQL data directory"), embedded.using():
        pass
    assert (tmp_path / "postgres" / "letters.txt").read_text() == "dear"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    embedded = EmbeddedPostgres(tmp_path / "file" / "data")
    with pytest.raises(CaomAiError, match="cannot be made"), embedded.using():
        pass


def test_a_server_that_cannot_start_tells_where_the_reason_is(
    server: EmbeddedPostgres, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = made / "sockets"
    sockets.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(sockets))
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = on\n")
    refusal = f"did not start; the reason is at the end of {server.log}"
    with pytest.raises(CaomAiError, match=refusal), server.using():
        pass
    assert "no_such_setting" in server.log.read_text()
    assert not list(sockets.iterdir())


ORDINARY = """
import sys
from pathlib import Path
import psycopg
from caomai.embedded import EmbeddedPostgres
for _ in range(2):
    with EmbeddedPostgres(Path(sys.argv[1])).using() as socket_folder:
        with psycopg.connect(host=str(socket_folder), user="postgres", dbname="postgres") as connection:
            connection.execute("create extension if not exists vector")
            print(connection.execute("select '[1,2]'::vector <-> '[1,4]'::vector").fetchone()[0])
"""
# A container that forbids user namespaces, but otherwise lets root be root: made of a user namespace in which
# everybody is himself and in which no further one is allowed.
CONTAINER = """
import ctypes, os, sys
ready, go = os.pipe(), os.pipe()
child = os.fork()
if child:
    os.read(ready[0], 1)
    for kind in ("uid", "gid"):
        with open(f"/proc/{child}/{kind}_map", "w") as ids:
            ids.write("0 0 4294967295")
    os.write(go[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert ctypes.CDLL(None).unshare(0x10000000) == 0
os.write(ready[1], b"x")
os.read(go[0], 1)
with open("/proc/sys/user/max_user_namespaces", "w") as limit:
    limit.write("0")
os.execv(sys.argv[1], sys.argv[1:])
"""


def python(*words: str) -> list[str]:
    return [sys.executable, *words]


def ways() -> dict[str, tuple[list[str], int, int]]:
    """Give the ways in which the server may run here: the words before, the user, the owner of the data."""
    if os.geteuid() != 0:
        return {"an ordinary user": ([], os.geteuid(), os.geteuid())}
    return {
        "root without namespaces": (python("-c", CONTAINER), 0, 65534),
        "an ordinary user": (python(launch.__file__, "run", "65534:65534"), 65534, 65534),
    }


@pytest.mark.parametrize(("way", "user", "owner"), ways().values(), ids=ways())
def test_the_server_runs_for(way: list[str], user: int, owner: int, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    os.chown(folder, user, -1)
    command = [*way, *python("-c", ORDINARY, str(folder / "data"))]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "2.0\n2.0\n"), result.stderr
    assert (stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) == (0o700, user)
    assert (folder / "data" / "postgres").stat().st_uid == owner
