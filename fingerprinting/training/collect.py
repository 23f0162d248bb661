"""The training set: windows of objects from real images and from simulated frames, with weights."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Collection as Collected
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, ParameterError
from fingerprinting.cutout import windows
from fingerprinting.description import STATISTICS
from fingerprinting.detect import Detection, detect
from fingerprinting.fitsfile import open_fits, read_card
from fingerprinting.image import Part, read_parts
from fingerprinting.quality import measure_whole
from fingerprinting.simulation.fields import FIELD_TYPES, SimulatedFrame, render
from fingerprinting.simulation.truth import match_kinds
from fingerprinting.training.lessons import Lessons, have_none

SUFFIXES: Final = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fits.fz", ".fz")
MOST_SIGMA: Final = 60_000.0  # what float16 holds
SMALLEST_SIDE, LARGEST_SIDE = 400, 800  # pixels of simulated frames: many small ones show more cameras
DOMINANT: Final = 3.0  # times the mean weight of an instrument: none may have more
RICH: Final = 150  # objects: an image with more weighs no more, or one field of noise would fill nodes
REAL_SHARE: Final = 0.4  # of the weight, where there are simulated objects too
EVENNESS: Final = 0.5  # 0 takes simulated kinds as they come, 1 gives all the same weight


@dataclass(frozen=True)
class Source:
    """An image of the training set; field_type is empty for a real one, defect names what was put into it."""

    name: str
    instrument: str
    field_type: str = ""
    defect: str = ""


def know_nothing() -> NDArray[np.float32]:
    """Give the statistics of an image of which none is known, (s,)."""
    return np.full(len(STATISTICS), np.nan, np.float32)


@dataclass(frozen=True)
class Sightings:
    """Objects of one image: windows (n, 64, 64) float16 in sigma, kinds ('' if not known), x in the image."""

    source: Source
    windows: NDArray[np.float16]
    kinds: NDArray[np.str_]
    x: NDArray[np.float64]  # 0 to 1, across the image
    statistics: NDArray[np.float32] = field(default_factory=know_nothing)  # (s,) of the whole image
    lessons: Lessons = field(default_factory=have_none)  # of versions of the image


@dataclass(frozen=True)
class Collection:
    """Objects of many images: image (n,) indexes sources, weight (n,) sums to 1."""

    sources: list[Source]
    windows: NDArray[np.float16]
    kinds: NDArray[np.str_]
    x: NDArray[np.float64]
    image: NDArray[np.intp]
    weight: NDArray[np.float64]
    statistics: NDArray[np.float32] | None = None  # (images, s); None: nothing is known
    lessons: Lessons = field(default_factory=have_none)

    @property
    def real(self) -> NDArray[np.bool_]:
        """Tell which objects are real, (n,)."""
        return np.array([not source.field_type for source in self.sources], bool)[self.image]


@dataclass(frozen=True)
class Look:
    """A part and what was found in it: objects (dtype OBJECT) drawn at random, kinds '' if not known."""

    source: Source
    part: Part
    detection: Detection
    objects: NDArray[np.void]
    kinds: NDArray[np.str_]

    @property
    def x(self) -> NDArray[np.float64]:
        """Give the places of the objects across the part, 0 to 1."""
        return np.asarray(self.objects["x"] / self.part.shape[1], np.float64)


def look_at(
    part: Part, source: Source, most: int, rng: np.random.Generator, truth: NDArray[np.void] | None = None
) -> Look:
    """Detect the objects of a part and draw at most `most` of them."""
    detection = detect(part)
    objects = detection.objects
    if len(objects) > most:
        objects = objects[np.sort(rng.choice(len(objects), most, replace=False))]
    kinds = np.full(len(objects), "", "U16")
    if truth is not None:
        kinds = match_kinds(truth, objects["x"], objects["y"])
    return Look(source, part, detection, objects, kinds)


def see_part(
    part: Part, source: Source, most: int, rng: np.random.Generator, truth: NDArray[np.void] | None = None
) -> Sightings:
    """Detect the objects of a part and cut out at most `most` of them, drawn at random."""
    return keep(look_at(part, source, most, rng, truth))


def keep(look: Look) -> Sightings:
    """Keep of a part what is trained on."""
    detection, objects = look.detection, look.objects
    cut = windows(detection.sky_subtracted, detection.sigma, objects["x"], objects["y"])
    statistics = measure_whole(look.part, detection).statistics
    return Sightings(look.source, to_half(cut), look.kinds, look.x, statistics)


def to_half(cut: NDArray[np.float32]) -> NDArray[np.float16]:
    """Store pixels in sigma as float16."""
    return np.clip(cut, -MOST_SIGMA, MOST_SIGMA).astype(np.float16)


def find_images(folders: Iterable[Path]) -> list[Path]:
    """Find the FITS files in folders, in order of their names."""
    found = []
    for folder in folders:
        if not folder.is_dir():
            raise ParameterError(f"{folder} is no folder; give one that holds FITS files.")
        found += [path for path in sorted(folder.rglob("*")) if path.name.lower().endswith(SUFFIXES)]
    return found


def see_real(
    paths: Iterable[Path], most: int, seed: int, refuse: Callable[[Path, ImageError], None]
) -> Iterator[Sightings]:
    """See the objects of real images, at most `most` of each; what cannot be used is refused by name."""
    for path in paths:
        try:
            source = Source(path.name, read_instrument(path))
            yield from see_image(path, source, most, seed)
        except ImageError as error:
            refuse(path, error)


def see_image(
    path: Path, source: Source, most: int, seed: int, selection: Collected[str] | None = None
) -> list[Sightings]:
    """See the objects of the parts of one image, at most about `most` together, each part by its number.

    The sample depends on the seed and the name alone, and windows of that many objects are held at a time.
    Parts without objects are seen too: what bias frames look like belongs to what is usual.
    """
    rng = np.random.default_rng([seed, 1, zlib.crc32(source.name.encode(errors="surrogateescape"))])
    seen: list[Sightings] = []
    found: list[int] = []
    for part in read_parts(path, selection):
        seen.append(see_part(part, source, most, rng))
        found.append(len(seen[-1].x))
        total = max(sum(found), most)
        seen = [_thin(one, -(-number * most // total), rng) for one, number in zip(seen, found, strict=True)]
    return seen


def _thin(seen: Sightings, most: int, rng: np.random.Generator) -> Sightings:
    if len(seen.x) <= most:
        return seen
    kept = rng.permutation(len(seen.x))[:most]
    return replace(seen, windows=seen.windows[kept], kinds=seen.kinds[kept], x=seen.x[kept])


def read_instrument(path: Path) -> str:
    """Name the instrument of a file by its header, else by the folder it lies in."""
    with open_fits(path) as file:
        for hdu in file.hdus[:2]:
            words = [read_card(hdu.header, name, str) for name in ("TELESCOP", "INSTRUME")]
            if any(words):
                return " ".join(word.strip() for word in words if word)
    return path.parent.name


def see_simulated(frames: int, most: int, seed: int) -> Iterator[Sightings]:
    """See the objects of simulated frames, all field types in turn, at most `most` of each frame."""
    for number in range(frames):
        yield see_frame(number, most, seed)


def see_frame(number: int, most: int, seed: int) -> Sightings:
    """See at most `most` objects of one frame of a series, which depends on the seed and its number alone."""
    rng = np.random.default_rng([seed, 2, number])
    source, frame = draw_frame(number, seed, rng)
    return see_part(as_part(frame), source, most, rng, frame.objects)


def draw_frame(number: int, seed: int, rng: np.random.Generator) -> tuple[Source, SimulatedFrame]:
    """Render the simulated frame of a number, with random sides."""
    shape = tuple(int(side) for side in rng.integers(SMALLEST_SIDE, LARGEST_SIDE + 1, 2))
    field_type = FIELD_TYPES[number % len(FIELD_TYPES)]
    frame = render(field_type, seed * 1_000_003 + number, (shape[0], shape[1]))
    return Source(f"{field_type}-{number}", "simulated", field_type), frame


def as_part(frame: SimulatedFrame) -> Part:
    """Take a simulated frame as if it had been read from a file."""
    return Part(
        name="0", hdu=0, pixels=frame.pixels.astype(np.float32), mask=None, noise=None, origin=(0, 0),
        wcs=None, saturation=float(frame.header["SATURATE"]), pixel_scale=float(frame.header["PIXSCALE"]),
        step=1.0 if frame.pixels.dtype == np.uint16 else 0.0,
    )  # fmt: skip


def gather(sightings: Iterable[Sightings], *, real_share: float = REAL_SHARE) -> Collection:
    """Gather images into one collection; real objects get `real_share` of the weight where there are both."""
    seen = list(sightings)
    if not any(len(one.x) for one in seen):
        raise ParameterError("No object was found to train on; give more images or simulated frames.")
    image = np.repeat(np.arange(len(seen)), [len(one.x) for one in seen])
    sources = [one.source for one in seen]
    kinds = np.concatenate([one.kinds for one in seen])
    return Collection(
        sources=sources,
        windows=np.concatenate([one.windows for one in seen]),
        kinds=kinds,
        x=np.concatenate([one.x for one in seen]),
        image=image,
        weight=weigh(sources, image, kinds, real_share),
        statistics=np.stack([one.statistics for one in seen]),
        lessons=Lessons.join(one.lessons for one in seen),
    )


def weigh(
    sources: list[Source], image: NDArray[np.intp], kinds: NDArray[np.str_], real_share: float = REAL_SHARE
) -> NDArray[np.float64]:
    """Weigh objects so that rich images and rich instruments count, but do not dominate; the sum is 1.

    An image weighs the root of its number of objects, and an instrument at most three times the mean. Rare
    kinds of simulated objects count as if more of them had been drawn: what is learnt never sees a kind.
    """
    number = np.bincount(image, minlength=len(sources)).astype(float)
    share = np.sqrt(np.minimum(number, RICH))
    instruments, group = np.unique([source.instrument for source in sources], return_inverse=True)
    real = np.array([not source.field_type for source in sources])
    total = np.bincount(group, share, minlength=len(instruments))
    genuine = np.unique(group[real & (number > 0)])
    if genuine.size:
        most = DOMINANT * total[genuine].mean()
        share[real] *= np.minimum(1, most / np.maximum(total, 1e-9))[group[real]]
    for members, part in ((real, real_share), (~real, 1 - real_share)):
        both = share[real].sum() > 0 and share[~real].sum() > 0
        if share[members].sum() > 0:
            share[members] *= (part if both else 1.0) / share[members].sum()
    return _even_out((share / np.maximum(number, 1))[image], kinds)


def _even_out(weight: NDArray[np.float64], kinds: NDArray[np.str_]) -> NDArray[np.float64]:
    """Bring the weights of known kinds nearer to each other; their sum stays."""
    known = kinds != ""
    _, kind = np.unique(kinds[known], return_inverse=True)
    frequent = np.bincount(kind, weight[known])[kind]
    evened = weight[known] * np.maximum(frequent, 1e-12) ** -EVENNESS
    weight[known] = evened * weight[known].sum() / max(evened.sum(), 1e-300)
    return weight
