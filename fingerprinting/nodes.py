"""Objects to nodes of Map 1: the nearest centroid on the unit sphere."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

CHUNK: Final = 8192
TEMPERATURE: Final = 0.05  # of the soft assignment that confidence is read from


def assign(
    embeddings: NDArray[np.float32], centroids: NDArray[np.float32]
) -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
    """Assign unit embeddings (n, d) to unit centroids (k, d): node, confidence and distance, each (n,).

    Confidence is the winner's share of a soft assignment, 1/k to 1; the distance is 1 - cosine to it.
    """
    node = np.empty(len(embeddings), np.int16)
    confidence, distance = np.empty((2, len(embeddings)), np.float32)
    for start in range(0, len(embeddings), CHUNK):
        part = slice(start, start + CHUNK)
        cosine = embeddings[part] @ centroids.T
        winner = cosine.argmax(axis=1)
        best = cosine[np.arange(len(winner)), winner]
        node[part] = winner
        confidence[part] = 1 / np.exp((cosine - best[:, None]) / np.float32(TEMPERATURE)).sum(axis=1)
        distance[part] = 1 - best
    return node, confidence, distance
