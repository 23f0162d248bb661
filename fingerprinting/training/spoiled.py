"""Frames with defects put into them: so those of real cameras are known, and look like simulated ones."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError
from fingerprinting.defects import DEFECTS, SOUND
from fingerprinting.detect import detect
from fingerprinting.evaluation.real.bases import Base, make_bases, read_base, read_bases
from fingerprinting.evaluation.real.spoiling import make_version
from fingerprinting.quality import measure_whole
from fingerprinting.training.collect import Look, Sightings, Source, as_part, draw_frame, keep, look_at
from fingerprinting.training.lessons import Lessons, have_none

VERSIONS: Final = 3  # of each sound frame, whose objects are trained on
MOST: Final = 200  # objects of each
PIECES: Final = 5  # of a real frame that lessons are made of, where there are few frames
FIRST: Final = 10_000  # added to the seed: lessons are no versions that are trained or tested on
LESSONS: Final = 4000  # of all real frames, about
SOUND_FIELDS: Final = frozenset(
    {"sparse", "crowded", "globular", "galaxy_cluster", "nebula", "mergers", "saturated"}
)
DRAWN: Final = 4  # defects that a simulated frame is spoiled by, one after the other


def look_at_spoiled(path: Path, seed: int, most: int = MOST) -> Iterator[Look]:
    """Look at versions of a sound frame, each with another defect and at most `most` objects.

    There are none of any other kind of image.
    """
    base = read_base(path)
    if base is None:
        return
    name = path.name.encode(errors="surrogateescape")
    rng = np.random.default_rng([seed, 6, zlib.crc32(name)])
    for defect in rng.choice(sorted(DEFECTS), VERSIONS, replace=False).tolist():
        source = Source(f"{path.name} ({defect})", base.instrument, defect=defect)
        try:
            yield look_at(make_version(base, defect, seed), source, min(most, MOST), rng)
        except ImageError:
            continue  # too dark or too bright to be searched


def see_spoiled(path: Path, seed: int, most: int, pieces: int = PIECES) -> list[Sightings]:
    """See the objects of versions of a sound frame, with what it teaches of defects."""
    seen = [keep(look) for look in look_at_spoiled(path, seed, most)]
    if seen:
        seen[0] = replace(seen[0], lessons=teach_real(read_bases(path, pieces), seed))
    return seen


def share_pieces(images: int) -> int:
    """Give the pieces of each of so many real images, so that lessons do not take longer than all else."""
    return min(max(LESSONS // (max(images, 1) * (len(DEFECTS) + 2)), 1), PIECES)


def see_taught_frame(number: int, most: int, seed: int) -> Sightings:
    """See a simulated frame as training.collect.see_frame does, with what it teaches of defects."""
    rng = np.random.default_rng([seed, 2, number])
    source, frame = draw_frame(number, seed, rng)
    look = look_at(as_part(frame), source, most, rng, frame.objects)
    return replace(keep(look), lessons=teach(look, seed))


def teach(look: Look, seed: int) -> Lessons:
    """Teach by an image as it was looked at, simulated or real; one that has a defect teaches nothing."""
    source = look.source
    if source.defect or (source.field_type and source.field_type not in SOUND_FIELDS):
        return have_none()
    pieces = 1 if source.field_type else PIECES
    bases = make_bases(source.name, source.instrument, look.part, look.detection, pieces)
    if not source.field_type:
        return teach_real(bases, seed)
    rng = np.random.default_rng([seed, 9, zlib.crc32(source.name.encode())])
    drawn = [*rng.choice(DEFECTS, DRAWN, replace=False).tolist(), SOUND]
    return Lessons.collect(chain.from_iterable(_spoil(base, drawn, seed) for base in bases), real=False)


def teach_real(bases: Iterable[Base], seed: int) -> Lessons:
    """Teach by pieces of a real frame: all defects of each, and two sound versions."""
    taught = (_spoil(base, [SOUND, *DEFECTS, SOUND], seed) for base in bases)
    return Lessons.collect(chain.from_iterable(taught), real=True)


def _spoil(base: Base, kinds: Iterable[str], seed: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Make versions of a base, with their statistics."""
    for number, kind in enumerate(kinds):
        part = make_version(base, kind, seed + FIRST + number)
        try:
            yield kind, measure_whole(part, detect(part)).statistics
        except ImageError:
            continue
