"""Convolutional auto-encoder and SOM trained jointly: the method of Teimoorinia et al. 2021 (AJ 161, 227)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.baselines.course import descend, make_optimiser, plan_course
from fingerprinting.baselines.deploy import Deployed, build_graph, shrink
from fingerprinting.baselines.histogram import hellinger
from fingerprinting.baselines.som import (
    Nodes,
    find_neighbours,
    measure_grid,
    organise,
    shrink_radius,
    square_distances,
)
from fingerprinting.baselines.storage import (
    ENCODER,
    FLOAT,
    load_arrays,
    load_encoder,
    load_numbers,
    save_arrays,
    save_numbers,
)
from fingerprinting.baselines.weights import make_convolutions, make_network
from fingerprinting.cutout import SOFTENING
from fingerprinting.evaluation.method import PATCH, Budget, Frames, Objects, Say
from fingerprinting.fingerprint import NODES
from fingerprinting.training.contrast import choose_device, draw_batches, half_precision
from fingerprinting.training.maps import draw_sample

# What the paper's cut-outs are like is not told where we could read it: these made the best nodes. Linear
# brightness makes 0.55 instead of 0.58 of held-out objects fall in nodes of their kind, 64 pixels 0.46.
SIDE: Final = 32
WIDTHS: Final = (1, 32, 64, 128, 128)
LATENT: Final = 64
CODE: Final = SIDE // 2 ** (len(WIDTHS) - 1)  # pixels left on a side where the code is made
GAMMA: Final = 1e-3  # weight of the map's loss, as in the papers on DESOM
BATCH: Final = 256
SAMPLE: Final = 2048
LEARNING_RATE: Final = 1e-3


class AutoEncoder(nn.Module):
    """Crops (n, 1, 32, 32) to codes (n, 64), and back."""

    def __init__(self) -> None:
        super().__init__()
        flat = WIDTHS[-1] * CODE**2
        self.encoder = nn.Sequential(*make_convolutions(WIDTHS), nn.Flatten(), nn.Linear(flat, LATENT))
        layers: list[nn.Module] = [nn.Linear(LATENT, flat), nn.Unflatten(1, (WIDTHS[-1], CODE, CODE))]
        for inputs, outputs in zip(WIDTHS[:1:-1], WIDTHS[-2:0:-1], strict=True):
            layers += [nn.ReLU(), nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]
            layers += [nn.BatchNorm2d(outputs)]
        layers += [nn.ReLU(), nn.ConvTranspose2d(WIDTHS[1], 1, 4, 2, 1)]
        self.decoder = nn.Sequential(*layers)


@dataclass
class FittedAutoEncoder:
    """The encoder and the nodes of the map among its codes, (400, 64)."""

    encoder: Deployed
    nodes: NDArray[np.float32]
    epochs: float
    seconds: float

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Encode crops (n, 32, 32) as (n, 64)."""
        return self.encoder.embed(crops)

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the nearest node of each code."""
        squares = square_distances(torch.from_numpy(embeddings), torch.from_numpy(self.nodes))
        return squares.argmin(dim=1).numpy().astype(np.int16)

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give the Hellinger vectors of the images' histograms."""
        del frames
        return hellinger(counts)

    def save(self, folder: Path) -> None:
        """Write graph, arrays and numbers."""
        (folder / ENCODER).write_bytes(self.encoder.data)
        save_arrays(folder, {"nodes": self.nodes})
        save_numbers(folder, epochs=self.epochs, seconds=self.seconds)


class AutoEncoderSom:
    """Reconstruction and map in one loss, so that the codes are such as a map can order."""

    name = "ae-som"

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Cut (n, 32, 32) pixels, stretch and scale them from least to greatest value, in 8 bits."""
        del size
        edge = (PATCH - SIDE) // 2
        return scale_crops(np.arcsinh(patches[:, edge:-edge, edge:-edge] / SOFTENING))

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> FittedAutoEncoder:
        """Train auto-encoder and map together."""
        del frames
        course = plan_course(self.name, budget, len(objects.crops), BATCH)
        training = Training(objects.crops, objects.weight, seed)
        spent = course.follow(training.step, say)
        graph = build_graph(training.network.encoder, (1, SIDE, SIDE), LATENT)
        return FittedAutoEncoder(
            encoder=Deployed(shrink(graph, objects.crops, prepare, seed), prepare),
            nodes=training.nodes.places.cpu().numpy(),
            epochs=spent.steps * BATCH / len(objects.crops),
            seconds=spent.seconds,
        )

    def load(self, folder: Path) -> FittedAutoEncoder:
        """Read what save wrote."""
        return FittedAutoEncoder(
            encoder=Deployed(load_encoder(folder), prepare),
            nodes=load_arrays(folder, {"nodes": (FLOAT, (NODES, LATENT))})["nodes"],
            **load_numbers(folder, "epochs", "seconds"),
        )


def scale_crops(crops: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Scale crops (n, h, w) from their least and greatest values to 0..255."""
    low = crops.min(axis=(1, 2), keepdims=True)
    span = np.maximum(crops.max(axis=(1, 2), keepdims=True) - low, 1e-6)
    return np.asarray(np.rint((crops - low) / span * 255), np.uint8)


def prepare(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn crops (n, 32, 32) in 8 bits into the network's input (n, 1, 32, 32) from 0 to 1."""
    return crops[:, None].astype(np.float32) / np.float32(255)


class Training:
    """Auto-encoder, nodes, optimiser and the stream of batches."""

    def __init__(self, crops: NDArray[np.uint8], weight: NDArray[np.float64], seed: int) -> None:
        self.device = choose_device()
        self.network = make_network(AutoEncoder, seed).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.crops, self.generator = crops, torch.Generator().manual_seed(seed + 1)
        self.batches = draw_batches(weight, BATCH, seed)
        self.precision, self.grid = half_precision(self.device), measure_grid().to(self.device)
        self.spread = self._begin_with_mean(draw_sample(weight, SAMPLE, seed))
        self.nodes = Nodes(self._place_nodes(weight, seed))
        self.optimiser = make_optimiser(([*self.network.parameters()], LEARNING_RATE))

    def _begin_with_mean(self, sample: NDArray[np.intp]) -> float:
        """Let the untrained decoder draw the mean brightness; give the variance about it."""
        crops, last = prepare(self.crops[sample]), self.network.decoder[-1]
        nn.init.constant_(last.bias, crops.mean())
        last.weight.data *= 0.01
        return float(crops.var())

    def _place_nodes(self, weight: NDArray[np.float64], seed: int) -> Tensor:
        """Begin with the codes of objects drawn at random."""
        drawn = self.crops[np.resize(draw_sample(weight, NODES, seed), NODES)]
        self.network.train()
        with torch.no_grad():
            codes: Tensor = self.network.encoder(torch.from_numpy(prepare(drawn)).to(self.device))
        return codes.float()

    def step(self, done: float) -> Tensor:
        """Take one step and give its loss."""
        crops = self.turn(torch.from_numpy(prepare(self.crops[next(self.batches)])).to(self.device))
        with self.precision:
            codes = self.network.encoder(crops.contiguous(memory_format=torch.channels_last))
            again = self.network.decoder(codes)
        squares = square_distances(codes.float(), self.nodes.places)
        near = find_neighbours(squares, self.grid, shrink_radius(done))
        lost = nn.functional.mse_loss(again.float(), crops) / self.spread
        self.nodes.move(codes.detach().float(), near, done)
        return descend(lost + GAMMA * organise(squares, near), self.optimiser, done)

    def turn(self, crops: Tensor) -> Tensor:
        """Turn a batch by a multiple of 90 degrees, and mirror it or not: no pixel is interpolated."""
        turns, mirrored = (
            torch.randint(0, 4, (1,), generator=self.generator),
            torch.rand(1, generator=self.generator),
        )
        crops = torch.rot90(crops, int(turns), (2, 3))
        return crops.flip(3) if float(mirrored) < 0.5 else crops  # noqa: PLR2004
