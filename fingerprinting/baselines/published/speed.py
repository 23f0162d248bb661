"""How fast the published network describes objects: untrained, for weights do not change its speed."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.baselines.deploy import Deployed, build_graph, shrink
from fingerprinting.baselines.published.crops import SIDE, crop_patches, prepare
from fingerprinting.baselines.published.vicreg import WIDTH, build_network
from fingerprinting.baselines.weights import make_network

SEED: Final = 1


def make_untrained(crops: NDArray[np.uint8]) -> Deployed:
    """Make the encoder as int8 ONNX with weights at random; crops (n, 128, 128) give the ranges."""
    graph = build_graph(make_network(build_network, SEED), (1, SIDE, SIDE), WIDTH)
    return Deployed(shrink(graph, crops, prepare, SEED), prepare)


def measure_speed(
    patches: NDArray[np.float32], size: NDArray[np.float32], *, rounds: int = 3
) -> dict[str, float]:
    """Give cut-outs a second on one thread, the best of several rounds: `crop`, `embed` and `both`.

    Patches (n, 192, 192) in sigma with the size max(a, b) of their objects, in pixels. `crop` is what turns
    patches into 8 bits, `embed` is scaling to -1..1 and the network.
    """
    encoder = make_untrained(crop_patches(patches, size))
    cropping, embedding = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        crops = crop_patches(patches, size)
        cropped = time.perf_counter()
        encoder.embed(crops)
        cropping.append(cropped - started)
        embedding.append(time.perf_counter() - cropped)
    seconds = {"crop": min(cropping), "embed": min(embedding)}
    seconds["both"] = sum(seconds.values())
    return {name: len(patches) / value for name, value in seconds.items()}
