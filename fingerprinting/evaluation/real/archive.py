"""Search among the real images of an archive for what its list says that they show, by other instruments."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError, UnusableImageError
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import Fitted
from fingerprinting.evaluation.real.content import Content, read_contents
from fingerprinting.evaluation.real.exclusion import measure_distances, search
from fingerprinting.evaluation.real.gallery import Gallery, Recipe, plan_part, tag
from fingerprinting.evaluation.scores.bootstrap import draw_weights, mean
from fingerprinting.evaluation.split import TRAIN, VALIDATION, choose_part
from fingerprinting.image import Part, read_parts
from fingerprinting.training.collect import Source, find_images

VERSION: Final = 1
FIRST: Final = 5
LEAST_IMAGES: Final = 40
LEAST_ASKED: Final = 8

Figures = dict[str, Figure]


def score_archive(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score the images of the part of the split that is looked at, among those of all parts but the test's.

    An image of the same instrument, or of the same folder, never counts.
    """
    del name
    allowed_parts = {TRAIN, VALIDATION, context.part}
    contents = read_contents(context.images)
    paths = [path for path in find_images(context.images) if path.resolve() in contents]
    paths = [path for path in paths if choose_part(path.name) in allowed_parts]
    if len(paths) < LEAST_IMAGES:
        return {}
    gallery = Gallery(
        context.folder / f"archive-{tag(VERSION, *paths)}", [plan_image(path) for path in paths]
    )
    gallery.fill(context.say)
    view = gallery.view(context.method, fitted)
    known = [contents[path.resolve()] for path in paths]
    classes = [content.classes for content in known]
    told = view.seen & np.array([bool(one) for one in classes])
    wanted = np.array([[bool(one & other) for other in classes] for one in classes])
    foreign = _compare_instruments(paths, known) & told
    asked = told & np.array([choose_part(path.name) == context.part for path in paths])
    first, average, chance = search(measure_distances(view.vectors), wanted, foreign, FIRST)
    asked &= np.isfinite(first)
    if asked.sum() < LEAST_ASKED:
        return {}
    weights = draw_weights(int(asked.sum()), context.resamples)
    figures = (("real_content_p5", first), ("real_content_map", average), ("real_content_chance", chance))
    number = float(asked.sum())
    shares = {figure: mean(values[asked], weights) for figure, values in figures}
    return shares | {"real_content_images": Figure(number, number, number)}


def plan_image(path: Path) -> Recipe:
    """Plan the first plane of a real image."""
    return plan_part(tag(str(path)), Source(path.name, path.parent.name), partial(_read_first, path))


def _read_first(path: Path) -> Part:
    try:
        return next(iter(read_parts(path)))
    except (ImageError, StopIteration) as error:
        raise UnusableImageError(f"{path} holds no image.") from error


def _compare_instruments(paths: list[Path], contents: list[Content]) -> NDArray[np.bool_]:
    """Tell which pairs of images come from different instruments and folders, (m, m)."""
    folder = np.array([str(path.parent) for path in paths])
    name = np.array([content.instrument.split("(")[0].strip().lower() for content in contents])
    return np.asarray((folder[:, None] != folder) & (name[:, None] != name))
