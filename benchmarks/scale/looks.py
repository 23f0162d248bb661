"""What simulated objects look like: vectors that lie about the nodes as those of rendered objects do.

About the centre of each node objects spread along ten directions of its own, the k-th by 1 / sqrt(k), and by
noise in all: fifty neighbours then lie as if in 6 dimensions (in 4 to 11 for most), as those of 9,678 objects
of rendered frames did, and a little farther apart than those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.scale.archive import INDEXES, Size
from benchmarks.scale.content import Content
from benchmarks.scale.objects import object_columns
from benchmarks.scale.rows import pack
from fingerprinting.description import OBJECT_VECTOR
from fingerprinting.object_rows import HALVES, NUMBERS

DIRECTIONS: Final = 10
SPREAD, NOISE = 0.4, 0.25  # lengths, where the centre of a node has about 0.7
IMAGES: Final = 1_000  # at once
KEPT: Final = ("healpix", "ra", "dec", "mapID", "imageID", "x", "y", "snr", "node")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Looks:
    """Centres (400, 64) of the nodes, and the directions (400, 10, 64) in which their objects differ."""

    centres: Floats
    directions: Floats

    @classmethod
    def about(cls, centroids: Floats, seed: int) -> Self:
        """Draw the directions about the centroids (400, d) of a model."""
        centres = centroids[:, :OBJECT_VECTOR].astype(np.float32)
        rng = np.random.default_rng((seed, 11))
        directions = rng.standard_normal((len(centres), DIRECTIONS, OBJECT_VECTOR)).astype(np.float32)
        directions /= np.sqrt(np.arange(1, DIRECTIONS + 1, dtype=np.float32))[:, None]
        directions *= SPREAD / np.sqrt((directions**2).sum(axis=(1, 2), keepdims=True))
        return cls(centres, directions)

    def draw(self, nodes: NDArray[np.int16], rng: np.random.Generator) -> Floats:
        """Draw unit vectors (n, 64) of objects in nodes (n,)."""
        noise = rng.standard_normal((len(nodes), OBJECT_VECTOR), dtype=np.float32)
        vectors = self.centres[nodes] + noise * np.float32(NOISE / np.sqrt(OBJECT_VECTOR))
        place = rng.standard_normal((len(nodes), DIRECTIONS), dtype=np.float32)
        for node in np.unique(nodes):
            here = nodes == node
            vectors[here] += place[here] @ self.directions[node]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def add_looks(
    connection: psycopg.Connection[Any], content: Content, size: Size, map_id: int, say: Callable[[int], None]
) -> None:
    """Fill the table of vectors without its indexes, and make those but the one of nearest neighbours."""
    names = connection.execute(INDEXES, [["caom2_ai.object_vector"]]).fetchall()
    for name, _ in names:
        connection.execute(f"drop index {name}".encode())
    looks = Looks.about(content.model.centroids, content.seed)
    statement = b"copy caom2_ai.object_vector (%s) from stdin (format binary)"
    for first in range(0, size.images, IMAGES):
        columns = _columns(content, looks, range(first, min(first + IMAGES, size.images)), size, map_id)
        with connection.cursor().copy(statement.replace(b"%s", ", ".join(columns).encode())) as copy:
            for block in pack(columns, len(columns["objectID"])):
                copy.write(block)
        say(len(columns["objectID"]))
    for _, definition in names:
        if "hnsw" not in definition:
            connection.execute(definition)


def _columns(
    content: Content, looks: Looks, numbers: range, size: Size, map_id: int
) -> dict[str, NDArray[Any]]:
    images = content.draw(numbers.start, len(numbers))
    objects, rows = object_columns(content, images, numbers.start, size.objects_per_image, map_id)
    columns = {name: np.broadcast_to(objects[name], rows) for name in KEPT}
    columns["objectID"] = (columns["imageID"].astype(np.int64) << NUMBERS) + objects["objectID"]
    vectors = np.zeros(rows, HALVES)
    vectors["length"] = OBJECT_VECTOR
    vectors["values"] = looks.draw(columns["node"], np.random.default_rng((content.seed, 12, numbers.start)))
    return columns | {"vector": vectors}
