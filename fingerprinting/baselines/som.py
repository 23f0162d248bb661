"""A self-organising map that is trained together with what it maps (DESOM: Forest et al. 2019, 2021)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fingerprinting.fingerprint import SIDE
from fingerprinting.layout import grid_positions

WIDEST, NARROWEST = 10.0, 0.5  # cells: the neighbourhood's radius at the beginning and at the end
FIRST_LOSS, LAST_LOSS = 0.1, 0.01  # of a node's memory, per batch: at the end it is the mean of more points
BEGINNING, FORGOTTEN = 1e-2, 1e-3  # weight of the first place; a node with less than the last stays


def shrink_radius(done: float) -> float:
    """Give the radius of the neighbourhood after a share of the training: it falls exponentially.

    The papers on DESOM end at 0.1 cells, which is k-means: the nodes then lose their order.
    """
    return _fall(WIDEST, NARROWEST, done)


def _fall(first: float, last: float, done: float) -> float:
    return float(first * (last / first) ** min(done, 1.0))


def measure_grid() -> Tensor:
    """Give the Manhattan distance of each two cells of the 20 x 20 grid, (400, 400)."""
    cells = grid_positions(SIDE, SIDE)
    return torch.from_numpy(np.abs(cells[:, None] - cells[None]).sum(axis=2)).float()


def square_distances(points: Tensor, nodes: Tensor) -> Tensor:
    """Give squared Euclidean distances (n, k) of points (n, d) from nodes (k, d)."""
    squares = (points**2).sum(dim=1)[:, None] + (nodes**2).sum(dim=1)[None] - 2 * points @ nodes.T
    return squares.clamp(min=0)


def find_neighbours(squares: Tensor, grid: Tensor, radius: float) -> Tensor:
    """Give the weight of each node for each point, (n, k): exp(-(cells from the nearest node / radius)^2)."""
    return torch.exp(-((grid[squares.detach().argmin(dim=1)] / radius) ** 2))


def organise(squares: Tensor, weight: Tensor) -> Tensor:
    """Give the loss of the map: weighted squared distances (n, k) of points from nodes, the mean over points.

    Unlike in the papers the weights of a point are divided by their sum: 10 cells reach so many of the 400
    nodes that the map would swamp the reconstruction for half of the training.
    """
    return ((weight * squares).sum(dim=1) / weight.sum(dim=1)).mean()


class Nodes:
    """The nodes (k, d): running means of the points near them, as in the batch form of a map (Kohonen 2001).

    The papers move nodes by the gradient; in a short training they then stay behind the codes, which grow
    meanwhile: 8 of 400 nodes were in use after 190 steps.
    """

    def __init__(self, places: Tensor) -> None:
        self.places = places
        self._sums, self._sizes = places * BEGINNING, torch.full_like(places[:, :1], BEGINNING)

    def move(self, points: Tensor, weight: Tensor, done: float) -> None:
        """Move nodes towards the points (n, d), by their weights (n, k), after a share of the training."""
        kept = 1 - _fall(FIRST_LOSS, LAST_LOSS, done)
        self._sums = kept * self._sums + weight.T @ points
        self._sizes = kept * self._sizes + weight.sum(dim=0)[:, None]
        self.places = torch.where(self._sizes > FORGOTTEN, self._sums / self._sizes, self.places)
