"""Sky and noise on a mesh of boxes, and the bicubic spline through them (Bertin & Arnouts 1996, sect. 3).

SEP fits each box; the spline is evaluated here, strip by strip and never for a whole frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import sep
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

STRIP: Final = 1 << 16  # values together, which stay in the cache of a core
LARGE: Final = 512  # rows
LEAST_GOOD: Final = 0.5  # of the pixels of a box

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Mesh:
    """Values (my, mx) in the middle of boxes of a frame (ny, nx); `group` rows have the same spline."""

    values: Floats
    box: tuple[int, int]  # pixels, height and width
    shape: tuple[int, int]
    group: int

    def strips(self) -> Iterator[tuple[slice, Floats]]:
        """Give the spline for some rows at once, (groups, 1, nx), from the first to the last.

        The last strip may be a part of a group.
        """
        lines, (height, width) = self._draw_lines(), self.shape
        box, whole = self.box[0] // self.group, height // self.group
        node, weight = _weigh(np.arange(-(-height // self.group)), box, lines.shape[1])
        cuts = {*range(0, len(node), max(STRIP // width, 1)), *(np.flatnonzero(np.diff(node)) + 1).tolist()}
        for first, last in pairwise(sorted({*cuts, whole, len(node)})):
            between = lines[:, node[first] : node[first] + 2].reshape(4, width)
            values = weight[:, :, first:last].reshape(4, -1).T @ between
            yield slice(first * self.group, min(last * self.group, height)), values[:, None]

    def _draw_lines(self) -> Floats:
        """Give the spline at each column, and a measure of its curvature along y, (2, my, nx)."""
        values = np.pad(self.values, [(0, int(side == 1)) for side in self.values.shape], "edge").astype(
            float
        )
        column = np.arange(self.shape[1])
        node, weight = _weigh(column + 0.5, self.box[1], values.shape[1])
        spread = np.zeros((2, values.shape[1], len(column)))
        spread[:, node, column], spread[:, node + 1, column] = weight[:, 0], weight[:, 1]
        lines = values @ spread[0] + _bend(values.T).T @ spread[1]
        return np.stack([lines, _bend(lines)]).astype(np.float32)


def _weigh(place: NDArray[Any], side: int, count: int) -> tuple[NDArray[np.intp], Floats]:
    """Give the nodes before places, counted from the edge of the frame, and the weights of a cubic spline.

    Weights (2, 2, ...) are those of value and curvature, of the node before and of the one after.
    """
    at = place / side - 0.5
    node = np.floor(at).astype(np.intp).clip(0, count - 2)
    after = at - node
    linear = np.stack([1 - after, after])
    return node, np.stack([linear, linear**3 - linear]).astype(np.float32)


def _bend(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a sixth of the second derivatives at nodes (n, ...) of splines that end straight, as SEP does.

    Its way back divides by 6 at each node, which makes the spline a little straighter than a natural one.
    """
    bent, factor = np.zeros_like(values), np.zeros(len(values))
    inner = range(1, len(values) - 1)
    for i in inner:
        factor[i] = -1 / (factor[i - 1] + 4)
        bent[i] = factor[i] * (bent[i - 1] - 6 * (values[i + 1] + values[i - 1] - 2 * values[i]))
    for i in reversed(inner):
        bent[i] = (factor[i] * bent[i + 1] + bent[i]) / 6
    return bent


def fit_meshes(pixels: Floats, mask: NDArray[np.bool_] | None, side: int) -> tuple[Mesh, Mesh]:
    """Fit level and noise (standard deviation) of the sky in boxes of `side` pixels of a frame (ny, nx)."""
    group, rows = _group(pixels), None if mask is None else _group(mask)
    (height, width), every = pixels.shape, 4 if len(pixels) >= LARGE else 1
    box = min(side, height) // every, min(side, width)
    places = [
        [(slice(y, y + box[0]), slice(None), slice(x, x + box[1])) for x in range(0, width, box[1])]
        for y in range(0, len(group), box[0])
    ]
    boxes = [[_fit_box(group[at], None if rows is None else rows[at]) for at in line] for line in places]
    filled = _fill(np.array(boxes, np.float32))
    level, noise = (
        Mesh(_smooth(filled[..., kind]), (box[0] * every, box[1]), (height, width), group.shape[1])
        for kind in (0, 1)
    )
    return level, noise


def _group(image: NDArray[Any]) -> NDArray[Any]:
    """View rows (n, 1, nx), or of a large frame two of each four (n, 2, nx), which take half the time.

    They are pairs, so that odd and even rows count alike.
    """
    height, width = image.shape
    if height < LARGE:
        return image[:, None]
    return image[: height - height % 4].reshape(-1, 4, width)[:, :2]


def _fit_box(pixels: Floats, mask: NDArray[np.bool_] | None) -> tuple[float, float]:
    """Fit level and noise of the sky in groups of rows (n, k, mx) by SEP; NaN where most is masked."""
    height, width = pixels.shape[0] * pixels.shape[1], pixels.shape[2]
    if mask is not None:
        mask = np.ascontiguousarray(mask).reshape(height, width)
        if np.count_nonzero(mask) > (1 - LEAST_GOOD) * mask.size:
            return np.nan, np.nan
    box = np.ascontiguousarray(pixels).reshape(height, width)
    sky = sep.Background(box, mask=mask, bw=width, bh=height, fw=1, fh=1)
    noise = sky.globalrms
    return sky.globalback, sky.rms()[0, 0] if noise == 1 else noise  # 1 is also what SEP says instead of 0


def _fill(boxes: Floats) -> Floats:
    """Give boxes (my, mx, 2) that are NaN the mean of the nearest that are not; 0 and 1 if there are none."""
    bad = np.isnan(boxes[..., 0])
    good = np.argwhere(~bad)
    if not len(good):
        return np.broadcast_to(np.array([0, 1], np.float32), boxes.shape)
    filled = boxes.copy()
    for place in np.argwhere(bad):
        distance = np.sum((good - place) ** 2, axis=1)
        filled[tuple(place)] = boxes[tuple(good[distance == distance.min()].T)].mean(axis=0)
    return filled


def _smooth(values: Floats) -> Floats:
    """Take the median of each 3 x 3 boxes, of three along an edge; corners stay."""
    smooth = values.copy()
    inner, whole = slice(1, -1), slice(None)
    windows = (((3, 1), (inner, whole)), ((1, 3), (whole, inner)), ((3, 3), (inner, inner)))
    for size, place in windows:
        if values[place].size and all(a <= b for a, b in zip(size, values.shape, strict=True)):
            smooth[place] = np.median(sliding_window_view(values, size), axis=(2, 3))
    return smooth
