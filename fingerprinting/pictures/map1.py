"""Map 1 as one picture: 20 x 20 nodes, each with a typical object; node = gridX + 20 gridY, gridY upward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fingerprint import NODES, SIDE
from fingerprinting.pictures.members import SHOWN, Members, typical_objects
from fingerprinting.pictures.sheet import (
    FAINT,
    LIGHT,
    MARGIN,
    NIGHT,
    SMALL,
    Caption,
    Colour,
    Sheet,
    find_corner,
    measure,
    shorten,
)
from fingerprinting.pictures.stretch import stretch

PIXELS: Final = 48  # of a tile: its middle, twice enlarged
TILE: Final = 96
GAP: Final = 6
LINE: Final = 15
CORNER: Final = 10
EMPTY: Final[Colour] = (30, 30, 34)
LABEL: Final[Colour] = (240, 228, 66)  # Okabe-Ito yellow


@dataclass(frozen=True)
class Overlay:
    """What is written under the tiles besides the node's number."""

    labels: Mapping[int, str] = field(default_factory=dict)
    counts: bool = False
    rarity: bool = False


@dataclass(frozen=True)
class Tiles:
    """Typical objects of the nodes: grey (400, h, w), row 0 at the top, and counts (400,).

    simulated and missing (400,) tell which tiles show a simulated object, and which show none.
    """

    grey: NDArray[np.uint8]
    counts: NDArray[np.intp]
    simulated: NDArray[np.bool_]
    missing: NDArray[np.bool_]


def make_tiles(members: Members) -> Tiles:
    """Choose and stretch a typical object for each node."""
    typical = typical_objects(members)
    there = typical >= 0
    grey = np.zeros((NODES, PIXELS, PIXELS), np.uint8)
    edge = (SHOWN - PIXELS) // 2
    grey[there] = stretch(members.pictures[typical[there], edge : edge + PIXELS, edge : edge + PIXELS])
    simulated = np.zeros(NODES, bool)
    simulated[there] = ~members.real[typical[there]]
    return Tiles(grey, members.counts, simulated, ~there)


def draw_map(tiles: Tiles, caption: Caption, overlay: Overlay) -> Sheet:
    """Draw the map with node 0 at the lower left, as the grid is counted."""
    step = TILE + GAP, TILE + GAP + (2 if overlay.labels else 1) * LINE
    head = caption.height
    sheet = Sheet.make(2 * MARGIN + SIDE * step[0] - GAP, head + SIDE * step[1] + MARGIN, NIGHT)
    caption.write_on(sheet)
    for node in range(NODES):
        x, y = find_corner(node, SIDE, step)
        _draw_node(sheet, (MARGIN + x, head + y), node, tiles, overlay)
    return sheet


def _draw_node(sheet: Sheet, place: tuple[int, int], node: int, tiles: Tiles, overlay: Overlay) -> None:
    x, y = place
    if tiles.missing[node]:
        sheet.fill((x, y, x + TILE, y + TILE), EMPTY)
    else:
        sheet.paste(place, tiles.grey[node], TILE)
    if tiles.simulated[node]:
        fold_corner(sheet, (x + TILE, y))
    line = y + TILE + LINE // 2 + 1
    sheet.write((x, line), str(node), LIGHT, SMALL)
    sheet.write((x + TILE, line), _say_number(node, tiles.counts, overlay), FAINT, SMALL, "right")
    if label := overlay.labels.get(node):
        sheet.write((x, line + LINE), shorten(label, TILE, SMALL), LABEL, SMALL)


def fold_corner(sheet: Sheet, corner: tuple[int, int]) -> None:
    """Fold the upper right corner of a tile: the sign of a simulated object."""
    x, y = corner
    sheet.draw.polygon([(x - CORNER, y), (x, y), (x, y + CORNER)], fill=NIGHT)


def _say_number(node: int, counts: NDArray[np.intp], overlay: Overlay) -> str:
    """Write how many objects a node has, or one in how many it holds."""
    words = []
    if overlay.counts:
        words.append(f"{counts[node]:,}")
    if overlay.rarity:
        words.append(f"1:{max(round(counts.sum() / counts[node]), 1):,}" if counts[node] else "-")
    text = "  ".join(words)
    return text if not words or measure(text, SMALL) <= TILE - measure("399  ", SMALL) else words[-1]
