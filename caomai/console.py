"""What a command says: progress on stderr, JSON on stdout, the list of refused images and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

DONE: Final = 0
FAILED: Final = 1
SOME_REFUSED: Final = 3


@dataclass(frozen=True)
class Refusal:
    """An image that was not taken, and the sentence why."""

    path: str
    reason: str


@dataclass
class Bar:
    """The progress of one long piece of work; advancing it is cheap, and silent where nobody watches."""

    unit: str
    amounts: dict[str, float] = field(default_factory=dict)
    display: Progress | None = None
    task: TaskID | None = None

    def advance(self, count: float = 1, **amounts: float) -> None:
        """Count finished units, and further amounts (such as Mpix=8.4) whose rates are shown too."""
        for name, amount in {self.unit: count, **amounts}.items():
            self.amounts[name] = self.amounts.get(name, 0) + amount
        if self.display is not None and self.task is not None:
            self.display.update(self.task, advance=count)

    def expect(self, total: float) -> None:
        """Change how many units there are in all: others may take some, or bring more."""
        if self.display is not None and self.task is not None:
            self.display.update(self.task, total=total)

    def rates(self, seconds: float) -> str:
        """Write the amounts a second, for people."""
        return "  ".join(f"{amount / seconds:.3g} {name}/s" for name, amount in self.amounts.items())


class _Rates(ProgressColumn):
    def __init__(self, bar: Bar) -> None:
        super().__init__(Column(no_wrap=True))
        self.bar = bar

    def render(self, task: Task) -> Text:
        return Text(self.bar.rates(task.elapsed) if task.elapsed else "")


@contextmanager
def progress(total: int | None, description: str, unit: str, *, quiet: bool = False) -> Iterator[Bar]:
    """Show a bar with rates and the time left on stderr while the block runs.

    Nothing is shown when `quiet`, or when stderr is no terminal.
    """
    bar = Bar(unit)
    if quiet or not sys.stderr.isatty():
        yield bar
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}" + ("" if total is None else "/{task.total:.0f}")),
        _Rates(bar),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as display:
        bar.display, bar.task = display, display.add_task(description, total=total)
        yield bar


def print_json(value: object) -> None:
    """Write one JSON document to stdout; NaN in it is a mistake of ours and raises ValueError."""
    typer.echo(json.dumps(value, allow_nan=False))


def printable(text: str) -> str:
    """Make a file name or header value safe for a terminal: control characters and bad bytes are escaped."""
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)


def list_refused(refused: Sequence[Refusal]) -> None:
    """Write refused images and their reasons to stderr, one a line."""
    for refusal in refused:
        typer.echo(f"refused: {printable(refusal.path)}: {printable(refusal.reason)}", err=True)


def exit_code(done: int, refused: int) -> int:
    """Give the exit code of work on many images: done, some refused, or all refused."""
    if not refused:
        return DONE
    return SOME_REFUSED if done else FAILED


def finish(done: int, refused: Sequence[Refusal]) -> NoReturn:
    """List what was refused and end the command with the exit code that says so."""
    list_refused(refused)
    raise typer.Exit(exit_code(done, len(refused)))
