"""A label of a node: who gave it, the evidence behind it, and what people found who looked at its members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Origin = Literal["person", "suggested"]


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
class Check:
    """What somebody found who looked at `seen` random members of `nodes` nodes with a label; time in UTC.

    precision is the share that deserves the label, low and high the ends of its 95 % interval.
    """

    precision: float
    low: float
    high: float
    seen: int
    nodes: int
    author: str
    time: datetime


@dataclass(frozen=True)
class Carried:
    """The map that a label comes from, and the share of the node's objects that had it there."""

    map_id: int
    overlap: float


@dataclass(frozen=True)
class Label:
    """What a node is called; created in UTC."""

    node: int
    label: str
    author: str
    created: datetime
    origin: Origin = "person"
    evidence: Evidence | None = None
    carried: Carried | None = None
    check: Check | None = None


def now() -> datetime:
    """Give the present in UTC, to the second, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
