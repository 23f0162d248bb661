"""The plane of Map 1: which kind rules each node, and how unlike its neighbours it is (U-matrix)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fingerprint import NODES, SIDE
from fingerprinting.pictures.members import Members
from fingerprinting.pictures.node import say_kind
from fingerprinting.pictures.palette import GREY, cividis, ink_on, sign_of
from fingerprinting.pictures.sheet import (
    BODY,
    FAINT,
    INK,
    MARGIN,
    PAPER,
    SMALL,
    Caption,
    Sheet,
    find_corner,
)

CELL: Final = 34
PANEL: Final = SIDE * CELL
LEGEND: Final = 230
HEADING: Final = 26
SMALLEST: Final = 18  # pixels: side of a node with a single object
RULES: Final = 0.5  # share from which a node is filled
NOTHING: Final = (244, 244, 246)


@dataclass(frozen=True)
class Rule:
    """What rules the nodes: kinds and their shares (400,), '' and 0 where no kind is known; counts (400,)."""

    kinds: list[str]
    shares: NDArray[np.float64]
    counts: NDArray[np.intp]


def find_rule(members: Members) -> Rule:
    """Find the most frequent known kind of each node and its share of the node's known objects."""
    known = members.kind != ""
    kinds, codes = np.unique(members.kind[known], return_inverse=True)
    votes = np.zeros((NODES, max(len(kinds), 1)))
    np.add.at(votes, (members.node[known], codes), 1)
    total = votes.sum(axis=1)
    names = [str(kinds[votes[node].argmax()]) if total[node] else "" for node in range(NODES)]
    return Rule(names, votes.max(axis=1) / np.maximum(total, 1), members.counts)


def measure_steps(centroids: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give for each node the mean distance (1 - cosine) to its 2 to 4 neighbours on the grid, (400,)."""
    grid = centroids.reshape(SIDE, SIDE, -1).astype(float)
    steps = np.full((4, SIDE, SIDE), np.nan)
    steps[0, 1:] = steps[1, :-1] = 1 - (grid[1:] * grid[:-1]).sum(axis=2)
    steps[2, :, 1:] = steps[3, :, :-1] = 1 - (grid[:, 1:] * grid[:, :-1]).sum(axis=2)
    mean: NDArray[np.float64] = np.nanmean(steps, axis=0).ravel()
    return mean


def draw_layout(rule: Rule, steps: NDArray[np.float64], caption: Caption) -> Sheet:
    """Draw both panels side by side; node 0 is at the lower left."""
    top = caption.height + HEADING
    width = 2 * PANEL + LEGEND + 4 * MARGIN
    sheet = Sheet.make(width, top + PANEL + 2 * MARGIN, PAPER)
    caption.write_on(sheet, INK)
    second = MARGIN + PANEL + LEGEND + 2 * MARGIN
    known = any(rule.kinds)
    _draw_kinds(sheet, (MARGIN, top), rule)
    sheet.write((MARGIN, top - 14), "Majority kind and number of objects" if known else "Objects", INK, BODY)
    _write_legend(sheet, (2 * MARGIN + PANEL, top), rule)
    sheet.write((second, top - 14), "Mean distance to the neighbours on the grid", INK, BODY)
    _draw_steps(sheet, (second, top), steps)
    for x in (MARGIN, second):
        _write_axes(sheet, (x, top))
    return sheet


def _draw_kinds(sheet: Sheet, corner: tuple[int, int], rule: Rule) -> None:
    most = max(int(rule.counts.max()), 1)
    for node in range(NODES):
        x, y = (a + b for a, b in zip(corner, find_corner(node, SIDE, (CELL, CELL)), strict=True))
        sheet.fill((x + 1, y + 1, x + CELL, y + CELL), NOTHING)
        if not rule.counts[node]:
            continue
        letters, colour = sign_of(rule.kinds[node]) if rule.kinds[node] else ("", GREY)
        reach = SMALLEST + (CELL - 2 - SMALLEST) * (np.log1p(rule.counts[node]) / np.log1p(most))
        edge = (CELL - reach) / 2
        box = (x + edge, y + edge, x + CELL - edge, y + CELL - edge)
        if rule.shares[node] >= RULES or not letters:
            sheet.fill(box, colour)
        else:
            sheet.frame(box, colour, 3)
        ink = ink_on(colour) if rule.shares[node] >= RULES else INK
        sheet.write((x + CELL / 2, y + CELL / 2), letters, ink, SMALL, "middle")


def _write_legend(sheet: Sheet, corner: tuple[int, int], rule: Rule) -> None:
    """List the kinds with their letters and how many nodes they rule; then what sizes and frames mean."""
    names = [kind for kind in rule.kinds if kind]
    ruling = sorted(set(names), key=lambda kind: (-names.count(kind), kind))
    x, y = corner
    for kind in ruling:
        letters, colour = sign_of(kind)
        sheet.fill((x, y + 2, x + 26, y + 22), colour)
        sheet.write((x + 13, y + 12), letters, ink_on(colour), SMALL, "middle")
        sheet.write((x + 36, y + 12), say_kind(kind), INK, BODY)
        sheet.write((x + LEGEND - MARGIN, y + 12), str(names.count(kind)), FAINT, BODY, "right")
        y += 26
    notes = ["number: nodes it rules", "filled: half or more are of the kind", "open: no kind has half"]
    for note in [*(notes if ruling else []), f"size: objects (log), {rule.counts.max():,} at most"]:
        sheet.write((x, y + 20), note, FAINT, SMALL + 1)
        y += 18


def _draw_steps(sheet: Sheet, corner: tuple[int, int], steps: NDArray[np.float64]) -> None:
    """Draw the U-matrix with its scale below; each tenth cell tells its number too."""
    low, high = float(steps.min()), float(np.quantile(steps, 0.99))
    for node in range(NODES):
        x, y = (a + b for a, b in zip(corner, find_corner(node, SIDE, (CELL, CELL)), strict=True))
        colour = cividis((float(steps[node]) - low) / max(high - low, 1e-9))
        sheet.fill((x, y, x + CELL, y + CELL), colour)
        sheet.write((x + CELL / 2, y + CELL / 2), f"{100 * steps[node]:.0f}", ink_on(colour), SMALL, "middle")


def _write_axes(sheet: Sheet, corner: tuple[int, int]) -> None:
    x, y = corner[0], corner[1] + PANEL + 12
    sheet.write((x, y), "gridX 0, gridY 0 (node 0)", FAINT, SMALL)
    sheet.write((x + PANEL, y), "gridX 19 (node 19)", FAINT, SMALL, "right")
