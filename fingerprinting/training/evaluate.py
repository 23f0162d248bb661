"""How good a model is: on simulated frames that it has not seen, and on the two halves of real images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from fingerprinting.clusters import count_effective, normalise
from fingerprinting.encoder import Encoder
from fingerprinting.fingerprint import NODES, spread
from fingerprinting.layout import neighbour_ratio
from fingerprinting.model import SIDE, Model
from fingerprinting.nodes import assign
from fingerprinting.training.augment import Augmentation, make_view
from fingerprinting.training.collect import Collection
from fingerprinting.training.embed import embed_windows
from fingerprinting.training.maps import count_images

TURNED: Final = 4000  # objects whose node is looked up again after a turn
LEAST_OBJECTS: Final = 10  # in each half of an image
FEW, TOP = 5, 10
ANY_TURN: Final = Augmentation(shift=0.0, zoom=0.0, dimmest=1.0, unturned=0.0)

Figures = dict[str, float]


@dataclass(frozen=True)
class Seen:
    """A collection as a model sees it: embeddings (n, 128) and nodes (n,)."""

    collection: Collection
    embeddings: NDArray[np.float32]
    node: NDArray[np.int16]


def see(model: Model, encoder: Encoder, collection: Collection) -> Seen:
    """Embed a collection and assign its objects."""
    embeddings = embed_windows(encoder, collection.windows)
    return Seen(collection, embeddings, assign(embeddings, model.centroids)[0])


def evaluate(model: Model, encoder: Encoder, trained: Seen, unseen: Seen, seed: int) -> Figures:
    """Give the figures of the model card; shares are 0 to 1."""
    figures = {
        "layout_neighbour_ratio": neighbour_ratio(model.centroids, SIDE, SIDE),
        "effective_nodes_unseen": count_effective(unseen.embeddings, model.centroids),
    }
    figures |= score_nodes(trained, unseen)
    figures |= score_turns(model, encoder, unseen, seed)
    figures |= score_retrieval(model, unseen)
    real = trained.collection.real
    if real.any():
        figures["effective_nodes_real"] = count_effective(trained.embeddings[real], model.centroids)
        figures |= score_halves(model, trained)
    return {name: round(float(value), 4) for name, value in figures.items()}


def score_nodes(trained: Seen, unseen: Seen) -> Figures:
    """Name each node by its most frequent true kind in training; score those names on unseen objects."""
    kinds, codes = np.unique(trained.collection.kinds, return_inverse=True)
    votes = np.zeros((NODES, len(kinds)), int)
    np.add.at(votes, (trained.node, codes), 1)
    votes[:, kinds == ""] = 0
    known = unseen.collection.kinds != ""
    if not votes.any() or not known.any():
        return {}
    names = np.where(votes.any(axis=1), kinds[votes.argmax(axis=1)], kinds[votes.sum(axis=0).argmax()])
    truth, right = unseen.collection.kinds[known], names[unseen.node[known]] == unseen.collection.kinds[known]
    return {
        "node_accuracy": right.mean(),
        "node_accuracy_balanced": np.mean([right[truth == kind].mean() for kind in np.unique(truth)]),
    }


def score_turns(model: Model, encoder: Encoder, unseen: Seen, seed: int) -> Figures:
    """Turn objects by 90 degrees, and by any angle with fresh noise; tell how many keep their node."""
    rng = np.random.default_rng([seed, 6])
    chosen = rng.permutation(len(unseen.node))[:TURNED]
    windows, node = unseen.collection.windows[chosen], unseen.node[chosen]
    turned = assign(embed_windows(encoder, np.rot90(windows, axes=(1, 2))), model.centroids)[0]
    generator = torch.Generator().manual_seed(seed)
    views = make_view(torch.from_numpy(windows).float(), ANY_TURN, generator).numpy()
    fresh = assign(encoder.embed(views), model.centroids)[0]
    apart = np.abs(np.stack([node % SIDE - fresh % SIDE, node // SIDE - fresh // SIDE])).max(axis=0)
    return {
        "same_node_rot90": (turned == node).mean(),
        "same_node_any_turn_and_noise": (fresh == node).mean(),
        "within_one_cell_any_turn_and_noise": (apart <= 1).mean(),
    }


def score_retrieval(model: Model, unseen: Seen) -> Figures:
    """Search each unseen frame among the others: precision of the first 10 and mean average precision."""
    types = np.array([source.field_type for source in unseen.collection.sources])
    vectors, used = make_vectors(model, count_images(unseen.collection, unseen.node))
    types = types[used]
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    order = np.argsort(-likeness, axis=1, kind="stable")[:, :-1]
    right = types[order] == types[:, None]
    rank = np.arange(1, right.shape[1] + 1)
    wanted = np.maximum(right.sum(axis=1), 1)
    average = (np.cumsum(right, axis=1) / rank * right).sum(axis=1) / wanted
    return {"retrieval_p10": right[:, :TOP].mean(), "retrieval_map": average.mean()}


def score_halves(model: Model, seen: Seen) -> Figures:
    """Cut real images in two along x; tell how often the other half is the nearest, or in the first 5."""
    collection = seen.collection
    counts = np.zeros((2, len(collection.sources), NODES), np.int32)
    np.add.at(counts, ((collection.x >= 0.5).astype(int), collection.image, seen.node), 1)  # noqa: PLR2004
    real = np.array([not source.field_type for source in collection.sources])
    counts = counts[:, real & (counts.sum(axis=2) >= LEAST_OBJECTS).all(axis=0)]
    images = counts.shape[1]
    if images < TOP:
        return {}
    vectors, _ = make_vectors(model, counts.reshape(-1, NODES))
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    other = np.roll(np.arange(2 * images), images)
    rank = (likeness > likeness[np.arange(2 * images), other][:, None]).sum(axis=1)
    return {
        "real_images": images,
        "other_half_rank1": (rank < 1).mean(),
        "other_half_top5": (rank < FEW).mean(),
    }


def make_vectors(model: Model, counts: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Make the search vectors of images (n, 400) that have objects, and tell which ones have."""
    used = np.asarray(counts.any(axis=1))
    centred = spread(counts[used], model.kernel, model.prior) - model.vector_mean
    return normalise(centred.astype(np.float32)), used
