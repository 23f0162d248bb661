"""Principal components of the foveae and spherical k-means: what needs no learning (Pearson 1901)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.baselines.histogram import hellinger
from fingerprinting.baselines.storage import (
    FLOAT,
    load_arrays,
    load_numbers,
    save_arrays,
    save_numbers,
)
from fingerprinting.clusters import find_clusters, normalise
from fingerprinting.cutout import WINDOW, fovea
from fingerprinting.encoder import INPUT_SHAPE
from fingerprinting.evaluation.method import Budget, Frames, Objects, Say
from fingerprinting.evaluation.patches import cut_middle
from fingerprinting.fingerprint import NODES, SIDE
from fingerprinting.layout import lay_out
from fingerprinting.nodes import assign
from fingerprinting.training.maps import SAMPLE, draw_sample

COMPONENTS: Final = 64
PIXELS: Final = int(np.prod(INPUT_SHAPE))
CHUNK: Final = 4096


@dataclass
class FittedPca:
    """The mean fovea (p,), its components (64, p), and unit nodes (400, 64) on the grid."""

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    nodes: NDArray[np.float32]
    epochs: float
    seconds: float

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Project foveae (n, views, 32, 32) on the components, scaled to unit length: (n, 64)."""
        return _project(crops, self.mean, self.components)

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the nearest node of each embedding."""
        return assign(embeddings, self.nodes)[0]

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give the Hellinger vectors of the images."""
        del frames
        return hellinger(counts)

    def save(self, folder: Path) -> None:
        """Write arrays and numbers."""
        save_arrays(folder, {"mean": self.mean, "components": self.components, "nodes": self.nodes})
        save_numbers(folder, epochs=self.epochs, seconds=self.seconds)


class PcaKmeans:
    """PCA and k-means; a budget means nothing to it, for it takes seconds and cannot use more."""

    name = "pca-kmeans"

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.float16]:
        """Make our own encoder's input: foveae (n, views, 32, 32)."""
        del size
        return fovea(cut_middle(patches, WINDOW)).astype(np.float16)

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> FittedPca:
        """Find components and nodes of a sample of the objects, drawn by weight."""
        del frames, budget
        started = time.monotonic()
        crops = objects.crops[draw_sample(objects.weight, SAMPLE, seed)]
        mean, components = find_components(crops)
        say(f"{self.name}: {COMPONENTS} components of {len(crops)} objects")
        nodes = find_clusters(_project(crops, mean, components), NODES, seed)
        nodes = nodes[lay_out(nodes, SIDE, SIDE, seed)]
        return FittedPca(mean, components, nodes, 1.0, time.monotonic() - started)

    def load(self, folder: Path) -> FittedPca:
        """Read what save wrote."""
        layouts = {
            "mean": (FLOAT, (PIXELS,)),
            "components": (FLOAT, (COMPONENTS, PIXELS)),
            "nodes": (FLOAT, (NODES, COMPONENTS)),
        }
        arrays = load_arrays(folder, layouts)
        return FittedPca(
            arrays["mean"], arrays["components"], arrays["nodes"], **load_numbers(folder, "epochs", "seconds")
        )


def find_components(crops: NDArray[np.float16]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Find the mean (p,) and the leading components (64, p) of crops (n, ...), from their covariance."""
    total, products = np.zeros(PIXELS), np.zeros((PIXELS, PIXELS))
    for start in range(0, len(crops), CHUNK):
        rows = crops[start : start + CHUNK].reshape(-1, PIXELS).astype(np.float32)
        total += rows.sum(axis=0)
        products += rows.T @ rows
    mean = total / len(crops)
    _, vectors = np.linalg.eigh(products / len(crops) - np.outer(mean, mean))
    return mean.astype(np.float32), np.ascontiguousarray(vectors.T[: -COMPONENTS - 1 : -1], np.float32)


def _project(
    crops: NDArray[Any], mean: NDArray[np.float32], components: NDArray[np.float32]
) -> NDArray[np.float32]:
    embeddings = np.empty((len(crops), COMPONENTS), np.float32)
    for start in range(0, len(crops), CHUNK):
        rows = crops[start : start + CHUNK].reshape(-1, PIXELS).astype(np.float32)
        embeddings[start : start + CHUNK] = (rows - mean) @ components.T
    return normalise(embeddings)
