"""One pass over the images of a set: detect, crop for every method at once, keep what is small."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.console import printable
from caomai.errors import ImageError, ParameterError
from fingerprinting.description import STATISTICS
from fingerprinting.evaluation.arrayfile import GrowingArray
from fingerprinting.evaluation.frame import describe_part
from fingerprinting.evaluation.method import THUMBNAIL, Method, Say
from fingerprinting.evaluation.patches import crop_objects, cut_patches, measure_size
from fingerprinting.evaluation.sets import (
    HALVES,
    IMAGES,
    OBJECTS,
    PLAN,
    STABLE,
    THUMBNAILS,
    ImageSet,
    SetPlan,
)
from fingerprinting.evaluation.split import SEEDS, TRAIN, choose_part
from fingerprinting.evaluation.thumbnail import make_thumbnail
from fingerprinting.fitsfile import open_fits
from fingerprinting.image import read_part
from fingerprinting.planes import choose_planes
from fingerprinting.section import Box
from fingerprinting.training.collect import (
    Look,
    Source,
    as_part,
    draw_frame,
    find_images,
    look_at,
    read_instrument,
    to_half,
)
from fingerprinting.training.lessons import Lessons
from fingerprinting.training.spoiled import look_at_spoiled, teach

TOLD: Final = 20  # lines of progress of a set
LEAST_WIDTH: Final = 64  # pixels of a half


def collect(plan: SetPlan, image_set: ImageSet, methods: Sequence[Method], say: Say) -> None:
    """Collect a set, or what it lacks: after a kill, only complete files count."""
    folder = image_set.folder
    folder.mkdir(parents=True, exist_ok=True)
    _check_plan(plan, folder)
    places = {image_set.crops_of(method): method for method in methods}
    wanted = {path.name: method.crop for path, method in places.items() if not path.exists()}
    if image_set.complete and not wanted:
        return
    # A later pass for another method has the same lessons, which take longer than the objects.
    known = image_set.read_frames().lessons if image_set.complete else None
    rows = Rows() if known is None else Rows(lessons=[known])
    with ExitStack() as stack:
        crops = {name: stack.enter_context(GrowingArray(folder / name)) for name in wanted}
        files = {
            name: stack.enter_context(GrowingArray(folder / name)) for name in (THUMBNAILS, HALVES, STABLE)
        }
        for look in _tell(look_at_images(plan, say), plan, say):
            made = crop_objects(look.detection, look.objects, wanted)
            for name, some in made.items():
                crops[name].append(some)
            files[STABLE].append(rows.keep(look, plan))
            files[THUMBNAILS].append(make_thumbnail(look.part, look.detection)[None])
            files[HALVES].append(rows.halve(look))
            if plan.part == TRAIN and known is None:
                rows.lessons.append(teach(look, SEEDS[TRAIN]))
    rows.write(folder)


def look_at_images(plan: SetPlan, say: Say) -> Iterator[Look]:
    """Look at the simulated frames of a set, then at the real images that fall into it."""
    seed = SEEDS[plan.part]
    for number in range(plan.frames):
        rng = np.random.default_rng([seed, 2, number])
        source, frame = draw_frame(number, seed, rng)
        yield look_at(as_part(frame), source, plan.most_simulated, rng, frame.objects)
    for path in find_images(plan.images):
        if choose_part(path.name) == plan.part:
            yield from _look_at_file(path, plan, say)
            if plan.part == TRAIN:
                yield from look_at_spoiled(path, seed)


def _look_at_file(path: Path, plan: SetPlan, say: Say) -> Iterator[Look]:
    """Look at the planes of a file; what cannot be used is named and left out."""
    rng = np.random.default_rng([SEEDS[plan.part], 1, zlib.crc32(path.name.encode(errors="surrogateescape"))])
    try:
        instrument = read_instrument(path)
        with open_fits(path) as file:
            planes = choose_planes(file, None)
            most = -(-plan.most_real // max(len(planes), 1))
            for plane in planes:
                part = read_part(file, plane, plane.box)
                yield look_at(part, Source(path.name, instrument), most, rng)
    except ImageError as error:
        say(f"refused: {printable(str(path))}: {error}")


def _tell(looks: Iterator[Look], plan: SetPlan, say: Say) -> Iterator[Look]:
    """Say now and then how far the set is."""
    objects, step = 0, max(plan.frames // TOLD, 16)
    number = 0
    for number, look in enumerate(looks, 1):
        objects += len(look.objects)
        if number % step == 0:
            of = f" of {plan.frames} simulated" if number <= plan.frames else ""
            say(f"{plan.part} set: {number}{of} frames, {objects} objects")
        yield look
    say(f"{plan.part} set: {number} frames, {objects} objects in all")


def _check_plan(plan: SetPlan, folder: Path) -> None:
    """Refuse a folder that holds a set of another plan."""
    contents = plan.to_json() | {"statistics": STATISTICS}
    path, text = folder / PLAN, json.dumps(contents, indent=1) + "\n"
    if not path.exists():
        path.write_text(text)
    if path.read_text() != text:
        raise ParameterError(
            f"{folder} holds a set of other images or statistics ({PLAN} says which): "
            "give another working folder, or delete this one."
        )


@dataclass
class Rows:
    """The small things of a set, in memory until the pass ends."""

    sources: list[dict[str, Any]] = field(default_factory=list)
    objects: list[dict[str, NDArray[Any]]] = field(default_factory=list)
    statistics: list[NDArray[np.float32]] = field(default_factory=list)
    halves: list[NDArray[np.float32]] = field(default_factory=list)
    halved: list[int] = field(default_factory=list)
    lessons: list[Lessons] = field(default_factory=list)

    def keep(self, look: Look, plan: SetPlan) -> NDArray[np.float16]:
        """Keep a frame, and give the patches of those of its objects that are to be turned."""
        number = len(self.sources)
        self.sources.append(asdict(look.source))
        self.statistics.append(describe_part(look.part, look.detection))
        share = -(-plan.stable // max(plan.frames, 1)) if look.source.field_type else 0
        rng = np.random.default_rng([SEEDS[plan.part], number, 3])
        chosen = np.sort(rng.permutation(len(look.objects))[:share])
        self.objects.append(
            {
                "kinds": look.kinds,
                "x": look.x,
                "image": np.full(len(look.objects), number, np.intp),
                "stable_size": measure_size(look.objects[chosen]),
                "stable_image": np.full(len(chosen), number, np.intp),
            }
        )
        return to_half(cut_patches(look.detection, look.objects[chosen]))

    def halve(self, look: Look) -> NDArray[np.float32]:
        """Give the thumbnails of both halves of a real image, (2, 256, 256); of a simulated one none."""
        height, width = look.part.shape
        if look.source.field_type or look.source.defect or width < 2 * LEAST_WIDTH:
            return np.empty((0, THUMBNAIL, THUMBNAIL), np.float32)
        boxes = Box(0, width // 2, 0, height), Box(width // 2, width, 0, height)
        self.halved.append(len(self.sources) - 1)
        self.halves += [describe_part(look.part, look.detection, box) for box in boxes]
        return np.stack([make_thumbnail(look.part, look.detection, box) for box in boxes])

    def write(self, folder: Path) -> None:
        """Write all; the objects come last, for they say that the set is complete."""
        (folder / "sources.json").write_text(json.dumps(self.sources))
        lessons = Lessons.join(self.lessons)
        width = self.statistics[0].shape[0] if self.statistics else 0
        frames = {
            "statistics": np.array(self.statistics, np.float32).reshape(-1, width),
            "halves": np.array(self.halves, np.float32).reshape(-1, width),
            "halved": np.array(self.halved, np.intp),
            "lesson_kinds": lessons.kinds,
            "lessons": lessons.statistics,
            "lesson_real": lessons.real,
        }
        names = self.objects[0] if self.objects else {}
        columns = {name: np.concatenate([one[name] for one in self.objects]) for name in names}
        for name, arrays in ((IMAGES, frames), (OBJECTS, columns)):
            part = folder / f"part-{name}"
            np.savez(part, **arrays)
            part.replace(folder / name)
