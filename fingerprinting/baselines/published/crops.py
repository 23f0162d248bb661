"""Cut-outs of the published pipeline: their side follows the object, 128 pixels in 8 bits in the end.

Theirs are centred one pixel off, because SExtractor counts pixels from 1; that fault is not repeated. Their
cut-outs are up to 512 pixels wide, ours up to the 192 of a patch, and theirs are dropped at the border.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from fingerprinting.evaluation.method import PATCH

SIDE: Final = 128
SMALLEST: Final = 32
EXTENT: Final = 4.0  # times the object's standard deviation
LOW, HIGH = 0, 99  # percentiles that become black and white
WHITE: Final = 255


def choose_side(size: NDArray[np.float32]) -> NDArray[np.intp]:
    """Choose the even side of the cut-out, 32 to 192 pixels, of objects of size max(a, b)."""
    side = np.ceil(EXTENT * size).astype(np.intp)
    even: NDArray[np.intp] = np.clip(side + side % 2, SMALLEST, PATCH)
    return even


def crop_patches(patches: NDArray[np.float32], size: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn patches (n, 192, 192) into crops (n, 128, 128); objects wider than that are resampled."""
    crops = np.empty((len(patches), SIDE, SIDE), np.float32)
    side = np.maximum(choose_side(size), SIDE)
    for each in np.unique(side):
        chosen, edge = side == each, (PATCH - each) // 2
        inner = patches[chosen, edge : edge + each, edge : edge + each]
        crops[chosen] = inner if each == SIDE else resample(inner)
    return scale_crops(crops)


def resample(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Resample images (n, h, w) to (n, 128, 128), bicubic, smoothed as far as they are reduced."""
    layers = torch.from_numpy(np.ascontiguousarray(images, np.float32))[:, None]
    small = interpolate(layers, (SIDE, SIDE), mode="bicubic", align_corners=False, antialias=True)
    return np.asarray(small[:, 0].numpy())


def scale_crops(crops: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Clip images (n, h, w) to their percentiles 0 and 99, and scale them to 0..255."""
    flat = crops.reshape(len(crops), -1)
    low, high = np.percentile(flat, (LOW, HIGH), axis=1).astype(np.float32)
    span = np.maximum(high - low, 1e-6)
    shares = (np.clip(flat, low[:, None], high[:, None]) - low[:, None]) / span[:, None]
    scaled: NDArray[np.uint8] = (shares * WHITE).astype(np.uint8).reshape(crops.shape)
    return scaled


def prepare(crops: NDArray[Any]) -> NDArray[np.float32]:
    """Turn 8 bits (n, h, w) into the network's input (n, 1, h, w) from -1 to 1."""
    scaled = crops[:, None].astype(np.float32)
    scaled *= np.float32(2 / WHITE)
    scaled -= np.float32(1)
    return scaled
