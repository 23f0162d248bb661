"""The network of the encoder: 160,512 weights, foveae to 128 numbers, with bottlenecks (He et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.encoder import INPUT_SHAPE
from fingerprinting.model import EMBEDDING

# Strides and narrow bottlenecks make it three times as fast in 8 bits as plain blocks of the same widths
# (16-32-64-128, 467,000 weights); a linear probe finds as much in its embeddings.
WIDTHS: Final = (32, 64, EMBEDDING)
NARROW: Final = 2  # times fewer channels within a bottleneck
HIDDEN, PROJECTION = 256, 128


class Unit(nn.Module):
    """A convolution with batch normalisation."""

    def __init__(self, inputs: int, outputs: int, side: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
        self.normalisation = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Apply both."""
        result: Tensor = self.normalisation(self.convolution(x))
        return result


class Bottleneck(nn.Module):
    """A residual of three convolutions, the middle one on fewer channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        narrow = channels // NARROW
        self.units = nn.ModuleList(
            [Unit(channels, narrow, 1), Unit(narrow, narrow), Unit(narrow, channels, 1)]
        )

    def forward(self, x: Tensor) -> Tensor:
        """Add the residual."""
        y = torch.relu(self.units[0](x))
        return torch.relu(x + self.units[2](torch.relu(self.units[1](y))))


class EncoderNetwork(nn.Module):
    """Foveae (n, 2, 32, 32) to non-negative embeddings (n, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Unit(INPUT_SHAPE[0], WIDTHS[0], stride=2)
        self.second = Unit(WIDTHS[0], WIDTHS[1], stride=2)
        self.second_residual = Bottleneck(WIDTHS[1])
        self.third = Unit(WIDTHS[1], WIDTHS[2], stride=2)
        self.third_residual = Bottleneck(WIDTHS[2])

    def forward(self, x: Tensor) -> Tensor:
        """Embed foveae."""
        x = self.second_residual(torch.relu(self.second(torch.relu(self.first(x)))))
        embedding: Tensor = self.third_residual(torch.relu(self.third(x))).mean(dim=(2, 3))
        return embedding

    def units(self) -> list[Unit]:
        """Give the convolutions in the order of the data flow."""
        residuals = (list(self.second_residual.units), list(self.third_residual.units))
        ordered = [self.first, self.second, *residuals[0], self.third, *residuals[1]]
        return [unit for unit in ordered if isinstance(unit, Unit)]


class Projection(nn.Module):
    """The head that only training uses (Chen et al. 2020, SimCLR sect. 4.2)."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(EMBEDDING, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, PROJECTION),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Project embeddings (n, 128) to unit vectors (n, 128)."""
        return nn.functional.normalize(self.layers(x), dim=1)


def make_networks(generator: torch.Generator) -> tuple[EncoderNetwork, Projection]:
    """Make encoder and head with weights drawn from the generator; torch's global state is left alone."""
    with torch.random.fork_rng(devices=[]):
        encoder, head = EncoderNetwork(), Projection()
    for module in (*encoder.modules(), *head.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    return encoder, head


@dataclass(frozen=True)
class Layer:
    """A convolution with its batch normalisation folded in: weight (out, in, side, side), bias (out,)."""

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
