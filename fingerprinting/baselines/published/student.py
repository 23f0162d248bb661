"""Nodes by Student's t, refined together with the encoder (DEC: Xie et al. 2016)."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.baselines.course import Course, Spent, descend, make_optimiser
from fingerprinting.baselines.published.vicreg import read
from fingerprinting.baselines.som import square_distances
from fingerprinting.evaluation.method import Say
from fingerprinting.fingerprint import NODES
from fingerprinting.training.contrast import draw_batches, half_precision
from fingerprinting.training.maps import draw_sample

ALPHA: Final = 0.9
SAMPLE: Final = 20_000  # objects that the first nodes are found from
ITERATIONS: Final = 30
MEMORY: Final = 0.98  # of the running sizes of the nodes, per batch
LEARNING_RATE: Final = 1e-4
BATCH: Final = 128
CHUNK: Final = 512


def soften(points: Tensor, nodes: Tensor, alpha: float = ALPHA) -> Tensor:
    """Give the soft assignment (n, k) of points to nodes; its greatest is that of the nearest node."""
    kernel = (1 + square_distances(points, nodes) / alpha) ** (-(alpha + 1) / 2)
    return kernel / kernel.sum(dim=1, keepdim=True)


def sharpen(soft: Tensor, sizes: Tensor) -> Tensor:
    """Give the target (n, k): soft assignments squared, over the sizes (k,) of the nodes."""
    sharp = soft**2 / sizes
    return sharp / sharp.sum(dim=1, keepdim=True)


def find_means(points: Tensor, k: int, seed: int) -> Tensor:
    """Find k means of points (n, d) by Lloyd's iteration; one that loses its points takes the farthest."""
    generator = torch.Generator().manual_seed(seed)
    means = points[torch.randperm(len(points), generator=generator)[torch.arange(k) % len(points)]].clone()
    for _ in range(ITERATIONS):
        nearest, member = square_distances(points, means).min(dim=1)
        sizes = torch.bincount(member, minlength=k)
        sums = torch.zeros_like(means).index_add_(0, member, points)
        means = sums / sizes.clamp(min=1)[:, None]
        empty = torch.nonzero(sizes == 0)[:, 0]
        means[empty] = points[nearest.argsort(descending=True, stable=True)[: len(empty)]]
    return means


def refine(  # noqa: PLR0917  # as vicreg.train
    network: nn.Sequential, crops: NDArray[np.uint8], weight: NDArray[np.float64], course: Course, seed: int,
    say: Say,
) -> tuple[NDArray[np.float32], Spent]:  # fmt: skip
    """Find the nodes (400, d) and draw encoder and nodes towards sure assignments.

    The papers compute the target of all objects now and then; here the sizes of the nodes run along.
    """
    device = next(network.parameters()).device
    with half_precision(device):
        points = embed(network, crops[draw_sample(weight, SAMPLE, seed)], device)
    nodes = nn.Parameter(find_means(points.cpu(), NODES, seed).to(device))
    sizes = soften(points, nodes.detach()).mean(dim=0)
    optimiser = make_optimiser(([*network.parameters(), nodes], LEARNING_RATE))
    batches = draw_batches(weight, BATCH, seed + 1)

    def take_step(done: float) -> Tensor:
        # The network stays in eval mode: nodes are of the embeddings that inference gives.
        with half_precision(device):
            images = read(crops[next(batches)], device)
            embedded = network(images.contiguous(memory_format=torch.channels_last))
        soft = soften(embedded.float(), nodes)
        sizes.mul_(MEMORY).add_(soft.detach().mean(dim=0), alpha=1 - MEMORY)
        target = sharpen(soft.detach(), sizes)
        loss = nn.functional.kl_div(soft.clamp(min=1e-12).log(), target, reduction="batchmean")
        return descend(loss, optimiser, done)

    spent = course.follow(take_step, say)
    return nodes.detach().cpu().numpy(), spent


def embed(network: nn.Sequential, crops: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Embed crops (n, h, w), a chunk at a time."""
    with torch.no_grad():
        parts = [network(read(crops[i : i + CHUNK], device)).float() for i in range(0, len(crops), CHUNK)]
    return torch.cat(parts)
