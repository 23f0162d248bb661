"""How odd an object is: far from its node's centre, in a rare node, or with arcs of light around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fingerprinting.arcs import measure_arcs

NODES: Final = 400
SHARES: Final = 64
RAREST: Final = 1e-4  # the last of the shares of objects that the levels stand for; beyond, a straight line
LEAST_SHARE: Final = 1e-6  # of objects: what is rarer is not told apart
REACH: Final = 0.9  # quantile of the distances of a node's objects
LEAST_MEMBERS: Final = 20  # of a node; with fewer it has the reach of all nodes
LEAST_REACH: Final = 1e-3
RARITY: Final = 0.3  # reaches that a node e times as rare is worth
RAREST_NODE: Final = 1e-4  # share of the objects
CHUNK: Final = 1024

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Oddness:
    """What is usual: numbers of each node, (400,), and levels that fewer and fewer objects pass."""

    reach: Floats  # distance from the centroid that a tenth of the node's objects pass
    share: Floats  # of all objects
    content: Floats  # levels, (64,)
    arcs: Floats

    @classmethod
    def from_arrays(cls, nodes: Floats, levels: Floats) -> Self:
        """Take it from the arrays of a model, (2, 400) and (2, 64)."""
        return cls(*nodes, *levels)

    def to_arrays(self) -> dict[str, Floats]:
        """Give the arrays of a model."""
        return {
            "usual_nodes": np.stack([self.reach, self.share]),
            "usual_levels": np.stack([self.content, self.arcs]),
        }

    def judge(self, distance: Floats, node: NDArray[np.integer], arcs: Floats) -> Floats:
        """Give the oddness (n,) of objects: the share, 0 to 1, of the training's objects that are less odd.

        `distance` is 1 - cosine to the node's centroid, `arcs` the evidence for a lens. The two shares are
        taken together as chances are (Fisher 1932): what is odd in both ways is odder than in one.
        """
        content = _share_beyond(_rate(distance, node, self.reach, self.share), self.content)
        both = content * _share_beyond(arcs, self.arcs)
        odd: Floats = (1 - both * (1 - np.log(both))).astype(np.float32)
        return odd


def fit_oddness(
    distance: Floats, node: NDArray[np.integer], arcs: Floats, weight: NDArray[np.float64]
) -> Oddness:
    """Learn what is usual from objects (n,) of a training set that weigh `weight`."""
    reach = np.maximum(_reach_nodes(distance, node, weight), np.float32(LEAST_REACH))
    share = np.maximum(np.bincount(node, weight, NODES) / weight.sum(), RAREST_NODE).astype(np.float32)
    content = _find_levels(_rate(distance, node, reach, share), weight)
    return Oddness(reach, share, content, _find_levels(arcs, weight))


def _reach_nodes(values: Floats, node: NDArray[np.integer], weight: NDArray[np.float64]) -> Floats:
    """Find the value that a tenth of each node's objects pass, (400,)."""
    reach = np.full(NODES, _quantile(values, weight, REACH), np.float32)
    for number in range(NODES):
        members = np.flatnonzero(node == number)
        if len(members) >= LEAST_MEMBERS:
            reach[number] = _quantile(values[members], weight[members], REACH)
    return reach


def measure_all_arcs(windows: NDArray[np.float16]) -> Floats:
    """Measure the arcs in stored windows (n, side, side), a chunk at a time."""
    parts = [measure_arcs(windows[i : i + CHUNK].astype(np.float32)) for i in range(0, len(windows), CHUNK)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _rate(distance: Floats, node: NDArray[np.integer], reach: Floats, share: Floats) -> Floats:
    """Add a node's rarity to the distance from its centre in reaches."""
    rated: Floats = distance / reach[node] - np.float32(RARITY) * np.log(share[node])
    return rated


def _usual_shares() -> NDArray[np.float64]:
    return np.geomspace(1, RAREST, SHARES)


def _find_levels(values: Floats, weight: NDArray[np.float64]) -> Floats:
    """Find the levels (64,) that fewer and fewer objects pass, each above the last."""
    levels = _quantile(values, weight, 1 - _usual_shares())
    step = 1e-5 * max(float(levels[-1] - levels[0]), 1e-3)
    slope = step * np.arange(SHARES)
    rising: Floats = (np.maximum.accumulate(levels - slope) + slope).astype(np.float32)
    return rising


def _quantile(
    values: Floats, weight: NDArray[np.float64], shares: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    place = np.searchsorted(below, shares * below[-1])
    quantiles: NDArray[np.float64] = values[order][np.minimum(place, len(values) - 1)].astype(float)
    return quantiles


def _share_beyond(values: Floats, levels: Floats) -> NDArray[np.float64]:
    """Give the share of objects beyond values, by the levels; further out it falls as it did at the end."""
    rarity = np.log(_usual_shares())
    fall = (rarity[-1] - rarity[-9]) / max(float(levels[-1] - levels[-9]), 1e-6)
    share = np.interp(values, levels, rarity) + fall * np.maximum(values - levels[-1], 0)
    inside: NDArray[np.float64] = np.exp(share).clip(LEAST_SHARE, 1)
    return inside
