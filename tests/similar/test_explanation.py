"""Why images are alike: the shares of nodes and of the whole image, against numpy."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.similar.archive import ARCHIVE, AXES, OBJECT_AXES, Image
from tests.similar.asking import by_id, rows, search

PART = re.compile(r"(little in )?node (\d+)(?: \((.*?)\))? (-?\d+) %")


def explain(one: Image, other: Image) -> tuple[float, list[tuple[bool, int, float]]]:
    """Give the share of the whole image, and the nodes that count most: much or little, number, share."""
    likeness = 1 - np.linalg.norm(one.vector - other.vector) ** 2 / 2
    whole = float(one.vector[OBJECT_AXES:] @ other.vector[OBJECT_AXES:] / likeness)
    mine, others = (AXES @ image.vector[:OBJECT_AXES] for image in (one, other))
    parts = mine * others / likeness
    nodes = np.argsort(-parts)[:3]
    return whole, [(bool(mine[node] > 0), int(node), float(parts[node])) for node in nodes]


def test_the_nodes_that_count_most_are_named(service: str) -> None:
    query = ARCHIVE[0]
    found = rows(search(service, ("ID", query.publisher_id), ("K", 20)))
    assert len(found) == 20
    for row in found:
        whole, nodes = explain(query, by_id(row["publisherID"]))
        assert float(row["imageShare"]) == pytest.approx(whole, abs=2e-3)
        beginning, _, rest = row["explanation"].partition("; ")
        assert beginning == f"whole image {round(100 * float(row['imageShare']))} %"
        said = [
            (not little, int(node), label, int(share)) for little, node, label, share in PART.findall(rest)
        ]
        assert [(much, node) for much, node, _, _ in said] == [(much, node) for much, node, _ in nodes]
        for (_, node, label, share), (_, _, part) in zip(said, nodes, strict=True):
            assert label == (f"kind {node}" if node < 200 else "")
            assert share == pytest.approx(100 * part, abs=0.6)


def test_what_has_nothing_in_common_is_not_explained(service: str) -> None:
    # Clusters of a simulated archive are at right angles: the hundredth image is of another one.
    found = rows(search(service, ("ID", ARCHIVE[0].publisher_id), ("K", 150)))
    far = [row for row in found[:100] if float(row["distance"]) > 1.342]
    assert far
    assert {(row["explanation"], row["imageShare"]) for row in far} == {("they have little in common", "")}
    assert {(row["explanation"], row["imageShare"]) for row in found[100:]} == {("", "")}
