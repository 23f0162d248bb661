"""What a way of making maps must offer to be compared with others: crop, fit, and answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.training.collect import Source
from fingerprinting.training.lessons import Lessons, have_none

PATCH: Final = 192  # pixels: side of the pieces of sky that methods crop their own input from
THUMBNAIL: Final = 256  # pixels: side of the whole images that methods may look at

Say = Callable[[str], None]


@dataclass(frozen=True)
class Objects:
    """Objects of a set as methods see them: crops (n, ...) are what the method's crop() made of each patch.

    Kinds (n,) are true classes, '' where nobody knows; only a supervised method may look at them. image (n,)
    indexes the sources of the Frames, x (n,) runs from 0 to 1 across the image, weight (n,) sums to 1.
    """

    crops: NDArray[Any]
    kinds: NDArray[np.str_]
    image: NDArray[np.intp]
    x: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Frames:
    """Whole images of a set: thumbnails (m, 256, 256) in sigma, 0 where undefined; statistics (m, s).

    Statistics are NaN where they cannot be measured. An image without objects has its entry too. Lessons are
    statistics of versions of training images.
    """

    sources: list[Source]
    thumbnails: NDArray[np.float32]
    statistics: NDArray[np.float32]
    lessons: Lessons = field(default_factory=have_none)


@dataclass(frozen=True)
class Budget:
    """What a fit may cost: wall time, or passes over the training objects; exactly one is set."""

    minutes: float | None = None
    epochs: float | None = None

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.epochs is None):
            raise ParameterError("A budget is minutes or epochs, and not both.")


class Fitted(Protocol):
    """Maps that a method has made; epochs and seconds are what the training took."""

    epochs: float
    seconds: float

    def save(self, folder: Path) -> None:
        """Write all that load() needs into a folder that exists; no pickle."""

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Embed crops (n, ...) as (n, d)."""

    def assign(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the node of Map 1, 0..399, of each embedding (n, d)."""

    @property
    def nodes(self) -> NDArray[np.float32]:
        """Give the places of the nodes among the embeddings, (400, d), in the order of the grid."""

    def vectors(self, counts: NDArray[np.int32], frames: Frames) -> NDArray[np.float32]:
        """Give vectors (m, k) of images whose Euclidean distance is the method's distance of images.

        counts (m, 400) are the objects of each image in each node, in the order of the frames.
        """


@runtime_checkable
class Classifier(Protocol):
    """Maps whose nodes are kinds, and which answer otherwise if the plain accuracy counts."""

    def assign_plain(self, embeddings: NDArray[np.float32]) -> NDArray[np.int16]:
        """Give the likeliest kind of each embedding (n, d) if all are as frequent as in the training set."""


class Method(Protocol):
    """A way of making maps; name is what the table calls it."""

    name: str

    def crop(self, patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[Any]:
        """Make the method's own input (n, ...) of patches (n, 192, 192) in sigma, 0 beyond the frame.

        size (n,) is the larger standard deviation of each object's light, in pixels. Small dtypes are kind
        to memory: a set has some 200,000 objects.
        """

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> Fitted:
        """Fit the method to a training set; say() takes a line of progress."""

    def load(self, folder: Path) -> Fitted:
        """Read what Fitted.save wrote."""
