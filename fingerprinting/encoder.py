"""The encoder: cut-outs to embeddings, by onnxruntime (the only inference code that knows it)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.model import EMBEDDING
from fingerprinting.onnxfile import check_graph, show_results
from fingerprinting.onnxwork import count_products

BATCH: Final = 512
INPUT_SHAPE: Final = (2, 32, 32)
LONGEST: Final = 1.01  # length of an embedding
MOST_RESULTS: Final = 1 << 28  # numbers in all results of a batch; the encoder of the package has 53 million
MOST_PRODUCTS: Final = 1 << 36  # of a batch: seconds; the encoder of the package has 2.3 billion
BROKEN: Final = "The encoder of the model is broken or of another kind"


class Encoder:
    """An ONNX encoder; embeddings do not depend on the number of threads or on neighbours in a batch."""

    def __init__(self, onnx: bytes | Path, threads: int = 1) -> None:
        data = onnx.read_bytes() if isinstance(onnx, Path) else onnx
        try:
            check_graph(data)
            _check_work(data)
        except ValueError as error:
            raise CaomAiError(f"{BROKEN}: {error}.") from error
        options = _make_options()
        options.intra_op_num_threads = threads
        self._session = _open(data, options)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        shapes = [tuple(port.shape[1:]) for port in (*inputs, *outputs)]
        if shapes != [INPUT_SHAPE, (EMBEDDING,)]:
            raise CaomAiError("The encoder of the model takes or gives arrays of another shape.")
        self._input = inputs[0].name
        self._check_answers()

    def _check_answers(self) -> None:
        """Refuse an encoder whose embeddings are no numbers or no unit vectors."""
        pattern = np.linspace(0, 1, int(np.prod(INPUT_SHAPE)), dtype=np.float32).reshape(INPUT_SHAPE)
        try:
            length = np.linalg.norm(self.embed(np.stack([pattern, pattern[..., ::-1]])), axis=1)
        except Exception as error:  # onnxruntime's again
            raise CaomAiError("The encoder of the model fails at work.") from error
        if not (length < LONGEST).all():  # also where it is NaN
            raise CaomAiError("The encoder of the model gives no unit vectors.")

    def embed(self, fovea: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embed foveae (n, 2, 32, 32) as unit vectors (n, 128), centred on the training set's mean."""
        embeddings = np.empty((len(fovea), EMBEDDING), np.float32)
        for start in range(0, len(fovea), BATCH):
            part = slice(start, start + BATCH)
            embeddings[part] = self._session.run(None, {self._input: fovea[part]})[0]
        return embeddings


def _check_work(data: bytes) -> None:
    """Refuse by ValueError a network that needs much room or time for a batch; nothing is computed for it."""
    options = _make_options()
    options.graph_optimization_level = (
        ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    )  # it computes with constants
    options.add_session_config_entry("session.disable_prepacking", "1")
    session = _open(show_results(data), options)
    inputs, results = session.get_inputs(), session.get_outputs()
    known = {side: BATCH for side in inputs[0].shape[:1] if isinstance(side, str)}
    shapes = {port.name: [known.get(side, side) for side in port.shape] for port in (*inputs, *results)}
    if not all(isinstance(side, int) for sides in shapes.values() for side in sides):
        raise ValueError("the shape of what an operator gives cannot be told")
    elements = sum(math.prod(shapes[result.name]) for result in results)
    if elements > MOST_RESULTS:
        raise ValueError(f"it needs room for {elements:,} numbers, where {MOST_RESULTS:,} are the most")
    products = count_products(data, shapes)
    if products > MOST_PRODUCTS:
        raise ValueError(f"it needs {products:,} multiplications, where {MOST_PRODUCTS:,} are the most")


def _make_options() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads would take the cores from the other processes of the worker.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _open(data: bytes, options: ort.SessionOptions) -> ort.InferenceSession:
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own, derived from Exception alone
        raise CaomAiError(f"{BROKEN}.") from error
