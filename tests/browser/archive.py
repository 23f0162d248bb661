"""An archive to look at: rendered frames with real fingerprints, and a name that would like to be markup."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from caomai.database import Database
from caomai.settings import Settings

FRAMES = 24
HOSTILE = "<img src=x onerror=alert(1)>"
NAME = "update caom2.observation set target_name = %s where observationid = 'crowded-01'"


def make_archive(folder: Path, database: Database, settings: Settings) -> dict[str, str]:
    """Simulate, ingest and describe frames as a user does; gives the service's settings."""
    environment = {
        "CAOMAI_DATABASE_URL": str(settings.database_url),
        "CAOMAI_COLLECTION": "SIM",
        "CAOMAI_OBSERVATION_ID": "{stem}",
    }
    for command in (
        ["simulate", folder, "--frames", str(FRAMES)],
        ["ingest", folder],
        ["fingerprint", "-n", "1"],
    ):
        subprocess.run(
            [sys.executable, "-m", "caomai", *map(str, command)],
            env=os.environ | environment | {"XDG_DATA_HOME": str(folder), "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    with database.connect("ingest") as connection:
        connection.execute(NAME, [HOSTILE])
    return environment
