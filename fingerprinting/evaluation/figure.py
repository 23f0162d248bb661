"""A measured value with its interval, and what a set of scores offers to the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.method import Fitted, Frames, Method, Objects, Say


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % interval; low and high are the value where no interval can be given."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Seen:
    """A set as a fitted method sees it: embeddings (n, d) and node (n,) of its objects.

    counts (m, 400) of its frames are raw, zeros where there is no object; vectors are (m, k).
    """

    objects: Objects
    frames: Frames
    embeddings: NDArray[np.float32]
    node: NDArray[np.int16]
    counts: NDArray[np.int32]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Context:
    """What scores may use besides the fitted method.

    `trained` and `unseen` are the training and the test set as the method sees them. `images` and `labelled`
    are folders that the user named, perhaps none: scores that need more than there is give no figures.
    `folder` is a cache that the scores of one room share among methods: make a sub-folder of your own in it,
    write a file beside its place and move it there, so that a kill leaves nothing half-written.
    """

    method: Method
    trained: Seen
    unseen: Seen
    folder: Path
    images: tuple[Path, ...]
    labelled: tuple[Path, ...]
    seed: int
    resamples: int
    say: Say


# To join the table: write `def score(fitted, name, context)` that gives {"a_name_of_yours": Figure(...)},
# shares from 0 to 1, and add it to SCORES in fingerprinting.evaluation.scoring with the figures' headings.
Score = Callable[[Fitted, str, Context], dict[str, Figure]]
