"""A measured value with its interval, and what a set of scores offers to the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.method import Fitted, Frames, Method, Objects, Say
from fingerprinting.evaluation.split import TEST
from fingerprinting.fingerprint import NODES

MIDDLE: Final = 0.5  # of an image, where it is cut into halves


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % interval; low and high are the value where no interval can be given."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Seen:
    """A set as a fitted method sees it: embeddings (n, d) and node (n,) of its objects.

    halves are the left and the right half of each real image in turn, halved (h,) says of which images.
    """

    fitted: Fitted
    objects: Objects
    frames: Frames
    halves: Frames
    halved: NDArray[np.intp]
    embeddings: NDArray[np.float32]
    node: NDArray[np.int16]

    @cached_property
    def counts(self) -> NDArray[np.int32]:
        """Count the objects of each frame in each node, (m, 400); zeros where there is no object."""
        return count_objects(self.objects.image, self.node, len(self.frames.sources))

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Give the search vectors of the frames, (m, k)."""
        return self.fitted.vectors(self.counts, self.frames)

    @cached_property
    def half_counts(self) -> NDArray[np.int32]:
        """Count the objects of each half in each node, (2 h, 400)."""
        half = self.objects.image * 2 + (self.objects.x >= MIDDLE)
        counts = count_objects(half, self.node, 2 * len(self.frames.sources))
        return counts.reshape(-1, 2, NODES)[self.halved].reshape(-1, NODES)

    @property
    def field_types(self) -> NDArray[np.str_]:
        """Give the type of each frame, (m,); '' for real ones."""
        return np.array([source.field_type for source in self.frames.sources], "U32")


def count_objects(image: NDArray[np.integer], node: NDArray[np.integer], images: int) -> NDArray[np.int32]:
    """Count objects by image (n,) and node (n,): int32 (images, 400)."""
    flat = np.bincount(image.astype(np.intp) * NODES + node, minlength=images * NODES)
    return flat.reshape(images, NODES).astype(np.int32)


@dataclass(frozen=True)
class Turned:
    """Nodes of the same objects (n,) as they are, turned by 90 degrees, and by any angle with fresh noise."""

    image: NDArray[np.intp]
    plain: NDArray[np.int16]
    quarter: NDArray[np.int16]
    any: NDArray[np.int16]


@dataclass(frozen=True)
class Context:
    """What scores may use besides the fitted method.

    `trained` and `unseen` are the training set and that of `part` (validation or test) as the method sees
    them. `images` and `labelled` are folders that the user named, perhaps none: scores that need more than
    there is give no figures. `folder` is a cache that all methods share: make a sub-folder of your own in it,
    write a file beside its place and move it there, so that a kill leaves nothing half-written.
    """

    method: Method
    trained: Seen
    unseen: Seen
    turned: Turned
    folder: Path
    images: tuple[Path, ...]
    labelled: tuple[Path, ...]
    seed: int
    resamples: int
    say: Say
    part: str = TEST


# To join the table: write `def score(fitted, name, context)` that gives {"a_name_of_yours": Figure(...)},
# shares from 0 to 1, and add it to SCORES in fingerprinting.evaluation.scoring with the figures' headings.
Score = Callable[[Fitted, str, Context], dict[str, Figure]]
