"""TOPCAT's own code for what no command of STILTS does: calling the services that a table describes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

JARS = Path("/usr/share/java")


@dataclass(frozen=True)
class Service:
    """A service of a table: what TOPCAT lets a user choose, and where it would go for the first row."""

    inputs: list[str]
    url: str


def find_services(table: Path, **chosen: object) -> dict[str, Service]:
    """Give the services that TOPCAT offers for a VOTable by their IDs, with values that a user chose."""
    program = Path(__file__).with_name("Invoke.java")
    pairs = [f"{name}={value}" for name, value in chosen.items()]
    run = subprocess.run(
        ["java", "-cp", ":".join(map(str, JARS.glob("starlink-*.jar"))), program, table, *pairs],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    return {name: Service(inputs.split(), url) for name, inputs, url in lines}
