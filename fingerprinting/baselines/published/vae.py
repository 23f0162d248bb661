"""A variational auto-encoder of whole images' features (Kingma & Welling 2014); its mean is the vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.baselines.course import Course, Spent, descend, make_optimiser
from fingerprinting.baselines.weights import make_network
from fingerprinting.evaluation.method import Say
from fingerprinting.training.contrast import draw_batches

HIDDEN, LATENT = 256, 128
BATCH: Final = 128
LEARNING_RATE: Final = 1e-3

Array = NDArray[np.float32]


@dataclass(frozen=True)
class FieldSpace:
    """Standardisation (d,) of features, and weights (out, in) and biases of the two layers of the mean."""

    centre: Array
    scale: Array
    first: Array
    first_bias: Array
    second: Array
    second_bias: Array

    def place(self, features: Array) -> Array:
        """Give the vectors (m, 128) of features (m, d)."""
        standard = (features - self.centre) / self.scale
        hidden = np.maximum(standard @ self.first.T + self.first_bias, 0)
        return (hidden @ self.second.T + self.second_bias).astype(np.float32)


class _Network(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.hidden, self.both = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, 2 * LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, width))


def bound(again: Tensor, features: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Give the negative evidence lower bound of unit Gaussians, but for a constant; mean over images."""
    error = ((again - features) ** 2).sum(dim=1) / 2
    divergence = (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
    return (error + divergence).mean()


def fit_space(features: Array, course: Course, seed: int, say: Say) -> tuple[FieldSpace, Spent]:
    """Fit the standardisation and the auto-encoder to features (m, d) of the training images."""
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1
    standard = torch.from_numpy((features - centre) / scale)
    network = make_network(lambda: _Network(features.shape[1]), seed)
    nn.init.normal_(network.both.weight, std=0.01, generator=torch.Generator().manual_seed(seed))
    optimiser = make_optimiser(([*network.parameters()], LEARNING_RATE))
    batches = draw_batches(np.full(len(features), 1 / len(features)), min(BATCH, len(features)), seed)
    generator = torch.Generator().manual_seed(seed + 1)

    def take_step(done: float) -> Tensor:
        some = standard[next(batches)]
        mean, log_variance = network.both(torch.relu(network.hidden(some))).chunk(2, dim=1)
        noise = torch.randn(mean.shape, generator=generator)
        again = network.decoder(mean + noise * torch.exp(log_variance / 2))
        return descend(bound(again, some, mean, log_variance), optimiser, done)

    spent = course.follow(take_step, say)
    weights = [
        network.hidden.weight,
        network.hidden.bias,
        network.both.weight[:LATENT],
        network.both.bias[:LATENT],
    ]
    arrays = [weight.detach().numpy().copy() for weight in weights]
    return FieldSpace(centre, scale, *arrays), spent
