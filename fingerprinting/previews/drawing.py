"""Pictures of one file, made in a process that may die of it: the image, a thumbnail, single objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, UnusableImageError
from caomai.previews import Drawn, View
from fingerprinting.fitsfile import FitsFile, open_fits
from fingerprinting.image import read_part
from fingerprinting.pictures.stretch import stretch as stretch_sigma
from fingerprinting.planes import Plane, choose_planes
from fingerprinting.previews.canvas import cover, shrink
from fingerprinting.previews.grey import draw_grey, encode_png
from fingerprinting.previews.thumbnail import draw_thumbnail, find_plane, make_canvas
from fingerprinting.section import Box

PREVIEW: Final = 1024  # pixels: the longest side
STAMP: Final = 96  # pixels: the side of a stamp
AROUND: Final = 64  # pixels on each side of a stamp in which its sky is measured
TO_SIGMA: Final = 1.4826  # of a normal distribution, per median absolute deviation


def draw_views(path: Path, views: Sequence[View]) -> list[Drawn]:
    """Draw pictures of a file as PNG; one that cannot be drawn is the reason why."""
    drawn: list[Drawn] = []
    with open_fits(path) as file:
        planes = choose_planes(file)
        for view in views:
            try:
                drawn.append(_draw(file, find_plane(planes, view.part), view))
            except ImageError as error:
                drawn.append(error)
    return drawn


def _draw(file: FitsFile, plane: Plane, view: View) -> bytes:
    if view.form == "stamp":
        x, y, side = view.details
        return encode_png(draw_stamp(file, plane, (float(x), float(y)), int(side)))
    if view.form == "thumbnail":
        canvas = make_canvas(plane)
        shrink(file, plane, canvas)
        return draw_thumbnail(canvas)
    return draw_preview(file, plane, view.details[0])


def draw_preview(file: FitsFile, plane: Plane, stretch: str) -> bytes:
    """Draw the whole HDU of a plane as PNG: squares of ceil(longest side / PREVIEW) pixels, row 1 below."""
    return encode_png(draw_grey(shrink(file, plane, cover(plane, PREVIEW)), stretch))


def draw_stamp(file: FitsFile, plane: Plane, place: tuple[float, float], side: int) -> NDArray[np.uint8]:
    """Draw `side` pixels around a place in FITS pixels; beyond the frame is sky."""
    x, y = (round(value - 1) - side // 2 for value in place)
    height, width = plane.hdu.shape[-2:]
    reach = side + AROUND
    wide = Box(max(x - AROUND, 0), min(x + reach, width), max(y - AROUND, 0), min(y + reach, height))
    if wide.x0 >= wide.x1 or wide.y0 >= wide.y1:
        raise UnusableImageError("The place lies outside of the image.")
    part = read_part(file, plane, wide)
    pixels = part.pixels if part.mask is None else np.where(part.mask, np.float32(np.nan), part.pixels)
    known = pixels[np.isfinite(pixels)]
    if not known.size:
        raise UnusableImageError("No pixel around the object can be used.")
    sky = np.median(known)
    noise = TO_SIGMA * np.median(np.abs(known - sky)) or known.std() or 1.0
    window = np.zeros((side, side), np.float32)
    bottom, left = max(y, 0), max(x, 0)
    top, right = min(y + side, height), min(x + side, width)
    if bottom < top and left < right:
        seen = pixels[bottom - wide.y0 : top - wide.y0, left - wide.x0 : right - wide.x0]
        window[bottom - y : top - y, left - x : right - x] = np.nan_to_num((seen - sky) / noise, nan=0.0)
    return _fit(stretch_sigma(window[None])[0])


def _fit(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring a square to the side of a stamp."""
    side = len(grey)
    if side <= STAMP:
        return grey.repeat(STAMP // side, axis=0).repeat(STAMP // side, axis=1)
    step = side // STAMP
    mean: NDArray[np.uint8] = np.rint(grey.reshape(STAMP, step, STAMP, step).mean(axis=(1, 3))).astype(
        np.uint8
    )
    return mean
