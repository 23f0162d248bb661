"""Percentiles of unlikeness by plain loops, written a second time from the documentation."""

from __future__ import annotations

import math

import numpy as np

from fingerprinting.description import STATISTICS
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
    kinds = [rarest(row, table, place) for place, row in enumerate(table)]
    scores = [farthest(pair, kinds, place) for place, pair in enumerate(kinds)]
    ranks = {}
    for image in images:
        if image in history:
            place = history.index(image)
            ranks[image.name] = oddness(scores[place], scores[:place] + scores[place + 1 :])
        else:
            pair = rarest([*figures_of(image), apart(image, history)], table)
            ranks[image.name] = oddness(farthest(pair, kinds), scores)
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


def rarest(row: list[float], table: list[list[float]], own: int | None = None) -> tuple[float, float]:
    """Give the rarest deviation of the figures but one, and that of the one which tells of lines."""
    lines = 8 + STATISTICS.index("line")
    rated = [deviation(value, [one[place] for one in table], own) for place, value in enumerate(row)]
    others = [one for place, one in enumerate(rated) if place != lines and not math.isnan(one)]
    return max(others), rated[lines]


def deviation(value: float, column: list[float], own: int | None) -> float:
    """Give how many mean excesses, those of others, a value is beyond the limit that a tenth passes."""
    known = [one for one in column if math.isfinite(one)]
    if not known or not math.isfinite(value):
        return math.nan
    middle = float(np.median(known))
    limit = float(np.quantile([abs(one - middle) for one in known], 0.9))
    others = [one for place, one in enumerate(column) if place != own and math.isfinite(one)]
    beyond = [abs(one - middle) - limit for one in others if abs(one - middle) > limit]
    return (abs(value - middle) - limit) / max(sum(beyond) / len(beyond) if beyond else 0.0, 1e-3)


def farthest(pair: tuple[float, float], pairs: list[tuple[float, float]], own: int | None = None) -> float:
    """Give how far the farther of the two is beyond nine in ten; thirty excesses of 1 are assumed."""
    excesses = []
    for place, value in enumerate(pair):
        limit = float(np.quantile([one[place] for one in pairs], 0.9))
        others = [one[place] for number, one in enumerate(pairs) if number != own]
        beyond = [one - limit for one in others if one > limit]
        excesses.append((value - limit) / ((sum(beyond) + 30) / (len(beyond) + 30)))
    return max(excesses)
