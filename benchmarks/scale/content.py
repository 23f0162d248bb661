"""What is in simulated images: counts and statistics from a hierarchy of cameras, field types and targets.

An archive is a mixture of mixtures. A target is of one of 300 types of field and near it in content; it is
visited some twenty times by some of 120 cameras, of which a few take most images. What a camera and a target
have in common with an image are positions in a few smooth directions of Map 1 and of the statistics; counts
are Poisson, and the search vectors are made of them by the model itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import STATISTICS
from fingerprinting.fingerprint import NODES, search_vectors
from fingerprinting.model import Model

CAMERAS: Final = 120
SHARE: Final = 1.8  # of a camera: its rank to this power; the last has 0.01 % of the images
TYPES: Final = 300
VISITS: Final = 20  # images of a target on average
CONTENTS, LOOKS = 8, 9  # directions in which histograms and statistics vary
# Standard deviations of type, target, camera and image along each direction of content, and of looks.
CONTENT_SPREAD: Final = (2.4, 0.6, 0.8, 0.3)
LOOKS_SPREAD: Final = (1.1, 0.35, 0.6, 0.3)
GRAIN: Final = 0.15  # of a statistic alone, in its usual deviations
DEPTH, DEPTH_OF_CAMERA, DEPTH_OF_IMAGE = 107.0, 1.0, 0.9  # objects: median, and spreads of the logarithm
SPOILED: Final = 0.04  # share of images with defects: their looks lie far off
MOST_OBJECTS: Final = 4000
SIBLING: Final = 6

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Images:
    """Some images: camera and target (n,), counts (n, 400), statistics (n, s) and search vectors (n, 400)."""

    camera: NDArray[np.int64]
    target: NDArray[np.int64]
    counts: NDArray[np.int32]
    statistics: Floats
    vectors: Floats


@dataclass(frozen=True)
class Content:
    """The hierarchy that images are drawn from; the same seed gives the same images."""

    model: Model
    seed: int
    nodes: Floats  # (CONTENTS, 400): what a step along each direction does to the logarithm of a node
    looks: Floats  # (LOOKS, s)
    cameras: Floats  # (CAMERAS, CONTENTS + LOOKS)
    depths: Floats  # (CAMERAS,)
    targets: Floats  # (t, CONTENTS + LOOKS)
    shares: NDArray[np.float64]  # (CAMERAS,), the cumulative sum

    @classmethod
    def for_archive(cls, model: Model, images: int, seed: int) -> Self:
        """Draw cameras and targets of an archive."""
        rng = np.random.default_rng(seed)
        spread = _spreads()
        types = rng.standard_normal((TYPES, CONTENTS + LOOKS)) * spread[0]
        targets = max(images // VISITS, 1)
        popular = rng.dirichlet(np.full(TYPES, 0.5))
        chosen = rng.choice(TYPES, targets, p=popular)
        looks = rng.standard_normal((LOOKS, len(STATISTICS))) / np.sqrt(LOOKS)
        shares = np.cumsum(np.arange(1, CAMERAS + 1) ** -SHARE)
        return cls(
            model=model,
            seed=seed,
            nodes=_smooth(rng.standard_normal((CONTENTS, NODES)), model),
            looks=np.float32(looks),
            cameras=np.float32(rng.standard_normal((CAMERAS, CONTENTS + LOOKS)) * spread[2]),
            depths=np.float32(np.log(DEPTH) + rng.standard_normal(CAMERAS) * DEPTH_OF_CAMERA),
            targets=np.float32(types[chosen] + rng.standard_normal((targets, len(spread[1]))) * spread[1]),
            shares=shares / shares[-1],
        )

    def draw(self, first: int, number: int) -> Images:
        """Draw `number` images, those from `first` on; they come by camera, as archives are filled."""
        rng = np.random.default_rng((self.seed, first))
        camera = np.searchsorted(self.shares, rng.random(number))
        # A camera goes to its own part of the targets: surveys differ.
        home = camera * len(self.targets) // CAMERAS
        reach = rng.integers(0, max(len(self.targets) // 4, 1), number)
        target = (home + reach) % len(self.targets)
        # A sibling is another plane of the observation before it.
        sibling = np.flatnonzero(is_sibling(np.arange(first, first + number)[1:]))
        camera[sibling + 1], target[sibling + 1] = camera[sibling], target[sibling]
        place = self.targets[target] + self.cameras[camera]
        place += np.float32(rng.standard_normal(place.shape) * _spreads()[3])
        counts = self._count(rng, place[:, :CONTENTS], self.depths[camera])
        statistics = self._look(rng, place[:, CONTENTS:])
        return Images(camera, target, counts, statistics, search_vectors(counts, statistics, self.model))

    def _count(self, rng: np.random.Generator, place: Floats, depth: Floats) -> NDArray[np.int32]:
        share = self.model.prior * np.exp(place @ self.nodes)
        objects = np.exp(depth + rng.standard_normal(len(depth)) * DEPTH_OF_IMAGE)
        wanted = np.minimum(objects, MOST_OBJECTS) / share.sum(axis=1)
        return rng.poisson(share * wanted[:, None]).astype(np.int32)

    def _look(self, rng: np.random.Generator, place: Floats) -> Floats:
        spoiled = rng.random(len(place)) < SPOILED
        looks = (place * np.where(spoiled, 3, 1)[:, None]) @ self.looks
        looks += rng.standard_normal(looks.shape) * GRAIN
        return np.float32(self.model.statistics_centre + self.model.statistics_scale * looks)


def is_sibling(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which images belong to the observation of the image before them: every sixth does."""
    return numbers % SIBLING == SIBLING - 1


def _spreads() -> NDArray[np.float64]:
    """Give the spreads of type, target, camera and image along all directions: (4, CONTENTS + LOOKS)."""
    return np.concatenate(
        [np.outer(CONTENT_SPREAD, np.ones(CONTENTS)), np.outer(LOOKS_SPREAD, np.ones(LOOKS))], axis=1
    )


def _smooth(noise: NDArray[np.float64], model: Model) -> Floats:
    """Make noise (n, 400) smooth over nodes that are alike; each row varies by 1 / sqrt(n)."""
    smooth = noise @ model.kernel.astype(np.float64)
    smooth -= smooth.mean(axis=1, keepdims=True)
    return np.float32(smooth / smooth.std(axis=1, keepdims=True) / np.sqrt(len(noise)))
