"""Map 1 and Map 2 from the embeddings of a collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.axes import Axes, fit_axes
from fingerprinting.clusters import find_clusters, normalise
from fingerprinting.defects import DEFECTS, SOUND
from fingerprinting.description import STATISTICS
from fingerprinting.fieldmap import FIELDS, FieldMap, fit_fields
from fingerprinting.fingerprint import NODES, SIDE, make_kernel, search_vectors, standardise
from fingerprinting.layout import draw_together, lay_out
from fingerprinting.nodes import assign
from fingerprinting.oddness import fit_oddness, measure_all_arcs
from fingerprinting.training.collect import Collection
from fingerprinting.training.judgement import Network, fit_judgement
from fingerprinting.training.lessons import Lessons

SAMPLE: Final = 60_000  # objects that the nodes are found from
CHUNK: Final = 4096
DOUBT: Final = 0.1  # of a cosine: how much nearer a node is before it is e times as likely
LEAST_SHARE: Final = 0.1  # of the nearest node's

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Placing(Axes, Network):
    """All that places images by what is known of them, see fingerprinting.fingerprint.Smoothing."""


def draw_sample(weight: NDArray[np.float64], most: int, seed: int) -> NDArray[np.intp]:
    """Draw at most `most` different objects by weight."""
    if len(weight) <= most:
        return np.arange(len(weight))
    # Efraimidis & Spirakis 2006: the least keys are a weighted sample without replacement.
    keys = np.random.default_rng([seed, 4]).exponential(size=len(weight)) / np.maximum(weight, 1e-12)
    return np.sort(np.argpartition(keys, most)[:most])


def draw_again(weight: NDArray[np.float64], number: int, seed: int) -> NDArray[np.intp]:
    """Draw objects by weight, again and again: the heavy ones count also where there are few in all."""
    return np.sort(np.random.default_rng([seed, 4]).choice(len(weight), number, p=weight / weight.sum()))


def fit_maps(collection: Collection, embeddings: NDArray[np.float32], seed: int) -> Arrays:
    """Fit both maps to the unit embeddings (n, 128) of a collection: the arrays of a model."""
    sample = draw_again(collection.weight, SAMPLE, seed)
    centroids = find_clusters(embeddings[sample], NODES, seed)
    centroids = centroids[lay_out(centroids, SIDE, SIDE, seed)]
    centroids = centroids[draw_together(count_between(embeddings[sample], centroids), SIDE, SIDE)]
    node, _, distance = assign(embeddings, centroids)
    counts = count_images(collection, node)
    arcs = measure_all_arcs(collection.windows)
    kernel = make_kernel(centroids)
    statistics = know_statistics(collection)
    axes = fit_axes(counts, statistics, kernel)
    lessons = find_lessons(collection)
    usual = standardise(lessons.statistics, axes.statistics_centre, axes.statistics_scale)
    placing = Placing(**vars(axes), **vars(fit_judgement(lessons, usual, seed)))
    vectors = search_vectors(counts, statistics, placing)
    return {
        "centroids": centroids,
        **vars(placing),
        "fields": fit_training_fields(vectors[vectors.any(axis=1)], seed).centroids,
        **fit_oddness(distance, node, arcs, collection.weight).to_arrays(),
    }


def count_between(embeddings: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float64]:
    """Count the objects that could be in either of two nodes, (400, 400): noise would change their sides."""
    flow = np.zeros((len(centroids), len(centroids)))
    for start in range(0, len(embeddings), CHUNK):
        cosine = embeddings[start : start + CHUNK] @ centroids.T
        share = np.exp((cosine - cosine.max(axis=1, keepdims=True)) / DOUBT)
        share[share < LEAST_SHARE] = 0
        share /= share.sum(axis=1, keepdims=True)
        flow += share.T @ share
    np.fill_diagonal(flow, 0)
    return flow


def find_lessons(collection: Collection) -> Lessons:
    """Give the lessons of a collection, and those of simulated frames whose field is a defect or sound."""
    types = np.array([source.field_type for source in collection.sources], "U16")
    own = Lessons(
        np.where(np.isin(types, DEFECTS), types, SOUND)[types != ""],
        know_statistics(collection)[types != ""],
        np.zeros(np.count_nonzero(types != ""), bool),
    )
    return Lessons.join([collection.lessons, own])


def know_statistics(collection: Collection) -> NDArray[np.float32]:
    """Give the statistics of the images of a collection, (images, s), NaN where unknown."""
    if collection.statistics is not None:
        return collection.statistics
    return np.full((len(collection.sources), len(STATISTICS)), np.nan, np.float32)


def count_images(collection: Collection, node: NDArray[np.int16]) -> NDArray[np.int32]:
    """Count the objects of each image in each node: (images, 400)."""
    counts = np.zeros((len(collection.sources), NODES), np.int32)
    np.add.at(counts, (collection.image, node), 1)
    return counts


def fit_training_fields(vectors: NDArray[np.float32], seed: int) -> FieldMap:
    """Fit Map 2; where the images are few, mixtures of two stand in for what an archive would hold."""
    missing = 2 * FIELDS - len(vectors)
    if missing > 0:
        rng = np.random.default_rng([seed, 5])
        pairs = rng.integers(len(vectors), size=(missing, 2))
        share = rng.uniform(0.2, 0.8, (missing, 1)).astype(np.float32)
        mixed = normalise(share * vectors[pairs[:, 0]] + (1 - share) * vectors[pairs[:, 1]])
        vectors = np.concatenate([vectors, mixed])
    return fit_fields(vectors, seed)
