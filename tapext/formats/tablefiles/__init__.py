"""Files of whole tables, FITS and Parquet, written by a process of their own: its libraries are large."""

from __future__ import annotations

from typing import Final

# Exit statuses of the process.
INCOMPLETE: Final = 3
NO_ROOM: Final = 4
