"""What words may be a label, who may have given it, and in which order a table of labels has its columns."""

from __future__ import annotations

import unicodedata
from typing import Final

from caomai.errors import ParameterError

NODES: Final = 400  # of Map 1
LONGEST: Final = 64  # characters
FORMULA: Final = ("=", "+", "-", "@")  # by which spreadsheets know a formula
HEADER: Final = (
    "model", "node", "label", "author", "created", "origin", "precision", "low", "high", "lift", "seen",
    "labelledSet", "setModel", "carriedFrom", "carriedOverlap", "checkedPrecision", "checkedLow",
    "checkedHigh", "nChecked", "nCheckedNodes", "checkedBy", "checkedTime",
)  # fmt: skip


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
