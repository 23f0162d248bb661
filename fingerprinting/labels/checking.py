"""What a person found who looked at random members of a label: a table becomes a measured precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caomai.errors import ParameterError
from caomai.labels import check_label, check_node
from caomai.settings import Settings
from fingerprinting.labels.label import Check, now
from fingerprinting.labels.statistics import wilson
from fingerprinting.labels.store import open_labels, record_check
from fingerprinting.labels.table import check_model, open_table, read_rows

NEEDED: Final = {"right", "label", "nodes", "artifactURI", "part", "x", "y", "model"}
RIGHT: Final = frozenset({"yes", "y", "right", "1", "true", "x"})
WRONG: Final = frozenset({"no", "n", "wrong", "0", "false", "-", "'-"})
UNSURE: Final = frozenset({"", "?"})


@dataclass(frozen=True)
class Verdict:
    """What a person says of one member; right is None where he could not tell."""

    label: str
    nodes: tuple[int, ...]
    member: tuple[str, ...]
    right: bool | None


def check_members(settings: Settings, path: Path, author: str) -> tuple[str, Check, int]:
    """Store what a table says of a label; give the label, the result and how many members were not judged."""
    with open_labels(settings) as (connection, current):
        verdicts = open_table(
            path,
            lambda stream: read_rows(stream, NEEDED, lambda row: _read_verdict(row, current.model)),
        )
        check, unsure = judge(verdicts, author)
        record_check(connection, current.number, verdicts[0].nodes, verdicts[0].label, check)
    return verdicts[0].label, check, unsure


def judge(verdicts: Sequence[Verdict], author: str) -> tuple[Check, int]:
    """Give the precision of a label with its Wilson interval, and how many members were not judged."""
    if len({(one.label, one.nodes) for one in verdicts}) > 1:
        raise ParameterError("The table is about several labels; each has a table of its own.")
    if len({one.member for one in verdicts}) < len(verdicts):
        raise ParameterError("The table has an object twice.")
    told = [one.right for one in verdicts if one.right is not None]
    if not told:
        raise ParameterError("The column right is empty: write yes or no for each member.")
    low, high = wilson(sum(told), len(told))
    precision = sum(told) / len(told)
    # Rounding must not put the share outside its interval.
    low, high = min(low, precision), max(high, precision)
    nodes = len(verdicts[0].nodes)
    return Check(precision, low, high, len(told), nodes, author, now()), len(verdicts) - len(told)


def _read_verdict(row: Mapping[str, str], model: str) -> Verdict:
    check_model(row, model)
    word = row["right"].strip().lower()
    if word not in RIGHT | WRONG | UNSURE:
        raise ParameterError(f"The column right has {word[:20]!a}: write yes, no, or nothing.")
    nodes = tuple(check_node(int(node)) for node in row["nodes"].split())
    if not nodes or len(set(nodes)) < len(nodes):
        raise ParameterError("The column nodes must list the nodes that were sampled.")
    return Verdict(
        label=check_label(row["label"].removeprefix("'")),
        nodes=nodes,
        member=tuple(row[name] for name in ("artifactURI", "part", "x", "y")),
        right=None if word in UNSURE else word in RIGHT,
    )
