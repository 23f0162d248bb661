"""Contrastive training without labels: SimCLR (Chen et al. 2020)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fingerprinting.training.augment import Augmentation, make_view
from fingerprinting.training.collect import Collection
from fingerprinting.training.network import EncoderNetwork, Projection, make_networks

TRIAL: Final = 12  # steps whose speed tells how many fit into the minutes asked for


@dataclass(frozen=True)
class Recipe:
    """How the encoder is trained; `steps` 0 means as many as fit into `minutes`."""

    minutes: float = 15.0
    steps: int = 0
    batch: int = 256
    temperature: float = 0.2
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    warm_up: float = 0.03
    augmentation: Augmentation = Augmentation()  # noqa: RUF009  # frozen


@dataclass(frozen=True)
class Progress:
    """Where training stands: step of steps, mean loss since the last report, seconds left."""

    step: int
    steps: int
    loss: float
    seconds_left: float


def choose_device() -> torch.device:
    """Choose a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train_encoder(
    collection: Collection, recipe: Recipe, seed: int, report: Callable[[Progress], None]
) -> tuple[EncoderNetwork, Progress]:
    """Train an encoder; the same collection, recipe (with steps) and seed give the same weights on a CPU."""
    device = choose_device()
    encoder, head = make_networks(torch.Generator().manual_seed(seed))
    encoder.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    head.to(device).train()
    state = _State(encoder, head, collection, recipe, seed, device)
    # Minutes become steps by a trial on networks that are thrown away: the real run does not depend on it.
    steps = recipe.steps or state.count_steps()
    started, reported, losses = time.monotonic(), 0, []
    standing = Progress(0, steps, math.nan, recipe.minutes * 60)
    for step in range(steps):
        losses.append(state.step(step, steps))
        if (step + 1) * 100 // steps > reported or step + 1 == steps:
            reported = (step + 1) * 100 // steps
            pace = (time.monotonic() - started) / (step + 1)
            standing = Progress(step + 1, steps, float(torch.stack(losses).mean()), pace * (steps - step - 1))
            losses = []
            report(standing)
    return encoder.eval(), standing


class _State:
    """Networks, optimiser and the stream of batches."""

    def __init__(  # noqa: PLR0917  # a private bundle
        self, encoder: EncoderNetwork, head: Projection, collection: Collection, recipe: Recipe, seed: int,
        device: torch.device,
    ) -> None:  # fmt: skip
        self.encoder, self.head, self.recipe, self.device = encoder, head, recipe, device
        self.collection, self.seed = collection, seed
        self.batches = draw_batches(collection.weight, recipe.batch, seed)
        self.generator = torch.Generator(device).manual_seed(seed + 1)
        self.precision = half_precision(device)
        weights = [*encoder.parameters(), *head.parameters()]
        self.optimiser = torch.optim.AdamW(
            weights, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, betas=(0.9, 0.98)
        )

    def count_steps(self) -> int:
        """Try a few steps on fresh networks and tell how many fit into the recipe's minutes."""
        encoder, head = make_networks(torch.Generator().manual_seed(self.seed))
        encoder.to(self.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        trial = _State(encoder, head.to(self.device), self.collection, self.recipe, self.seed, self.device)
        times = [time.monotonic()]
        for step in range(TRIAL):
            trial.step(step, TRIAL)
            times.append(time.monotonic())
        pace = float(np.median(np.diff(times)))
        return max(int(self.recipe.minutes * 60 / pace), TRIAL)

    def step(self, step: int, steps: int) -> Tensor:
        """Take one step and give its loss."""
        rate = self.recipe.learning_rate * shape_rate(step / steps, self.recipe.warm_up)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        chosen = self.collection.windows[next(self.batches)]
        windows = torch.from_numpy(chosen).to(self.device).float()
        with torch.no_grad():
            views = [make_view(windows, self.recipe.augmentation, self.generator) for _ in range(2)]
            both = torch.cat(views).contiguous(memory_format=torch.channels_last)
        with self.precision:
            embeddings = self.encoder(both)
        loss = contrast(self.head(embeddings.float()), self.recipe.temperature)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()


def shape_rate(done: float, warm_up: float) -> float:
    """Give the learning rate's share after a share of the steps: a linear rise, then a cosine to 0."""
    if done < warm_up:
        return (done + 0.01) / (warm_up + 0.01)
    return 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up)))


def draw_batches(weight: NDArray[np.float64], size: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Draw batches by weight for ever, systematically: each image gets its share of every batch."""
    rng = np.random.default_rng([seed, 3])
    edges = np.cumsum(weight) / weight.sum()
    while True:
        places = (np.arange(size) + rng.random()) / size
        yield np.minimum(np.searchsorted(edges, places, side="right"), len(weight) - 1)


def contrast(projected: Tensor, temperature: float) -> Tensor:
    """Give the NT-Xent loss of unit vectors (2n, d) whose rows i and i + n show the same object."""
    likeness = projected @ projected.T / temperature
    itself = torch.eye(len(projected), dtype=torch.bool, device=projected.device)
    likeness = likeness.masked_fill(itself, -1e4)
    partner = torch.arange(len(projected), device=projected.device).roll(len(projected) // 2)
    return torch.nn.functional.cross_entropy(likeness, partner)


def half_precision(device: torch.device) -> AbstractContextManager[object]:
    """Compute in bfloat16 on a GPU, or where the CPU has instructions for it."""
    if device.type == "cuda" or _has_bfloat16():
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def _has_bfloat16() -> bool:
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(name in flags.read_text() for name in ("avx512_bf16", "amx_bf16"))
