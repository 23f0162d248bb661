"""The sets of an evaluation in its working folder: objects and whole images, read without copying them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.arrayfile import map_array
from fingerprinting.evaluation.method import PATCH, Frames, Method, Objects
from fingerprinting.training.collect import Source, weigh
from fingerprinting.training.lessons import Lessons

OBJECTS, IMAGES, PLAN = "objects.npz", "frames.npz", "plan.json"
THUMBNAILS, HALVES, STABLE = "thumbnails.npy", "halves.npy", "stable.npy"


@dataclass(frozen=True)
class SetPlan:
    """What a set is made of: so many simulated frames, and the real images of folders that fall into it."""

    part: str  # train, validation or test
    frames: int
    images: tuple[Path, ...] = ()
    most_simulated: int = 200  # objects of one frame
    most_real: int = 1000
    stable: int = 0  # objects of simulated frames whose patches are kept, to be turned

    def to_json(self) -> dict[str, Any]:
        """Give the plan as plain values."""
        return asdict(self) | {"images": [str(folder.resolve()) for folder in self.images]}


@dataclass(frozen=True)
class Stable:
    """Objects to be turned: patches (n, 192, 192) in sigma, sizes (n,) in pixels, and their frames (n,)."""

    patches: NDArray[np.float16]
    size: NDArray[np.float32]
    image: NDArray[np.intp]


@dataclass(frozen=True)
class ImageSet:
    """A collected set; crops of many methods may lie in it."""

    folder: Path

    def read_frames(self) -> Frames:
        """Read the whole images."""
        with np.load(self.folder / IMAGES, allow_pickle=False) as arrays:
            statistics = arrays["statistics"]
            lessons = Lessons(arrays["lesson_kinds"], arrays["lessons"], arrays["lesson_real"])
        return Frames(self._sources(), map_array(self.folder / THUMBNAILS), statistics, lessons)

    def read_halves(self) -> tuple[Frames, NDArray[np.intp]]:
        """Read the halves of real images, left and right of each in turn, and which images (m,) they are."""
        sources = self._sources()
        with np.load(self.folder / IMAGES, allow_pickle=False) as arrays:
            statistics, image = arrays["halves"], arrays["halved"]
        thumbnails = map_array(self.folder / HALVES)
        return Frames([sources[i] for i in np.repeat(image, 2)], thumbnails, statistics), image

    def read_objects(self, method: Method) -> Objects:
        """Read the objects as crops of a method."""
        with np.load(self.folder / OBJECTS, allow_pickle=False) as arrays:
            kinds, image, x = arrays["kinds"], arrays["image"], arrays["x"]
        weight = weigh(self._sources(), image, kinds)
        return Objects(map_array(self.crops_of(method)), kinds, image, x, weight)

    def read_stable(self) -> Stable:
        """Read the objects to be turned."""
        with np.load(self.folder / OBJECTS, allow_pickle=False) as arrays:
            return Stable(map_array(self.folder / STABLE), arrays["stable_size"], arrays["stable_image"])

    def crops_of(self, method: Method) -> Path:
        """Name the file of a method's crops by what it crops: a change makes another, likes share one."""
        return self.folder / f"crops-{identify_crop(method)}.npy"

    @property
    def complete(self) -> bool:
        """Tell whether the set has been collected."""
        return (self.folder / OBJECTS).exists()

    def _sources(self) -> list[Source]:
        return [Source(**one) for one in json.loads((self.folder / "sources.json").read_text())]


def identify_crop(method: Method) -> str:
    """Give a word that changes when a method crops otherwise: a hash of its crops of patches of noise."""
    rng = np.random.default_rng(9)
    y, x = np.mgrid[:PATCH, :PATCH] - (PATCH - 1) / 2
    size = np.array([1, 3, 10, 30, 60], np.float32)
    light = 50 * np.exp(-np.hypot(x, y) / size[:, None, None])
    crops = method.crop((light + rng.standard_normal(light.shape)).astype(np.float32), size)
    text = f"{crops.dtype} {crops.shape[1:]}".encode() + np.ascontiguousarray(crops).tobytes()
    return hashlib.sha256(text).hexdigest()[:12]
