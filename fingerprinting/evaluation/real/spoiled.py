"""Whether maps tell spoiled frames from sound ones: defects put into real frames (Teimoorinia et al. 2020).

Neighbours never come from the frame's own source, so that what is recognised is the defect and not the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import UnusableImageError
from fingerprinting.distances import square_distances
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import Fitted
from fingerprinting.evaluation.real.bases import Base, find_bases, read_base
from fingerprinting.evaluation.real.gallery import Gallery, Recipe, plan_part, tag
from fingerprinting.evaluation.real.spoiling import CLEAN, DEFECTS, make_version
from fingerprinting.evaluation.scores.bootstrap import Weights, draw_weights, mean_of_shares, share
from fingerprinting.evaluation.scores.neighbours import vote
from fingerprinting.evaluation.scores.usable import NEIGHBOURS, SPOILED
from fingerprinting.evaluation.split import TRAIN, VALIDATION, choose_part
from fingerprinting.image import Part
from fingerprinting.training.collect import Source

VERSION: Final = 3  # of the images; a change makes them anew
FIRST: Final = 10
# A trail and cosmic rays spoil pixels that are masked; the rest of the frame keeps its use.
USELESS: Final = SPOILED | {"gain_jump"}
# Versions of each kind: of frames that are asked about, and of the others that they may have as neighbours.
ASKED, OTHERS = {"defect": 2, "clean": 4}, {"defect": 1, "clean": 2}
LEAST_SOURCES: Final = 8

Figures = dict[str, Figure]


def score_spoiled(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score frames of the part of the split that is looked at, among those of all parts but the test's."""
    del name
    allowed = {TRAIN, VALIDATION, context.part}
    paths = [path for path in find_bases(context.images) if choose_part(path.name) in allowed]
    recipes, kinds = plan_versions(paths, context.part)
    if not recipes:
        return {}
    gallery = Gallery(context.folder / f"spoiled-{tag(VERSION, *paths, context.part)}", recipes)
    gallery.fill(context.say)
    view = gallery.view(context.method, fitted)
    names = np.array([recipe.source.name for recipe in recipes])
    sound = np.isin(names, names[view.seen & (kinds == CLEAN)])
    asked = np.array([choose_part(str(one)) == context.part for one in names])[sound]
    if len(np.unique(names[sound])) < LEAST_SOURCES or not asked.any():
        return {}
    return score_versions(view.vectors[sound], names[sound], kinds[sound], asked, context.resamples)


def plan_versions(paths: Sequence[Path], part: str) -> tuple[list[Recipe], NDArray[np.str_]]:
    """Plan the versions of frames: their recipes and kinds, those of one frame after each other."""
    recipes, kinds = [], []
    for path in paths:
        number = ASKED if choose_part(path.name) == part else OTHERS
        for kind in (CLEAN, *DEFECTS):
            for seed in range(number["clean" if kind == CLEAN else "defect"]):
                recipes.append(_plan(path, kind, seed))
                kinds.append(kind)
    return recipes, np.array(kinds, "U16")


def _plan(path: Path, kind: str, seed: int) -> Recipe:
    def make() -> Part:
        base = _read_base(path)
        if base is None:
            raise UnusableImageError(f"{path} is no sound frame with enough objects.")
        return make_version(base, kind, [CLEAN, *DEFECTS].index(kind) * 100 + seed)

    return plan_part(f"{tag(str(path))}-{kind}-{seed}", Source(path.name, ""), make)


@lru_cache(maxsize=1)
def _read_base(path: Path) -> Base | None:
    return read_base(path)


def score_versions(
    vectors: NDArray[np.float32], names: NDArray[np.str_], kinds: NDArray[np.str_], asked: NDArray[np.bool_],
    resamples: int,
) -> Figures:  # fmt: skip
    """Score versions by vectors (m, k), names of their sources and kinds (m,); queries are `asked` (m,)."""
    order = rank_foreign(vectors, names)[asked]
    sources, source = np.unique(names[asked], return_inverse=True)
    weights = draw_weights(len(sources), resamples)
    tally = _Tally(source, len(sources), weights)
    useful = np.array([kind not in USELESS for kind in kinds], np.intp)
    clean = (kinds == CLEAN).astype(np.intp)
    figures = {}
    for figure, truth in (("real_usable_agreement", useful), ("real_clean_agreement", clean)):
        agreed = vote(truth[order[:, :NEIGHBOURS]], np.ones(2)) == truth[asked]
        figures[figure] = tally.average_classes(agreed, truth[asked])
    codes = {kind: code for code, kind in enumerate((CLEAN, *DEFECTS))}
    code = np.array([codes[str(kind)] for kind in kinds])
    alike = (code == code[asked][:, None]) & (names != names[asked][:, None])
    found = (code[order[:, :FIRST]] == code[asked][:, None]).sum(axis=1)
    right = found / np.clip(alike.sum(axis=1), 1, FIRST)  # of what could be found
    figures["real_defects_p10"] = tally.average_classes(right, code[asked])
    for kind in codes:
        chosen = kinds[asked] == kind
        figures[f"real_{kind}_p10"] = tally.average(right, chosen)
    number = float(len(sources))
    return figures | {"real_defect_sources": Figure(number, number, number)}


def rank_foreign(vectors: NDArray[np.float32], names: NDArray[np.str_]) -> NDArray[np.intp]:
    """Order images by their distance to each of (m, k), nearest first; those of its own source come last."""
    apart = square_distances(vectors.astype(np.float64))
    apart[names[:, None] == names] = np.inf
    return np.argsort(apart, axis=1, kind="stable")


class _Tally:
    """Shares with intervals over sources: versions of one frame are not independent."""

    def __init__(self, source: NDArray[np.intp], sources: int, weights: Weights) -> None:
        self.source, self.sources, self.weights = source, sources, weights

    def average(self, values: NDArray[np.generic], chosen: NDArray[np.bool_]) -> Figure:
        """Average the values (n,) of the chosen queries."""
        hits = np.bincount(self.source[chosen], values[chosen].astype(float), self.sources)
        return share(hits, np.bincount(self.source[chosen], minlength=self.sources), self.weights)

    def average_classes(self, values: NDArray[np.generic], classes: NDArray[np.intp]) -> Figure:
        """Average the values (n,) in each class, then the classes."""
        columns: Iterator[NDArray[np.bool_]] = (classes == one for one in np.unique(classes))
        pairs = [
            (np.bincount(self.source[some], values[some].astype(float), self.sources),
             np.bincount(self.source[some], minlength=self.sources))
            for some in columns
        ]  # fmt: skip
        hits, total = (np.stack(column, axis=1) for column in zip(*pairs, strict=True))
        return mean_of_shares(hits, total, self.weights)
