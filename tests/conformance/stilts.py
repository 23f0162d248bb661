"""STILTS, whose validators and client tell how others read what the service writes."""

from __future__ import annotations

import subprocess

# Short runs: no time for Java to compile itself well.
JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def run_stilts(task: str, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a task of STILTS to its end."""
    return subprocess.run(
        ["stilts", *JAVA, task, *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def findings(output: str) -> list[str]:
    """Give the lines of a lint report that find fault: errors, warnings and failures."""
    return [line for line in output.splitlines() if line.startswith(("E-", "W-", "F-", "ERROR", "WARN"))]
