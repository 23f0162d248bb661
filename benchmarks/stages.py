"""Processor time from file to fingerprint, by stage, over what nobody can do without (make bench).

Milliseconds of one thread for 8.4 Mpix, the least of some runs: other programs disturb them little. The floor
is astropy, sep.Background, subtraction and sep.extract alone. `--model DIR` takes another model.
"""
# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import sep
from astropy.io import fits
from describe import OBJECTS, SHAPE, write_frames
from rich.console import Console
from rich.table import Table

from fingerprinting.baselines.published.crops import crop_patches
from fingerprinting.baselines.published.speed import make_untrained
from fingerprinting.children import KEEP_MEMORY, ONE_THREAD
from fingerprinting.cutout import fovea, windows
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.method import PATCH
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file

RUNS = 5
BATCH = 256
# Names that the pipeline calls, outer before inner: a stage's time is without that of the stages in it.
STAGES = {
    "masks": ["image.masks.undefined", "image.masks.border"],
    "read": ["image.read_box"],
    "wcs": ["image.read_wcs", "image.pixel_scale", "pipeline.to_sky"],
    "background": ["noise.fit_meshes"],
    "subtract": ["detect.model_sky"],
    "correlation": ["detect.kernel_noise"],
    "extract": ["detect._extract"],
    "sample": ["pipeline.Sample.begin", "pipeline.Sample.priorities", "pipeline.Sample.admit"],
    "quality": ["pipeline.measure"],
    "cut-outs": ["pipeline.windows"],
    "fovea": ["pipeline.fovea"],
    "arcs": ["pipeline.measure_arcs"],
    "encoder": ["encoder.Encoder.embed"],
    "nodes": ["pipeline.assign", "pipeline.count_nodes"],
}


class Clock:
    """Processor time by stage, in seconds; a stage inside another interrupts it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._running: list[str] = ["rest"]
        self._since = time.process_time()

    def switch(self) -> None:
        """Book the time since the last call to the stage that runs."""
        now = time.process_time()
        self.spent[self._running[-1]] = self.spent.get(self._running[-1], 0.0) + now - self._since
        self._since = now

    def time(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a function that books its time."""

        def timed(*arguments: Any, **named: Any) -> Any:
            self.switch()
            self._running.append(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.switch()
                self._running.pop()

        return timed


@contextmanager
def timing() -> Iterator[Clock]:
    """Time the stages of the pipeline."""
    clock = Clock()
    with ExitStack() as stack:
        for stage, names in STAGES.items():
            for name in names:
                replacement = patch(f"fingerprinting.{name}", autospec=False)
                original = replacement.get_original()[0]
                stack.enter_context(patch(f"fingerprinting.{name}", clock.time(stage, original)))
        yield clock
        clock.switch()


def least(action: Callable[[], Any], runs: int = RUNS) -> float:
    """Give the least processor time of some runs, ms."""
    spent = []
    for _ in range(runs + 1):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return 1000 * min(spent[1:])


def run_floor(path: Path) -> None:
    """Read, fit and subtract the sky, extract: as anyone would."""
    with fits.open(path, memmap=False) as hdus:
        pixels = np.asarray(hdus[-1].data).astype(np.float32)
    background = sep.Background(pixels, bw=128, bh=128)
    background.subfrom(pixels)
    sep.set_extract_pixstack(3_000_000)
    sep.extract(pixels, 2.0, err=background.globalrms, minarea=5, deblend_nthresh=16)


def measure_file(path: Path, folder: Path | None) -> tuple[dict[str, float], float]:
    """Measure the stages of one file and its floor, ms."""
    model = load_model(folder)
    encoder = Encoder(model.encoder)
    runs = []
    floor = float("inf")
    for _ in range(RUNS + 1):
        with timing() as clock:
            described = describe_file(path, model, encoder=encoder)
        runs.append(clock.spent)
        floor = min(floor, least(lambda: run_floor(path), 1))
    stages = {stage: 1000 * min(run.get(stage, 0.0) for run in runs[1:]) for stage in (*STAGES, "rest")}
    # Children answer so.
    stages["answer"] = least(lambda: pickle.loads(pickle.dumps(described)))  # noqa: S301
    stages["whole"] = min(sum(run.values()) for run in runs[1:]) * 1000 + stages["answer"]
    return stages, floor


def measure_encoders(folder: Path | None) -> dict[str, float]:
    """Give cut-outs a second by one thread of our network and of the published one."""
    rng = np.random.default_rng(0)
    frame, sigma = rng.normal(0, 5, SHAPE).astype(np.float32), np.full(SHAPE, 5, np.float32)
    x, y = (rng.uniform(PATCH, side - PATCH, BATCH) for side in SHAPE[::-1])
    ours = Encoder(load_model(folder).encoder)
    views = fovea(windows(frame, sigma, x, y))
    size = np.full(BATCH, 2, np.float32)
    crops = crop_patches(windows(frame, sigma, x, y, PATCH), size)
    published = make_untrained(crops)
    actions = {
        "ours": lambda: ours.embed(views),
        "ours, with preparation": lambda: ours.embed(fovea(windows(frame, sigma, x, y))),
        "published": lambda: published.embed(crops),
        "published, with preparation": lambda: published.embed(
            crop_patches(windows(frame, sigma, x, y, PATCH), size)
        ),
    }
    return {name: BATCH / least(action) * 1000 for name, action in actions.items()}


def main() -> None:
    """Print the tables."""
    if not KEEP_MEMORY.items() <= os.environ.items():  # as children run
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD | KEEP_MEMORY)  # noqa: S606
    folder = Path(sys.argv[2]) if sys.argv[1:2] == ["--model"] else None
    columns: dict[str, tuple[dict[str, float], float]] = {}
    with tempfile.TemporaryDirectory() as place:
        for objects in OBJECTS:
            for path in write_frames(Path(place), objects):
                columns[f"{objects:,}{path.suffix.replace('.fits', '')}"] = measure_file(path, folder)
    table = Table("stage", *columns, title="describe, ms of processor time")
    for stage in (*STAGES, "rest", "answer", "whole"):
        table.add_row(stage, *(f"{stages[stage]:.1f}" for stages, _ in columns.values()))
    table.add_row("floor", *(f"{floor:.1f}" for _, floor in columns.values()))
    table.add_row("whole / floor", *(f"{stages['whole'] / floor:.2f}" for stages, floor in columns.values()))
    Console().print(table)
    rates = Table("network", "cut-outs/s", title="one thread")
    for name, rate in measure_encoders(folder).items():
        rates.add_row(name, f"{rate:,.0f}")
    Console().print(rates)


if __name__ == "__main__":
    main()
