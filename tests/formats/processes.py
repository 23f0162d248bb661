"""The processes that write files for a service."""

from __future__ import annotations

from tests.processes import children, command


def writers(process: int) -> list[int]:
    """Give the children that write files."""
    return [child for child in children(process) if "tapext.formats.tablefiles" in command(child)]
