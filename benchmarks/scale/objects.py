"""Rows of the single objects of simulated images."""

from __future__ import annotations

import hpgeom
import numpy as np

from benchmarks.scale.content import Content, Images
from benchmarks.scale.rows import PIXELS, RADIUS, Columns, places
from fingerprinting.object_rows import NSIDE


def object_columns(
    content: Content, images: Images, first: int, per_image: int, map_id: int
) -> tuple[Columns, int]:
    """Give rows of caom2_ai.object_node: `per_image` objects of each image, in the nodes of its counts."""
    n = len(images.camera)
    rng = np.random.default_rng((content.seed, 9, first))
    numbers = np.arange(first, first + n)
    sky = places(content, images, numbers)
    below = np.cumsum(images.counts, axis=1)
    chosen = rng.random((n, per_image)) * np.maximum(below[:, -1:], 1)
    rows = n * per_image
    # One search for all images: each one's counts follow those of the one before.
    start = np.concatenate([[0], np.cumsum(below[:, -1])])[:-1]
    places_in_all = np.searchsorted(
        (below + start[:, None]).ravel(), (chosen + start[:, None]).ravel(), "right"
    )
    x, y = rng.uniform(1, PIXELS, (2, rows)).astype(np.float32)
    scale = RADIUS / PIXELS * 1.4
    dec = np.clip(np.repeat(sky["dec"], per_image) + (y - PIXELS / 2) * scale, -90, 90)
    ra = (np.repeat(sky["ra"], per_image) + (x - PIXELS / 2) * scale / np.cos(np.radians(dec))) % 360
    snr = np.float32(5 * rng.random(rows) ** -0.7)
    return {
        "mapID": np.int32(map_id), "imageID": np.int32(np.repeat(numbers + 1, per_image)),
        "objectID": np.int32(np.tile(np.arange(per_image), n)), "node": np.int16(places_in_all % 400),
        "flags": np.int16(0), "healpix": hpgeom.angle_to_pixel(NSIDE, ra, dec), "ra": ra, "dec": dec,
        "x": x, "y": y, "a": np.float32(2), "b": np.float32(1.5), "theta": np.float32(30), "flux": snr * 10,
        "snr": snr,
        "confidence": np.float32(rng.random(rows)), "oddness": np.float32(rng.random(rows) * 100),
    }, rows  # fmt: skip
