"""Our own maps as a method among others: trained anew, or those of a model folder."""

from __future__ import annotations

import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.cutout import WINDOW
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.method import Budget, Frames, Objects, Say
from fingerprinting.evaluation.patches import cut_middle
from fingerprinting.fingerprint import search_vectors
from fingerprinting.model import CARD_FILE, ENCODER_FILE, MAPS_FILE, Model, load_model
from fingerprinting.nodes import assign
from fingerprinting.training.card import write_toml
from fingerprinting.training.collect import Collection, to_half

COURSE: Final = "course.json"


class ModelMaps:
    """A model in use; epochs and seconds are NaN where nobody knows what its training took."""

    def __init__(
        self, model: Model, encoder: Encoder, epochs: float = math.nan, seconds: float = math.nan
    ) -> None:
        self.model, self.encoder = model, encoder
        self.epochs, self.seconds = epochs, seconds

    def save(self, folder: Path) -> None:
        """Write the model folder, and beside its files what it took."""
        (folder / ENCODER_FILE).write_bytes(self.model.encoder)
        (folder / MAPS_FILE).write_bytes(self.model.maps)
        (folder / CARD_FILE).write_text(write_toml(self.model.card))
        course = {"epochs": self.epochs, "seconds": self.seconds}
        known = {name: value for name, value in course.items() if math.isfinite(value)}
        (folder / COURSE).write_text(json.dumps(known) + "\n")

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Embed windows (n, 64, 64) in sigma."""
        from fingerprinting.training.embed import embed_windows  # noqa: PLC0415  # needs onnx

        return embed_windows(self.encoder, crops)

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the nearest node of each embedding (n, d)."""
        return assign(embeddings, self.model.centroids)[0]

    @property
    def nodes(self) -> NDArray[np.float32]:
        """Give the nodes, (400, d)."""
        return self.model.centroids

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give the search vectors of counts (m, 400); 0, far from all, where nothing is known of an image."""
        return search_vectors(counts, frames.statistics, self.model)


class Ours:
    """The method of `caom-ai train`, or a variant of it that tells what a part of its recipe is worth.

    A change is written as `moved=0`: a number of training.contrast.Recipe or of its augmentation.
    """

    def __init__(self, change: str = "") -> None:
        self.change = change
        self.name = f"ours:{change}" if change else "ours"

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.float16]:
        """Cut the encoder's windows."""
        del size
        return to_half(cut_middle(patches, WINDOW))

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> ModelMaps:
        """Train an encoder and both maps as `caom-ai train` does."""
        from fingerprinting.evaluation.training import train_ours  # noqa: PLC0415  # torch

        started = time.monotonic()
        collection = Collection(
            frames.sources, objects.crops, objects.kinds, objects.x, objects.image, objects.weight,
            frames.statistics, frames.lessons,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            epochs = train_ours(collection, budget, seed, Path(folder), say, self.change)
            return _load(Path(folder), epochs, time.monotonic() - started)

    def load(self, folder: Path) -> ModelMaps:
        """Load a model folder."""
        course = folder / COURSE
        numbers = json.loads(course.read_text()) if course.exists() else {}
        return _load(folder, numbers.get("epochs", math.nan), numbers.get("seconds", math.nan))


def _load(folder: Path, epochs: float, seconds: float) -> ModelMaps:
    model = load_model(folder)
    return ModelMaps(model, Encoder(model.encoder), epochs, seconds)
