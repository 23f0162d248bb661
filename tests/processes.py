"""Processes as Linux knows them; each may end while it is looked at."""

from __future__ import annotations

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


def is_alive(process: int) -> bool:
    """Tell whether a process runs: one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1] not in {"Z", "X"}
    except OSError:
        return False


def command(process: int) -> str:
    """Give the command line of a process."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def peak_megabytes(process: int) -> float:
    """Give the most memory that a process has had."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
