"""The parameters of UWS itself (UWS 1.1 sect. 2.1 and 2.2): when, how long, and which jobs."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from caomai.errors import ParameterError
from caomai.settings import Settings
from tapext.parameters import Parameters
from tapext.uws.job import PHASES, Pairs

# They say what becomes of a job, not what it does.
TERMS: Final = ("PHASE", "ACTION", "DESTRUCTION", "EXECUTIONDURATION", "WAIT", "AFTER", "LAST")
# Proxies break off what is silent for a minute.
LONGEST_WAIT: Final = 55
LONGEST_LIST: Final = 1000
LONGEST_DURATION: Final = 2**31 - 1  # xs:int
MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII | re.IGNORECASE
)


def task_pairs(parameters: Parameters) -> Pairs:
    """Give the parameters of what a job does."""
    return tuple((name, value) for name, value in parameters.pairs if name not in TERMS)


def read_start(parameters: Parameters) -> bool:
    """Tell whether a new job is to run at once."""
    phase = parameters.one("PHASE")
    if phase is not None and phase.upper() != "RUN":
        raise ParameterError(f"PHASE of a new job can only be RUN, not {phase[:40]!r}.")
    return phase is not None


def read_duration(parameters: Parameters, settings: Settings) -> int:
    """Give the seconds that a job may run, trimmed to what the operator allows; 0 is no limit."""
    text = parameters.one("EXECUTIONDURATION")
    if text is None:
        wanted = settings.async_seconds
    elif not re.fullmatch(r"\s*\+?[0-9]{1,18}\s*", text, re.ASCII):
        raise ParameterError(f"EXECUTIONDURATION must be a whole number of seconds, not {text[:40]!r}.")
    else:
        wanted = min(int(text), LONGEST_DURATION)
    most = settings.max_async_seconds
    return wanted if most == 0 else min(wanted or most, most)


def read_destruction(parameters: Parameters, settings: Settings) -> datetime:
    """Give the time at which a job is destroyed, trimmed to what the operator allows."""
    now, text = datetime.now(UTC), parameters.one("DESTRUCTION")
    last = now + timedelta(days=settings.max_retention_days)
    if text is not None:
        return min(read_moment("DESTRUCTION", text), last)
    return min(now + timedelta(days=settings.retention_days), last)


def read_moment(name: str, text: str) -> datetime:
    """Read a time in ISO 8601, which is UTC if it does not say otherwise."""
    if MOMENT.fullmatch(text.strip()):
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text.strip().upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    raise ParameterError(f"{name} must be a time in UTC such as 2030-01-02T03:04:05Z, not {text[:40]!r}.")


def read_phases(parameters: Parameters) -> list[str]:
    """Give the phases that a request names; none are all."""
    phases = [phase.strip().upper() for phase in parameters.all("PHASE") if phase.strip()]
    for phase in phases:
        if phase not in PHASES:
            raise ParameterError(f"PHASE must be one of {', '.join(PHASES)}, not {phase[:40]!r}.")
    return phases


def read_after(parameters: Parameters) -> datetime | None:
    """Give the time after which the jobs of a list were made."""
    text = parameters.one("AFTER")
    return None if text is None else read_moment("AFTER", text)


def read_last(parameters: Parameters) -> int:
    """Give the number of jobs that a list may have, the newest."""
    return parameters.count("LAST", LONGEST_LIST, LONGEST_LIST)


def read_wait(parameters: Parameters) -> float:
    """Give the seconds that a client waits for a phase to change; -1 is as long as it may."""
    text = parameters.one("WAIT")
    if text is None:
        return LONGEST_WAIT if parameters.all("WAIT") else 0
    if not re.fullmatch(r"\s*(-1|\+?[0-9]{1,9})\s*", text, re.ASCII):
        raise ParameterError(f"WAIT must be a number of seconds or -1, not {text[:40]!r}.")
    seconds = int(text)
    return LONGEST_WAIT if seconds < 0 else min(seconds, LONGEST_WAIT)
