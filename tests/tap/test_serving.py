"""The command serve: one process or several, over a database that may go and come back."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from caomai.database import open_database
from caomai.embedded import EmbeddedPostgres
from caomai.settings import read_settings
from tapext.processes import end_processes
from tests.processes import children, is_alive
from tests.tap.client import ask, get
from tests.tap.process import COMMAND, serving
from tests.waiting import wait_until

QUERY = "SELECT table_name FROM tap_schema.tables"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, made_folder: Path) -> Path:
    """Folder of an embedded database with its schema."""
    folder = tmp_path_factory.mktemp("serving") / "data"
    shutil.copytree(made_folder, folder)
    with open_database(read_settings(data_dir=folder)):
        return folder


@pytest.fixture
def folder(migrated: Path) -> Iterator[Path]:
    """Folder of an embedded database that is stopped at the end, whoever uses it."""
    yield migrated
    EmbeddedPostgres(migrated).stop()


def test_serve_ends_cleanly_on_ctrl_c(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serving({"CAOMAI_DATA_DIR": str(folder)}) as (process, url):
        assert get(f"{url}/tap/availability").headers["Server"].startswith("CAOM-AI/")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "Stopped.\n")
    assert "Traceback" not in capfd.readouterr().err
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_serve_says_that_a_port_is_taken(tmp_path: Path) -> None:
    variables = os.environ | {"CAOMAI_DATA_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run([*COMMAND, port], capture_output=True, env=variables, text=True, check=False)
    assert done.returncode == 2
    assert f"Port {port} of 127.0.0.1 cannot be had" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_base_url_is_what_clients_are_told(environment: dict[str, str]) -> None:
    with serving(environment | {"CAOMAI_BASE_URL": "https://example.org/caom-ai/"}) as (_, url):
        assert url == "https://example.org/caom-ai"


def test_a_process_that_dies_is_replaced_and_all_end_together(environment: dict[str, str]) -> None:
    with serving(environment | {"CAOMAI_PROCESSES": "2"}) as (process, url):
        wait_until(lambda: len(children(process.pid)) == 2)
        first = children(process.pid)
        os.kill(min(first), signal.SIGKILL)
        wait_until(lambda: len({*children(process.pid)} - {min(first)}) == 2)
        assert {ask(url, QUERY).status for _ in range(8)} == {200}
        last = children(process.pid)
        process.terminate()
        assert process.wait(60) == 0
        assert not any(map(is_alive, last))


def test_processes_do_not_outlive_the_one_that_was_killed(environment: dict[str, str]) -> None:
    with serving(environment | {"CAOMAI_PROCESSES": "2"}) as (process, _):
        wait_until(lambda: len(children(process.pid)) == 2)
        left = children(process.pid)
        process.kill()
        wait_until(lambda: not any(map(is_alive, left)))


def test_processes_are_ended_beside_one_that_is_gone() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    with subprocess.Popen(["sleep", "60"]) as other:
        end_processes({gone.pid, other.pid})
        assert not is_alive(other.pid)


def test_services_share_a_database_and_the_last_one_stops_it(folder: Path) -> None:
    environment = {"CAOMAI_DATA_DIR": str(folder)}
    with serving(environment) as (_, url):
        with serving(environment) as (_, other):
            assert [ask(address, QUERY).status for address in (url, other)] == [200, 200]
        assert ask(url, QUERY).status == 200
    assert not EmbeddedPostgres(folder).status().running


def test_the_service_recovers_by_itself_when_its_database_was_away(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    with serving({"CAOMAI_DATA_DIR": str(folder), "CAOMAI_PROCESSES": "2"}) as (_, url):
        assert all(ask(url, QUERY).status == 200 for _ in range(8))
        tables = get(f"{url}/tap/tables").body
        embedded.stop()
        wait_until(lambda: b"<available>false" in get(f"{url}/tap/availability").body)
        assert "The database is not running" in get(f"{url}/tap/availability").text
        refused = ask(url, QUERY)
        assert (refused.status, refused.statuses) == (503, ["ERROR"])
        assert int(refused.headers["Retry-After"]) > 0
        assert "The database is not running" in refused.message
        # What was known is still told.
        assert get(f"{url}/tap/tables").body == tables
        embedded.start()
        wait_until(lambda: all(ask(url, QUERY).status == 200 for _ in range(8)))
        wait_until(lambda: b"<available>true" in get(f"{url}/tap/availability").body)
