"""The commands `caom-ai db` and `caom-ai check` as a user types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from caomai.check import mask


def caom_ai(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "caomai", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CAOMAI_")}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=clean | environment)


def test_the_life_of_an_embedded_database(tmp_path: Path, made_folder: Path) -> None:
    settings = {"CAOMAI_DATA_DIR": str(tmp_path / "data")}
    shown = caom_ai("check", **settings).stdout
    assert "embedded, not made yet" in shown
    assert re.search(r"^CAOMAI_PORT=8080 +# Port of the service", shown, re.MULTILINE)
    shutil.copytree(made_folder, tmp_path / "data")
    assert caom_ai("db", "init", **settings).stdout == f"The database is ready in {tmp_path / 'data'}.\n"
    started = caom_ai("db", "start", **settings)
    status = json.loads(caom_ai("db", "status", "--json", **settings).stdout)
    assert status["running"]
    assert status["stays"]
    assert str(status["socket_folder"]) in started.stdout
    assert caom_ai("db", "migrate", **settings).stdout == "The schema is up to date.\n"
    checked = caom_ai("check", "--json", **settings)
    assert checked.returncode == 0
    found = {item["name"]: item["value"] for item in json.loads(checked.stdout)["findings"]}
    assert found["schema"] == "up to date"
    assert found["PostgreSQL"].startswith("18.")
    assert caom_ai("db", "stop", **settings).stdout == "Stopped.\n"
    assert "Not running" in caom_ai("db", "status", **settings).stdout


def test_check_hides_passwords_and_fails_when_the_database_is_away() -> None:
    places = {"cadc": "https://me:hunter2@files.test/{path}?access_token=hunter2", "file": "/nowhere"}
    checked = caom_ai(
        "check",
        CAOMAI_DATABASE_URL="postgresql://me:hunter2@%2Fnowhere/archive?sslpassword=hunter2",
        CAOMAI_ARTIFACTS=json.dumps(places),
    )
    assert checked.returncode == 1
    assert "hunter2" not in checked.stdout + checked.stderr
    assert "CAOMAI_DATABASE_URL=postgresql://me:***@%2Fnowhere/archive" in checked.stdout
    assert "CAOMAI_ARTIFACTS file: /nowhere. There is no such folder." in checked.stdout
    assert "CAOMAI_ARTIFACTS cadc: " not in checked.stdout
    assert "database: not usable. The database cannot be reached" in checked.stdout


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_a_database_of_somebody_else_is_neither_started_nor_stopped(command: str) -> None:
    refused = caom_ai("db", command, CAOMAI_DATABASE_URL="postgresql://me@archive.test/caom")
    assert refused.returncode == 2
    assert re.match(r"caom-ai: CAOMAI_DATABASE_URL names .*\n$", refused.stderr)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("postgresql://me:a@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("https://host/{path}?key=a&size=2", "https://host/{path}?key=***&size=2"),
        ("/data/key=1", "/data/key=1"),
    ],
)
def test_mask_hides_secrets_only(address: str, masked: str) -> None:
    assert mask(address) == masked
