"""Whether nodes tell kinds of real objects: shapes of galaxies (EFIGI, Baillard et al. 2011), stars, any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import PATCH, Fitted
from fingerprinting.evaluation.real.gallery import Gallery, View, tag
from fingerprinting.evaluation.real.montage import SIDE, plan_montages
from fingerprinting.evaluation.real.stamps import Stamp, find_sets, identify, read_labels
from fingerprinting.evaluation.real.unstretch import GALAXIES, POINTS, Style
from fingerprinting.evaluation.scores.bootstrap import Weights, bound, count_pairs, draw_weights
from fingerprinting.evaluation.scores.kinds import Truth, name_nodes, score_predictions
from fingerprinting.evaluation.scores.neighbours import predict
from fingerprinting.evaluation.split import TEST, TRAIN, VALIDATION, choose_part
from fingerprinting.fingerprint import NODES

VERSION: Final = 1
LEAST_OF_CLASS: Final = 20  # in each half
MOST_CLASSES: Final = 20  # the most frequent ones: each two of them are compared
SMOOTHING: Final = 1.0  # objects of the mean of all nodes, that each node is given before its odds are taken

Figures = dict[str, Figure]
Classify = Callable[[Stamp], str]


@dataclass(frozen=True)
class Question:
    """A question asked of a set: its name in figures, and the class of a stamp, '' where it has none."""

    name: str
    classify: Classify


def shape_of(stamp: Stamp) -> str:
    """Give the class of an EFIGI galaxy: spiral, elliptical, edge_on, irregular, lenticular; '' between them.

    T is the revised Hubble type (-6 to 11), Inclination 1 is edge-on.
    """
    kind, inclination = stamp.read_number("T"), stamp.read_number("Inclination")
    if kind is None or inclination is None:
        return ""
    for name, low, high in (
        ("elliptical", -6, -4),
        ("lenticular", -3, 0),
        ("spiral", 1, 7),
        ("irregular", 9, 10),
    ):
        if low <= kind <= high:
            seen_from_the_side = inclination >= 1 and kind >= -3  # noqa: PLR2004
            if seen_from_the_side:
                return "edge_on" if name != "irregular" else ""
            return name if inclination <= 0.5 or name in {"elliptical", "irregular"} else ""  # noqa: PLR2004
    return ""


def is_galaxy_set(stamps: list[Stamp]) -> bool:
    """Tell whether stamps have EFIGI's columns."""
    return bool(stamps) and {"T", "Inclination"} <= set(stamps[0].facts)


def choose_questions(folder: Path, stamps: list[Stamp]) -> tuple[Style, list[Question]]:
    """Choose how the pictures of a set are read, and what is asked of them."""
    if is_galaxy_set(stamps):
        four = Question("efigi", lambda stamp: shape_of(stamp).replace("lenticular", ""))
        early = {"elliptical", "lenticular"}
        two = Question("efigi_lenticular", lambda stamp: shape_of(stamp) if shape_of(stamp) in early else "")
        return GALAXIES, [four, two]
    labels = {stamp.label for stamp in stamps}
    name = "star_galaxy" if labels == {"star", "galaxy"} else f"stamps_{folder.name}"
    return POINTS, [Question(name, lambda stamp: stamp.label)]


def score_stamps(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score the labelled sets that the user named."""
    del name
    figures: Figures = {}
    for folder in find_sets(context.labelled):
        stamps = [stamp for stamp in read_labels(folder) if choose_part(stamp.name) in _parts(context.part)]
        style, questions = choose_questions(folder, stamps)
        mark = tag(VERSION, style, identify(folder), context.part)
        gallery = Gallery(context.folder / f"stamps-{mark}", plan_montages(folder, stamps, style))
        gallery.fill(context.say)
        view = gallery.view(context.method, fitted)
        place = view.image * SIDE**2 + find_places(view)
        trained = np.array([choose_part(stamp.name) != context.part for stamp in stamps], bool)
        for question in questions:
            classes = np.array([question.classify(stamp) for stamp in stamps], "U32")
            seen = Answers(view.embeddings, view.node, classes[place], trained[place])
            figures |= score_answers(seen, question.name, context.resamples)
    return figures


def _parts(part: str) -> frozenset[str]:
    """Give the parts that are looked at; what is not asked about names the nodes."""
    return frozenset({TRAIN, part}) if part != TEST else frozenset({TRAIN, VALIDATION, TEST})


def find_places(view: View) -> NDArray[np.intp]:
    """Give the place of each object on its montage, (n,), which tells whose object it is."""
    column, row = (np.clip(at // PATCH, 0, SIDE - 1).astype(np.intp) for at in (view.x, view.y))
    return row * SIDE + column


@dataclass(frozen=True)
class Answers:
    """Objects: embeddings (n, d), node, class, and whether each is of the training half (n,)."""

    embeddings: NDArray[np.float32]
    node: NDArray[np.int16]
    classes: NDArray[np.str_]
    trained: NDArray[np.bool_]


def score_answers(seen: Answers, name: str, resamples: int) -> Figures:
    """Name nodes by the training half, and score the names, the odds and the neighbours on the other."""
    names = choose_classes(seen)
    if len(names) < 2:  # noqa: PLR2004
        return {}
    present = np.isin(seen.classes, names)
    base, asked = (np.flatnonzero(half & present) for half in (seen.trained, ~seen.trained))
    code = np.searchsorted(names, seen.classes)
    weights = draw_weights(len(asked), resamples)
    truth = Truth(np.arange(len(asked)), code[asked], names, len(asked))
    votes = count_pairs(seen.node[base], code[base], (NODES, len(names)))
    plain, fair = (name_nodes(votes, balanced=balanced)[seen.node[asked]] for balanced in (False, True))
    figures = score_predictions(plain, fair, truth, weights, f"{name}_node")
    near = predict((seen.embeddings[base], code[base]), seen.embeddings[asked], len(names))
    figures |= score_predictions(*near, truth, weights, f"{name}_knn")
    figures |= score_odds(votes, seen.node[asked], truth, weights, name)
    return figures


def choose_classes(seen: Answers) -> NDArray[np.str_]:
    """Choose the classes (c,) that have enough objects in both halves, sorted; '' is none."""
    names, code = np.unique(seen.classes, return_inverse=True)
    number = count_pairs(code, seen.trained.astype(np.intp), (len(names), 2)).min(axis=1)
    number[names == ""] = 0
    frequent = np.argsort(-number, kind="stable")[:MOST_CLASSES]
    return np.asarray(names[np.sort(frequent[number[frequent] >= LEAST_OF_CLASS])])


def score_odds(
    votes: NDArray[np.float64], node: NDArray[np.int16], truth: Truth, weights: Weights, name: str
) -> Figures:
    """Score how well the odds of nodes (votes (400, c) of the training half) order each pair of classes.

    The area under the ROC curve: 0.5 is chance, 1 a perfect order.
    """
    rate = (votes + SMOOTHING * votes.sum(axis=0) / len(votes)) / votes.sum(axis=0)
    figures, values, resampled = {}, [], []
    for first, second in combinations(range(len(truth.names)), 2):
        odds = np.log(rate[node, first] / rate[node, second])
        value, drawn = measure_area(odds, truth.kind == first, truth.kind == second, weights)
        values.append(value)
        resampled.append(drawn)
        pair = f"{name}_auc_{truth.names[first]}_{truth.names[second]}"
        if len(truth.names) > 2:  # noqa: PLR2004
            figures[pair] = bound(value, drawn)
    figures[f"{name}_auc"] = bound(float(np.mean(values)), np.mean(resampled, axis=0))
    return figures


def measure_area(
    score: NDArray[np.float64], first: NDArray[np.bool_], second: NDArray[np.bool_], weights: Weights
) -> tuple[float, NDArray[np.float64]]:
    """Measure the share of pairs whose member of `first` scores higher (ties half), and that of resamples."""
    rank = rankdata(np.concatenate([score[first], score[second]]))
    n, m = int(first.sum()), int(second.sum())
    value = (rank[:n].sum() - n * (n + 1) / 2) / (n * m)
    higher = (score[first][:, None] > score[second]) + 0.5 * (score[first][:, None] == score[second])
    drawn = np.einsum("ri,ri->r", weights[:, first], weights[:, second] @ higher.T)
    pairs = weights[:, first].sum(axis=1) * weights[:, second].sum(axis=1)
    return float(value), drawn / np.maximum(pairs, 1)
