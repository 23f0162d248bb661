"""What an ONNX file may hold that comes from anybody, looked at before a runtime opens it (ONNX IR 8).

Only plain operators, no loops, no functions, no files beside it, and the numbers of a small network.
"""

from __future__ import annotations

import math
from typing import Final

from fingerprinting.protobuf import (
    Message,
    as_message,
    read_fields,
    read_integers,
    read_text,
    write_field,
    write_number,
)

MOST_NODES: Final = 1000
MOST_JOINED: Final = 64  # inputs of all Concat together: they can double what flows, each time
MOST_ELEMENTS: Final = 1 << 23  # of all tensors together
LARGEST_INTEGER: Final = 4096  # of a node's attributes: strides, paddings, axes
OPERATORS: Final = frozenset({
    "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv",
    "DequantizeLinear", "Div", "Erf", "Exp", "Flatten", "Gelu", "Gemm", "GlobalAveragePool",
    "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity", "LayerNormalization", "LeakyRelu", "Log",
    "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "Pow", "QLinearConv", "QuantizeLinear", "ReduceL2",
    "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Sigmoid", "Slice", "Softmax",
    "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze",
})  # fmt: skip
DOMAINS: Final = frozenset({"", "ai.onnx"})

# Numbers of fields in onnx.proto.
MODEL_VERSION, MODEL_GRAPH, MODEL_OPERATORS, MODEL_TRAINING, MODEL_FUNCTIONS = 1, 7, 8, 20, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_SPARSE_INITIALIZER = 1, 5, 11, 12, 15
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
VALUE_NAME: Final = 1
ATTRIBUTE_INTEGERS: Final = {3, 8}
ATTRIBUTE_TENSOR: Final = 5
ATTRIBUTE_OTHERS: Final = {6, 10, 11, 22, 23}  # graphs, many tensors, sparse tensors
TENSOR_SIDES, TENSOR_ELSEWHERE, TENSOR_LOCATION = 1, 13, 14


def check_graph(data: bytes) -> None:
    """Refuse by ValueError what is no plain network that is whole in this file."""
    nodes = joined = elements = 0
    for number, value in read_fields(memoryview(data)):
        if number in {MODEL_TRAINING, MODEL_FUNCTIONS}:
            raise ValueError("it holds more than a network")
        if number != MODEL_GRAPH:
            continue
        for part, inner in read_fields(as_message(value)):
            if part == GRAPH_NODE:
                inputs, constants = _check_node(as_message(inner))
                nodes, joined, elements = nodes + 1, joined + inputs, elements + constants
            elif part == GRAPH_INITIALIZER:
                elements += _check_tensor(as_message(inner))
            elif part == GRAPH_SPARSE_INITIALIZER:
                raise ValueError("it holds sparse tensors")
    if not 0 < nodes <= MOST_NODES or joined > MOST_JOINED:
        raise ValueError(f"it has {nodes} operators")
    if elements > MOST_ELEMENTS:
        raise ValueError(f"it has {elements:,} numbers, where {MOST_ELEMENTS:,} are the most")


def show_results(data: bytes) -> bytes:
    """Make a network of which all results are outputs, without a word of the file on their shapes.

    A runtime that opens it must find the shapes itself, and tells them before it computes anything.
    """
    model = b""
    for number, value in read_fields(memoryview(data)):
        if number == MODEL_VERSION and isinstance(value, int):
            model += write_number(number, value)
        elif number == MODEL_OPERATORS:
            model += write_field(number, as_message(value))
        elif number == MODEL_GRAPH:
            model += write_field(number, _show_results(as_message(value)))
    return model


def _show_results(graph: Message) -> bytes:
    parts: list[bytes] = []
    for number, value in read_fields(graph):
        if number in {GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT}:
            parts.append(write_field(number, as_message(value)))
        if number == GRAPH_NODE:
            results = (name for part, name in read_fields(as_message(value)) if part == NODE_OUTPUT)
            parts += [
                write_field(GRAPH_OUTPUT, write_field(VALUE_NAME, as_message(name)))
                for name in results
                if name
            ]
    return b"".join(parts)


def _check_node(node: Message) -> tuple[int, int]:
    """Check an operator; give the number of arrays that it joins and of the numbers within it."""
    fields = list(read_fields(node))
    operator = "".join(read_text(value) for number, value in fields if number == NODE_OPERATOR)
    domain = "".join(read_text(value) for number, value in fields if number == NODE_DOMAIN)
    if operator not in OPERATORS or domain not in DOMAINS:
        raise ValueError(f"it uses the operator {domain}{'.' * bool(domain)}{operator}"[:100])
    constants = sum(
        _check_attribute(as_message(value)) for number, value in fields if number == NODE_ATTRIBUTE
    )
    joined = sum(number == NODE_INPUT for number, _ in fields) if operator == "Concat" else 0
    return joined, constants


def _check_attribute(attribute: Message) -> int:
    """Check a parameter of an operator; give how many numbers it has as a tensor."""
    elements = 0
    for number, value in read_fields(attribute):
        if number == ATTRIBUTE_TENSOR:
            elements += _check_tensor(as_message(value))
        elif number in ATTRIBUTE_OTHERS:
            raise ValueError("it has graphs within its graph")
        elif number in ATTRIBUTE_INTEGERS and any(abs(one) > LARGEST_INTEGER for one in read_integers(value)):
            raise ValueError("an operator has a parameter of that size")
    return elements


def _check_tensor(tensor: Message) -> int:
    """Check a tensor; give how many numbers it has."""
    sides: list[int] = []
    for number, value in read_fields(tensor):
        if number == TENSOR_ELSEWHERE or (number == TENSOR_LOCATION and value):
            raise ValueError("it refers to data in other files")
        if number == TENSOR_SIDES:
            sides += read_integers(value)
    if any(side < 0 for side in sides) or math.prod(sides) > MOST_ELEMENTS:
        raise ValueError("it has a tensor that is too large")
    return math.prod(sides)
