"""The scores of the table: each takes a fitted method and gives figures by name."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Context, Figure, Score, Seen
from fingerprinting.evaluation.method import Classifier, Fitted
from fingerprinting.evaluation.oddities import score as score_oddities
from fingerprinting.evaluation.real.scores import REAL_SCORES
from fingerprinting.evaluation.scores.bootstrap import Weights, count_pairs, draw_weights
from fingerprinting.evaluation.scores.fields import score_fields
from fingerprinting.evaluation.scores.grid import trustworthiness
from fingerprinting.evaluation.scores.halves import score_halves
from fingerprinting.evaluation.scores.kinds import Truth, name_nodes, score_predictions, score_recall
from fingerprinting.evaluation.scores.neighbours import predict
from fingerprinting.evaluation.scores.occupation import score_occupation
from fingerprinting.evaluation.scores.retrieval import score_retrieval
from fingerprinting.evaluation.scores.speed import measure_speed
from fingerprinting.evaluation.scores.stability import cells_apart, share_by_frame
from fingerprinting.evaluation.scores.usable import score_usable
from fingerprinting.fingerprint import NODES, SIDE
from fingerprinting.layout import neighbour_ratio

BASE: Final = 30_000  # training objects that neighbours are looked for among
QUERIES: Final = 15_000  # test objects whose neighbours are looked for
LEAST_OBJECTS: Final = 10  # in each half of an image
LEAST_IMAGES: Final = 10  # whose halves are compared
SEED: Final = 11

Figures = dict[str, Figure]


def know(seen: Seen, names: NDArray[np.str_]) -> tuple[NDArray[np.intp], Truth]:
    """Give the objects of known kind, as places (k,) among all and as truth."""
    place = np.flatnonzero(np.isin(seen.objects.kinds, names))
    kind = np.searchsorted(names, seen.objects.kinds[place])
    return place, Truth(seen.objects.image[place], kind, names, len(seen.frames.sources))


def list_kinds(trained: Seen) -> NDArray[np.str_]:
    """List the kinds of the training objects, sorted; unknown ones are none."""
    kinds: NDArray[np.str_] = np.unique(trained.objects.kinds)
    return np.asarray(kinds[kinds != ""])


def predict_by_nodes(
    context: Context, names: NDArray[np.str_], places: NDArray[np.intp], *, balanced: bool
) -> NDArray[np.intp]:
    """Predict the kinds of test objects (k,) by their nodes, named by the training objects in them."""
    known, truth = know(context.trained, names)
    nodes = [_find_nodes(seen, balanced=balanced) for seen in (context.trained, context.unseen)]
    votes = count_pairs(nodes[0][known], truth.kind, (NODES, len(names)))
    return np.asarray(name_nodes(votes, balanced=balanced)[nodes[1][places]])


def _find_nodes(seen: Seen, *, balanced: bool) -> NDArray[np.int16]:
    """Give the nodes of the objects (n,); a classifier has others where the plain accuracy counts."""
    if balanced or not isinstance(seen.fitted, Classifier):
        return seen.node
    return seen.fitted.assign_plain(seen.embeddings)


def score_kinds(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score nodes as names of kinds."""
    del fitted, name
    names = list_kinds(context.trained)
    place, truth = know(context.unseen, names)
    if not place.size:
        return {}
    weights = weigh(context)
    plain, balanced = (predict_by_nodes(context, names, place, balanced=fair) for fair in (False, True))
    scores = score_predictions(plain, balanced, truth, weights, "node")
    return scores | score_recall(balanced, truth, weights)


def score_neighbours(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score embeddings by the kinds of their nearest neighbours among training objects."""
    del fitted, name
    names = list_kinds(context.trained)
    rng = np.random.default_rng(SEED)
    base, known = know(context.trained, names)
    query, truth = know(context.unseen, names)
    if not query.size:
        return {}
    some, asked = (np.sort(rng.permutation(len(of))[:most]) for of, most in ((base, BASE), (query, QUERIES)))
    embeddings = context.trained.embeddings[base[some]], known.kind[some]
    plain, balanced = predict(embeddings, context.unseen.embeddings[query[asked]], len(names))
    chosen = Truth(truth.frame[asked], truth.kind[asked], names, truth.frames)
    return score_predictions(plain, balanced, chosen, weigh(context), "knn")


def score_map(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score how many nodes are in use, and whether neighbours on the grid are alike."""
    del name
    figures = {"effective_nodes": score_occupation(context.unseen.counts, weigh(context))}
    if len(fitted.nodes) == NODES:
        ratio = neighbour_ratio(fitted.nodes, SIDE, SIDE)
        trust = trustworthiness(fitted.nodes, SIDE, SIDE)
        figures["layout_neighbour_ratio"] = Figure(ratio, ratio, ratio)
        figures["layout_trustworthiness"] = Figure(trust, trust, trust)
    return figures


def score_turns(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score how many objects keep their node when they are turned."""
    del name
    turned, weights, frames = context.turned, weigh(context), len(context.unseen.frames.sources)
    kept = {
        "same_node_rot90": turned.quarter == turned.plain,
        "same_node_any_turn_and_noise": turned.any == turned.plain,
    }
    if len(fitted.nodes) == NODES:
        near = cells_apart(turned.plain, turned.any, SIDE) <= 1
        kept["within_one_cell_any_turn_and_noise"] = near
    return {name: share_by_frame(same, turned.image, frames, weights) for name, same in kept.items()}


def score_search(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score the search among simulated frames that have objects: by field type, and for usable ones."""
    del fitted, name
    chosen = (context.unseen.field_types != "") & context.unseen.counts.any(axis=1)
    if chosen.sum() < LEAST_IMAGES:
        return {}
    vectors, types = context.unseen.vectors[chosen], context.unseen.field_types[chosen]
    weights = draw_weights(len(types), context.resamples)
    figures = score_retrieval(vectors, types, weights) | score_usable(vectors, types, weights)
    # Where no frame is spoiled, or each is the only one of its type, there is nothing to find.
    return {name: figure for name, figure in figures.items() if np.isfinite(figure.value)}


def choose_halves(fitted: Fitted, seen: Seen) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Choose the real images (h,) both of whose halves have objects; give their vectors too, (2 h, k)."""
    full = (seen.half_counts.sum(axis=1) >= LEAST_OBJECTS).reshape(-1, 2).all(axis=1)
    vectors = fitted.vectors(seen.half_counts, seen.halves)
    return full, vectors[np.repeat(full, 2)]


def score_real_halves(fitted: Fitted, name: str, context: Context) -> Figures:
    """Let halves of real test images look for each other, among those of the training images too."""
    del name
    if not len(context.unseen.halved):
        return {}
    asked, vectors = choose_halves(fitted, context.unseen)
    tested = np.ones(int(asked.sum()), bool)
    if len(context.trained.halved):
        more, others = choose_halves(fitted, context.trained)
        tested = np.concatenate([tested, np.zeros(int(more.sum()), bool)])
        vectors = np.concatenate([vectors, others])
    if asked.sum() < LEAST_IMAGES:
        return {}
    number = Figure(*(float(len(tested)),) * 3)
    scores = score_halves(vectors, tested, draw_weights(int(asked.sum()), context.resamples))
    return scores | {"other_half_images": number}


def score_speed(fitted: Fitted, name: str, context: Context) -> Figures:
    """Measure how many cut-outs are embedded in a second."""
    del name
    return {"cutouts_per_second": measure_speed(fitted.embed, context.unseen.objects.crops)}


def weigh(context: Context) -> Weights:
    """Draw the resamples of the test frames."""
    return draw_weights(len(context.unseen.frames.sources), context.resamples)


# In the order of the table; scores of other modules join here.
SCORES: Final[dict[str, Score]] = {
    "kinds": score_kinds,
    "neighbours": score_neighbours,
    "map": score_map,
    "turns": score_turns,
    "search": score_search,
    "fields": score_fields,
    "halves": score_real_halves,
    "speed": score_speed,
    **REAL_SCORES,
    "oddities": score_oddities,
}
