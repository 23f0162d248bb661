"""The members of one node: those nearest to its centroid, some by chance, and the farthest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.fingerprint import SIDE
from fingerprinting.pictures.map1 import fold_corner
from fingerprinting.pictures.members import Members
from fingerprinting.pictures.sheet import BODY, FAINT, LIGHT, MARGIN, NIGHT, SMALL, Caption, Sheet, shorten
from fingerprinting.pictures.stretch import stretch

TILE: Final = 128  # pixels: a whole picture, twice enlarged
GAP: Final = 10
LINE: Final = 15
HEADING: Final = 30
ROWS: Final = ("nearest to the centroid", "by chance", "farthest from the centroid")
TOLD: Final = 4  # kinds and sources named in the head


def choose_rows(members: Members, node: int, columns: int, seed: int) -> list[NDArray[np.intp]]:
    """Choose members for the three rows, none twice, each by its distance; rows may be short or empty."""
    inside = np.flatnonzero(members.node == node)
    inside = inside[np.argsort(members.distance[inside], kind="stable")]
    nearest, rest = inside[:columns], inside[columns:]
    farthest = rest[max(len(rest) - columns, 0) :][::-1]
    middle = rest[: len(rest) - len(farthest)]
    chance = np.random.default_rng([seed, node]).permutation(len(middle))[:columns]
    return [nearest, middle[np.sort(chance)], farthest]


def draw_node(members: Members, node: int, caption: Caption, columns: int, seed: int) -> Sheet:
    """Draw three rows of members, each with its source, its S/N and its kind where that is known."""
    rows = [
        (heading, chosen)
        for heading, chosen in zip(ROWS, choose_rows(members, node, columns, seed), strict=True)
        if len(chosen)
    ]
    lines = 3 if (members.kind[members.node == node] != "").any() else 2
    height = HEADING + TILE + lines * LINE + GAP
    head = caption.height
    width = 2 * MARGIN + columns * (TILE + GAP) - GAP
    sheet = Sheet.make(width, head + max(len(rows), 1) * height + MARGIN, NIGHT)
    caption.write_on(sheet)
    if not rows:
        sheet.write((MARGIN, head + HEADING), "None of the objects fell into this node.", FAINT, BODY)
    for number, (heading, chosen) in enumerate(rows):
        top = head + number * height
        sheet.write((MARGIN, top + HEADING // 2 + 2), heading, LIGHT, BODY)
        for column, one in enumerate(chosen):
            _draw_member(sheet, (MARGIN + column * (TILE + GAP), top + HEADING), members, int(one))
    return sheet


def _draw_member(sheet: Sheet, place: tuple[int, int], members: Members, one: int) -> None:
    x, y = place
    source = members.sources[members.image[one]]
    sheet.paste(place, stretch(members.pictures[one : one + 1])[0], TILE)
    if source.field_type:
        fold_corner(sheet, (x + TILE, y))
    words = source.field_type.replace("_", " ") or source.instrument
    line = y + TILE + LINE // 2 + 2
    sheet.write((x, line), shorten(words, TILE, SMALL), LIGHT, SMALL)
    numbers = f"S/N {members.snr[one]:,.0f}   dist. {members.distance[one]:.3f}"
    sheet.write((x, line + LINE), numbers, FAINT, SMALL)
    sheet.write((x, line + 2 * LINE), say_kind(str(members.kind[one])), FAINT, SMALL)


def say_kind(kind: str) -> str:
    """Write a kind as people do."""
    return kind.replace("_", " ")


def describe_node(members: Members, node: int) -> list[str]:
    """Say in two lines where a node is, and what and whose its members are."""
    inside = members.node == node
    images = members.image[inside]
    place = f"gridX {node % SIDE}, gridY {node // SIDE}; {inside.sum():,} of {len(members):,} objects, from "
    place += f"{len(np.unique(images)):,} of {len(members.sources):,} images"
    sources = [source.field_type or source.instrument for source in members.sources]
    told = [f"Sources: {_list_shares([sources[image] for image in images])}"]
    kinds = [say_kind(str(kind)) for kind in members.kind[inside] if kind]
    if kinds:
        told.append(f"True kinds: {_list_shares(kinds)}")
    return [place, *(told if len(images) else [])]


def _list_shares(words: Sequence[str]) -> str:
    """List the most frequent words with their shares."""
    names, numbers = np.unique(np.array(words), return_counts=True)
    order = np.argsort(-numbers, kind="stable")[:TOLD]
    listed = [f"{names[i]} {100 * numbers[i] / len(words):.0f} %" for i in order]
    others = len(names) - len(order)
    return ", ".join(listed) + (f", and {others} more" if others else "")
