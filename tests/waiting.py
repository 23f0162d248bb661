"""Waiting for what will be so soon, on a busy machine too."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0  # seconds: only what never comes takes so long


def is_soon(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Wait until something is so; False where it never was."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something is so, and fail where it never was."""
    assert is_soon(condition, seconds), "waited in vain"
