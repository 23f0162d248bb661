"""What a job does, which this package leaves to others: each kind of job has one way of work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tapext.parameters import Parameters


@dataclass(frozen=True)
class Result:
    """A result that has begun: what is wrong later is raised by its chunks.

    `warnings` are sentences that whoever takes it should know, in case its format has no room for them.
    """

    chunks: AsyncGenerator[bytes]
    media_type: str
    warnings: Sequence[str] = ()


class Work(Protocol):
    """A way of work; `kind` is also the name of its queue, `path` is where its list of jobs is."""

    kind: str
    path: str

    async def begin(self, parameters: Parameters, base_url: str) -> Result:
        """Read the parameters of a job and begin to do it; there is no hurry, the job has its own limit."""
