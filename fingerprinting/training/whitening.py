"""Embeddings spread over all their dimensions: else a few, such as brightness, would decide the nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise

POWER: Final = 0.5  # 0 leaves the variances as they are, 1 makes them equal
LEAST: Final = 1e-3  # of the largest variance: smaller ones are noise and grow no further

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Whitening:
    """Unit embeddings u (n, d) become normalise((u - mean) @ matrix); mean (d,), matrix (d, d)."""

    mean: Vectors
    matrix: Vectors

    @classmethod
    def fit(cls, unit: Vectors, power: float = POWER) -> Self:
        """Fit to unit embeddings (n, d): divide each principal component by its deviation to a power."""
        mean = unit.mean(axis=0, dtype=np.float64)
        apart = unit - mean
        variance, axes = np.linalg.eigh(apart.T @ apart / max(len(unit) - 1, 1))
        scale = np.maximum(variance, max(LEAST * variance.max(), 1e-12)) ** (-power / 2)
        # Turned back to the old axes, so that the matrix does not depend on signs and order of the new ones.
        return cls(mean.astype(np.float32), ((axes * scale) @ axes.T).astype(np.float32))

    def apply(self, unit: Vectors) -> Vectors:
        """Spread unit embeddings (n, d) and scale them to unit length again."""
        return normalise(((unit - self.mean) @ self.matrix).astype(np.float32, copy=False))
