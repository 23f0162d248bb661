"""How unlike its camera's history an image is: the farthest that any of its figures leaves what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS: Final = 5
TAIL: Final = 0.9  # of the history; how far the rest leaves what is usual makes the unit of a figure
TOP, LEAST_TOP = 5, 4  # the fifth of a history, or so many images, that tells how high scores thin out
CAUTION: Final = 2.0  # times the excess of those few: tails may be heavier than they show
SMALLEST: Final = 1e-9
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
        """Give the oddness (n,) of images that are not of the history, by their scores."""
        return np.array([_rank(score, self.scores) for score in scores], float)

    def rank_own(self) -> Floats:
        """Give the oddness (n,) of the images of the history, each among the others."""
        own = enumerate(self.scores)
        return np.array([_rank(score, np.delete(self.scores, place)) for place, score in own], float)


def _rank(score: float, others: Floats) -> float:
    """Give 100 times the share of usual images that score less, by a conformal p-value (Vovk et al. 2005).

    An image like the n others has any place among the n + 1 by chance: so it counts itself, and no more
    than 2 % of such images reach 98, however short the history; ties count against it. Beyond the highest
    score the share falls half as fast as the top fifth thins out: otherwise fewer than 49 images could tell
    nothing odd.
    """
    chance = (1 + np.count_nonzero(others >= score)) / (len(others) + 1)
    if score > others.max():
        number = max(len(others) // TOP, LEAST_TOP)
        top = np.partition(others, -number - 1)[-number - 1 :]
        excess = max(CAUTION * float(top[1:].mean() - top[0]), SMALLEST)
        chance *= float(np.exp(-(score - others.max()) / excess))
    return 100 * (1 - chance)


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
