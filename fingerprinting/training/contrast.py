"""Contrastive training without labels: SimCLR (Chen et al. 2020)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.training.augment import Augmentation, make_view
from fingerprinting.training.collect import Collection
from fingerprinting.training.network import make_networks
from fingerprinting.training.state import State


@dataclass(frozen=True)
class Recipe:
    """How the encoder is trained; `steps` 0 means as many as fit into `minutes`.

    Plain values and dataclasses of them only: all of it goes into the model's card and into checkpoints.
    """

    minutes: float = 15.0
    steps: int = 0
    batch: int = 256
    temperature: float = 0.2
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    warm_up: float = 0.03
    augmentation: Augmentation = Augmentation()  # noqa: RUF009  # frozen


class Trainer:
    """A recipe at work on a collection: what a step changes is in `state`; the rest follows from these."""

    def __init__(self, collection: Collection, recipe: Recipe, seed: int, device: torch.device) -> None:
        self.collection, self.recipe, self.device = collection, recipe, device
        self.state = begin(recipe, seed, device)
        self._edges = np.cumsum(collection.weight) / collection.weight.sum()
        self._precision = half_precision(device)

    def take_step(self, steps: int) -> None:
        """Take the next one of `steps` steps."""
        state, recipe = self.state, self.recipe
        rate = recipe.learning_rate * shape_rate(state.step / steps, recipe.warm_up)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        loss = self._lose(draw_batch(self._edges, recipe.batch, state.rng))
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimiser.step()
        state.pending.append(loss.detach())

    def _lose(self, chosen: NDArray[np.intp]) -> Tensor:
        """Give the loss of a batch."""
        windows = torch.from_numpy(self.collection.windows[chosen]).to(self.device).float()
        with torch.no_grad():
            views = [make_view(windows, self.recipe.augmentation, self.state.generator) for _ in range(2)]
            both = torch.cat(views).contiguous(memory_format=torch.channels_last)
        with self._precision:
            embeddings = self.state.networks["encoder"](both)
        return contrast(self.state.networks["head"](embeddings.float()), self.recipe.temperature)


def begin(recipe: Recipe, seed: int, device: torch.device) -> State:
    """Make fresh networks and what goes with them."""
    encoder, head = make_networks(torch.Generator().manual_seed(seed))
    encoder.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    networks = nn.ModuleDict({"encoder": encoder, "head": head}).to(device).train()
    optimiser = torch.optim.AdamW(
        networks.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.98)
    )
    generator = torch.Generator(device).manual_seed(seed + 1)
    return State(networks, optimiser, generator, np.random.default_rng([seed, 3]))


def shape_rate(done: float, warm_up: float) -> float:
    """Give the learning rate's share after a share of the steps: a linear rise, then a cosine to 0."""
    if done < warm_up:
        return (done + 0.01) / (warm_up + 0.01)
    return 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up)))


def draw_batch(edges: NDArray[np.float64], size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw a batch by weight, whose cumulative share is `edges`; each image gets its share of every batch."""
    places = (np.arange(size) + rng.random()) / size
    return np.minimum(np.searchsorted(edges, places, side="right"), len(edges) - 1)


def draw_batches(weight: NDArray[np.float64], size: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Draw batches by weight for ever."""
    rng = np.random.default_rng([seed, 3])
    edges = np.cumsum(weight) / weight.sum()
    while True:
        yield draw_batch(edges, size, rng)


def contrast(projected: Tensor, temperature: float) -> Tensor:
    """Give the NT-Xent loss of unit vectors (2n, d) whose rows i and i + n show the same object."""
    likeness = projected @ projected.T / temperature
    itself = torch.eye(len(projected), dtype=torch.bool, device=projected.device)
    likeness = likeness.masked_fill(itself, -1e4)
    partner = torch.arange(len(projected), device=projected.device).roll(len(projected) // 2)
    return torch.nn.functional.cross_entropy(likeness, partner)


def choose_device() -> torch.device:
    """Choose a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def half_precision(device: torch.device) -> AbstractContextManager[object]:
    """Compute in bfloat16 on a GPU, or where the CPU has instructions for it."""
    if device.type == "cuda" or _has_bfloat16():
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def _has_bfloat16() -> bool:
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(name in flags.read_text() for name in ("avx512_bf16", "amx_bf16"))
