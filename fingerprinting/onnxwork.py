"""How much a network computes, told by the shapes of what flows in it (ONNX IR 8): nothing is computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fingerprinting.onnxfile import (
    GRAPH_INITIALIZER,
    GRAPH_NODE,
    MODEL_GRAPH,
    NODE_ATTRIBUTE,
    NODE_INPUT,
    NODE_OPERATOR,
    NODE_OUTPUT,
    TENSOR_SIDES,
)
from fingerprinting.protobuf import Message, as_message, read_fields, read_integers, read_text

ATTRIBUTE_NAME, ATTRIBUTE_INTEGERS, TENSOR_NAME = 1, 8, 8  # numbers of fields in onnx.proto
WEIGHTS: Final = {"Conv": 1, "QLinearConv": 3}  # which input they are
PRODUCTS: Final = {"MatMul", "Gemm"}

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class _Operator:
    kind: str
    inputs: list[str]
    results: list[str]
    kernel: int  # pixels, 1 without one


def count_products(data: bytes, shapes: Shapes) -> int:
    """Count multiplications, or more, of a network whose inputs and results have these shapes.

    ValueError says that a shape is missing.
    """
    graph = [
        (part, as_message(inner))
        for number, value in read_fields(memoryview(data))
        if number == MODEL_GRAPH
        for part, inner in read_fields(as_message(value))
        if part in {GRAPH_NODE, GRAPH_INITIALIZER}
    ]
    tensors = dict(_read_tensor(message) for part, message in graph if part == GRAPH_INITIALIZER)
    operators = (_read_operator(message) for part, message in graph if part == GRAPH_NODE)
    try:
        return sum(_count(operator, {**tensors, **shapes}) for operator in operators)
    except (KeyError, IndexError) as error:
        raise ValueError("the shape of what an operator takes cannot be told") from error


def _count(operator: _Operator, shapes: Shapes) -> int:
    """Count the products behind each number of the results."""
    results = sum(math.prod(shapes[name]) for name in operator.results if name)
    if operator.kind in WEIGHTS:
        return results * math.prod(shapes[operator.inputs[WEIGHTS[operator.kind]]][1:])
    if operator.kind in PRODUCTS:  # along one of the sides
        return results * max(shapes[operator.inputs[0]], default=1)
    return results * operator.kernel


def _read_tensor(tensor: Message) -> tuple[str, list[int]]:
    name, sides = "", []
    for number, value in read_fields(tensor):
        if number == TENSOR_NAME:
            name = read_text(value)
        elif number == TENSOR_SIDES:
            sides += read_integers(value)
    return name, sides


def _read_operator(node: Message) -> _Operator:
    fields = list(read_fields(node))

    def read(wanted: int) -> Iterator[str]:
        return (read_text(value) for number, value in fields if number == wanted)

    kernels = (_read_kernel(as_message(value)) for number, value in fields if number == NODE_ATTRIBUTE)
    kernel = max(kernels, default=1)
    return _Operator("".join(read(NODE_OPERATOR)), [*read(NODE_INPUT)], [*read(NODE_OUTPUT)], kernel)


def _read_kernel(attribute: Message) -> int:
    """Give the pixels of a kernel, 1 for another parameter."""
    name, sides = "", []
    for number, value in read_fields(attribute):
        if number == ATTRIBUTE_NAME:
            name = read_text(value)
        elif number == ATTRIBUTE_INTEGERS:
            sides += read_integers(value)
    return abs(math.prod(sides)) if name == "kernel_shape" else 1
