"""The picture of a whole map: a cell for each of its nodes, node 0 at the bottom left."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from caomai.previews import CELL


def draw_sprite(pictures: Mapping[int, bytes], width: int, height: int) -> bytes:
    """Put the pictures (PNG, grey) of nodes into the cells of a grid; a cell without one is transparent."""
    grey = np.zeros((height * CELL, width * CELL), np.uint8)
    for node, png in pictures.items():
        row, column = height - 1 - node // width, node % width
        grey[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL] = fit_cell(png)
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG", transparency=0)
    return stream.getvalue()


def fit_cell(png: bytes) -> NDArray[np.uint8]:
    """Shrink the middle square of a picture to a cell; 0 is left for what is transparent."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        side = min(picture.size)
        left, top = ((length - side) // 2 for length in picture.size)
        middle = picture.convert("L").crop((left, top, left + side, top + side))
        return np.asarray(middle.resize((CELL, CELL), Image.Resampling.BOX)).clip(1)
