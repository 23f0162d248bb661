"""A small model, an archive of rendered frames in a real database, and the real command `caom-ai`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fingerprinting.model import CARD_FILE, ENCODER_FILE, MAPS_FILE, Model, hash_model, load_model


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model whose encoder is one random projection: the smallest that tells images apart."""
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((2048, 128)).astype(np.float32)
    shape = np.array([-1, 2048], np.int64)
    graph = helper.make_graph(
        [
            helper.make_node("Reshape", ["views", "shape"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["projected"]),
            helper.make_node("LpNormalization", ["projected"], ["embeddings"], axis=1, p=2),
        ],
        "projection",
        [helper.make_tensor_value_info("views", TensorProto.FLOAT, ["n", 2, 32, 32])],
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", 128])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(shape, "shape")],
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(network)
    centroids = rng.standard_normal((400, 128))
    fields = rng.standard_normal((144, 400))
    arrays = {
        "centroids": centroids / np.linalg.norm(centroids, axis=1, keepdims=True),
        "kernel": np.eye(400) * 0.8 + 0.2 / 400,
        "prior": np.full(400, 1 / 400),
        "vector_mean": np.full(400, 0.05),
        "fields": fields / np.linalg.norm(fields, axis=1, keepdims=True),
    }
    folder = tmp_path_factory.mktemp("model")
    (folder / ENCODER_FILE).write_bytes(network.SerializeToString())
    np.savez(folder / MAPS_FILE, **{name: array.astype(np.float32) for name, array in arrays.items()})
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (ENCODER_FILE, MAPS_FILE)
    }
    files = "\n".join(f'"{name}" = "{digest}"' for name, digest in hashes.items())
    digest = hash_model(hashes, {"kind": "test"})
    card = f'id = "test"\nhash = "{digest}"\n[files]\n{files}\n[parameters]\nkind = "test"\n'
    (folder / CARD_FILE).write_text(card)
    return folder


@pytest.fixture(scope="session")
def model(model_folder: Path) -> Model:
    """Give the small model."""
    return load_model(model_folder)
