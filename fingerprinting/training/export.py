"""The network as ONNX (opset 17): fused, quantised to int8 per channel, whitened on the training set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from fingerprinting.encoder import INPUT_SHAPE
from fingerprinting.model import EMBEDDING
from fingerprinting.training import shapes
from fingerprinting.training.network import Layer
from fingerprinting.training.whitening import FARTHEST, Blend

OPSET: Final = 17
CALIBRATION: Final = 2048  # inputs that the ranges are read from
INPUT, POOLED, OUTPUT = shapes.INPUT, "pooled", "embedding"
FOLD: Final = 2  # pixels to a side of a block
RESIDUALS: Final = {2: 4, 6: 8}  # first and last convolution of each bottleneck


def build_graph(layers: Sequence[Layer]) -> onnx.ModelProto:
    """Build the float graph of fused layers: foveae (n, 2, 32, 32) to pooled activations (n, 128)."""
    layers, constants = [_fold(layers[0]), *layers[1:]], []
    nodes = [helper.make_node("SpaceToDepth", [INPUT], ["folded"], blocksize=FOLD)]
    flow = entry = "folded"
    for number, layer in enumerate(layers):
        names = f"weight{number}", f"bias{number}"
        constants += [
            numpy_helper.from_array(layer.weight, names[0]), numpy_helper.from_array(layer.bias, names[1])
        ]  # fmt: skip
        if number in RESIDUALS:
            entry = flow
        side = layer.weight.shape[-1]
        convolution = helper.make_node(
            "Conv", [flow, *names], [f"conv{number}"],
            kernel_shape=[side, side], pads=[side // 2] * 2 + [(side - 1) // 2] * 2,
            strides=[layer.stride] * 2,
        )  # fmt: skip
        nodes.append(convolution)
        flow = f"conv{number}"
        if number in RESIDUALS.values():
            nodes.append(helper.make_node("Add", [flow, entry], [f"sum{number}"]))
            flow = f"sum{number}"
        nodes.append(helper.make_node("Relu", [flow], [f"relu{number}"]))
        flow = f"relu{number}"
    nodes.append(helper.make_node("GlobalAveragePool", [flow], ["average"]))
    nodes.append(helper.make_node("Flatten", ["average"], [POOLED]))
    graph = helper.make_graph(
        nodes, "caom-ai-encoder",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", *INPUT_SHAPE])],
        [helper.make_tensor_value_info(POOLED, TensorProto.FLOAT, ["n", EMBEDDING])],
        constants,
    )  # fmt: skip
    return _make_model(graph)


def _fold(layer: Layer) -> Layer:
    """Give a 3 x 3 convolution of stride 2 as the 2 x 2 one over blocks of 2 x 2 pixels that does the same.

    onnxruntime's fast integer kernels want channels by fours, and foveae have two.
    """
    outputs, inputs = layer.weight.shape[:2]
    padded = np.pad(layer.weight, ((0, 0), (0, 0), (1, 0), (1, 0)))  # a block before, one from the middle
    split = padded.reshape(outputs, inputs, FOLD, FOLD, FOLD, FOLD).transpose(0, 3, 5, 1, 2, 4)
    return Layer(split.reshape(outputs, inputs * FOLD**2, FOLD, FOLD), layer.bias, 1)


def _make_model(graph: onnx.GraphProto) -> onnx.ModelProto:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="caom-ai")
    model.ir_version = 8  # read by every onnxruntime that the package allows
    onnx.checker.check_model(model)
    return model


def quantise(model: onnx.ModelProto, foveae: NDArray[np.float32]) -> onnx.ModelProto:
    """Quantise weights and activations to 8 bits, with ranges read from foveae (n, 2, 32, 32).

    Weights get 7 bits: products of full ones overflow in 16 bits on CPUs without VNNI, which would give
    other nodes there.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        marked = onnx.ModelProto()
        marked.CopyFrom(model)
        # Else onnxruntime warns that the graph was not simplified; it is simple as it is.
        helper.set_model_props(marked, {"onnx.quant.pre_process": "onnxruntime.quant"})
        onnx.save(marked, plain)
        quantize_static(
            plain, small, _Calibration(foveae[:CALIBRATION]),
            quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )  # fmt: skip
        return onnx.load(small)


class _Calibration(CalibrationDataReader):  # type: ignore[misc]
    """Foveae in batches, as onnxruntime wants them."""

    def __init__(self, foveae: NDArray[np.float32]) -> None:
        batches = np.array_split(foveae, max(len(foveae) // 128, 1))
        self._batches: Iterator[NDArray[np.float32]] = iter(batches)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """Give the next batch, None at the end."""
        batch = next(self._batches, None)
        return None if batch is None else {INPUT: batch}


def finish(model: onnx.ModelProto, blend: Blend) -> onnx.ModelProto:
    """Add the last steps: shapes beside the whitened embeddings, both turned to their principal axes."""
    nodes, constants = shapes.list_nodes()
    graph = onnx.GraphProto()
    graph.CopyFrom(model.graph)
    arrays = {
        "mean": blend.whitening.mean[None], "whitening": blend.whitening.matrix, "least": np.array([[1e-6]]),
        "middle": blend.middle[None], "scale": blend.scale[None], "spread": blend.spread,
        "lowest": np.array(-FARTHEST), "highest": np.array(FARTHEST),
        "origin": blend.mean[None], "axes": blend.axes,
    }  # fmt: skip
    graph.initializer.extend(constants)
    graph.initializer.extend(
        numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()
    )
    graph.node.extend(
        [
            *_scale_to_unit(POOLED, "unit"),
            helper.make_node("Sub", ["unit", "mean"], ["centred"]),
            helper.make_node("MatMul", ["centred", "whitening"], ["spread_unit"]),
            *_scale_to_unit("spread_unit", "white"),
            *nodes,
            helper.make_node("Sub", [shapes.SHAPE, "middle"], ["aside"]),
            helper.make_node("Mul", ["aside", "scale"], ["deviation"]),
            helper.make_node("Clip", ["deviation", "lowest", "highest"], ["standard"]),
            helper.make_node("MatMul", ["standard", "spread"], ["form"]),
            helper.make_node("Concat", ["white", "form"], ["both"], axis=1),
            helper.make_node("Sub", ["both", "origin"], ["apart"]),
            helper.make_node("MatMul", ["apart", "axes"], ["turned"]),
            *_scale_to_unit("turned", OUTPUT),
        ]
    )
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", EMBEDDING]))
    return _make_model(graph)


def build_shapes() -> onnx.ModelProto:
    """Build the graph of shapes alone: foveae (n, 2, 32, 32) to (n, 44)."""
    nodes, constants = shapes.list_nodes()
    return _make_model(
        helper.make_graph(
            nodes, "caom-ai-shapes",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", *INPUT_SHAPE])],
            [helper.make_tensor_value_info(shapes.SHAPE, TensorProto.FLOAT, ["n", shapes.SHAPES])],
            constants,
        )
    )  # fmt: skip


def _scale_to_unit(source: str, target: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("ReduceL2", [source], [f"{source}_length"], axes=[1], keepdims=1),
        helper.make_node("Max", [f"{source}_length", "least"], [f"{source}_divisor"]),
        helper.make_node("Div", [source, f"{source}_divisor"], [target]),
    ]
