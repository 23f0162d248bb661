"""The network that judges statistics, fitted to lessons: multinomial loss, decay of the weights, L-BFGS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from fingerprinting.defects import HIDDEN, KINDS
from fingerprinting.training.lessons import Lessons

DECAY: Final = 1e-3
ROUNDS: Final = 200
SIDE_BY_SIDE: Final = 4  # networks
UNHEARD_OF: Final = -30.0  # what speaks for a kind that nothing was learnt of
REAL: Final = 0.5  # share of the weight of lessons from real frames, where there are others too
SOUND_WEIGHT: Final = 4.0  # of sound frames, where each defect has 1

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """The weights, see fingerprinting.defects.Judgement."""

    defect_axes: NDArray[np.float32]
    defect_bias: NDArray[np.float32]
    defect_kinds: NDArray[np.float32]
    defect_offsets: NDArray[np.float32]


def fit_judgement(lessons: Lessons, usual: Floats, seed: int) -> Network:
    """Fit a network to lessons and their standardised statistics (n, s): small ones side by side.

    Their mean judges better than each. Without lessons of defects all is judged to be sound.
    """
    size = HIDDEN // SIDE_BY_SIDE
    shapes = (usual.shape[1], size), (size,), (size, len(KINDS)), (len(KINDS),)
    if len(np.unique(lessons.kinds)) < 2:  # noqa: PLR2004
        fitted = [[np.zeros(shape) for shape in shapes]] * SIDE_BY_SIDE
        fitted[0][3][1:] = UNHEARD_OF
    else:
        task = _Task(usual, np.eye(len(KINDS))[_number(lessons)], weigh_lessons(lessons)[:, None], shapes)
        fitted = [task.solve(np.random.default_rng([seed, 8, number])) for number in range(SIDE_BY_SIDE)]
    axes, biases, kinds, offsets = zip(*fitted, strict=True)
    return Network(
        np.concatenate(axes, axis=1).astype(np.float32),
        np.concatenate(biases).astype(np.float32),
        (np.concatenate(kinds) / SIDE_BY_SIDE).astype(np.float32),
        np.mean(offsets, axis=0).astype(np.float32),
    )


@dataclass(frozen=True)
class _Task:
    """Statistics (n, s), true kinds as ones among zeros (n, 9), weights (n, 1), shapes of the unknowns."""

    usual: Floats
    truth: Floats
    weight: Floats
    shapes: tuple[tuple[int, ...], ...]

    def solve(self, rng: np.random.Generator) -> list[Floats]:
        """Find axes, bias, kinds and offsets from a random start."""
        start = [
            rng.standard_normal(shape) / np.sqrt(shape[0]) if len(shape) > 1 else np.zeros(shape)
            for shape in self.shapes
        ]
        options = {"maxiter": ROUNDS}
        found = minimize(self.measure, _pack(start), jac=True, method="L-BFGS-B", options=options)
        return self._unpack(found.x)

    def measure(self, packed: Floats) -> tuple[float, Floats]:
        """Give loss and slopes."""
        axes, bias, kinds, offsets = self._unpack(packed)
        hidden = np.tanh(self.usual @ axes + bias)
        speaking = hidden @ kinds + offsets
        speaking -= speaking.max(axis=1, keepdims=True)
        logarithms = speaking - np.log(np.exp(speaking).sum(axis=1, keepdims=True))
        wrong = self.weight * (np.exp(logarithms) - self.truth)
        back = wrong @ kinds.T * (1 - hidden**2)
        loss = DECAY * (np.sum(axes**2) + np.sum(kinds**2)) - np.sum(self.weight * self.truth * logarithms)
        inner = [self.usual.T @ back + 2 * DECAY * axes, back.sum(axis=0)]
        outer = [hidden.T @ wrong + 2 * DECAY * kinds, wrong.sum(axis=0)]
        return float(loss), _pack(inner + outer)

    def _unpack(self, packed: Floats) -> list[Floats]:
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
        parts = np.split(packed, ends)
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]


def _number(lessons: Lessons) -> list[int]:
    return [KINDS.index(kind) for kind in lessons.kinds]


def weigh_lessons(lessons: Lessons) -> Floats:
    """Weigh lessons (n,), sum 1: all defects count alike, sound frames four times."""
    weight = np.zeros(len(lessons.kinds))
    for real, share in ((lessons.real, REAL), (~lessons.real, 1 - REAL)):
        for kind in np.unique(lessons.kinds[real]):
            alike = real & (lessons.kinds == kind)
            weight[alike] = share * (SOUND_WEIGHT if kind == KINDS[0] else 1.0) / alike.sum()
    scaled: Floats = weight / weight.sum()
    return scaled


def _pack(parts: list[Floats]) -> Floats:
    return np.concatenate([part.ravel() for part in parts])
