"""What every process does for the jobs of all, again and again."""

from __future__ import annotations

import asyncio

import pytest

from caomai.errors import TransientError
from tapext.uws.upkeep import repeat


@pytest.mark.parametrize("fault", [TransientError("gone"), OSError("full"), RuntimeError("never thought of")])
def test_no_fault_ends_the_upkeep(fault: Exception) -> None:
    steps: list[int] = []

    async def step() -> None:
        steps.append(len(steps))
        if len(steps) < 3:
            raise fault
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(repeat(step, 0))
    assert steps == [0, 1, 2]
