"""A trained plain network as one would run it in production: fused, int8 ONNX, by the exporter of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from fingerprinting.training.export import CALIBRATION, INPUT, OPSET, quantise

OUTPUT: Final = "embedding"
BATCH: Final = 256

Prepare = Callable[[NDArray[Any]], NDArray[np.float32]]


def fuse_layers(network: nn.Sequential) -> list[nn.Module]:
    """Fold normalisations into the convolution or matrix before them."""
    fused: list[nn.Module] = []
    for layer in network.eval().cpu():
        last = fused[-1] if fused else None
        if isinstance(layer, nn.BatchNorm2d) and isinstance(last, nn.Conv2d):
            fused[-1] = fuse_conv_bn_eval(last, layer)
        elif isinstance(layer, nn.BatchNorm1d) and isinstance(last, nn.Linear):
            fused[-1] = fuse_linear_bn_eval(last, layer)
        else:
            fused.append(layer)
    return fused


def build_graph(network: nn.Sequential, shape: tuple[int, ...], width: int) -> onnx.ModelProto:
    """Build the float graph of a network: crops (n, *shape) to embeddings (n, width)."""
    nodes, constants, flow = [], [], INPUT
    layers = fuse_layers(network)
    for number, layer in enumerate(layers):
        target = OUTPUT if number + 1 == len(layers) else f"flow{number}"
        names = []
        for part in ("weight", "bias"):
            if isinstance(layer, nn.Conv2d | nn.Linear):
                names.append(f"{part}{number}")
                value = getattr(layer, part).detach().contiguous().numpy()
                constants.append(numpy_helper.from_array(value, names[-1]))
        nodes.append(_make_node(layer, [flow, *names], target))
        flow = target
    graph = helper.make_graph(
        nodes, "baseline",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", *shape])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", width])],
        constants,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="caom-ai")
    model.ir_version = 8  # as training.export has it
    onnx.checker.check_model(model)
    return model


def _make_node(layer: nn.Module, inputs: list[str], target: str) -> onnx.NodeProto:
    match layer:
        case nn.Conv2d():
            return helper.make_node(
                "Conv", inputs, [target],
                kernel_shape=layer.kernel_size, strides=layer.stride, pads=[*layer.padding] * 2,
            )  # fmt: skip
        case nn.Linear():
            return helper.make_node("Gemm", inputs, [target], transB=1)
        case nn.ReLU():
            return helper.make_node("Relu", inputs, [target])
        case nn.AdaptiveAvgPool2d():
            return helper.make_node("GlobalAveragePool", inputs, [target])
        case nn.Flatten():
            return helper.make_node("Flatten", inputs, [target])
    raise TypeError(f"{layer} has no counterpart in the graph.")


def shrink(model: onnx.ModelProto, crops: NDArray[Any], prepare: Prepare, seed: int) -> bytes:
    """Quantise a graph to int8 with ranges from some of the crops."""
    some = np.random.default_rng([seed, 8]).permutation(len(crops))[:CALIBRATION]
    data: bytes = quantise(model, prepare(crops[some])).SerializeToString(deterministic=True)
    return data


class Deployed:
    """An ONNX graph that embeds crops; one thread, as our own encoder."""

    def __init__(self, data: bytes, prepare: Prepare) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.data, self._prepare = data, prepare
        self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self.width = int(self._session.get_outputs()[0].shape[1])

    def embed(self, crops: NDArray[Any]) -> NDArray[np.float32]:
        """Embed crops (n, ...), a batch at a time, as (n, width)."""
        parts = [self._session.run(None, {self._input: self._prepare(some)})[0] for some in split(crops)]
        return np.concatenate(parts) if parts else np.empty((0, self.width), np.float32)


def split(crops: NDArray[Any]) -> Iterable[NDArray[Any]]:
    """Split crops into batches."""
    return (crops[start : start + BATCH] for start in range(0, len(crops), BATCH))
