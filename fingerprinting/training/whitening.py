"""Embeddings spread over all their dimensions, and shapes beside them: else a few would decide the nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise

POWER: Final = 0.5  # 0 leaves the variances as they are, 1 makes them equal
LEAST: Final = 1e-3  # of the largest variance: smaller ones are noise and grow no further
FARTHEST: Final = 5.0  # standard deviations of a shape's numbers

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


@dataclass(frozen=True)
class Blend:
    """Whitened unit embeddings (n, d) and shapes (n, s) in one unit vector of d dimensions.

    A shape is standardised, limited, and becomes shape @ spread; both together, less `mean` (d + s,), are
    turned to the d principal axes `axes` (d + s, d).
    """

    whitening: Whitening
    middle: Vectors  # (s,)
    scale: Vectors  # (s,)
    spread: Vectors  # (s, s)
    mean: Vectors
    axes: Vectors

    @classmethod
    def fit(cls, unit: Vectors, shapes: Vectors, weight: float) -> Self:
        """Fit to unit embeddings and shapes of the same objects; shapes get the mean length `weight`."""
        whitening = Whitening.fit(unit)
        middle, scale = shapes.mean(axis=0), 1 / np.maximum(shapes.std(axis=0), 1e-6)
        standard = np.clip((shapes - middle) * scale, -FARTHEST, FARTHEST)
        spread = Whitening.fit(standard).matrix
        spread *= weight / np.sqrt(np.mean(np.sum((standard @ spread) ** 2, axis=1)))
        both = np.hstack([whitening.apply(unit), standard @ spread])
        mean = both.mean(axis=0)
        axes = np.linalg.eigh(np.cov(both.T))[1][:, ::-1][:, : unit.shape[1]]
        # An axis and its opposite are the same to a fit, and not to what is computed from it.
        axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
        return cls(whitening, middle, scale, spread, mean.astype(np.float32), axes.astype(np.float32))

    def apply(self, unit: Vectors, shapes: Vectors) -> Vectors:
        """Give the embeddings (n, d) of unit embeddings and shapes."""
        standard = np.clip((shapes - self.middle) * self.scale, -FARTHEST, FARTHEST)
        both = np.hstack([self.whitening.apply(unit), standard @ self.spread])
        return normalise((both - self.mean) @ self.axes)
