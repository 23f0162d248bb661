"""The oddest objects, the oddest first, each with where it is from."""

from __future__ import annotations

from typing import Final

import numpy as np

from fingerprinting.pictures.members import Members
from fingerprinting.pictures.sheet import FAINT, LIGHT, MARGIN, NIGHT, SMALL, Caption, Sheet, shorten
from fingerprinting.pictures.stretch import stretch

TILE: Final = 128  # pixels: a whole picture, twice enlarged
GAP: Final = 10
LINE: Final = 15


def draw_oddest(members: Members, caption: Caption, columns: int) -> Sheet:
    """Draw objects in the order of `distance`, which is their oddness here, greatest first."""
    order = np.argsort(-members.distance, kind="stable")
    columns = min(columns, len(order))
    rows, height = -(-len(order) // columns), TILE + 2 * LINE + GAP
    width = 2 * MARGIN + columns * (TILE + GAP) - GAP
    sheet = Sheet.make(width, caption.height + rows * height + MARGIN, NIGHT)
    caption.write_on(sheet)
    for number, one in enumerate(order):
        x = MARGIN + number % columns * (TILE + GAP)
        y = caption.height + number // columns * height
        sheet.paste((x, y), stretch(members.pictures[one : one + 1])[0], TILE)
        line = y + TILE + LINE // 2 + 2
        sheet.write((x, line), shorten(members.sources[members.image[one]].name, TILE, SMALL), LIGHT, SMALL)
        told = f"odder than {100 * members.distance[one]:.2f} %"
        sheet.write((x, line + LINE), told, FAINT, SMALL)
    return sheet
