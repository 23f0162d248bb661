"""What the nodes are called, and by which names and colours the objects of one image are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.annotation import COLOURS, OTHERS
from fingerprinting.labels.label import Label

SUGGESTED: Final = "suggested"
PERSON: Final = "person"


@dataclass(frozen=True)
class Names:
    """Labels of nodes, several of one node joined by commas, and those that nobody has confirmed."""

    labels: Mapping[int, str] = field(default_factory=dict)
    suggested: frozenset[int] = frozenset()

    @classmethod
    def join(cls, labels: Iterable[Label]) -> Names:
        """Join labels by their nodes."""
        words: dict[int, list[str]] = {}
        persons = set()
        for one in sorted(labels, key=lambda one: (one.node, one.origin, one.label)):
            words.setdefault(one.node, []).append(one.label)
            if one.origin == PERSON:
                persons.add(one.node)
        joined = {node: ", ".join(some) for node, some in words.items()}
        return cls(joined, frozenset(joined) - persons)

    @classmethod
    def read(cls, labels: Mapping[int, tuple[str, str]]) -> Names:
        """Take what nodes are called and who says so."""
        suggested = frozenset(node for node, (_, origin) in labels.items() if origin == SUGGESTED)
        return cls({node: words for node, (words, _) in labels.items()}, suggested)

    def label(self, node: int) -> str:
        """Give what a node is called, '' if it has no name."""
        return self.labels.get(node, "")

    def origin(self, node: int) -> str:
        """Say who named a node, '' if nobody did."""
        return "" if node not in self.labels else SUGGESTED if node in self.suggested else PERSON


@dataclass(frozen=True)
class Group:
    """Objects (m,) of one label, or of one node without, which have a colour of their own."""

    name: str
    colour: tuple[int, int, int]
    members: NDArray[np.intp]


def group(nodes: NDArray[np.integer], names: Names) -> list[Group]:
    """Put objects (n,) together by labels, then by nodes, the most frequent first; then all others."""
    keys = [names.label(int(node)) or f"node {node}" for node in nodes]
    marks = {f"node {node}" for node in set(nodes.tolist()) - set(names.labels)}
    found, first, inverse, counts = np.unique(
        np.array(keys, object), return_index=True, return_inverse=True, return_counts=True
    )
    unnamed = np.array([key in marks for key in found], bool)
    order = np.lexsort((first, -counts, unnamed))
    groups = []
    for colour, kind in zip(COLOURS, order, strict=False):
        words = str(found[kind])
        if not unnamed[kind] and int(nodes[first[kind]]) in names.suggested:
            words = f"{words} ({SUGGESTED})"
        groups.append(Group(words, colour, np.flatnonzero(inverse == kind)))
    rest = order[len(COLOURS) :]
    if len(rest):
        inside = np.flatnonzero(np.isin(inverse, rest))
        groups.append(Group(f"{len(rest)} other nodes", OTHERS, inside))
    return groups
