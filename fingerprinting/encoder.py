"""The encoder: cut-outs to embeddings, by onnxruntime (the only inference code that knows it)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.model import EMBEDDING
from fingerprinting.onnxfile import check_graph

BATCH: Final = 512
INPUT_SHAPE: Final = (2, 32, 32)
LONGEST: Final = 1.01  # length of an embedding


class Encoder:
    """An ONNX encoder; embeddings do not depend on the number of threads or on neighbours in a batch."""

    def __init__(self, onnx: bytes | Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Spinning threads would take the cores from the other processes of the worker.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        data = onnx.read_bytes() if isinstance(onnx, Path) else onnx
        try:
            check_graph(data)
        except ValueError as error:
            raise CaomAiError(f"The encoder of the model is broken or of another kind: {error}.") from error
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises classes of its own, derived from Exception alone
            raise CaomAiError("The encoder of the model is broken or of another kind.") from error
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
