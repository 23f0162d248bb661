"""What a simulated frame holds: one row an object, so that training and tests can be checked against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

STAR = "star"
TRAILED_STAR = "trailed_star"
BLURRED_STAR = "blurred_star"
DONUT = "donut"
SATURATED_STAR = "saturated_star"
DOUBLE_STAR = "double_star"
CLUSTER_STAR = "cluster_star"
ELLIPTICAL = "elliptical"
DISK = "disk"
EDGE_ON = "edge_on"
SPIRAL = "spiral"
IRREGULAR = "irregular"
MERGER = "merger"
COSMIC_RAY = "cosmic_ray"
HOT_PIXEL = "hot_pixel"
SATELLITE_TRAIL = "satellite_trail"
ARTEFACT = "artefact"
OBJECT_KINDS = (
    STAR, TRAILED_STAR, BLURRED_STAR, DONUT, SATURATED_STAR, DOUBLE_STAR, CLUSTER_STAR, ELLIPTICAL, DISK,
    EDGE_ON, SPIRAL, IRREGULAR, MERGER, COSMIC_RAY, HOT_PIXEL, SATELLITE_TRAIL, ARTEFACT,
)  # fmt: skip

# Positions are pixels of the array, 0-based; flux is counts (ADU) above the sky; radius the extent that a
# detection may be matched within (pixels); length > 0 makes a segment centred on x, y at angle theta (rad).
TRUTH = np.dtype([
    ("kind", "U16"), ("x", "f8"), ("y", "f8"), ("ra", "f8"), ("dec", "f8"),
    ("flux", "f8"), ("radius", "f4"), ("length", "f4"), ("theta", "f4"),
])  # fmt: skip


def make_truth(
    kind: ArrayLike, x: ArrayLike, y: ArrayLike, flux: ArrayLike, *,
    radius: ArrayLike = 3.0, length: ArrayLike = 0.0, theta: ArrayLike = 0.0,
) -> NDArray[np.void]:  # fmt: skip
    """Make rows of truth from columns that are broadcast to one length; the sky position stays NaN."""
    columns = np.broadcast_arrays(np.atleast_1d(x), y, kind, flux, radius, length, theta)
    rows = np.zeros(columns[0].shape[0], TRUTH)
    for name, column in zip(("x", "y", "kind", "flux", "radius", "length", "theta"), columns, strict=True):
        rows[name] = column
    rows["ra"] = rows["dec"] = np.nan
    return rows


def match_kinds(
    truth: NDArray[np.void], x: NDArray[np.floating], y: NDArray[np.floating]
) -> NDArray[np.str_]:
    """Name the kind of the true object under each detected position (n,), '' where there is none.

    The nearest object within its radius wins; points go before segments, which cross many of them.
    """
    kinds = np.full(len(x), "", "U16")
    for row in sorted(truth[truth["length"] > 0], key=lambda row: -float(row["length"])):
        kinds[_distance_to_segment(row, x, y) <= row["radius"]] = row["kind"]
    points = truth[truth["length"] == 0]
    if len(points) and len(x):
        for start in range(0, len(x), 512):
            part = slice(start, start + 512)
            distance = np.hypot(x[part, None] - points["x"], y[part, None] - points["y"])
            distance[distance > points["radius"]] = np.inf
            nearest = distance.argmin(axis=1)
            found = np.isfinite(distance[np.arange(len(nearest)), nearest])
            kinds[part][found] = points["kind"][nearest[found]]
    return kinds


def _distance_to_segment(
    row: np.void, x: NDArray[np.floating], y: NDArray[np.floating]
) -> NDArray[np.floating]:
    cos, sin, half = np.cos(row["theta"]), np.sin(row["theta"]), row["length"] / 2
    along = (x - row["x"]) * cos + (y - row["y"]) * sin
    nearest = np.clip(along, -half, half)
    distance: NDArray[np.floating] = np.hypot(x - row["x"] - nearest * cos, y - row["y"] - nearest * sin)
    return distance
