"""The known name that somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is most like one, without regard to case; None where none is like it."""
    names = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.65)
    return names[found[0]] if found else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Give `; did you mean x?` for the known name that is most like one, or nothing."""
    meant = closest(name, known)
    return "" if meant is None else f"; did you mean {meant}?"
