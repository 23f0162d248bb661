"""Examples to learn arcs from: lenses put into empty places of frames, and the objects that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError
from fingerprinting.cutout import WINDOW
from fingerprinting.image import read_parts
from fingerprinting.simulation.lenses import add_lens, draw_lens
from fingerprinting.simulation.optics import convolve, make_moffat
from fingerprinting.training.collect import (
    Look,
    Source,
    as_part,
    draw_frame,
    keep,
    look_at,
    read_instrument,
    to_half,
)

OBJECTS: Final = 60  # of a frame, at most
LENSES: Final = 8  # put into a frame
SIDE: Final = 128  # pixels: light from beyond the window falls into it
SHARPEST, WIDEST = 1.8, 5.0  # FWHM in pixels
ASIDE: Final = 1.2  # pixels, one standard deviation: a detection's centre is not quite the lens's
FAINTER, BRIGHTER = 0.6, 1.3

Half = NDArray[np.float16]


@dataclass(frozen=True)
class Examples:
    """Windows (n, 64, 64) in sigma, and which of them hold a lens, (n,)."""

    windows: Half
    lensed: NDArray[np.bool_]


def draw_examples(
    paths: Iterable[Path], frames: int, seed: int, refuse: Callable[[Path, ImageError], None]
) -> Examples:
    """Draw examples from real images and simulated frames of all types."""
    rng = np.random.default_rng([seed, 6])
    drawn = [_draw(look, rng) for look in _look(paths, frames, seed, rng, refuse)]
    lensed = [np.arange(len(cut)) >= len(cut) - LENSES for cut in drawn]
    return Examples(np.concatenate(drawn), np.concatenate(lensed))


def _look(
    paths: Iterable[Path],
    frames: int,
    seed: int,
    rng: np.random.Generator,
    refuse: Callable[[Path, ImageError], None],
) -> Iterator[Look]:
    for path in paths:
        try:
            source = Source(path.name, read_instrument(path))
            for part in read_parts(path):
                yield look_at(part, source, OBJECTS, rng)
        except ImageError as error:
            refuse(path, error)
    for number in range(frames):
        source, frame = draw_frame(number, seed, rng)
        yield look_at(as_part(frame), source, OBJECTS, rng)


def _draw(look: Look, rng: np.random.Generator) -> Half:
    """Cut out the objects of a frame, and after them as many places as get a lens."""
    places = np.zeros(LENSES, look.objects.dtype)
    for name, side in zip(("y", "x"), look.part.shape, strict=True):
        places[name] = rng.uniform(0, side - 1, LENSES)
    objects = np.concatenate([look.objects, places])
    cut = keep(replace(look, objects=objects, kinds=np.full(len(objects), "", "U16"))).windows
    empty = cut[-LENSES:]
    light = np.stack([draw_light(rng) for _ in range(LENSES)])
    cut[-LENSES:] = to_half(empty + light * (empty != 0))
    return cut


def draw_light(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw a lens, an arc or a ring, near the middle of a window (64, 64), in sigma of the sky."""
    fwhm, ring = rng.uniform(SHARPEST, WIDEST), bool(rng.integers(2))
    psf = make_moffat(fwhm, beta=rng.uniform(2.5, 4.5))
    x, y = (SIDE - 1) / 2 + rng.normal(0, ASIDE, 2)
    scene = np.zeros((SIDE, SIDE), np.float32)
    add_lens(scene, draw_lens(rng, x, y, fwhm, ring=ring), rng.uniform(FAINTER, BRIGHTER), psf, rng)
    edge = (SIDE - WINDOW) // 2
    seen: NDArray[np.float32] = np.maximum(convolve(scene, psf), 0)[edge:-edge, edge:-edge]
    return seen
