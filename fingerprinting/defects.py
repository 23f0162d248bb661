"""What spoils an image, judged by its statistics: a small network, taught by defects put into frames."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

SOUND: Final = "clean"
DEFECTS: Final = (
    "trailed", "defocused", "bad_seeing", "satellite_trail", "ghost", "cosmic_rays", "gain_jump", "half_dead",
)  # fmt: skip
KINDS: Final = (SOUND, *DEFECTS)
HIDDEN: Final = 96

Vectors = NDArray[np.float64]


class Judgement(Protocol):
    """What judges statistics; a Model is one."""

    @property
    def defect_axes(self) -> NDArray[np.float32]:
        """Axes of the standardised statistics that tell defects apart, (s, 96)."""

    @property
    def defect_bias(self) -> NDArray[np.float32]:
        """What is added along each axis, (96,)."""

    @property
    def defect_kinds(self) -> NDArray[np.float32]:
        """How much each axis speaks for each of KINDS, (96, 9)."""

    @property
    def defect_offsets(self) -> NDArray[np.float32]:
        """How much speaks for each of KINDS beforehand, (9,)."""


def judge(usual: Vectors, judgement: Judgement) -> Vectors:
    """Give the probabilities (n, 9) of KINDS for standardised statistics (n, s)."""
    hidden = np.tanh(usual @ judgement.defect_axes.astype(np.float64) + judgement.defect_bias)
    speaking = hidden @ judgement.defect_kinds.astype(np.float64) + judgement.defect_offsets
    odds = np.exp(speaking - speaking.max(axis=1, keepdims=True))
    shares: Vectors = odds / odds.sum(axis=1, keepdims=True)
    return shares


def place(shares: Vectors) -> Vectors:
    """Place images by the probabilities (n, 9) of KINDS: sound ones at 0, each defect on its axis."""
    places: Vectors = shares - np.eye(len(KINDS))[0]
    return places
