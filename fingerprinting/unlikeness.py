"""How unlike its camera's history an image is: the farthest that any of its figures leaves what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS: Final = 5
TAIL: Final = 0.9  # of the history; how far the rest leaves what is usual makes the unit of a figure
LEAST_EXCESS: Final = 1e-3  # of figures that are the same in nearly all images: fractions, logarithms

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What is known of images: unit vectors (n, 400), zero without objects; figures (n, f), NaN unknown."""

    vectors: NDArray[np.float32]
    figures: Floats


@dataclass(frozen=True)
class History:
    """Images that others are compared with; the last figure is the distance to the nearest few of them."""

    vectors: NDArray[np.float32]
    middle: Floats  # (f + 1,)
    limit: Floats  # of deviations, the tenth part passes it,
    excess: Floats  # on average by so much
    scores: Floats  # (n,) of the images themselves, each compared with the others

    @classmethod
    def fit(cls, evidence: Evidence) -> Self:
        """Learn what is usual; at least NEIGHBOURS + 1 images."""
        apart = _find_distance(evidence.vectors, evidence.vectors, alone=True)
        figures = np.column_stack([evidence.figures, apart])
        middle = np.array([_quantile(column, 0.5) for column in figures.T])
        aside = np.abs(figures - middle)
        limit = np.array([_quantile(column, TAIL) for column in aside.T])
        beyond = np.nan_to_num(np.maximum(aside - limit, 0), nan=0.0)
        total, number = beyond.sum(axis=0), np.count_nonzero(beyond, axis=0)
        excess = np.maximum(total / np.maximum(number, 1), LEAST_EXCESS)
        # Each image is judged by the others: otherwise one that is odd would hide behind itself.
        others = np.maximum((total - beyond) / np.maximum(number - (beyond > 0), 1), LEAST_EXCESS)
        return cls(evidence.vectors, middle, limit, excess, _rate(figures, middle, limit, others))

    def score(self, evidence: Evidence) -> Floats:
        """Score images (n,) that are not of the history: a figure's tail is taken for exponential."""
        apart = _find_distance(evidence.vectors, self.vectors, alone=False)
        figures = np.column_stack([evidence.figures, apart])
        return _rate(figures, self.middle, self.limit, self.excess)

    def rank(self, scores: Floats) -> Floats:
        """Give the percentage (n,) of the history that has lower scores."""
        ordered = np.sort(self.scores)
        return 100 * np.searchsorted(ordered, scores, side="left") / len(ordered)

    def rank_own(self) -> Floats:
        """Give the percentage of the other images of the history that have lower scores, for each of it."""
        ordered = np.sort(self.scores)
        return 100 * np.searchsorted(ordered, self.scores, side="left") / max(len(ordered) - 1, 1)


def _quantile(figure: Floats, share: float) -> float:
    """Give a quantile of a figure over the images where it is known, 0 where it nowhere is."""
    known = figure[np.isfinite(figure)]
    return float(np.quantile(known, share)) if known.size else 0.0


def _rate(figures: Floats, middle: Floats, limit: Floats, excess: Floats) -> Floats:
    """Give the rarest deviation of each image; what is unknown does not deviate."""
    beyond = (np.abs(figures - middle) - limit) / excess
    rated: Floats = np.nan_to_num(beyond, nan=-np.inf, neginf=-1e9).max(axis=1)
    return rated


def _find_distance(
    vectors: NDArray[np.float32], history: NDArray[np.float32], *, alone: bool
) -> NDArray[np.float32]:
    """Find the distance to the last of the nearest few; `alone` where both are the same images."""
    length, others = (np.einsum("ij,ij->i", some, some) for some in (vectors, history))
    squared = length[:, None] + others - 2 * (vectors @ history.T)
    if alone:
        np.fill_diagonal(squared, np.inf)
    nearest = np.partition(squared, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
    distance: NDArray[np.float32] = np.sqrt(np.maximum(nearest, 0))
    return distance
