"""Percentiles of unlikeness by plain loops, written a second time from the documentation."""

from __future__ import annotations

import math

import numpy as np

from tests.oddness.rows import Image


def figures_of(image: Image) -> list[float]:
    """Give the figures that images are compared by, but for the distance."""
    detected, background, noise, fwhm, elongation, saturated, masked, pixels, oddest = image.quality
    return [
        math.log((detected + 1) / pixels), math.asinh(background / noise), math.log(noise), math.log(fwhm),
        math.log(elongation), saturated, masked, -math.log10(1 - oddest), *image.statistics,
    ]  # fmt: skip


def apart(image: Image, others: list[Image]) -> float:
    """Give the distance to the fifth nearest of the others; no vector is the zero vector."""
    zero = np.zeros(400)
    own = zero if image.vector is None else image.vector.astype(float)
    distances = sorted(
        float(np.linalg.norm(own - (zero if other.vector is None else other.vector))) for other in others
    )
    return distances[4]


def rank(history: list[Image], images: list[Image]) -> dict[str, float]:
    """Give the percentile of each image by its name."""
    table = [
        [*figures_of(one), apart(one, [other for other in history if other is not one])] for one in history
    ]
    scores = [score(row, table, place) for place, row in enumerate(table)]
    ranks = {}
    for image in images:
        if image in history:
            place = history.index(image)
            ranks[image.name] = oddness(scores[place], scores[:place] + scores[place + 1 :])
        else:
            ranks[image.name] = oddness(score([*figures_of(image), apart(image, history)], table), scores)
    return ranks


def oddness(own: float, others: list[float]) -> float:
    """Count how many of the others and itself score as much; beyond them all an exponential tail goes on."""
    chance = (1 + sum(other >= own for other in others)) / (1 + len(others))
    falling = sorted(others, reverse=True)
    if own > falling[0]:
        number = max(len(others) // 5, 4)
        excess = sum(falling[:number]) / number - falling[number]
        chance *= math.exp((falling[0] - own) / (2 * excess))
    return 100 * (1 - chance)


def score(row: list[float], table: list[list[float]], own: int | None = None) -> float:
    """Give the rarest deviation: mean excesses, those of others, beyond the limit that a tenth passes."""
    rarest = -math.inf
    for value, column in zip(row, zip(*table, strict=True), strict=True):
        known = [one for one in column if math.isfinite(one)]
        if not known or not math.isfinite(value):
            continue
        middle = float(np.median(known))
        aside = [abs(one - middle) for one in known]
        limit = float(np.quantile(aside, 0.9))
        others = [one for place, one in enumerate(column) if place != own and math.isfinite(one)]
        beyond = [abs(one - middle) - limit for one in others if abs(one - middle) > limit]
        excess = max(sum(beyond) / len(beyond) if beyond else 0.0, 1e-3)
        rarest = max(rarest, (abs(value - middle) - limit) / excess)
    return rarest
