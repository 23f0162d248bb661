"""Images made for a score, kept as they were detected: made once, seen by every method."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.description import STATISTICS
from fingerprinting.detect import OBJECT, Detection
from fingerprinting.evaluation.frame import describe_part
from fingerprinting.evaluation.method import Fitted, Frames, Method, Say
from fingerprinting.evaluation.patches import crop_objects
from fingerprinting.evaluation.thumbnail import make_thumbnail
from fingerprinting.fingerprint import NODES, count_nodes
from fingerprinting.image import Part
from fingerprinting.parameters import RECIPE
from fingerprinting.training.collect import Look, Source, look_at, to_half

MOST_OBJECTS: Final = 400  # of an image
TOLD: Final = 100  # images between lines of progress


@dataclass(frozen=True)
class Recipe:
    """An image to be made: its name in the gallery, whose it is, and how it is looked at."""

    name: str
    source: Source
    look: Callable[[], Look]


@dataclass(frozen=True)
class View:
    """Images of a gallery as a fitted method sees them, in the order of their recipes.

    Of their objects: embeddings (n, d), node (n,), image (n,), and x, y (n,) in pixels. Of the images: counts
    (m, 400) and vectors (m, k); `seen` (m,) tells which of them have any object.
    """

    embeddings: NDArray[np.float32]
    node: NDArray[np.int16]
    image: NDArray[np.intp]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    counts: NDArray[np.int32]
    vectors: NDArray[np.float32]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Tell which images have objects, (m,)."""
        return np.asarray(self.counts.any(axis=1))


def plan_part(name: str, source: Source, make: Callable[[], Part]) -> Recipe:
    """Plan an image of which a sample of all objects is looked at."""
    seed = [zlib.crc32(name.encode()), 2]
    return Recipe(name, source, lambda: look_at(make(), source, MOST_OBJECTS, np.random.default_rng(seed)))


class Gallery:
    """A folder of images, one file each; what is there is not made again."""

    def __init__(self, folder: Path, recipes: Sequence[Recipe]) -> None:
        self.folder = folder
        self.recipes = recipes

    def fill(self, say: Say) -> None:
        """Make the images that are missing; one that cannot be used is kept as an image without objects."""
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [recipe for recipe in self.recipes if not self._place(recipe).exists()]
        for number, recipe in enumerate(missing):
            if number % TOLD == 0:
                say(f"{self.folder.name}: {number} of {len(missing)} images made")
            part = self._place(recipe).with_suffix(".part.npz")
            np.savez(part, **_keep(recipe))  # type: ignore[arg-type]  # its third parameter is a flag
            part.replace(self._place(recipe))

    def view(self, method: Method, fitted: Fitted) -> View:
        """See all images by a method."""
        parts, thumbnails, statistics = [], [], []
        for recipe in self.recipes:
            with np.load(self._place(recipe), allow_pickle=False) as kept:
                parts.append(_see(kept["sky"], kept["objects"], method, fitted))
                thumbnails.append(kept["thumbnail"].astype(np.float32))
                statistics.append(kept["statistics"])
        sources = [recipe.source for recipe in self.recipes]
        frames = Frames(sources, np.array(thumbnails, np.float32), np.array(statistics, np.float32))
        counts = np.array([count_nodes(part["node"]) for part in parts], np.int32).reshape(-1, NODES)
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        image = np.repeat(np.arange(len(parts)), [len(part["node"]) for part in parts])
        vectors = np.asarray(fitted.vectors(counts, frames), np.float32)
        return View(image=image, counts=counts, vectors=vectors, **joined)

    def _place(self, recipe: Recipe) -> Path:
        return self.folder / f"{recipe.name}.npz"


def _keep(recipe: Recipe) -> dict[str, NDArray[Any]]:
    """Make what is kept of an image: pixels in sigma as float16, objects, thumbnail, statistics."""
    try:
        look = recipe.look()
    except UnusableImageError:
        nothing = np.zeros((1, 1), np.float32)
        blank = Detection(np.zeros(0, OBJECT), nothing, 1.0, 0.0, 1.0, 0.0, 0)
        part = Part("0", 0, nothing, None, None, (0, 0), None, None, None)
        look = Look(recipe.source, part, blank, blank.objects, np.zeros(0, "U16"))
    found = look.detection
    return {
        "sky": to_half(np.asarray(found.sky_subtracted / found.sigma, np.float32)),
        "objects": look.objects,
        "thumbnail": to_half(make_thumbnail(look.part, found)),
        "statistics": describe_part(look.part, found),
    }


def _see(
    sky: NDArray[np.float16], objects: NDArray[np.void], method: Method, fitted: Fitted
) -> dict[str, NDArray[Any]]:
    detection = Detection(objects, sky.astype(np.float32), 1.0, 0.0, 1.0, 0.0, len(objects))
    crops = crop_objects(detection, objects, {"crop": method.crop})["crop"]
    embeddings = fitted.embed(crops)
    node = fitted.assign(embeddings)
    return {"embeddings": embeddings, "node": node, "x": objects["x"], "y": objects["y"]}


def tag(*words: object) -> str:
    """Name a gallery by what its images depend on: the words, and how all images are looked at."""
    return f"{zlib.crc32(repr((words, RECIPE, STATISTICS, MOST_OBJECTS)).encode()):08x}"
