"""Stamps laid out on frames of empty sky, so that they are detected and cut out as objects of any frame."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.detect import Detection, detect
from fingerprinting.evaluation.method import PATCH
from fingerprinting.evaluation.real.stamps import Pictures, Stamp
from fingerprinting.evaluation.real.unstretch import Style, to_sigma
from fingerprinting.image import Part

SIDE: Final = 5  # stamps a row: no two share a patch
NEAR: Final = 12.0  # pixels of the middle within which the stamp's object must be found


def lay_out_stamps(
    pictures: Pictures, stamps: Sequence[Stamp], style: Style
) -> Iterator[tuple[list[Stamp], Part]]:
    """Lay out stamps, 25 a frame of unit noise; what a stamp becomes depends on its name alone."""
    for start in range(0, len(stamps), SIDE**2):
        some = list(stamps[start : start + SIDE**2])
        rng = np.random.default_rng([zlib.crc32(some[0].name.encode()), 1])
        sky = rng.standard_normal((SIDE * PATCH, SIDE * PATCH), dtype=np.float32)
        for number, stamp in enumerate(some):
            own = np.random.default_rng(zlib.crc32(stamp.name.encode()))
            light = to_sigma(pictures.read(stamp), style, own)[:PATCH, :PATCH]
            top = number // SIDE * PATCH + (PATCH - light.shape[0]) // 2
            left = number % SIDE * PATCH + (PATCH - light.shape[1]) // 2
            sky[top : top + light.shape[0], left : left + light.shape[1]] = light
        yield some, as_part(sky)


def as_part(pixels: NDArray[np.float32], mask: NDArray[np.bool_] | None = None) -> Part:
    """Take pixels as a science plane of which nothing else is known."""
    return Part(
        name="0", hdu=0, pixels=pixels, mask=mask, noise=None, origin=(0, 0), wcs=None, saturation=None,
        pixel_scale=None,
    )  # fmt: skip


def find_stamps(part: Part, number: int) -> tuple[Detection, NDArray[np.void], NDArray[np.intp]]:
    """Detect the objects in the middle of the first `number` places of a frame; tell whose they are."""
    detection = detect(part)
    index = np.arange(number)
    x0, y0 = index % SIDE * PATCH + (PATCH - 1) / 2, index // SIDE * PATCH + (PATCH - 1) / 2
    if not len(detection.objects):
        return detection, detection.objects, index[:0]
    distance = np.hypot(detection.objects["x"] - x0[:, None], detection.objects["y"] - y0[:, None])
    # A galaxy that falls to pieces is its brightest piece.
    flux = np.where(distance <= NEAR, detection.objects["flux"], -np.inf)
    best = flux.argmax(axis=1)
    found = np.isfinite(flux[index, best])
    return detection, detection.objects[best[found]], index[found]
