"""What a long training says: a bar where somebody watches a terminal, else now and then a line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

PATIENCE: Final = 10.0  # seconds between lines of one stage


class Teller:
    """Tells stages, how far they are and what else is worth a line, on stderr."""

    def __init__(self) -> None:
        self.started = self._told = time.monotonic()
        self._display: Progress | None = None
        self._task: TaskID | None = None

    @classmethod
    @contextmanager
    def telling(cls) -> Iterator[Self]:
        """Give a teller whose bar, if there is one, goes with the block."""
        teller = cls()
        if not sys.stderr.isatty():
            yield teller
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"))
        with Progress(*columns, console=Console(stderr=True), transient=True) as display:
            teller._display, teller._task = display, display.add_task("", total=None, note="")
            yield teller

    def say(self, text: str) -> None:
        """Say a line."""
        line = f"{time.monotonic() - self.started:7.0f} s  {text}"
        if self._display is not None:
            self._display.console.print(line, markup=False, highlight=False, soft_wrap=True)
            return
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def show(self, stage: str, done: int, total: int, note: str) -> None:
        """Show how far a stage is; the last of it is always told."""
        text = f"{stage} {done} of {total}  {note}"
        if self._display is not None and self._task is not None:
            self._display.update(self._task, description=stage, completed=done, total=total, note=text)
        elif done == total or time.monotonic() - self._told >= PATIENCE:
            self._told = time.monotonic()
            self.say(text)


def write_time(seconds: float) -> str:
    """Write a time for people: 40 s, 12.5 min, 3.2 h."""
    minute, hour = 60, 3600
    if seconds < 2 * minute:
        return f"{seconds:.0f} s"
    return f"{seconds / minute:.1f} min" if seconds < 2 * hour else f"{seconds / hour:.1f} h"
