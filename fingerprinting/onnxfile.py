"""What an ONNX file may hold that comes from anybody, looked at before a runtime opens it (ONNX IR 8).

Only operators whose results are hardly larger than their inputs, no loops, no functions, no files beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

MOST_NODES: Final = 1000
MOST_JOINED: Final = 64  # inputs of all Concat together: they can double what flows, each time
MOST_ELEMENTS: Final = 1 << 24  # of one tensor
LARGEST_INTEGER: Final = 4096  # of a node's attributes: strides, paddings, axes
OPERATORS: Final = frozenset({
    "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv",
    "DequantizeLinear", "Div", "Erf", "Exp", "Flatten", "Gelu", "Gemm", "GlobalAveragePool",
    "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity", "LayerNormalization", "LeakyRelu", "Log",
    "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "Pow", "QLinearConv", "QuantizeLinear", "ReduceL2",
    "ReduceMax", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Sigmoid", "Slice", "Softmax", "Split",
    "Sqrt", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze",
})  # fmt: skip
DOMAINS: Final = frozenset({"", "ai.onnx"})

VARINT, WIDE, BYTES, NARROW = 0, 1, 2, 5  # wire types of protobuf
# Numbers of fields in onnx.proto.
MODEL_GRAPH, MODEL_TRAINING, MODEL_FUNCTIONS = 7, 20, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_SPARSE_INITIALIZER = 1, 5, 15
NODE_INPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 4, 5, 7
ATTRIBUTE_INTEGERS: Final = {3, 8}
ATTRIBUTE_TENSOR: Final = 5
ATTRIBUTE_OTHERS: Final = {6, 10, 11, 22, 23}  # graphs, many tensors, sparse tensors
TENSOR_SIDES, TENSOR_ELSEWHERE, TENSOR_LOCATION = 1, 13, 14
LAST: Final = 0x80  # a byte below it ends a number
Message = memoryview
Field = tuple[int, int | Message]


def check_graph(data: bytes) -> None:
    """Refuse by ValueError what is no plain network that is whole in this file."""
    nodes = joined = 0
    for number, value in _read(memoryview(data)):
        if number in {MODEL_TRAINING, MODEL_FUNCTIONS}:
            raise ValueError("it holds more than a network")
        if number != MODEL_GRAPH:
            continue
        for part, inner in _read(_message(value)):
            if part == GRAPH_NODE:
                joined += _check_node(_message(inner))
                nodes += 1
            elif part == GRAPH_INITIALIZER:
                _check_tensor(_message(inner))
            elif part == GRAPH_SPARSE_INITIALIZER:
                raise ValueError("it holds sparse tensors")
    if not 0 < nodes <= MOST_NODES or joined > MOST_JOINED:
        raise ValueError(f"it has {nodes} operators")


def _check_node(node: Message) -> int:
    """Check an operator; give the number of arrays that it joins."""
    fields = list(_read(node))
    operator = "".join(_text(value) for number, value in fields if number == NODE_OPERATOR)
    domain = "".join(_text(value) for number, value in fields if number == NODE_DOMAIN)
    if operator not in OPERATORS or domain not in DOMAINS:
        raise ValueError(f"it uses the operator {domain}{'.' * bool(domain)}{operator}"[:100])
    for number, value in fields:
        if number == NODE_ATTRIBUTE:
            _check_attribute(_message(value))
    return sum(number == NODE_INPUT for number, _ in fields) if operator == "Concat" else 0


def _check_attribute(attribute: Message) -> None:
    for number, value in _read(attribute):
        if number == ATTRIBUTE_TENSOR:
            _check_tensor(_message(value))
        elif number in ATTRIBUTE_OTHERS:
            raise ValueError("it has graphs within its graph")
        elif number in ATTRIBUTE_INTEGERS and any(abs(one) > LARGEST_INTEGER for one in _integers(value)):
            raise ValueError("an operator has a parameter of that size")


def _check_tensor(tensor: Message) -> None:
    sides: list[int] = []
    for number, value in _read(tensor):
        if number == TENSOR_ELSEWHERE or (number == TENSOR_LOCATION and value):
            raise ValueError("it refers to data in other files")
        if number == TENSOR_SIDES:
            sides += _integers(value)
    if any(side < 0 for side in sides) or math.prod(sides) > MOST_ELEMENTS:
        raise ValueError("it has a tensor that is too large")


def _integers(value: int | Message) -> list[int]:
    """Read one integer, or many packed ones."""
    if isinstance(value, int):
        return [_sign(value)]
    found, place = [], 0
    while place < len(value):
        number, place = _varint(value, place)
        found.append(_sign(number))
    return found


def _sign(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _text(value: int | Message) -> str:
    return bytes(_message(value)).decode("utf-8", "replace")


def _message(value: int | Message) -> Message:
    if isinstance(value, int):
        raise ValueError("it is broken")  # noqa: TRY004  # the data are wrong, not the program
    return value


def _read(message: Message) -> Iterator[Field]:
    """Read the fields of a protobuf message: their numbers, and integers or bytes."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == BYTES:
            length, place = _varint(message, place)
        elif kind in {WIDE, NARROW}:
            length = 8 if kind == WIDE else 4
        else:
            raise ValueError("it is broken")
        if place + length > len(message):
            raise ValueError("it is broken off")
        yield number, message[place : place + length]
        place += length


def _varint(message: Message, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < LAST:
            return value, place
    raise ValueError("it is broken off")
