"""Lessons in what spoils an image: statistics of frames that a known defect was put into, or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import STATISTICS


@dataclass(frozen=True)
class Lessons:
    """Kinds (n,) of fingerprinting.defects.KINDS, statistics (n, s), and which are of real frames (n,)."""

    kinds: NDArray[np.str_]
    statistics: NDArray[np.float32]
    real: NDArray[np.bool_]

    @classmethod
    def collect(cls, taught: Iterable[tuple[str, NDArray[np.float32]]], *, real: bool) -> Self:
        """Collect kinds and statistics (s,) of versions of one frame."""
        versions = list(taught)
        statistics = np.array([values for _, values in versions], np.float32).reshape(-1, len(STATISTICS))
        return cls(np.array([kind for kind, _ in versions], "U16"), statistics, np.full(len(versions), real))

    @classmethod
    def join(cls, several: Iterable[Self]) -> Self:
        """Join lessons, in their order."""
        parts = [one for one in several if len(one.kinds)] or [cls.collect([], real=False)]
        return cls(
            np.concatenate([one.kinds for one in parts]),
            np.concatenate([one.statistics for one in parts]),
            np.concatenate([one.real for one in parts]),
        )


def have_none() -> Lessons:
    """Give no lessons."""
    return Lessons.collect([], real=False)
