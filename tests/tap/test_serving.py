"""The command serve."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.tap.client import get
from tests.tap.process import COMMAND, serving


def test_serve_ends_cleanly_on_ctrl_c(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serving({"CAOMAI_DATA_DIR": str(tmp_path)}) as (process, url):
        assert get(f"{url}/tap/availability").headers["Server"].startswith("CAOM-AI/")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "Stopped.\n")
    assert "Traceback" not in capfd.readouterr().err
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


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
