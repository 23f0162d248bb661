"""Learning without labels by variance, invariance and covariance (VICReg: Bardes et al. 2022)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import affine_grid, grid_sample, mse_loss

from fingerprinting.baselines.course import Course, Spent, descend, make_optimiser
from fingerprinting.baselines.published.crops import WHITE
from fingerprinting.baselines.weights import make_convolutions, make_network
from fingerprinting.evaluation.method import Say
from fingerprinting.training.contrast import choose_device, draw_batches, half_precision

WIDTHS: Final = (1, 32, 64, 128, 256, 512)
HIDDEN, WIDTH = 512, 128
INVARIANCE, VARIANCE, COVARIANCE = 25.0, 25.0, 1.0
LEARNING_RATE: Final = 1e-3
SHIFT, ZOOM = 0.04, 0.1  # shares of the image


def build_network() -> nn.Sequential:
    """Build the encoder: five convolutions, mean over the image, and the projector 512-512-128."""
    return nn.Sequential(
        *make_convolutions(WIDTHS), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(WIDTHS[-1], HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(),
        nn.Linear(HIDDEN, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(),
        nn.Linear(HIDDEN, WIDTH),
    )  # fmt: skip


def compare(first: Tensor, second: Tensor) -> Tensor:
    """Give the loss of the embeddings (n, d) of two views of the same objects."""
    invariance = mse_loss(first, second)
    variance = (spare(first) + spare(second)) / 2
    return INVARIANCE * invariance + VARIANCE * variance + COVARIANCE * (tie(first) + tie(second))


def spare(points: Tensor) -> Tensor:
    """Tell how far the standard deviations fall short of 1, on average."""
    deviation = torch.sqrt(points.var(dim=0) + 1e-4)
    return torch.relu(1 - deviation).mean()


def tie(points: Tensor) -> Tensor:
    """Give the sum of squared covariances of different dimensions, per dimension."""
    centred = points - points.mean(dim=0)
    covariance = centred.T @ centred / (len(points) - 1)
    return ((covariance**2).sum() - (covariance.diagonal() ** 2).sum()) / points.shape[1]


def make_view(crops: Tensor, generator: torch.Generator) -> Tensor:
    """Turn by any angle, mirror, shift by up to 4 % and zoom by up to 10 %; the edge is mirrored outward."""

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(len(crops), generator=generator, device=crops.device)

    angle, zoom = draw(0, 2 * math.pi), torch.exp(draw(-ZOOM, ZOOM))
    mirror = torch.where(draw(0, 1) < 0.5, -1.0, 1.0)  # noqa: PLR2004
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    first = torch.stack([cos * mirror, -sin, draw(-2 * SHIFT, 2 * SHIFT)], dim=1)
    second = torch.stack([sin * mirror, cos, draw(-2 * SHIFT, 2 * SHIFT)], dim=1)
    grid = affine_grid(torch.stack([first, second], dim=1), list(crops.shape), align_corners=False)
    return grid_sample(crops, grid, padding_mode="reflection", align_corners=False)


def train(  # noqa: PLR0917  # one call each for objects and for whole images
    crops: NDArray[np.uint8], weight: NDArray[np.float64], course: Course, batch: int, seed: int, say: Say
) -> tuple[nn.Sequential, Spent]:
    """Train an encoder on crops (n, h, w) drawn by weight."""
    device = choose_device()
    network = make_network(build_network, seed).to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimiser = make_optimiser(([*network.parameters()], LEARNING_RATE))
    batches, precision = draw_batches(weight, batch, seed), half_precision(device)
    generator = torch.Generator(device).manual_seed(seed + 1)

    def take_step(done: float) -> Tensor:
        images = read(crops[next(batches)], device)
        with torch.no_grad():
            views = torch.cat([make_view(images, generator) for _ in range(2)])
        with precision:
            points = network(views.contiguous(memory_format=torch.channels_last))
        return descend(compare(*points.float().chunk(2)), optimiser, done)

    spent = course.follow(take_step, say)
    return network.eval(), spent


def read(crops: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Turn 8 bits (n, h, w) into the network's input (n, 1, h, w) from -1 to 1."""
    return torch.from_numpy(crops).to(device)[:, None].float() * (2 / WHITE) - 1
