"""Places of nodes on a grid so that neighbours are alike: linear assignment sorting (Barthel et al. 2023)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.distances import square_distances

FIRST_RADIUS: Final = 0.5  # of the grid's side
LAST_RADIUS: Final = 0.5  # cells
SHRINK: Final = 0.93
FAR: Final = 0.02  # of the cost of being no neighbours, for each cell of distance
MOST_SWAPS: Final = 2000
LEAST_GAIN: Final = 1e-9  # of all flow
LEAST_RADIUS: Final = 1.0  # cells, of a layout that is only mended
TOLERANCE: Final = 1.15  # times the neighbour ratio of a layout that is made anew


def grid_positions(width: int, height: int) -> NDArray[np.int64]:
    """Give gridX and gridY of each node, (n, 2): node = gridX + width * gridY."""
    node = np.arange(width * height)
    return np.stack([node % width, node // width], axis=1)


def lay_out(vectors: NDArray[np.float32], width: int, height: int, seed: int) -> NDArray[np.intp]:
    """Give the order (n,) in which vectors (n, d) fill the grid: node i holds vectors[order[i]]."""
    order = np.random.default_rng(seed).permutation(width * height).astype(np.intp)
    return _sort(vectors, order, _cell_distance(width, height), FIRST_RADIUS * max(width, height))


def mend(vectors: NDArray[np.float32], width: int, height: int, seed: int) -> NDArray[np.intp]:
    """Give an order that moves vectors (n, d) which lie on a grid no further than a smooth layout needs."""
    distance = _cell_distance(width, height)
    goal = TOLERANCE * neighbour_ratio(vectors[lay_out(vectors, width, height, seed)], width, height)
    radius = LEAST_RADIUS
    while radius < FIRST_RADIUS * max(width, height):
        order = _sort(vectors, np.arange(len(vectors)), distance, radius)
        if neighbour_ratio(vectors[order], width, height) <= goal:
            return order
        radius *= 2
    return lay_out(vectors, width, height, seed)


def _sort(
    vectors: NDArray[np.float32], order: NDArray[np.intp], distance: NDArray[np.float64], radius: float
) -> NDArray[np.intp]:
    """Sort by smoothing the grid over a shrinking radius and assigning anew."""
    # Every process that knows a field map imports this module; scipy.optimize alone takes 0.3 s.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    order = order.copy()
    while radius > LAST_RADIUS:
        weight = np.exp(-0.5 * (distance / radius) ** 2)
        weight /= weight.sum(axis=1, keepdims=True)
        smooth = weight @ vectors[order]
        cells, chosen = linear_sum_assignment(square_distances(smooth, vectors))
        order[cells] = chosen
        radius *= SHRINK
    return order


def draw_together(flow: NDArray[np.floating], width: int, height: int) -> NDArray[np.intp]:
    """Give an order that swaps nodes on a grid while those with much flow (n, n) between them get nearer.

    The flow is symmetric with zeros on its diagonal: how many objects could be in either of two nodes. The
    best swap is done until none helps (2-opt of quadratic assignment, Koopmans & Beckmann 1957).
    """
    steps = np.abs(grid_positions(width, height)[:, None] - grid_positions(width, height)[None]).max(axis=2)
    # A diagonal neighbour is as good as any; beyond two cells it hardly matters how far.
    cost = 1 - np.exp(-0.5 * np.maximum(steps - 0.5, 0) ** 2) + FAR * _cell_distance(width, height)
    order = np.arange(width * height)
    for _ in range(MOST_SWAPS):
        gain = _gain(flow[np.ix_(order, order)], cost)
        first, second = np.unravel_index(gain.argmax(), gain.shape)
        if gain[first, second] <= LEAST_GAIN * flow.sum():
            break
        order[[first, second]] = order[[second, first]]
    return order


def _gain(flow: NDArray[np.floating], cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell what each swap of two cells would save of sum(flow * cost), (n, n)."""
    moved = flow @ cost
    here = np.diag(moved)
    return np.asarray(2 * (here[:, None] + here[None] - moved - moved.T - 2 * flow * cost), np.float64)


def neighbour_ratio(vectors: NDArray[np.float32], width: int, height: int) -> float:
    """Give the mean distance of neighbours on the grid over that of all pairs: lower is smoother."""
    apart = np.sqrt(np.maximum(square_distances(vectors), 0), dtype=np.float64)
    near = np.abs(_cell_distance(width, height) - 1) < 1e-6  # noqa: PLR2004  # rounding
    others = ~np.eye(len(vectors), dtype=bool)
    return float(apart[near].mean() / apart[others].mean())


def _cell_distance(width: int, height: int) -> NDArray[np.float64]:
    cells = grid_positions(width, height).astype(float)
    distance: NDArray[np.float64] = np.hypot(*(cells[:, None] - cells[None]).transpose(2, 0, 1))
    return distance
