"""Members with pictures that can be told apart by a few pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprinting.pictures.members import SHOWN, Members
from fingerprinting.training.collect import Source

MIDDLE = SHOWN // 2


def make_members(
    nodes: Sequence[int],
    distances: Sequence[float],
    *,
    images: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
    sources: Sequence[Source] = (Source("a.fits", "CAMERA"),),
    pictures: NDArray[np.floating] | None = None,
) -> Members:
    number = len(nodes)
    blank = np.zeros((number, SHOWN, SHOWN), np.float16)
    return Members(
        sources=list(sources),
        pictures=blank if pictures is None else pictures.astype(np.float16),
        node=np.array(nodes, np.int16),
        distance=np.array(distances, np.float32),
        snr=np.full(number, 12.0, np.float32),
        kind=np.array(kinds if kinds is not None else [""] * number, "U16"),
        image=np.array(images if images is not None else [0] * number, np.intp),
    )


def point_at(dx: int, dy: int, brightness: float = 500.0) -> NDArray[np.float32]:
    """A picture with a bright 4 x 4 block dx, dy pixels from its middle: y counts upward."""
    picture = np.zeros((SHOWN, SHOWN), np.float32)
    picture[MIDDLE - 2 : MIDDLE + 2, MIDDLE - 2 : MIDDLE + 2] = brightness
    y, x = MIDDLE + dy, MIDDLE + dx
    picture[y - 2 : y + 2, x - 2 : x + 2] = brightness
    return picture
