"""What an ONNX file may hold that comes from anybody, looked at before a runtime opens it (ONNX IR 8).

Only plain operators, no loops, no functions, no files beside it, and the numbers of a small network.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

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

VARINT, WIDE, BYTES, NARROW = 0, 1, 2, 5  # wire types of protobuf
# Numbers of fields in onnx.proto.
MODEL_VERSION, MODEL_GRAPH, MODEL_OPERATORS, MODEL_TRAINING, MODEL_FUNCTIONS = 1, 7, 8, 20, 25
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_SPARSE_INITIALIZER = 1, 5, 11, 12, 15
NODE_INPUT, NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 4, 5, 7
VALUE_NAME: Final = 1
ATTRIBUTE_INTEGERS: Final = {3, 8}
ATTRIBUTE_TENSOR: Final = 5
ATTRIBUTE_OTHERS: Final = {6, 10, 11, 22, 23}  # graphs, many tensors, sparse tensors
TENSOR_SIDES, TENSOR_ELSEWHERE, TENSOR_LOCATION = 1, 13, 14
LAST: Final = 0x80  # a byte below it ends a number
Message = memoryview
Field = tuple[int, int | Message]


def check_graph(data: bytes) -> None:
    """Refuse by ValueError what is no plain network that is whole in this file."""
    nodes = joined = elements = 0
    for number, value in _read(memoryview(data)):
        if number in {MODEL_TRAINING, MODEL_FUNCTIONS}:
            raise ValueError("it holds more than a network")
        if number != MODEL_GRAPH:
            continue
        for part, inner in _read(_message(value)):
            if part == GRAPH_NODE:
                inputs, constants = _check_node(_message(inner))
                nodes, joined, elements = nodes + 1, joined + inputs, elements + constants
            elif part == GRAPH_INITIALIZER:
                elements += _check_tensor(_message(inner))
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
    for number, value in _read(memoryview(data)):
        if number == MODEL_VERSION and isinstance(value, int):
            model += _write_varint(number << 3) + _write_varint(value)
        elif number == MODEL_OPERATORS:
            model += _write(number, _message(value))
        elif number == MODEL_GRAPH:
            model += _write(number, _show_results(_message(value)))
    return model


def _show_results(graph: Message) -> bytes:
    parts: list[bytes] = []
    for number, value in _read(graph):
        if number in {GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT}:
            parts.append(_write(number, _message(value)))
        if number == GRAPH_NODE:
            results = (name for part, name in _read(_message(value)) if part == NODE_OUTPUT)
            parts += [_write(GRAPH_OUTPUT, _write(VALUE_NAME, _message(name))) for name in results if name]
    return b"".join(parts)


def _check_node(node: Message) -> tuple[int, int]:
    """Check an operator; give the number of arrays that it joins and of the numbers within it."""
    fields = list(_read(node))
    operator = "".join(_text(value) for number, value in fields if number == NODE_OPERATOR)
    domain = "".join(_text(value) for number, value in fields if number == NODE_DOMAIN)
    if operator not in OPERATORS or domain not in DOMAINS:
        raise ValueError(f"it uses the operator {domain}{'.' * bool(domain)}{operator}"[:100])
    constants = sum(_check_attribute(_message(value)) for number, value in fields if number == NODE_ATTRIBUTE)
    joined = sum(number == NODE_INPUT for number, _ in fields) if operator == "Concat" else 0
    return joined, constants


def _check_attribute(attribute: Message) -> int:
    """Check a parameter of an operator; give how many numbers it has as a tensor."""
    elements = 0
    for number, value in _read(attribute):
        if number == ATTRIBUTE_TENSOR:
            elements += _check_tensor(_message(value))
        elif number in ATTRIBUTE_OTHERS:
            raise ValueError("it has graphs within its graph")
        elif number in ATTRIBUTE_INTEGERS and any(abs(one) > LARGEST_INTEGER for one in _integers(value)):
            raise ValueError("an operator has a parameter of that size")
    return elements


def _check_tensor(tensor: Message) -> int:
    """Check a tensor; give how many numbers it has."""
    sides: list[int] = []
    for number, value in _read(tensor):
        if number == TENSOR_ELSEWHERE or (number == TENSOR_LOCATION and value):
            raise ValueError("it refers to data in other files")
        if number == TENSOR_SIDES:
            sides += _integers(value)
    if any(side < 0 for side in sides) or math.prod(sides) > MOST_ELEMENTS:
        raise ValueError("it has a tensor that is too large")
    return math.prod(sides)


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


def _write(number: int, content: bytes | Message) -> bytes:
    """Write a field of bytes."""
    return b"".join((_write_varint(number << 3 | BYTES), _write_varint(len(content)), content))


def _write_varint(value: int) -> bytes:
    written = bytearray()
    while value >= LAST:
        written.append(value & 0x7F | LAST)
        value >>= 7
    return bytes([*written, value])


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
