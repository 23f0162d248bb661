"""A job and its phases (UWS 1.1 sect. 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from caomai.errors import AuthorizationError

PENDING: Final = "PENDING"
QUEUED: Final = "QUEUED"
EXECUTING: Final = "EXECUTING"
COMPLETED: Final = "COMPLETED"
ERROR: Final = "ERROR"
ABORTED: Final = "ABORTED"
ACTIVE: Final = (PENDING, QUEUED, EXECUTING)
# What a filter may name; those that no job of ours is ever in match nothing.
PHASES: Final = (*ACTIVE, COMPLETED, ERROR, ABORTED, "ARCHIVED", "HELD", "SUSPENDED", "UNKNOWN")

Pairs = tuple[tuple[str, str], ...]


def count_bytes(pairs: Pairs) -> int:
    """Count the bytes of parameters."""
    return sum(len(name) + len(value.encode()) for name, value in pairs)


@dataclass(frozen=True)
class Fault:
    """Why a job failed; `transient` if it may succeed another time."""

    message: str
    transient: bool = False


@dataclass(frozen=True)
class Product:
    """The result of a job: a file in its folder."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Summary:
    """What a list tells of a job."""

    id: str
    phase: str
    creation: datetime
    runid: str | None
    owner: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read a row of the list."""
        return cls(row["jobid"], row["phase"], row["creationtime"], row["runid"], row["ownerid"])


@dataclass(frozen=True)
class Job:
    """A job as it is now; `duration` is in seconds, 0 is no limit; `run` counts how often it was begun."""

    id: str
    kind: str
    phase: str
    creation: datetime
    duration: int
    destruction: datetime
    base_url: str
    parameters: Pairs
    files: dict[str, str]
    input_bytes: int
    runid: str | None = None
    owner: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    product: Product | None = None
    fault: Fault | None = None
    run: int = 0
    losses: int = 0

    @property
    def is_active(self) -> bool:
        """Tell whether its phase will change."""
        return self.phase in ACTIVE

    def check_pending(self, action: str) -> None:
        """Refuse an action that only a job that was not started allows."""
        if self.phase != PENDING:
            raise AuthorizationError(f"The job is {self.phase}: {action} while it is PENDING only.")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read a row of caom2_ai_uws.job."""
        name, message = row["resultname"], row["errormessage"]
        return cls(
            id=row["jobid"],
            kind=row["kind"],
            phase=row["phase"],
            creation=row["creationtime"],
            duration=row["executionduration"],
            destruction=row["destruction"],
            base_url=row["baseurl"],
            parameters=tuple((key, value) for key, value in row["parameters"]),
            files=row["files"],
            input_bytes=row["inputbytes"],
            runid=row["runid"],
            owner=row["ownerid"],
            start=row["starttime"],
            end=row["endtime"],
            product=Product(name, row["mediatype"], row["resultbytes"]) if name else None,
            fault=Fault(message, row["errortype"] == "transient") if message is not None else None,
            run=row["run"],
            losses=row["losses"],
        )
