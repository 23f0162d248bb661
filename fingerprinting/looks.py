"""What the most significant objects of an image look like, whichever way they are turned."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import DESCRIBED, LOOK, OBJECT_VECTOR
from fingerprinting.encoder import Encoder

TURNS: Final = 4  # by 90 degrees, which needs no interpolation
# A row of DESCRIBED with its vector, 0 where the object is not to be compared.
LOOKED: Final = np.dtype([*DESCRIBED.descr, ("vector", "f2", (OBJECT_VECTOR,))])


def choose(snr: NDArray[np.floating], share: float) -> NDArray[np.bool_]:
    """Choose a share of objects, rounded up: those of highest signal to noise (n,), the first of equals."""
    chosen = np.zeros(len(snr), bool)
    chosen[np.argsort(-snr, kind="stable")[: math.ceil(share * len(snr))]] = True
    return chosen


def embed_turned(
    foveae: NDArray[np.float32], embeddings: NDArray[np.float32], encoder: Encoder
) -> NDArray[np.float16]:
    """Give unit vectors (n, 64): the first axes of the mean over four turns of foveae (n, 2, 32, 32).

    `embeddings` (n, 128) are those of the foveae as they are. The axes are sorted by what they tell.
    """
    total = embeddings[:, :OBJECT_VECTOR].astype(np.float32)
    for turn in range(1, TURNS if len(foveae) else 1):
        turned = np.ascontiguousarray(np.rot90(foveae, turn, axes=(2, 3)))
        total += encoder.embed(turned)[:, :OBJECT_VECTOR]
    length = np.linalg.norm(total, axis=1, keepdims=True)
    vectors: NDArray[np.float16] = (total / np.maximum(length, np.float32(1e-12))).astype(np.float16)
    return vectors


def part_looks(rows: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Part rows (LOOKED) into all objects (DESCRIBED) and the looks of some (LOOK)."""
    objects = np.empty(len(rows), DESCRIBED)
    for name in DESCRIBED.names or ():
        objects[name] = rows[name]
    known = np.flatnonzero(rows["vector"].any(axis=1))
    looks = np.empty(len(known), LOOK)
    looks["number"], looks["vector"] = known, rows["vector"][known]
    return objects, looks
