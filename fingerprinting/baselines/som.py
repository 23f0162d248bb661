"""A self-organising map that is trained together with what it maps (DESOM: Forest et al. 2019, 2021)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fingerprinting.layout import grid_positions
from fingerprinting.model import SIDE

WIDEST, NARROWEST = 10.0, 0.1  # cells: the neighbourhood's radius at the beginning and at the end


def shrink_radius(done: float) -> float:
    """Give the radius of the neighbourhood after a share of the training: it falls exponentially."""
    return float(WIDEST * (NARROWEST / WIDEST) ** min(done, 1.0))


def measure_grid() -> Tensor:
    """Give the Manhattan distance of each two cells of the 20 x 20 grid, (400, 400)."""
    cells = grid_positions(SIDE, SIDE)
    return torch.from_numpy(np.abs(cells[:, None] - cells[None]).sum(axis=2)).float()


def square_distances(points: Tensor, nodes: Tensor) -> Tensor:
    """Give squared Euclidean distances (n, k) of points (n, d) from nodes (k, d)."""
    squares = (points**2).sum(dim=1)[:, None] + (nodes**2).sum(dim=1)[None] - 2 * points @ nodes.T
    return squares.clamp(min=0)


def organise(points: Tensor, nodes: Tensor, grid: Tensor, radius: float) -> Tensor:
    """Give the loss of the map: the squared distance of points from nodes, the mean over points.

    The weight of a node is exp(-(cells from the best node / radius)^2), and has no gradient. Unlike in the
    papers weights are divided by their sum: 10 cells reach so many of the 400 nodes that the map would
    swamp the reconstruction for half of the training.
    """
    squares = square_distances(points, nodes)
    weight = torch.exp(-((grid[squares.detach().argmin(dim=1)] / radius) ** 2))
    return ((weight * squares).sum(dim=1) / weight.sum(dim=1)).mean()
