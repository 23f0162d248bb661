"""Stamps laid out on frames of empty sky, so that they are detected and cut out as objects of any frame."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.detect import detect
from fingerprinting.evaluation.method import PATCH
from fingerprinting.evaluation.real.gallery import Recipe
from fingerprinting.evaluation.real.stamps import Pictures, Stamp
from fingerprinting.evaluation.real.unstretch import Style, to_sigma
from fingerprinting.image import Part
from fingerprinting.training.collect import Look, Source

SIDE: Final = 5  # stamps a row: no two share a patch
NEAR: Final = 12.0  # pixels of the middle within which the stamp's object must be found


def plan_montages(folder: Path, stamps: Sequence[Stamp], style: Style) -> list[Recipe]:
    """Plan the frames of a set, 25 stamps each; what a stamp becomes depends on its name alone."""
    pages = [stamps[start : start + SIDE**2] for start in range(0, len(stamps), SIDE**2)]
    return [_plan(f"page-{number:05d}", folder, page, style) for number, page in enumerate(pages)]


def _plan(name: str, folder: Path, page: Sequence[Stamp], style: Style) -> Recipe:
    def look() -> Look:
        with Pictures(folder) as pictures:
            part = lay_out(pictures, page, style)
        return find_stamps(part, len(page), source)

    source = Source(name, folder.name)
    return Recipe(name, source, look)


def lay_out(pictures: Pictures, page: Sequence[Stamp], style: Style) -> Part:
    """Lay out up to 25 stamps on a frame of unit noise."""
    rng = np.random.default_rng([zlib.crc32(page[0].name.encode()), 1])
    sky = rng.standard_normal((SIDE * PATCH, SIDE * PATCH), dtype=np.float32)
    for number, stamp in enumerate(page):
        own = np.random.default_rng(zlib.crc32(stamp.name.encode()))
        light = _trim(to_sigma(pictures.read(stamp), style, own))
        top = number // SIDE * PATCH + (PATCH - light.shape[0]) // 2
        left = number % SIDE * PATCH + (PATCH - light.shape[1]) // 2
        sky[top : top + light.shape[0], left : left + light.shape[1]] = light
    return as_part(sky)


def _trim(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the middle out of a stamp that is larger than its place."""
    y, x = (max(side - PATCH, 0) // 2 for side in light.shape)
    return light[y : y + PATCH, x : x + PATCH]


def as_part(pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None = None) -> Part:
    """Take pixels as a science plane of which nothing else is known."""
    return Part(
        name="0", hdu=0, pixels=pixels, mask=mask, noise=None, origin=(0, 0), wcs=None, saturation=None,
        pixel_scale=None,
    )  # fmt: skip


def find_stamps(part: Part, number: int, source: Source) -> Look:
    """Look at the objects in the middle of the first `number` places of a frame."""
    detection = detect(part)
    found, index = detection.objects, np.arange(number)
    x0, y0 = index % SIDE * PATCH + (PATCH - 1) / 2, index // SIDE * PATCH + (PATCH - 1) / 2
    apart = np.hypot(found["x"] - x0[:, None], found["y"] - y0[:, None])
    # A galaxy that falls to pieces is its brightest piece.
    flux = np.where(apart <= NEAR, found["flux"], -np.inf)
    best = flux.argmax(axis=1) if len(found) else index[:0]
    chosen = found[best[np.isfinite(flux[index[: len(best)], best])]]
    return Look(source, part, detection, chosen, np.full(len(chosen), "", "U16"))
