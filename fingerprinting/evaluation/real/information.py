"""Information that one label adds to others, in bits: I(content; field | setup), by prediction.

Counting pairs (the plug-in estimate) finds bits where there are none: with 144 fields and some hundred images
nearly every image is alone in its field. Here the content of each image is predicted from the other images,
with its field and without; the information is the gain in log likelihood (a difference of cross-entropies, as
in McAllester & Stratos 2020), which is less than the truth where images are few, and 0 where fields tell
nothing. The prediction backs off, as counts get small, from field and setup together to what the two say
apart (Dirichlet priors), and a field learns from its neighbours on the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.layout import grid_positions

STRENGTHS: Final = (0.5, 2.0, 8.0, 32.0, 1e6)  # images that a prior counts for; the last is: nothing but it
WIDTHS: Final = (0.0, 0.6, 1.0, 1.6)  # cells: how far a field learns from its neighbours
LEAST: Final = 1e-9

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Information:
    """Gain of each image (n,) in bits; their mean is the information. `content` is what there was to be told.

    chance (permutations,) are means for fields that were exchanged among images of the same setup.
    """

    gain: NDArray[np.float64]
    content: float
    chance: NDArray[np.float64]

    @property
    def bits(self) -> float:
        """Give the information, free of what chance alone gives."""
        return float(self.gain.mean() - (max(float(self.chance.mean()), 0.0) if self.chance.size else 0.0))

    @property
    def p_value(self) -> float:
        """Give the probability of so much by chance."""
        return float((1 + (self.chance >= self.gain.mean()).sum()) / (1 + len(self.chance)))


def measure_information(
    content: Codes, field: Codes, setup: Codes, side: int, *, permutations: int, seed: int
) -> Information:
    """Measure what fields, nodes of a grid of that side, tell of contents beyond setups; codes (n,) from 0.

    A side of 0 says that fields have no neighbours.
    """
    table = _Table.of(content, setup, _weigh_neighbours(int(field.max()) + 1, side))
    gain = table.predict(field) - table.known
    rng = np.random.default_rng([seed, 12])
    chance = [
        float((table.predict(_exchange(field, setup, rng)) - table.known).mean()) for _ in range(permutations)
    ]
    return Information(gain, -float(table.known.mean()), np.array(chance))


def _exchange(field: Codes, setup: Codes, rng: np.random.Generator) -> Codes:
    """Exchange fields among the images of each setup."""
    first = np.argsort(setup, kind="stable")
    second = first[np.lexsort((rng.random(len(field)), setup[first]))]
    exchanged = field.copy()
    exchanged[first] = field[second]
    return exchanged


def _weigh_neighbours(fields: int, side: int) -> list[NDArray[np.float64]]:
    """Give what fields (f, f) count for each other, for each of the widths."""
    if side == 0:
        return [np.eye(fields)]
    place = grid_positions(side, side).astype(float)
    squared = ((place[:, None] - place) ** 2).sum(axis=2)
    return [np.exp(-squared / (2 * width**2)) if width else np.eye(side * side) for width in WIDTHS]


@dataclass(frozen=True)
class _Table:
    """Contents (n, c) as indicators, setups (n,), and what setups alone say: by_setup (n, c), known (n,)."""

    content: NDArray[np.float64]
    setup: Codes
    near: list[NDArray[np.float64]]
    by_setup: NDArray[np.float64]
    known: NDArray[np.float64]

    @classmethod
    def of(cls, content: Codes, setup: Codes, near: list[NDArray[np.float64]]) -> _Table:
        """Predict contents by setups."""
        one = np.eye(int(content.max()) + 1)[content]
        overall = (one.sum(axis=0) - one + 1 / one.shape[1]) / len(one)
        counts = _count_others(one, setup)
        best = max((_blend(counts, overall, a) for a in STRENGTHS), key=lambda p: _likelihood(p, one).sum())
        return cls(one, setup, near, best, _likelihood(best, one))

    def predict(self, field: Codes) -> NDArray[np.float64]:
        """Give the log2 likelihood (n,) of each content by field and setup, learnt from the other images."""
        overall = self.content.mean(axis=0)
        cell = field * (int(self.setup.max()) + 1) + self.setup
        together = _count_others(self.content, cell)
        best = np.full(len(field), -np.inf)
        for near, strength in product(self.near, STRENGTHS):
            by_field = _blend(self._count_near(field, near), overall, strength)
            # Field and setup as two independent witnesses.
            apart = by_field * self.by_setup / np.maximum(overall, LEAST)
            apart /= apart.sum(axis=1, keepdims=True)
            for trust in STRENGTHS:
                tried = _likelihood(_blend(together, apart, trust), self.content)
                if tried.sum() > best.sum():
                    best = tried
        return best

    def _count_near(self, field: Codes, near: NDArray[np.float64]) -> NDArray[np.float64]:
        held = np.zeros((len(near), self.content.shape[1]))
        np.add.at(held, field, self.content)
        own: NDArray[np.float64] = (near @ held)[field] - self.content
        return own


def _count_others(one: NDArray[np.float64], group: Codes) -> NDArray[np.float64]:
    """Count the contents (n, c) of the other images in each image's group (n,)."""
    held = np.zeros((int(group.max()) + 1, one.shape[1]))
    np.add.at(held, group, one)
    others: NDArray[np.float64] = held[group] - one
    return others


def _blend(counts: NDArray[np.float64], prior: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Give probabilities (n, c) by counts and a prior that is worth so many images."""
    shares: NDArray[np.float64] = (counts + strength * prior) / (counts.sum(axis=1, keepdims=True) + strength)
    return shares


def _likelihood(shares: NDArray[np.float64], one: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log2(np.maximum((shares * one).sum(axis=1), LEAST)))
