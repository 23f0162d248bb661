"""Map 2: whether images that look alike lie together on it, and whether they stay where they are."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import Fitted
from fingerprinting.evaluation.scores.bootstrap import Weights, bound, divide, draw_weights, mean
from fingerprinting.evaluation.scores.occupation import score_occupation
from fingerprinting.evaluation.scores.stability import cells_apart
from fingerprinting.fieldmap import FIELDS, SIDE, field_nodes, fit_fields
from fingerprinting.training.collect import Source

GROWTH: Final = 1.5  # times what the archive held before
LEAST_IMAGES: Final = round(FIELDS * GROWTH)
LEAST_GROUPS: Final = 3
SEED: Final = 12

Vectors = NDArray[np.float32]
Nodes = NDArray[np.intp]


def score_fields(fitted: Fitted, name: str, context: Context) -> dict[str, Figure]:
    """Score a Map 2 that is fitted to the search vectors of the training images, of whatever method.

    The vectors are scaled to unit length, as the map of this package compares directions.
    """
    del fitted, name
    known = normalise(context.trained.vectors)
    if len(known) < LEAST_IMAGES:
        return {}
    fields = fit_fields(known, context.seed)
    node = field_nodes(normalise(context.unseen.vectors), fields)
    weights = draw_weights(len(node), context.resamples)
    counts = np.eye(FIELDS, dtype=np.int32)[node]
    figures = {"effective_fields": score_occupation(counts, weights)}
    types = context.unseen.field_types
    if (types != "").any():
        figures |= score_company(node[types != ""], types[types != ""], context.resamples)
    for what, old in choose_old(context.trained.frames.sources, context.seed).items():
        figures[f"fields_kept_{what}"] = score_growth(known, old, context)
    return figures


def score_company(node: Nodes, types: NDArray[np.str_], resamples: int) -> dict[str, Figure]:
    """Give the share of pairs of frames (n,) in one field or in neighbours: of one type, of two types."""
    together = cells_apart(np.repeat(node, len(node)), np.tile(node, len(node)), SIDE) <= 1
    together = together.reshape(len(node), len(node))
    alike = types[:, None] == types
    others = ~np.eye(len(node), dtype=bool)
    weights = draw_weights(len(node), resamples)
    return {
        "fields_same_type_together": _share_pairs(together, alike & others, weights),
        "fields_other_type_together": _share_pairs(together, ~alike, weights),
    }


def _share_pairs(hit: NDArray[np.bool_], among: NDArray[np.bool_], weights: Weights) -> Figure:
    """Give the share of hits among pairs of frames (n, n); resamples weigh both frames of a pair."""
    total, hits = among.astype(np.float64), (hit & among).astype(np.float64)
    resampled = (((weights @ pairs) * weights).sum(axis=1) for pairs in (hits, total))
    return bound(float(divide(hits.sum(), total.sum())), divide(*resampled))


def choose_old(sources: list[Source], seed: int) -> dict[str, NDArray[np.bool_]]:
    """Choose which images (n,) an archive held before it grew: two of three, those of two groups of three.

    Groups are instruments, or the field types of simulated frames, which are all of one instrument.
    """
    rng = np.random.default_rng([seed, SEED])
    n = len(sources)
    chosen = {"grown_by_half": rng.permutation(n) < n / GROWTH}
    names, group = np.unique([one.field_type or one.instrument for one in sources], return_inverse=True)
    if len(names) >= LEAST_GROUPS:
        chosen["new_content"] = (rng.permutation(len(names)) < len(names) / GROWTH)[group]
    return {what: old for what, old in chosen.items() if old.sum() >= FIELDS}


def score_growth(vectors: Vectors, old: NDArray[np.bool_], context: Context) -> Figure:
    """Fit Map 2 to the old images, then to all; give the share of old ones that stay within one cell."""
    before = fit_fields(vectors[old], context.seed)
    after = fit_fields(vectors, context.seed, before)
    first, second = (field_nodes(vectors[old], fields) for fields in (before, after))
    kept = cells_apart(first, second, SIDE) <= 1
    return mean(kept.astype(np.float64), draw_weights(len(kept), context.resamples))
