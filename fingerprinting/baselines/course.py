"""The course of a training: steps until a budget is spent, with a learning rate that reaches 0 just then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from fingerprinting.evaluation.method import Budget, Say
from fingerprinting.training.contrast import shape_rate

WARM_UP: Final = 0.03
REPORTS: Final = 20

# Takes the share of the course that is done, 0 to 1, makes one step, and gives its loss.
Step = Callable[[float], Tensor]


@dataclass(frozen=True)
class Course:
    """How long to train: seconds of wall time, or steps; exactly one is set."""

    name: str
    seconds: float | None = None
    steps: int | None = None

    def follow(self, take_step: Step, say: Say) -> Spent:
        """Take steps until the course is over, at least one; the last ends within half a step of the time.

        The learning rate follows the clock, not a forecast of speed: so it also reaches 0 on a busy machine.
        """
        started, taken, reported, losses = time.monotonic(), 0, 0, list[Tensor]()
        while True:
            losses.append(take_step(self._share(taken, time.monotonic() - started)))
            taken += 1
            elapsed = time.monotonic() - started
            share = self._share(taken, elapsed)
            over = share >= 1 or (self.seconds is not None and elapsed * (1 + 0.5 / taken) >= self.seconds)
            if over or int(share * REPORTS) > reported:
                reported = int(share * REPORTS)
                loss, losses = float(torch.stack(losses).mean()), []
                say(f"{self.name}: {min(share, 1):.0%}  step {taken}  loss {loss:.4g}  {elapsed:.0f} s")
            if over:
                return Spent(taken, elapsed)

    def _share(self, taken: int, elapsed: float) -> float:
        return taken / self.steps if self.steps else elapsed / (self.seconds or 1)


@dataclass(frozen=True)
class Spent:
    """What a course took."""

    steps: int
    seconds: float


def plan_course(name: str, budget: Budget, objects: int, batch: int, share: float = 1.0) -> Course:
    """Plan a course that takes a share of a budget: of its minutes, or of its passes over the objects."""
    if budget.minutes is not None:
        return Course(name, seconds=60 * budget.minutes * share)
    assert budget.epochs is not None
    return Course(name, steps=max(round(budget.epochs * share * objects / batch), 1))


def descend(loss: Tensor, optimiser: torch.optim.Optimizer, done: float) -> Tensor:
    """Take a step down the gradient at the learning rates due when a share is done; give the loss."""
    for group in optimiser.param_groups:
        group["lr"] = group["initial_lr"] * shape_rate(done, WARM_UP)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return loss.detach()


def make_optimiser(*groups: tuple[list[nn.Parameter], float]) -> torch.optim.AdamW:
    """Make AdamW of groups of weights, each with its peak learning rate."""
    return torch.optim.AdamW(
        [{"params": weights, "lr": rate, "initial_lr": rate} for weights, rate in groups],
        weight_decay=1e-4,
        betas=(0.9, 0.98),
    )
