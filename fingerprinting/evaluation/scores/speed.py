"""How many cut-outs a method embeds in a second, on one core, with what it does to its crops before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Figure

REPEATS: Final = 5
CROPS: Final = 1024
LONGEST: Final = 20.0  # seconds


def measure_speed(embed: Callable[[NDArray[Any]], NDArray[np.float32]], crops: NDArray[Any]) -> Figure:
    """Measure cut-outs a second: the best run, and as interval the worst and the best."""
    some = np.ascontiguousarray(crops[:CROPS])
    embed(some[:64])  # the first call may compile and allocate
    rates: list[float] = []
    started = time.perf_counter()
    while len(rates) < REPEATS and time.perf_counter() - started < LONGEST:
        begun = time.perf_counter()
        embed(some)
        rates.append(len(some) / (time.perf_counter() - begun))
    return Figure(max(rates), min(rates), max(rates))
