"""Objects in their nodes of Map 1, each with its picture, where it comes from and, if simulated, its kind."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, ParameterError
from fingerprinting.cutout import WINDOW, fovea, windows
from fingerprinting.encoder import Encoder
from fingerprinting.fingerprint import NODES
from fingerprinting.image import read_parts
from fingerprinting.model import Model
from fingerprinting.nodes import assign
from fingerprinting.training.collect import (
    Look,
    Source,
    as_part,
    draw_frame,
    look_at,
    read_instrument,
    to_half,
)

SHOWN: Final = 64  # pixels: side of a picture
BATCH: Final = 256


@dataclass(frozen=True)
class Members:
    """Objects of many images: pictures (n, 64, 64) float16 in sigma of the sky, row 0 at the bottom.

    distance is 1 - cosine to the node's centroid, kind '' where it is not known; image indexes sources.
    """

    sources: list[Source]
    pictures: NDArray[np.float16]
    node: NDArray[np.int16]
    distance: NDArray[np.float32]
    snr: NDArray[np.float32]
    kind: NDArray[np.str_]
    image: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.node)

    @property
    def real(self) -> NDArray[np.bool_]:
        """Tell which objects were seen on the sky and not simulated, (n,)."""
        return np.array([not source.field_type for source in self.sources], bool)[self.image]

    @property
    def counts(self) -> NDArray[np.intp]:
        """Count the members of each node, (400,)."""
        return np.bincount(self.node, minlength=NODES)

    def take(self, chosen: NDArray[np.intp]) -> Self:
        """Give some of the objects, in the order of their numbers."""
        columns = {field.name: getattr(self, field.name)[chosen] for field in fields(self)[1:]}
        return type(self)(sources=self.sources, **columns)


class Observer:
    """Sees the objects of images with the eyes of a model, at most `most` of each part."""

    def __init__(self, model: Model, most: int, seed: int) -> None:
        self.model, self.most, self.seed = model, most, seed
        self._encoder = Encoder(model.encoder)

    def see_images(
        self, paths: Iterable[Path], refuse: Callable[[Path, ImageError], None]
    ) -> Iterator[Members]:
        """See the objects of FITS files; what cannot be used is refused by name."""
        for path in paths:
            try:
                source = Source(path.name, read_instrument(path))
                rng = np.random.default_rng([self.seed, 1, zlib.crc32(os.fsencode(path.name))])
                yield from [self.see(look_at(part, source, self.most, rng)) for part in read_parts(path)]
            except ImageError as error:
                refuse(path, error)

    def see_frames(self, frames: int) -> Iterator[Members]:
        """See the objects of simulated frames, whose kinds are known."""
        for number in range(frames):
            rng = np.random.default_rng([self.seed, 2, number])
            source, frame = draw_frame(number, self.seed, rng)
            yield self.see(look_at(as_part(frame), source, self.most, rng, frame.objects))

    def see(self, look: Look) -> Members:
        """Find the nodes of objects that were looked at."""
        cut = windows(
            look.detection.sky_subtracted, look.detection.sigma, look.objects["x"], look.objects["y"]
        )
        node, distance = self._sort(cut)
        image = np.zeros(len(node), np.intp)
        return Members([look.source], crop(cut), node, distance, look.objects["snr"], look.kinds, image)

    def _sort(self, cut: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
        """Find the nodes of windows and how far from the centroids they are, a batch at a time."""
        node, distance = np.empty(len(cut), np.int16), np.empty(len(cut), np.float32)
        for start in range(0, len(cut), BATCH):
            batch = slice(start, start + BATCH)
            embeddings = self._encoder.embed(fovea(cut[batch]))
            node[batch], _, distance[batch] = assign(embeddings, self.model.centroids)
        return node, distance


def crop(cut: NDArray[np.float32]) -> NDArray[np.float16]:
    """Keep the middle of windows (n, w, w) as pictures (n, 64, 64)."""
    edge = (WINDOW - SHOWN) // 2
    middle = cut[:, edge : edge + SHOWN, edge : edge + SHOWN]
    return to_half(middle)


def gather(seen: Iterable[Members]) -> Members:
    """Put the objects of many images together."""
    parts = [part for part in seen if len(part)]
    if not parts:
        raise ParameterError("No object was found; give more images (--images) or simulated frames.")
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Members)[1:-1]
    }
    image = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Members([part.sources[0] for part in parts], **columns, image=image)


def typical_objects(members: Members, nodes: int = NODES) -> NDArray[np.intp]:
    """Give for each node the object nearest to its centroid, (nodes,); -1 where the node has none.

    A real object goes before simulated ones.
    """
    order = np.lexsort((members.distance, ~members.real))[::-1]
    typical = np.full(nodes, -1, np.intp)
    typical[members.node[order]] = order  # the last assignment stays, which is the best
    return typical
