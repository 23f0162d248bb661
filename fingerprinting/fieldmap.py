"""Map 2: images of like content share a node of a 12 x 12 grid; field node = gridX + 12 gridY."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.arrays import read_arrays
from fingerprinting.clusters import find_clusters
from fingerprinting.fingerprint import VECTOR
from fingerprinting.layout import lay_out, mend

SIDE: Final = 12
FIELDS: Final = SIDE * SIDE


@dataclass(frozen=True)
class FieldMap:
    """The fields of Map 2: unit centroids of search vectors, float32 (144, 400), in the order of the grid."""

    centroids: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """Write the map as an npz archive, without pickle."""
        buffer = BytesIO()
        np.savez_compressed(buffer, centroids=self.centroids)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what to_bytes wrote; anything else is an error."""
        try:
            arrays = read_arrays(data, {"centroids": (np.float32, (FIELDS, VECTOR))})
        except ValueError as error:
            raise CaomAiError(f"The field map is broken: {error}.") from error
        return cls(arrays["centroids"])


def field_nodes(vectors: NDArray[np.float32], fields: FieldMap) -> NDArray[np.intp]:
    """Give the field nodes (n,) of search vectors (n, 400)."""
    return np.asarray(np.argmax(vectors @ fields.centroids.T, axis=1))


def field_node(vector: NDArray[np.float32], fields: FieldMap) -> int:
    """Give the field node, 0..143, of a search vector (400,)."""
    return int(np.argmax(fields.centroids @ vector))


def fit_fields(vectors: NDArray[np.float32], seed: int, previous: FieldMap | None = None) -> FieldMap:
    """Fit a field map to the search vectors (n, 400) of an archive, n >= 144.

    With a previous map, of the same Map 1, fields move from where they were: images keep theirs, or get a
    neighbour of it, unless the archive has become another.
    """
    if previous is None:
        centroids = find_clusters(vectors, FIELDS, seed)
        return FieldMap(centroids[lay_out(centroids, SIDE, SIDE, seed)])
    centroids = find_clusters(vectors, FIELDS, seed, start=previous.centroids)
    return FieldMap(centroids[mend(centroids, SIDE, SIDE, seed)])
