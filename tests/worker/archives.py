"""An archive of rendered frames in a real database, and the real command `caom-ai`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from caomai.console import Bar
from caomai.database import Database
from caomai.ingest.description import Describer
from caomai.ingest.run import Summary, ingest_files, parse_release
from caomai.settings import Settings
from fingerprinting.session import fingerprint_archive
from fingerprinting.simulation.write import write_set


@dataclass
class Archive:
    """Files in a folder, their rows in a database, and the command `caom-ai` that works on them."""

    folder: Path
    database: Database
    connection: psycopg.Connection[Any]
    settings: Settings
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def render(self, frames: int, side: int = 256, seed: int = 1) -> list[Path]:
        """Write simulated frames of one type."""
        return list(write_set(self.folder, frames, seed=seed, types=("sparse",), shape=(side, side)))

    def ingest(self, *paths: Path) -> Summary:
        """Bring files into CAOM: those given, or all."""
        files = list(paths) or sorted(self.folder.glob("*.fits"))
        describer = Describer.from_settings(self.settings)
        return ingest_files(self.settings, describer, files, parse_release(None), Bar("files"))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of caom-ai in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "caomai", *arguments],
            env=os.environ | {"CAOMAI_DATABASE_URL": str(self.settings.database_url)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str], code: int = 0) -> Any:
        """Wait for a command, check its exit code and give the JSON it wrote."""
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, out + err
        return json.loads(out)

    def fingerprint(self, processes: int = 1) -> dict[str, Any]:
        """Run a worker of this process to its end and give its account."""
        return fingerprint_archive(self.settings, processes, watch=False, quiet=True).to_json()

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        return self.connection.execute(query).fetchall()

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.fetch(f"select count(*) from {table}")[0][0])

    def check_whole(self) -> None:
        """Check that every image that is there is there with all its rows, and once."""
        assert not self.fetch("""
            select imageID from caom2_ai.part_fingerprint p
            full join caom2_ai.object_node o using (imageID)
            group by imageID, p.imageID
            having p.imageID is null or count(o.imageID) <> p.nObjects
                or count(distinct o.objectID) <> p.nObjects
                or (select sum(n) from unnest(p.fingerprint) n) <> p.nObjects
        """)
        assert not self.fetch("""
            select f.publisherID from caom2_ai.fingerprint f
            full join caom2_ai.part_fingerprint p using (planeID, mapID)
            left join caom2_ai.field_node n using (planeID)
            where f.fingerprint is distinct from p.fingerprint or (n.node is null) <> (f.vector is null)
        """)
