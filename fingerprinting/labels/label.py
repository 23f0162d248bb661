"""A label of a node, the evidence behind it, and what words may stand in it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from caomai.errors import ParameterError
from fingerprinting.fingerprint import NODES

Origin = Literal["person", "suggested"]
LONGEST: Final = 64  # characters
FORMULA: Final = ("=", "+", "-", "@")  # by which spreadsheets know a formula


@dataclass(frozen=True)
class Evidence:
    """What a precision was measured on: `seen` objects of a labelled set lay in the node.

    precision is the share of them that deserve the label, low and high the ends of its 95 % interval, lift
    the precision over the share of such objects in the whole set; model is the hash of what sorted them.
    """

    precision: float
    low: float
    high: float
    lift: float
    seen: int
    labelled_set: str
    model: str


@dataclass(frozen=True)
class Label:
    """What a node is called; created in UTC."""

    node: int
    label: str
    author: str
    created: datetime
    origin: Origin = "person"
    evidence: Evidence | None = None


def now() -> datetime:
    """Give the present in UTC, to the second, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def check_label(text: str) -> str:
    """Give a label as it is stored, or say why it cannot be one."""
    return _check_words(text, "label")


def check_author(text: str) -> str:
    """Give the name of an author as it is stored, or say why it cannot be one."""
    return _check_words(text, "author")


def check_node(number: int) -> int:
    """Give the number of a node of Map 1, or say that there is none."""
    if not 0 <= number < NODES:
        raise ParameterError(f"Map 1 has the nodes 0 to {NODES - 1}; {number} is none of them.")
    return number


def _check_words(text: str, what: str) -> str:
    words = unicodedata.normalize("NFC", text).strip()
    if not 0 < len(words) <= LONGEST:
        raise ParameterError(f"The {what} must have 1 to {LONGEST} characters.")
    if not words.isprintable() or set(words) & set("<>"):
        raise ParameterError(f"The {what} {words!a} has control characters or markup; write plain words.")
    if words.startswith(FORMULA):
        raise ParameterError(
            f"The {what} {words!a} begins with {words[0]}, which spreadsheets take for a formula."
        )
    return words
