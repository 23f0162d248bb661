"""The real command `caom-ai` on the database of a module."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from caomai.settings import Settings

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(database_settings: Settings) -> Command:
    """Run a command of caom-ai on the module's database; further words are settings."""

    def run_command(*arguments: str, code: int = 0, **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "caomai", *arguments],
            env=os.environ | {"CAOMAI_DATABASE_URL": str(database_settings.database_url)} | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done.stderr
        return done

    return run_command
