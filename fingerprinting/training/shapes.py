"""The shape of an object in numbers that turning does not change, as a part of the encoder's graph.

Moments in Gaussian apertures (Bernstein & Jarvis 2002), light on rings and the waves along them, and how much
of it is near the peak: what a network would have to learn again, and what clusters of its embeddings mix.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from fingerprinting.cutout import FOVEA

INPUT, SHAPE = "fovea", "shape"
HALF: Final = FOVEA // 2  # rows
APERTURES: Final = (2.0, 4.0, 8.0)  # sigma of the Gaussians, pixels
FAINT: Final = 0.12  # of the peak, stretched: fainter light is noise to moments
RINGS: Final = (
    (0.7, 0.8),
    (1.8, 0.8),
    (3.0, 0.9),
    (4.5, 1.2),
    (6.5, 1.6),
    (9.0, 2.0),
    (12.0, 2.5),
)  # radius, sigma
WAVES: Final = (1, 2, 3, 4)  # around all rings but the innermost
HEIGHTS: Final = (0.3, 0.5, 0.7, 0.9)  # of the peak
MIDDLE: Final = 16  # pixels around the object whose heights are looked at
LEAST: Final = {"light": 0.01, "size": 0.1, "wave": 1e-3, "height": 1e-3}  # what noise gives
ABREAST: Final = 16  # numbers that processors take the logarithm of at once, at most
SHAPES: Final = 3 * len(APERTURES) + len(RINGS) + (len(RINGS) - 1) * len(WAVES) + len(HEIGHTS)

Planes = NDArray[np.float32]


def make_moments() -> tuple[Planes, Planes]:
    """Make what sums up light, x^2 and y^2 in each aperture, (512, 9) by moment, and xy, (512, 3).

    All planes here are upper halves: the lower ones are the same mirrored, those of the second kind with the
    other sign. So half as many products do.
    """
    x, y = _make_axes()
    weights = [np.exp(-(x**2 + y**2) / (2 * sigma**2)) for sigma in APERTURES]
    even = [weight * term for term in (np.ones_like(x), x * x, y * y) for weight in weights]
    return _flatten(even), _flatten([weight * x * y for weight in weights])


def make_rings() -> tuple[Planes, Planes]:
    """Make what averages light on rings and finds cosines along them, (512, 7 + 24), and sines, (512, 24)."""
    x, y = _make_axes()
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    rings = [np.exp(-((radius - at) ** 2) / (2 * wide**2)) for at, wide in RINGS]
    rings = [ring / ring.sum() for ring in rings]
    cosines, sines = (
        [ring * wave(number * angle) for ring in rings[1:] for number in WAVES] for wave in (np.cos, np.sin)
    )
    return _flatten([*rings, *cosines]), _flatten(sines)


def _make_axes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    side = np.arange(FOVEA) - (FOVEA - 1) / 2
    y, x = np.meshgrid(side, side, indexing="ij")
    return x, y


def _flatten(planes: list[NDArray[np.float64]]) -> Planes:
    return np.stack([plane[:HALF].ravel() for plane in planes], axis=1).astype(np.float32)


def list_nodes() -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """List the operators from foveae (n, 2, 32, 32) to shapes (n, 44), and their constants."""
    graph = _Graph()
    halves = _add_halves(graph)
    light, size, ellipticity = _add_moments(graph, halves)
    light, size, heights = _add_logarithms(graph, light, size, _add_heights(graph))
    parts = [light, size, ellipticity, *_add_rings(graph, halves), heights]
    graph.nodes.append(helper.make_node("Concat", parts, [SHAPE], axis=1))
    return graph.nodes, graph.constants


class _Graph:
    """Operators that are added one after the other; results are named by their number."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, **parameters: Any) -> str:
        """Add an operator; give the name of its result."""
        return self.split(operator, *inputs, results=1, **parameters)[0]

    def split(self, operator: str, *inputs: str, results: int, **parameters: Any) -> list[str]:
        """Add an operator of several results."""
        names = [f"{SHAPE}{len(self.nodes)}_{number}" for number in range(results)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **parameters))
        return names

    def hold(self, values: Any) -> str:
        """Hold a constant; give its name."""
        array = np.asarray(values)
        array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        name = f"{SHAPE}_constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name


def _add_halves(graph: _Graph) -> list[str]:
    """Add the upper half of the native view and the lower one mirrored, each (n, 512)."""
    axes = graph.hold([1, 2])
    upper = graph.add("Slice", INPUT, graph.hold([0, 0]), graph.hold([1, HALF]), axes)
    ends = graph.hold([0, FOVEA - 1]), graph.hold([1, HALF - 1])
    lower = graph.add("Slice", INPUT, *ends, axes, graph.hold([1, -1]))
    return [graph.add("Flatten", half) for half in (upper, lower)]


def _add_sums(graph: _Graph, halves: list[str], planes: tuple[Planes, Planes]) -> list[str]:
    """Add sums over a view of planes that are alike in both halves, and of those of opposite signs."""
    return [
        graph.add("MatMul", graph.add(join, *halves), graph.hold(kind))
        for join, kind in zip(("Add", "Sub"), planes, strict=True)
    ]


def _add_moments(graph: _Graph, halves: list[str]) -> list[str]:
    """Add light, size and ellipticity in each aperture."""
    light = [graph.add("Relu", graph.add("Sub", half, graph.hold(FAINT))) for half in halves]
    even, odd = _add_sums(graph, light, make_moments())
    total, *seconds = graph.split("Split", even, graph.hold([len(APERTURES)] * 3), results=3, axis=1)
    total = graph.add("Add", total, graph.hold(LEAST["light"]))
    xx, yy, xy = (graph.add("Div", second, total) for second in (*seconds, odd))
    size = graph.add("Add", graph.add("Add", xx, yy), graph.hold(LEAST["size"]))
    across = graph.add("Sub", xx, yy)
    twice = graph.add("Add", xy, xy)
    squares = graph.add("Add", graph.add("Mul", across, across), graph.add("Mul", twice, twice))
    ellipticity = graph.add("Div", graph.add("Sqrt", squares), size)
    return [total, size, ellipticity]


def _add_rings(graph: _Graph, halves: list[str]) -> list[str]:
    """Add the light on rings, and the root of the amplitude of each wave."""
    even, sine = _add_sums(graph, halves, make_rings())
    sizes = graph.hold([len(RINGS), (len(RINGS) - 1) * len(WAVES)])
    steady, cosine = graph.split("Split", even, sizes, results=2, axis=1)
    squares = graph.add("Add", graph.add("Mul", cosine, cosine), graph.add("Mul", sine, sine))
    power = graph.add("Add", squares, graph.hold(LEAST["wave"]))
    return [steady, graph.add("Sqrt", graph.add("Sqrt", power))]


def _add_heights(graph: _Graph) -> str:
    """Add the light above each height in the middle."""
    edge = (FOVEA - MIDDLE) // 2
    ends = graph.hold([0, edge, edge]), graph.hold([1, edge + MIDDLE, edge + MIDDLE])
    middle = graph.add("Flatten", graph.add("Slice", INPUT, *ends, graph.hold([1, 2, 3])))
    above = [graph.add("Relu", graph.add("Sub", middle, graph.hold(height))) for height in HEIGHTS]
    means = [graph.add("ReduceMean", light, axes=[1], keepdims=1) for light in above]
    joined = graph.add("Concat", *means, axis=1)
    return graph.add("Add", joined, graph.hold(LEAST["height"]))


def _add_logarithms(graph: _Graph, light: str, size: str, heights: str) -> list[str]:
    """Add the logarithms of all three, 16 to an object: the last few of a batch are computed otherwise."""
    widths = [len(APERTURES), len(APERTURES), len(HEIGHTS)]
    filled = graph.add("Concat", light, size, heights, light, size, axis=1)
    sizes = graph.hold([*widths, ABREAST - sum(widths)])
    return graph.split("Split", graph.add("Log", filled), sizes, results=4, axis=1)[:3]
