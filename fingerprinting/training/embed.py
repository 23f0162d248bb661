"""Embeddings of a collection, before and after the maps are fitted."""

from __future__ import annotations

from typing import Final

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from fingerprinting.cutout import fovea
from fingerprinting.encoder import Encoder
from fingerprinting.model import EMBEDDING

CHUNK: Final = 512


def make_foveae(windows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Make the encoder's input of stored windows (n, 64, 64)."""
    return fovea(windows.astype(np.float32))


def pool(graph: onnx.ModelProto, foveae: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run a graph of a part of the encoder: foveae to pooled activations (n, 128), or to shapes (n, 44)."""
    session = ort.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    parts = [session.run(None, {name: foveae[i : i + CHUNK]})[0] for i in range(0, len(foveae), CHUNK)]
    return np.concatenate(parts)


def embed_windows(encoder: Encoder, windows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Embed windows (n, 64, 64), a chunk at a time."""
    parts = [encoder.embed(make_foveae(windows[i : i + CHUNK])) for i in range(0, len(windows), CHUNK)]
    return np.concatenate(parts) if parts else np.empty((0, EMBEDDING), np.float32)
