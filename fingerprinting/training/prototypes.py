"""Prototypes: centres of clusters that views are drawn to, so that objects keep their nodes however seen.

DeepCluster-v2 (Caron et al. 2020, SwAV, appendix D): clusters are found now and then on embeddings at rest.
Prototypes learnt together with the encoder collapse into some tens (Govindarajan et al. 2024).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from fingerprinting.clusters import find_clusters, normalise
from fingerprinting.fingerprint import NODES
from fingerprinting.model import EMBEDDING
from fingerprinting.nodes import assign
from fingerprinting.training.whitening import Whitening

ITERATIONS: Final = 12
EVENNESS: Final = 0.5  # 0 draws objects as they come, 1 draws every cluster as often as any other

Vectors = NDArray[np.float32]


class Prototypes(nn.Module):
    """Where the clusters of a sample of objects lie, and which of them each object belongs to."""

    mean: Tensor  # (128,)
    matrix: Tensor  # (128, 128)
    centres: Tensor  # (400, 128), unit
    member: Tensor  # (sample,)

    def __init__(self, sample: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(EMBEDDING))
        self.register_buffer("matrix", torch.eye(EMBEDDING))
        self.register_buffer("centres", torch.zeros(NODES, EMBEDDING))
        self.register_buffer("member", torch.zeros(sample, dtype=torch.int64))

    def renew(self, embed: Callable[[int], Vectors], seed: int) -> None:
        """Find the clusters anew; embed(turns) gives the embeddings (sample, 128) of turned windows."""
        unit = normalise(normalise(embed(0)) + normalise(embed(1)))
        whitening = Whitening.fit(unit)
        spread = whitening.apply(unit)
        centres = find_clusters(spread, min(NODES, len(spread)), seed, iterations=ITERATIONS)
        for buffer, values in (
            (self.mean, whitening.mean),
            (self.matrix, whitening.matrix),
            (self.centres[: len(centres)], centres),
            (self.member, assign(spread, centres)[0]),
        ):
            buffer.copy_(torch.from_numpy(values))

    def lose(self, embeddings: Tensor, chosen: Tensor, temperature: float) -> Tensor:
        """Give the cross entropy of views (n, 128) of objects of the sample, (n,), to their clusters."""
        apart = (normalize(embeddings, dim=1) - self.mean) @ self.matrix
        likeness = normalize(apart, dim=1) @ self.centres.T
        return cross_entropy(likeness / temperature, self.member[chosen])

    def weigh(self) -> NDArray[np.float64]:
        """Weigh the objects of the sample so that rare clusters count more than they would by their size."""
        member = self.member.cpu().numpy()
        weight: NDArray[np.float64] = np.bincount(member)[member] ** -EVENNESS
        return weight
