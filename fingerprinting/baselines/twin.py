"""The supervised twin of our own encoder: what its input and network can tell if they are told the kinds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from caomai.errors import ParameterError
from fingerprinting.baselines.course import descend, make_optimiser, plan_course
from fingerprinting.baselines.deploy import Deployed, shrink
from fingerprinting.baselines.histogram import hellinger
from fingerprinting.baselines.storage import (
    ENCODER,
    FLOAT,
    load_arrays,
    load_encoder,
    load_numbers,
    save_arrays,
    save_numbers,
)
from fingerprinting.cutout import WINDOW
from fingerprinting.evaluation.method import Budget, Frames, Objects, Say
from fingerprinting.evaluation.patches import cut_middle
from fingerprinting.model import EMBEDDING
from fingerprinting.simulation.truth import OBJECT_KINDS
from fingerprinting.training.augment import Augmentation, make_view
from fingerprinting.training.collect import MOST_SIGMA
from fingerprinting.training.contrast import Recipe, choose_device, draw_batches, half_precision
from fingerprinting.training.embed import make_foveae
from fingerprinting.training.export import build_graph
from fingerprinting.training.network import EncoderNetwork, fuse, make_networks

KINDS: Final = len(OBJECT_KINDS)
RECIPE: Final = Recipe()


@dataclass
class FittedTwin:
    """The encoder and the classifier on top: its nodes are the classes 0..16 of OBJECT_KINDS.

    nodes (17, 128) and bias (17,) give the logits; shares (2, 17) are those of the classes among the
    batches of training, and among the objects of the training set.
    """

    encoder: Deployed
    nodes: NDArray[np.float32]
    bias: NDArray[np.float32]
    shares: NDArray[np.float32]
    epochs: float
    seconds: float

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Embed windows (n, 64, 64) as pooled activations (n, 128)."""
        return self.encoder.embed(crops)

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the likeliest class if all were equally frequent."""
        return self._judge(embeddings, self.shares[0])

    def assign_plain(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the likeliest class if all are as frequent as in the training set."""
        return self._judge(embeddings, self.shares[0] / np.maximum(self.shares[1], 1e-12))

    def _judge(self, embeddings: NDArray[np.float32], odds: NDArray[np.float32]) -> NDArray[np.int16]:
        """Divide the classes' probabilities by odds (17,), and take the greatest of classes that occur."""
        likely = embeddings @ self.nodes.T + self.bias - np.log(np.maximum(odds, 1e-12))
        likely[:, self.shares[1] == 0] = -np.inf
        return np.asarray(likely.argmax(axis=1), np.int16)

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give the Hellinger vectors of the images' classes."""
        del frames
        return hellinger(counts)

    def save(self, folder: Path) -> None:
        """Write graph, arrays and numbers."""
        (folder / ENCODER).write_bytes(self.encoder.data)
        save_arrays(folder, {"nodes": self.nodes, "bias": self.bias, "shares": self.shares})
        save_numbers(folder, epochs=self.epochs, seconds=self.seconds)


class Twin:
    """Our network, input, augmentation and schedule; cross-entropy over the 17 kinds instead of contrast."""

    name = "twin"

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.float16]:
        """Cut windows (n, 64, 64) in sigma, as our own training does."""
        del size
        return np.clip(cut_middle(patches, WINDOW), -MOST_SIGMA, MOST_SIGMA).astype(np.float16)

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> FittedTwin:
        """Train on the objects whose kind is known."""
        del frames
        code = np.array([OBJECT_KINDS.index(kind) if kind else -1 for kind in objects.kinds])
        if not (code >= 0).any():
            raise ParameterError("The twin is supervised; give it objects whose kind is known.")
        weight = balance(objects.weight, code)
        course = plan_course(self.name, budget, len(code), RECIPE.batch)
        training = _Training(objects.crops, code, weight, seed)
        spent = course.follow(training.step, say)
        graph = build_graph(fuse(training.encoder.eval()))
        head = training.head.cpu()
        return FittedTwin(
            encoder=Deployed(shrink(graph, objects.crops, make_foveae, seed), make_foveae),
            nodes=head.weight.detach().numpy(),
            bias=head.bias.detach().numpy(),
            shares=np.stack([_share(weight, code), _share((code >= 0).astype(float), code)]),
            epochs=spent.steps * RECIPE.batch / len(code),
            seconds=spent.seconds,
        )

    def load(self, folder: Path) -> FittedTwin:
        """Read what save wrote."""
        layouts = {
            "nodes": (FLOAT, (KINDS, EMBEDDING)), "bias": (FLOAT, (KINDS,)), "shares": (FLOAT, (2, KINDS))
        }  # fmt: skip
        arrays = load_arrays(folder, layouts)
        return FittedTwin(
            encoder=Deployed(load_encoder(folder), make_foveae),
            nodes=arrays["nodes"],
            bias=arrays["bias"],
            shares=arrays["shares"],
            **load_numbers(folder, "epochs", "seconds"),
        )


def balance(weight: NDArray[np.float64], code: NDArray[np.integer]) -> NDArray[np.float64]:
    """Divide weights by the root of their class's total, so that rare classes are seen; unknown get 0."""
    known = np.where(code >= 0, weight, 0.0)
    total = np.bincount(np.maximum(code, 0), known, minlength=KINDS)
    return np.asarray(known / np.sqrt(np.maximum(total, 1e-12))[code])


def _share(weight: NDArray[np.float64], code: NDArray[np.integer]) -> NDArray[np.float32]:
    total = np.bincount(np.maximum(code, 0), np.where(code >= 0, weight, 0.0), minlength=KINDS)
    return np.asarray(total / total.sum(), np.float32)


class _Training:
    """Networks, optimiser and the stream of batches."""

    def __init__(
        self, windows: NDArray[np.float16], code: NDArray[np.integer], weight: NDArray[np.float64], seed: int
    ) -> None:
        self.device = choose_device()
        generator = torch.Generator().manual_seed(seed)
        encoder, _ = make_networks(generator)
        self.encoder: EncoderNetwork = encoder.to(self.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        with torch.random.fork_rng(devices=[]):
            self.head = nn.Linear(EMBEDDING, KINDS)
        nn.init.normal_(self.head.weight, std=0.01, generator=generator)
        nn.init.zeros_(self.head.bias)
        self.head.to(self.device)
        weights = [*self.encoder.parameters(), *self.head.parameters()]
        self.optimiser = make_optimiser((weights, RECIPE.learning_rate))
        self.windows, self.code = windows, torch.from_numpy(code).long()
        self.batches = draw_batches(weight, RECIPE.batch, seed)
        self.generator = torch.Generator(self.device).manual_seed(seed + 1)
        self.precision = half_precision(self.device)

    def step(self, done: float) -> Tensor:
        """Take one step and give its loss."""
        batch = next(self.batches)
        windows = torch.from_numpy(self.windows[batch]).to(self.device).float()
        with torch.no_grad():
            views = make_view(windows, Augmentation(), self.generator)
        with self.precision:
            embeddings = self.encoder(views.contiguous(memory_format=torch.channels_last))
        truth = self.code[batch].to(self.device)
        loss = nn.functional.cross_entropy(self.head(embeddings.float()), truth)
        return descend(loss, self.optimiser, done)
