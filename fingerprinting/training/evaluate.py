"""The figures of the model card: scores of fingerprinting.evaluation on what training has at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import STATISTICS
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.figure import Context, Figure, Seen, Turned
from fingerprinting.evaluation.method import Frames, Objects
from fingerprinting.evaluation.ours import ModelMaps, Ours
from fingerprinting.evaluation.scores.bootstrap import draw_weights
from fingerprinting.evaluation.scores.halves import score_halves
from fingerprinting.evaluation.scores.occupation import effective_nodes
from fingerprinting.evaluation.scoring import choose_halves, score_kinds, score_map, score_search, score_turns
from fingerprinting.evaluation.turning import turn
from fingerprinting.fingerprint import count_nodes
from fingerprinting.model import Model
from fingerprinting.training.collect import Collection, Source, to_half

TURNED: Final = 4000  # objects whose node is looked up again after a turn
LEAST_IMAGES: Final = 10  # whose halves are compared
RESAMPLES: Final = 1  # the card gives no intervals
SHOWN: Final = (
    "layout_neighbour_ratio", "effective_nodes", "node_accuracy", "node_accuracy_balanced",
    "same_node_rot90", "same_node_any_turn_and_noise", "within_one_cell_any_turn_and_noise",
    "retrieval_p10", "retrieval_map",
)  # fmt: skip

Figures = dict[str, float]


def see(model: Model, encoder: Encoder, collection: Collection) -> Seen:
    """Embed a collection and assign its objects; of its images only the statistics are known."""
    maps = ModelMaps(model, encoder)
    embeddings = maps.embed(collection.windows)
    objects = Objects(collection.windows, collection.kinds, collection.image, collection.x, collection.weight)
    halved = np.flatnonzero([not (one.field_type or one.defect) for one in collection.sources])
    halves = blind([collection.sources[i] for i in np.repeat(halved, 2)])
    frames = blind(collection.sources)
    if collection.statistics is not None:
        frames = replace(frames, statistics=collection.statistics)
    return Seen(maps, objects, frames, halves, halved, embeddings, maps.assign(embeddings))


def blind(sources: list[Source]) -> Frames:
    """Give frames of which nothing is known but where they come from."""
    unknown = np.full((len(sources), len(STATISTICS)), np.nan, np.float32)
    return Frames(sources, np.empty((len(sources), 0, 0), np.float32), unknown)


def evaluate(model: Model, encoder: Encoder, trained: Seen, unseen: Seen, seed: int) -> Figures:
    """Give the figures of the model card; shares are 0 to 1."""
    maps = ModelMaps(model, encoder)
    context = Context(
        method=Ours(), trained=trained, unseen=unseen, turned=see_turned(maps, unseen, seed), folder=Path(),
        images=(), labelled=(), seed=seed, resamples=RESAMPLES, say=lambda _: None,
    )  # fmt: skip
    found: dict[str, Figure] = {}
    for score in (score_map, score_kinds, score_turns, score_search):
        found |= score(maps, "", context)
    figures: Figures = {name: found[name].value for name in SHOWN if name in found}
    figures["effective_nodes_unseen"] = figures.pop("effective_nodes")
    figures |= score_real(maps, trained)
    return {name: round(float(value), 4) for name, value in figures.items()}


def see_turned(maps: ModelMaps, unseen: Seen, seed: int) -> Turned:
    """Turn some objects by 90 degrees, and by any angle with fresh noise."""
    rng = np.random.default_rng([seed, 6])
    chosen = rng.permutation(len(unseen.node))[:TURNED]
    windows: NDArray[np.float16] = unseen.objects.crops[chosen]
    fresh = turn(windows.astype(np.float32), rng.uniform(0, 2 * np.pi, len(chosen)), rng)
    quarter, free = (
        maps.assign(maps.embed(view)) for view in (np.rot90(windows, axes=(1, 2)), to_half(fresh))
    )
    return Turned(unseen.objects.image[chosen], unseen.node[chosen], quarter, free)


def score_real(maps: ModelMaps, trained: Seen) -> Figures:
    """Give how many nodes real objects use, and how often halves of real images find each other."""
    real = (trained.field_types == "")[trained.objects.image]
    if not real.any():
        return {}
    figures = {"effective_nodes_real": float(effective_nodes(count_nodes(trained.node[real])))}
    full, vectors = choose_halves(maps, trained)
    if full.sum() >= LEAST_IMAGES:
        asked = np.ones(int(full.sum()), bool)
        scores = score_halves(vectors, asked, draw_weights(len(asked), RESAMPLES))
        figures |= {"real_images": len(asked)} | {name: one.value for name, one in scores.items()}
    return figures
