"""What the service and the workers agree on about images that are uploaded to be described."""

from __future__ import annotations

from typing import Final

TASK: Final = "describe"
PRIORITY: Final = 10  # of small files; nobody waits as long for a large one
LARGE: Final = 64 << 20  # bytes
STALLED: Final = 6.0  # seconds without a heartbeat after which a worker counts as lost
ABANDONED_SECONDS: Final = 60.0  # without a sign of who waits for it, after which a description is nobody's
CHUNK: Final = 1 << 20  # bytes of a file in one row


def name_queue(model_hash: str) -> str:
    """Name the queue of the workers of a model; a channel of PostgreSQL has room for no more of its hash."""
    return f"{TASK}.{model_hash[:16]}"
