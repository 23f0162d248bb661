"""From a file to fingerprints: read, detect, cut out, embed, count. No database, no network."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, UnusableImageError
from fingerprinting.arcs import measure_arcs
from fingerprinting.cutout import fovea, windows
from fingerprinting.description import PartDescription, Quality
from fingerprinting.detect import Detection, detect
from fingerprinting.encoder import Encoder
from fingerprinting.fingerprint import count_nodes
from fingerprinting.fitsfile import FitsFile, open_fits
from fingerprinting.image import Part, read_part
from fingerprinting.looks import LOOKED, choose, embed_turned, part_looks
from fingerprinting.model import Model
from fingerprinting.nodes import assign
from fingerprinting.oddness import Oddness
from fingerprinting.planes import Plane, choose_planes
from fingerprinting.previews.canvas import Canvas
from fingerprinting.previews.thumbnail import draw_thumbnail, find_plane, make_canvas
from fingerprinting.quality import Measure, combine, measure
from fingerprinting.sample import Sample
from fingerprinting.section import Box
from fingerprinting.sky import to_sky
from fingerprinting.tiles import MOST_PIXELS, Tile, split

__all__ = ["Limits", "PartDescription", "Quality", "describe_file"]

BATCH: Final = 256  # cut-outs at once: 4 MB of windows; with 64 the calls themselves cost more


@dataclass(frozen=True)
class Limits:
    """What keeps one image from taking all the time or memory."""

    objects: int = 4000  # embedded; a histogram of so many has 1.5 % noise
    pixels: int = MOST_PIXELS  # in memory at once; larger frames are taken in tiles
    looks: float = 0.0  # share of the embedded objects that can be compared with others


LIMITS: Final = Limits()


@dataclass(frozen=True)
class _Eye:
    """What turns cut-outs into nodes."""

    encoder: Encoder
    centroids: NDArray[np.float32]
    oddness: Oddness
    looks: float


def describe_file(
    path: Path,
    model: Model,
    selection: Collection[str] | None = None,
    *,
    encoder: Encoder | None = None,
    limits: Limits = LIMITS,
    open_file: Callable[[Path], AbstractContextManager[FitsFile]] = open_fits,
    thumbnail: bool = False,
) -> list[PartDescription]:
    """Describe the science planes of a file; those that cannot be used are left out as long as one can.

    `selection` names parts as caom2.Part does. With `thumbnail` the part that stands for the file is drawn.
    """
    eye = _Eye(encoder or Encoder(model.encoder), model.centroids, model.oddness, limits.looks)
    described, refused = [], []
    with open_file(path) as file:
        shown = find_plane(choose_planes(file)).name if thumbnail else None
        for plane in choose_planes(file, selection):
            canvas = make_canvas(plane) if plane.name == shown else None
            try:
                described.append(_describe_plane(file, plane, eye, limits, canvas))
            except ImageError as error:
                refused.append(type(error)(f"{path.name}, HDU {plane.name}: {error}"))
    if not described:
        raise refused[0]
    return described


def _describe_plane(
    file: FitsFile, plane: Plane, eye: _Eye, limits: Limits, canvas: Canvas | None
) -> PartDescription:
    """Describe one plane, tile by tile; a tile without signal is left out as long as another has some."""
    sample, n_detected, scale = Sample(limits.objects), 0, None
    measures: list[Measure] = []
    refused: list[UnusableImageError] = []
    for tile in split(plane.box, limits.pixels):
        part = read_part(file, plane, tile.outer)
        sample.begin(part.pixels)
        if canvas is not None:
            canvas.add_core(part.pixels, part.mask, tile)
        scale = part.pixel_scale
        try:
            detection = detect(part)
        except UnusableImageError as error:
            refused.append(error)
            continue
        objects = detection.objects[tile.owns(detection.objects["x"], detection.objects["y"])]
        n_detected += len(objects)
        measures.append(measure(part, detection, objects, _core(tile)))
        _take(sample, objects, part, detection, eye)
    if not measures:
        raise refused[0]
    objects, looks = part_looks(sample.rows)
    return PartDescription(
        name=plane.name,
        hdu=plane.hdu.number,
        shape=(plane.hdu.shape[-2], plane.hdu.shape[-1]),
        n_detected=n_detected,
        sampled_fraction=len(objects) / n_detected if n_detected else 1.0,
        fingerprint=count_nodes(objects["node"]),
        objects=objects,
        quality=combine(measures, scale),
        looks=looks,
        object_share=eye.looks,
        thumbnail=None if canvas is None else draw_thumbnail(canvas),
    )


def _core(tile: Tile) -> Box:
    """Give the core of a tile in the tile's own pixels."""
    x0, y0 = tile.outer.x0, tile.outer.y0
    return Box(tile.core.x0 - x0, tile.core.x1 - x0, tile.core.y0 - y0, tile.core.y1 - y0)


def _take(sample: Sample, objects: NDArray[np.void], part: Part, detection: Detection, eye: _Eye) -> None:
    """Embed those objects of a tile that can be in the sample, and put them in."""
    priority = sample.priorities(objects["x"] + part.origin[0], objects["y"] + part.origin[1])
    admitted = sample.admit(priority)
    objects = objects[admitted]
    rows = np.zeros(len(objects), LOOKED)
    for name in ("a", "b", "flux", "snr", "flags"):
        rows[name] = objects[name]
    rows["x"] = objects["x"] + part.origin[0] + 1
    rows["y"] = objects["y"] + part.origin[1] + 1
    rows["ra"], rows["dec"] = to_sky(part.wcs, rows["x"], rows["y"])
    rows["theta_deg"] = np.degrees(objects["theta"])
    looked = choose(objects["snr"], eye.looks)
    for start in range(0, len(objects), BATCH):
        batch = slice(start, start + BATCH)
        cut = windows(detection.sky_subtracted, detection.sigma, objects["x"][batch], objects["y"][batch])
        foveae = fovea(cut)
        embeddings = eye.encoder.embed(foveae)
        some = looked[batch]
        rows["vector"][batch][some] = embed_turned(foveae[some], embeddings[some], eye.encoder)
        node, confidence, distance = assign(embeddings, eye.centroids)
        rows["node"][batch], rows["confidence"][batch] = node, confidence
        rows["oddness"][batch] = eye.oddness.judge(distance, node, measure_arcs(cut))
    sample.add(priority[admitted], rows)
