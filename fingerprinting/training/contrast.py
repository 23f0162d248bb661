"""Training without labels: contrast of views (SimCLR, Chen et al. 2020), then their clusters too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fingerprinting.training.augment import Augmentation, fill, make_view, stretch
from fingerprinting.training.collect import Collection
from fingerprinting.training.maps import draw_sample
from fingerprinting.training.network import make_networks
from fingerprinting.training.prototypes import Prototypes
from fingerprinting.training.state import State

CHUNK: Final = 1024


@dataclass(frozen=True)
class Recipe:
    """How the encoder is trained; `steps` 0 means as many as fit into `minutes`.

    Plain values and dataclasses of them only: all of it goes into the model's card and into checkpoints.
    """

    minutes: float = 15.0
    steps: int = 0
    batch: int = 256
    temperature: float = 0.1
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    warm_up: float = 0.03
    augmentation: Augmentation = Augmentation()  # noqa: RUF009  # frozen
    clustering: float = 0.4  # share of the steps, the last ones, that draw views to clusters
    renewals: int = 5  # of the clusters
    sample: int = 20_000  # objects that the clusters are found from
    contrast_weight: float = 0.5  # of the contrast of views beside the clusters
    shapes: float = 1.4  # weight of an object's shape beside what the network sees of it, 1


class Trainer:
    """A recipe at work on a collection: what a step changes is in `state`; the rest follows from these."""

    def __init__(self, collection: Collection, recipe: Recipe, seed: int, device: torch.device) -> None:
        self.collection, self.recipe, self.seed, self.device = collection, recipe, seed, device
        self.sample = draw_sample(collection.weight, recipe.sample, seed)
        self.state = begin(recipe, len(self.sample), seed, device)
        self._edges = accumulate(collection.weight)
        self._precision = half_precision(device)

    def take_step(self, steps: int) -> None:
        """Take the next one of `steps` steps."""
        state, recipe = self.state, self.recipe
        rate = recipe.learning_rate * shape_rate(state.step / steps, recipe.warm_up)
        for group in state.optimiser.param_groups:
            group["lr"] = rate
        first = steps - int(recipe.clustering * steps)
        loss = self._contrast() if state.step < first else self._cluster(state.step - first, steps - first)
        state.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimiser.step()
        state.pending.append(loss.detach())

    def _contrast(self) -> Tensor:
        """Give the loss of two views of a batch."""
        embeddings = self._look(draw_batch(self._edges, self.recipe.batch, self.state.rng))
        return contrast(self.state.networks["head"](embeddings), self.recipe.temperature)

    def _cluster(self, step: int, steps: int) -> Tensor:
        """Give the loss of two views that are drawn to the cluster of their object, and to each other."""
        prototypes, recipe = self.prototypes, self.recipe
        if step * recipe.renewals // steps > (step - 1) * recipe.renewals // steps:
            prototypes.renew(self._embed_sample, self.seed + step)
        chosen = draw_batch(accumulate(prototypes.weigh()), recipe.batch, self.state.rng)
        embeddings = self._look(self.sample[chosen])
        both = torch.from_numpy(np.tile(chosen, 2)).to(self.device)
        alike = contrast(self.state.networks["head"](embeddings), recipe.temperature)
        return prototypes.lose(embeddings, both, recipe.temperature) + recipe.contrast_weight * alike

    @property
    def prototypes(self) -> Prototypes:
        """Give the clusters in force."""
        prototypes = self.state.networks["prototypes"]
        assert isinstance(prototypes, Prototypes)
        return prototypes

    def _look(self, chosen: NDArray[np.intp]) -> Tensor:
        """Embed two new views of objects: (2n, 128)."""
        windows = torch.from_numpy(self.collection.windows[chosen]).to(self.device).float()
        with torch.no_grad():
            views = [make_view(windows, self.recipe.augmentation, self.state.generator) for _ in range(2)]
            both = torch.cat(views).contiguous(memory_format=torch.channels_last)
        with self._precision:
            embeddings: Tensor = self.state.networks["encoder"](both)
        return embeddings.float()

    def _embed_sample(self, turns: int) -> NDArray[np.float32]:
        """Embed the windows of the sample, turned by so many right angles, with the encoder at rest."""
        encoder = self.state.networks["encoder"].eval()
        parts = []
        with torch.no_grad(), self._precision:
            for some in np.array_split(self.sample, -(-len(self.sample) // CHUNK)):
                windows = np.rot90(self.collection.windows[some], turns, axes=(1, 2)).copy()
                foveae = stretch(fill(torch.from_numpy(windows).to(self.device).float()))
                embeddings = encoder(foveae.contiguous(memory_format=torch.channels_last))
                parts.append(embeddings.float().cpu().numpy())
        encoder.train()
        return np.concatenate(parts)


def begin(recipe: Recipe, sample: int, seed: int, device: torch.device) -> State:
    """Make fresh networks, clusters of a sample of objects, and what goes with them."""
    encoder, head = make_networks(torch.Generator().manual_seed(seed))
    encoder.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    parts = {"encoder": encoder, "head": head, "prototypes": Prototypes(sample)}
    networks = nn.ModuleDict(parts).to(device).train()
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


def accumulate(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the cumulative shares of weights."""
    edges: NDArray[np.float64] = np.cumsum(weight) / weight.sum()
    return edges


def draw_batch(edges: NDArray[np.float64], size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw a batch by weight, whose cumulative share is `edges`; each image gets its share of every batch."""
    places = (np.arange(size) + rng.random()) / size
    return np.minimum(np.searchsorted(edges, places, side="right"), len(edges) - 1)


def draw_batches(weight: NDArray[np.float64], size: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Draw batches by weight for ever."""
    rng = np.random.default_rng([seed, 3])
    edges = accumulate(weight)
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
