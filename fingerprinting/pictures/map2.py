"""Map 2 as one picture: 12 x 12 fields, each with a typical image; field = gridX + 12 gridY, gridY upward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PIL import Image

from fingerprinting.fieldmap import FIELDS
from fingerprinting.fieldmap import SIDE as FIELD_SIDE
from fingerprinting.pictures.map1 import EMPTY, LINE, fold_corner
from fingerprinting.pictures.sheet import (
    FAINT,
    LIGHT,
    MARGIN,
    NIGHT,
    SMALL,
    Caption,
    Sheet,
    find_corner,
    shorten,
)
from fingerprinting.pictures.views import SIDE, View

GAP: Final = 10
TILE: Final = SIDE


def draw_fields(typical: Sequence[View | None], counts: Sequence[int], caption: Caption) -> Sheet:
    """Draw the fields with field 0 at the lower left; counts are the images in each."""
    step = TILE + GAP, TILE + GAP + 2 * LINE
    head = caption.height
    sheet = Sheet.make(2 * MARGIN + FIELD_SIDE * step[0] - GAP, head + FIELD_SIDE * step[1] + MARGIN, NIGHT)
    caption.write_on(sheet)
    for field in range(FIELDS):
        x, y = find_corner(field, FIELD_SIDE, step)
        _draw_field(sheet, (MARGIN + x, head + y), field, typical[field])
        end = MARGIN + x + TILE, head + y + TILE + LINE // 2 + 1
        sheet.write(end, f"{counts[field]:,}" if counts[field] else "", FAINT, SMALL, "right")
    return sheet


def _draw_field(sheet: Sheet, place: tuple[int, int], field: int, view: View | None) -> None:
    x, y = place
    line = y + TILE + LINE // 2 + 1
    sheet.fill((x, y, x + TILE, y + TILE), EMPTY)
    sheet.write((x, line), str(field), LIGHT, SMALL)
    if view is None:
        return
    height, width = view.thumbnail.shape
    picture = Image.fromarray(view.thumbnail).convert("RGB")
    sheet.image.paste(picture, (x + (TILE - width) // 2, y + (TILE - height) // 2))
    if view.source.field_type:
        fold_corner(sheet, (x + TILE, y))
    words = view.source.field_type.replace("_", " ") or view.source.instrument
    sheet.write((x, line + LINE), shorten(words, TILE, SMALL), FAINT, SMALL)
