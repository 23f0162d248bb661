"""The network of the encoder: 467,000 weights, 2 x 32 x 32 foveae to 128 numbers (after He et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

WIDTHS: Final = (16, 32, 64, 128)
PROJECTION: Final = 64


class Unit(nn.Module):
    """A 3 x 3 convolution with batch normalisation."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.normalisation = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Apply both."""
        result: Tensor = self.normalisation(self.convolution(x))
        return result


class EncoderNetwork(nn.Module):
    """Foveae (n, 2, 32, 32) to non-negative embeddings (n, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Unit(2, WIDTHS[0])
        self.second = Unit(WIDTHS[0], WIDTHS[1], 2)
        self.third = Unit(WIDTHS[1], WIDTHS[2], 2)
        self.third_residual = nn.ModuleList([Unit(WIDTHS[2], WIDTHS[2]) for _ in range(2)])
        self.fourth = Unit(WIDTHS[2], WIDTHS[3], 2)
        self.fourth_residual = nn.ModuleList([Unit(WIDTHS[3], WIDTHS[3]) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        """Embed foveae."""
        x = torch.relu(self.third(torch.relu(self.second(torch.relu(self.first(x))))))
        x = self._add_residual(x, self.third_residual)
        x = self._add_residual(torch.relu(self.fourth(x)), self.fourth_residual)
        return x.mean(dim=(2, 3))

    @staticmethod
    def _add_residual(x: Tensor, units: nn.ModuleList) -> Tensor:
        return torch.relu(x + units[1](torch.relu(units[0](x))))

    def units(self) -> list[Unit]:
        """Give the convolutions in the order of the data flow."""
        residuals = (list(self.third_residual), list(self.fourth_residual))
        ordered = [self.first, self.second, self.third, *residuals[0], self.fourth, *residuals[1]]
        return [unit for unit in ordered if isinstance(unit, Unit)]


class Projection(nn.Module):
    """The head that only training uses (Chen et al. 2020, SimCLR sect. 4.2)."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(WIDTHS[3], WIDTHS[3]), nn.ReLU(), nn.Linear(WIDTHS[3], PROJECTION)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Project embeddings (n, 128) to unit vectors (n, 64)."""
        return nn.functional.normalize(self.layers(x), dim=1)


def make_networks(generator: torch.Generator) -> tuple[EncoderNetwork, Projection]:
    """Make encoder and head with weights drawn from the generator; torch's global state is left alone."""
    with torch.random.fork_rng(devices=[]):
        encoder, head = EncoderNetwork(), Projection()
    for module in (*encoder.modules(), *head.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
    return encoder, head


@dataclass(frozen=True)
class Layer:
    """A convolution with its batch normalisation folded in: weight (out, in, 3, 3), bias (out,)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int


def fuse(network: EncoderNetwork) -> list[Layer]:
    """Fold the running statistics of each normalisation into its convolution."""
    layers = []
    for unit in network.units():
        norm = unit.normalisation
        weight, bias, mean, variance = (
            tensor.detach().double().cpu().numpy()
            for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
            if tensor is not None
        )
        scale = weight / np.sqrt(variance + norm.eps)
        kernel = unit.convolution.weight.detach().double().cpu().numpy() * scale[:, None, None, None]
        fused = kernel.astype(np.float32), (bias - mean * scale).astype(np.float32)
        layers.append(Layer(*fused, unit.convolution.stride[0]))
    return layers
