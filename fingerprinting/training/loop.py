"""The training loop: steps, reports, and checkpoints from which a killed training goes on bit for bit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from caomai.errors import UsageError
from fingerprinting.training.checkpoint import read_checkpoint, write_checkpoint
from fingerprinting.training.collect import Collection
from fingerprinting.training.contrast import Recipe, Trainer, choose_device
from fingerprinting.training.interruption import Interruption
from fingerprinting.training.network import EncoderNetwork

TRIAL: Final = 12  # steps whose speed tells how many fit into the minutes asked for
SECONDS: Final = 60.0  # between checkpoints
REPORTS: Final = 100


@dataclass(frozen=True)
class Progress:
    """Where training stands: step of steps, mean loss of the last hundredth, seconds used and left."""

    step: int
    steps: int
    loss: float
    seconds_left: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Keeping:
    """Where the checkpoint is, how many seconds may be lost, and who may ask to stop."""

    path: Path
    seconds: float = SECONDS
    interruption: Interruption | None = None


def train_encoder(
    collection: Collection,
    recipe: Recipe,
    seed: int,
    report: Callable[[Progress], None],
    keeping: Keeping | None = None,
) -> tuple[EncoderNetwork, Progress]:
    """Train an encoder, from its checkpoint on if there is one.

    The same collection, recipe (with steps) and seed give the same weights on a CPU, interrupted or not.
    """
    device = choose_device()
    trainer = Trainer(collection, recipe, seed, device)
    loop = _Loop(trainer, report, keeping)
    if not loop.resume():
        # Minutes become steps by a trial that is thrown away: the real run does not depend on it.
        loop.steps = recipe.steps or count_steps(Trainer(collection, recipe, seed, device))
        loop.keep()
    standing = loop.run()
    encoder = trainer.state.networks["encoder"].eval()
    assert isinstance(encoder, EncoderNetwork)
    return encoder, standing


def count_steps(trial: Trainer) -> int:
    """Try a few steps and tell how many fit into the recipe's minutes."""
    times = [time.monotonic()]
    for _ in range(TRIAL):
        trial.take_step(TRIAL)
        trial.state.settle()
        times.append(time.monotonic())
    pace = float(np.median(np.diff(times)))
    return max(int(trial.recipe.minutes * 60 / pace), TRIAL)


class _Loop:
    """A trainer on its way to a number of steps."""

    def __init__(self, trainer: Trainer, report: Callable[[Progress], None], keeping: Keeping | None) -> None:
        self.trainer, self.report, self.keeping = trainer, report, keeping
        self.steps = 0
        self.seconds = 0.0  # of earlier runs
        self.started = self.kept = time.monotonic()

    def resume(self) -> bool:
        """Go on from the checkpoint; False if there is none."""
        found = read_checkpoint(self.keeping.path) if self.keeping else None
        if found is None:
            return False
        assert self.keeping is not None
        arrays, numbers = found
        self._check_device(numbers)
        try:
            self.steps, self.seconds = int(numbers["steps"]), float(numbers["seconds"])
            self.trainer.state.from_arrays(arrays)
        except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
            raise UsageError(
                f"{self.keeping.path} is the checkpoint of another network: begin anew with --restart."
            ) from error
        return True

    def _check_device(self, numbers: Mapping[str, Any]) -> None:
        here, there = self.trainer.device.type, numbers.get("device")
        if here != there:
            raise UsageError(f"The training was begun on {there}, here is {here}: go on there, or --restart.")

    def run(self) -> Progress:
        """Take the steps that are left; report now and then, and keep what must not be lost."""
        state, first, standing = self.trainer.state, self.trainer.state.step, self.describe(0)
        for step in range(first + 1, self.steps + 1):
            self.trainer.take_step(self.steps)
            if step * REPORTS // self.steps > (step - 1) * REPORTS // self.steps:
                standing = self.describe(step - first)
                self.report(standing)
            self._keep_if_due()
        if state.step > first:
            self.keep()
        return standing

    def describe(self, taken: int) -> Progress:
        """Describe where training stands after some steps of this run."""
        state = self.trainer.state
        state.settle()
        used = time.monotonic() - self.started
        left = used / taken * (self.steps - state.step) if taken else self.trainer.recipe.minutes * 60
        last = state.losses[-max(self.steps // REPORTS, 1) :]
        return Progress(state.step, self.steps, float(np.mean(last or [np.nan])), left, self.seconds + used)

    def _keep_if_due(self) -> None:
        if self.keeping is None:
            return
        asked = self.keeping.interruption is not None and self.keeping.interruption.asked
        if asked or time.monotonic() - self.kept >= self.keeping.seconds:
            self.keep()
        if asked and self.keeping.interruption:
            self.keeping.interruption.obey()

    def keep(self) -> None:
        """Write a checkpoint."""
        if self.keeping is None:
            return
        numbers = {
            "step": self.trainer.state.step,
            "steps": self.steps,
            "seconds": self.seconds + time.monotonic() - self.started,
            "device": self.trainer.device.type,
        }
        write_checkpoint(self.keeping.path, self.trainer.state.to_arrays(), numbers)
        self.kept = time.monotonic()
