"""The processes of a service, as Linux knows them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def children(process: int) -> list[int]:
    """Give the children of a process, those too that are dead and not yet waited for."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == process:
            found.append(int(stat.parent.name))
    return found


def writers(process: int) -> list[int]:
    """Give the children that write files."""
    return [child for child in children(process) if "tapext.formats.tablefiles" in command(child)]


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def peak_megabytes(process: int) -> float:
    """Give the most memory that a process has had."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something that will be so soon."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
