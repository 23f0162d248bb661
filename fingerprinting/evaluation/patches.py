"""Pieces of sky around detections, large enough for every method to crop its own input from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.cutout import windows
from fingerprinting.detect import Detection
from fingerprinting.evaluation.method import PATCH

BATCH: Final = 256  # patches at once: 38 MB

Crop = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[Any]]


def cut_patches(detection: Detection, objects: NDArray[np.void]) -> NDArray[np.float32]:
    """Cut (n, 192, 192) patches in sigma around objects (dtype OBJECT), 0 beyond the frame.

    The middle, between pixels 95 and 96, lies within half a pixel of the object, as in cutout.windows.
    """
    return windows(detection.sky_subtracted, detection.sigma, objects["x"], objects["y"], PATCH)


def measure_size(objects: NDArray[np.void]) -> NDArray[np.float32]:
    """Give max(a, b) of objects in pixels, (n,)."""
    return np.asarray(np.maximum(objects["a"], objects["b"]), np.float32)


def cut_middle(patches: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Cut the middle (n, side, side) out of patches; it is the same as a window of that side."""
    edge = (patches.shape[1] - side) // 2
    return patches[:, edge : edge + side, edge : edge + side]


def crop_objects(
    detection: Detection, objects: NDArray[np.void], crops: Mapping[str, Crop]
) -> dict[str, NDArray[Any]]:
    """Make the crops of every method from the same patches, which are dropped batch by batch."""
    if len(objects) == 0:  # no method has to know what to do with nothing
        empty, size = np.zeros((1, PATCH, PATCH), np.float32), np.ones(1, np.float32)
        return {name: crop(empty, size)[:0] for name, crop in crops.items()}
    made: dict[str, list[NDArray[Any]]] = {name: [] for name in crops}
    for start in range(0, len(objects), BATCH):
        some = objects[start : start + BATCH]
        patches, size = cut_patches(detection, some), measure_size(some)
        for name, crop in crops.items():
            made[name].append(crop(patches, size))
    return {name: np.concatenate(parts) for name, parts in made.items()}
