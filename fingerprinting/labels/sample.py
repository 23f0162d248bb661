"""Random members of the nodes with a label: a table to be filled in, and a sheet with their pictures."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from caomai.console import Refusal, progress
from caomai.errors import NotFoundError, ParameterError
from caomai.settings import Settings
from caomai.wholefile import write_whole
from fingerprinting.labels.label import Label
from fingerprinting.labels.store import list_labels, open_labels
from fingerprinting.labels.table import disarm
from fingerprinting.pictures.holdings import open_holdings
from fingerprinting.pictures.sheet import BODY, FAINT, LIGHT, MARGIN, NIGHT, SMALL, Caption, Sheet, save
from fingerprinting.pictures.stretch import stretch

COLUMNS: Final = (
    "number", "right", "label", "node", "nodes", "publisherID", "artifactURI", "part", "x", "y", "ra", "dec",
    "snr", "confidence", "link", "model",
)  # fmt: skip
ACROSS: Final = 10
TILE: Final = 128  # pixels: a whole picture, twice enlarged
GAP: Final = 8
LINE: Final = 18
ADVICE: Final = (
    "For each number write yes or no into the column right of the table; nothing if you cannot tell.",
    "Then: caom-ai label check, with the table.",
)


@dataclass(frozen=True)
class Target:
    """A label and the nodes whose members are to be looked at together."""

    label: str
    nodes: tuple[int, ...]


def find_target(labels: Sequence[Label], words: str, label: str | None) -> Target:
    """Find what is to be looked at: a node by its number, whose label must be clear, or all of a label."""
    if not words.isascii() or not words.isdecimal():
        nodes = tuple(one.node for one in labels if one.label == words)
        if not nodes:
            raise NotFoundError(f"No node has the label {words!a}; caom-ai label list shows what there is.")
        return Target(words, nodes)
    there = [one.label for one in labels if one.node == int(words) and label in (None, one.label)]
    if not there:
        raise NotFoundError(f"Node {words} has no such label; caom-ai label set gives it one.")
    if len(there) > 1:
        raise ParameterError(f"Node {words} has several labels ({', '.join(there)}): say which by --label.")
    return Target(there[0], (int(words),))


@dataclass(frozen=True)
class Draw:
    """What a person wants to look at: a node's number or a label, of how many members at most."""

    words: str
    label: str | None
    most: int
    seed: int


def sample_members(settings: Settings, draw: Draw, output: Path) -> tuple[int, Path | None, list[Refusal]]:
    """Write a table of random members and a sheet; give their number, the sheet, and what had no pixels."""
    with open_labels(settings) as (connection, current):
        target = find_target(list_labels(connection, current.number), draw.words, draw.label)
    refused: list[Refusal] = []
    with open_holdings(settings) as holdings, progress(draw.most, "Cutting out", "objects") as bar:
        rows = holdings.find_random(target.nodes, draw.most, draw.seed)
        if not rows:
            raise NotFoundError(
                "These nodes have no objects that anybody may see; there is nothing to judge."
            )
        pictures = holdings.cut_out(rows, lambda uri, error: refused.append(Refusal(uri, str(error))), bar)
    sheet = output.with_suffix(".png") if any(picture is not None for picture in pictures) else None
    if sheet is not None:
        caption = Caption(f"Are these {target.label}?", ADVICE)
        save(
            draw_members(pictures, caption).image, sheet, {"Title": f"Members with the label {target.label}"}
        )
    write_members(output, target, rows, current.model, str(settings.base_url or ""))
    return len(rows), sheet, refused


def write_members(
    path: Path, target: Target, rows: Sequence[Mapping[str, Any]], model: str, base_url: str
) -> None:
    """Write the table that a person fills in; it is there whole or not at all."""
    with write_whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, row in enumerate(rows, 1):
            writer.writerow(_write_member(number, row, target, model, base_url))


def _write_member(
    number: int, row: Mapping[str, Any], target: Target, model: str, base_url: str
) -> list[str]:
    image = str(row["publisherid"])
    link = f"{base_url.rstrip('/')}/datalink/links?ID={quote(image, safe='')}" if base_url else ""
    names = ("x", "y", "ra", "dec", "snr", "confidence")
    numbers = ["" if row[name] is None else str(row[name]) for name in names]
    nodes = " ".join(map(str, target.nodes))
    words = [target.label, str(row["node"]), nodes, image, row["artifacturi"], row["part"]]
    # Numbers below zero are no formulas.
    return [str(number), "", *map(disarm, words), *numbers, link, model]


def draw_members(pictures: Sequence[NDArray[np.float16] | None], caption: Caption) -> Sheet:
    """Draw numbered pictures in rows; a member without pixels has an empty frame."""
    down = -(-len(pictures) // ACROSS)
    width = 2 * MARGIN + ACROSS * (TILE + GAP) - GAP
    sheet = Sheet.make(width, caption.height + down * (LINE + TILE + GAP) + MARGIN, NIGHT)
    caption.write_on(sheet)
    for place, picture in enumerate(pictures):
        x = MARGIN + place % ACROSS * (TILE + GAP)
        y = caption.height + place // ACROSS * (LINE + TILE + GAP)
        sheet.write((x, y + LINE // 2), str(place + 1), LIGHT, BODY)
        if picture is not None:
            sheet.paste((x, y + LINE), stretch(picture[None])[0], TILE)
            continue
        sheet.frame((x, y + LINE, x + TILE, y + LINE + TILE), FAINT)
        sheet.write((x + TILE / 2, y + LINE + TILE / 2), "no pixels", FAINT, SMALL, "middle")
    return sheet
