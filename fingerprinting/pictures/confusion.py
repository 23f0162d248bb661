"""Which kinds are taken for which: the true kind of simulated objects against the name of their node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.evaluation.scores.bootstrap import count_pairs
from fingerprinting.evaluation.scores.kinds import name_nodes
from fingerprinting.fingerprint import NODES
from fingerprinting.pictures.members import Members
from fingerprinting.pictures.node import say_kind
from fingerprinting.pictures.palette import blues, ink_on
from fingerprinting.pictures.sheet import BODY, FAINT, INK, MARGIN, PAPER, SMALL, Caption, Sheet, measure
from fingerprinting.simulation.truth import OBJECT_KINDS

CELL: Final = 44
HINT: Final = 0.005  # smaller shares are left blank
GRID: Final = (226, 226, 230)


@dataclass(frozen=True)
class Confusion:
    """Shares (kinds, kinds): row = true kind, column = name of the node; rows sum to 1.

    numbers (kinds,) are the objects of each true kind.
    """

    kinds: list[str]
    shares: NDArray[np.float64]
    numbers: NDArray[np.intp]

    @property
    def balanced_accuracy(self) -> float:
        """Give the mean share of right names over the kinds."""
        return float(np.diag(self.shares).mean())


def confuse(members: Members, seed: int = 0) -> Confusion:
    """Name nodes on half of the images and compare with the true kinds of the other half, both ways round.

    A node is named by the kind whose rate in it is the greatest: rare kinds count as much as frequent ones.
    """
    known = members.kind != ""
    kinds = sorted(set(members.kind[known].tolist()), key=_rank)
    if not kinds:
        raise ParameterError("No object has a known kind; the picture needs simulated frames (--simulated).")
    codes = np.array([kinds.index(kind) if kind else -1 for kind in members.kind.tolist()])
    half = np.random.default_rng([seed, 8]).permutation(len(members.sources)) % 2 == 0
    first = half[members.image]
    table = np.zeros((len(kinds), len(kinds)), int)
    for naming in (first, ~first):
        votes = count_pairs(members.node[naming & known], codes[naming & known], (NODES, len(kinds)))
        names = name_nodes(votes, balanced=True)
        scored = ~naming & known
        np.add.at(table, (codes[scored], names[members.node[scored]]), 1)
    numbers = table.sum(axis=1)
    return Confusion(kinds, table / np.maximum(numbers, 1)[:, None], numbers)


def _rank(kind: str) -> tuple[int, str]:
    """Order kinds as the simulator lists them: stars, galaxies, defects; others after them."""
    return (OBJECT_KINDS.index(kind) if kind in OBJECT_KINDS else len(OBJECT_KINDS)), kind


def draw_confusion(confusion: Confusion, caption: Caption) -> Sheet:
    """Draw the table with its numbers in per cent; the diagonal is what was named right."""
    names = [say_kind(kind) for kind in confusion.kinds]
    left = MARGIN + max(measure(name) for name in names) + 12
    top = caption.height + max(measure(name) for name in names) + 16
    side = len(names) * CELL
    width = max(left + side + measure("objects") + 2 * MARGIN, 760)
    sheet = Sheet.make(width, top + side + MARGIN + 24, PAPER)
    caption.write_on(sheet, INK)
    for number, name in enumerate(names):
        middle = number * CELL + CELL // 2
        sheet.write((left - 10, top + middle), name, INK, BODY, "right")
        sheet.write_upward((left + middle, top - 8), name, INK, BODY)
        count = f"{confusion.numbers[number]:,}"
        sheet.write((left + side + 12 + measure("objects"), top + middle), count, FAINT, BODY, "right")
    sheet.write((left + side + 12, top - 14), "objects", FAINT, BODY)
    sheet.write((left, top + side + 16), "columns: what the node is called; rows: what it is", FAINT, BODY)
    for row, column in np.ndindex(confusion.shares.shape):
        _draw_cell(sheet, (left + column * CELL, top + row * CELL), float(confusion.shares[row, column]))
    for number in range(len(names)):
        x, y = left + number * CELL, top + number * CELL
        sheet.frame((x, y, x + CELL + 1, y + CELL + 1), INK, 2)
    return sheet


def _draw_cell(sheet: Sheet, place: tuple[int, int], share: float) -> None:
    x, y = place
    colour = blues(share)
    sheet.fill((x, y, x + CELL, y + CELL), colour)
    sheet.frame((x, y, x + CELL + 1, y + CELL + 1), GRID)
    if share >= HINT:
        large = share >= 0.1  # noqa: PLR2004  # two digits
        ink = ink_on(colour) if large else FAINT
        sheet.write(
            (x + CELL / 2, y + CELL / 2), f"{100 * share:.0f}", ink, BODY if large else SMALL, "middle"
        )
