"""How unlike its camera's history an image is: the farthest that any of its figures leaves what is usual.

A figure that hardly ever leaves it, and tells of what no other shows, is weighed against all others together:
among fifty figures one is always far out.
"""

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
PRIOR: Final = 30.0  # excesses of 1 that are assumed of each kind of figures: a history shows few
UNKNOWN: Final = -1e9  # the score of an image of which nothing is known
LEAST_EXCESS: Final = 1e-3  # of figures that are the same in nearly all images: fractions, logarithms

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """What is known of images: unit vectors (n, 400), zero without objects; figures (n, f), NaN unknown."""

    vectors: NDArray[np.float32]
    figures: Floats
    apart: int | None = None  # the figure that tells alone of what no other shows


@dataclass(frozen=True)
class Tails:
    """How far columns (c,) of values pass what is usual: the limit of nine in ten, and the mean excess."""

    limit: Floats
    total: Floats  # of the excesses
    number: Floats
    least: float
    prior: float  # excesses of 1 that are assumed

    @classmethod
    def fit(cls, values: Floats, least: float, prior: float = 0.0) -> tuple[Self, Floats]:
        """Learn from columns (n, c) of which NaN is unknown; give their excesses too, each by the others'.

        Each is judged by the others: otherwise one that is odd would hide behind itself.
        """
        limit = np.array([_quantile(column, TAIL) for column in values.T])
        beyond = np.nan_to_num(np.maximum(values - limit, 0), nan=0.0)
        total, number = beyond.sum(axis=0), np.count_nonzero(beyond, axis=0).astype(float)
        tails = cls(limit, total, number, least, prior)
        return tails, tails._rate(values, total - beyond, number - (beyond > 0))

    def rate(self, values: Floats) -> Floats:
        """Give the excesses (n, c) of new values in units of the mean."""
        return self._rate(values, self.total, self.number)

    def _rate(self, values: Floats, total: Floats, number: Floats) -> Floats:
        mean = (total + self.prior) / np.maximum(number + self.prior, 1)
        rated: Floats = (values - self.limit) / np.maximum(mean, self.least)
        return rated


@dataclass(frozen=True)
class History:
    """Images that others are compared with; the last figure is the distance to the nearest few of them."""

    vectors: NDArray[np.float32]
    apart: int | None
    middle: Floats  # (f + 1,)
    figures: Tails
    kinds: Tails  # of the two kinds of figures
    scores: Floats  # (n,) of the images themselves, each compared with the others

    @classmethod
    def fit(cls, evidence: Evidence) -> Self:
        """Learn what is usual; at least NEIGHBOURS + 1 images."""
        distance = _find_distance(evidence.vectors, evidence.vectors, alone=True)
        figures = np.column_stack([evidence.figures, distance])
        middle = np.array([_quantile(column, 0.5) for column in figures.T])
        tails, rated = Tails.fit(np.abs(figures - middle), LEAST_EXCESS)
        kinds, excess = Tails.fit(_find_rarest(rated, evidence.apart), LEAST_EXCESS, PRIOR)
        return cls(evidence.vectors, evidence.apart, middle, tails, kinds, _join(excess))

    def score(self, evidence: Evidence) -> Floats:
        """Score images (n,) that are not of the history: a figure's tail is taken for exponential."""
        distance = _find_distance(evidence.vectors, self.vectors, alone=False)
        aside = np.abs(np.column_stack([evidence.figures, distance]) - self.middle)
        return _join(self.kinds.rate(_find_rarest(self.figures.rate(aside), self.apart)))

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


def _find_rarest(rated: Floats, apart: int | None) -> Floats:
    """Give the rarest deviation of each image, and that of the figure which is judged apart: (n, 1 or 2)."""
    rarest = [np.fmax.reduce(rated if apart is None else np.delete(rated, apart, axis=1), axis=1)]
    return np.column_stack(rarest if apart is None else [*rarest, rated[:, apart]])


def _join(excess: Floats) -> Floats:
    """Give the greatest of the excesses of each image; what is unknown does not deviate."""
    joined: Floats = np.nan_to_num(np.fmax.reduce(excess, axis=1), nan=UNKNOWN)
    return joined


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
