"""Search in a large archive through TAP: latency and recall, with and without conditions (make bench).

    python benchmarks/search.py --images 1000000 --objects 100 --folder /data/scale

makes the archive once in the folder and keeps it; without a folder it is made small and thrown away. Every
kind of query is asked in turn with the others, so that all meet the same machine; the truth is what the same
query gives when no index can answer it.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale.archive import Size, prepare
from benchmarks.scale.client import Client
from benchmarks.scale.questions import Kind, make_kinds
from benchmarks.tap import serving
from caomai.console import progress
from caomai.database import open_database
from caomai.settings import read_settings


@dataclass
class Taken:
    """What the answers to one kind of query were: seconds, rows, and the share of the truth in them."""

    seconds: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    matches: list[int] = field(default_factory=list)


def measure(
    client: Client, kinds: list[Kind], runs: int, truths: int, say: Callable[[], None]
) -> dict[str, Taken]:
    """Ask all kinds in turn; the first round only warms up."""
    taken = {kind.name: Taken() for kind in kinds}
    for run in range(-1, runs):
        for kind in kinds:
            seconds, lines = client.ask(kind.queries[run % len(kind.queries)])
            if run >= 0:
                taken[kind.name].seconds.append(seconds)
                taken[kind.name].rows.append(len(lines))
        say()
    for kind in kinds:
        for query, truth, count in kind.truths[:truths]:
            right = _distances(client.ask(truth)[1])
            found = _distances(client.ask(query)[1])
            if len(right):
                taken[kind.name].recall.append(float((found <= right[-1] + 1e-6).sum() / len(right)))
            if count:
                taken[kind.name].matches.append(int(client.ask(count)[1][0]))
        say()
    return taken


def _distances(lines: list[str]) -> np.ndarray:
    return np.array([float(line.rsplit(",", 1)[1]) for line in lines])


def show(kinds: list[Kind], taken: dict[str, Taken], images: int) -> Table:
    """Show the medians beside the cone's, and the goals."""
    cone = 1000 * median(taken["cone"].seconds)
    table = Table("query", "kept", "ms", "p90", "goal", "recall", "fewest rows", title=f"{images:,} images")
    for kind in kinds:
        one = taken[kind.name]
        goal = None if kind.goal is None else kind.goal + (cone if kind.beyond_cone else 0)
        milliseconds = 1000 * median(one.seconds)
        table.add_row(
            kind.name,
            f"{median(one.matches) / images:.3%}" if one.matches else "",
            f"{milliseconds:.1f}",
            f"{1000 * np.quantile(one.seconds, 0.9):.1f}",
            "" if goal is None else f"{goal:.1f}{'' if milliseconds <= goal else ' missed'}",
            f"{np.mean(one.recall):.4f}" if one.recall else "",
            str(min(one.rows)),
        )
    return table


def main() -> None:
    """Make the archive, serve it, ask, and show."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--images", type=int, default=50_000)
    options.add_argument("--objects", type=int, default=20, help="of each image")
    options.add_argument("--folder", help="where the archive is made, and kept")
    options.add_argument("--memory", default="1GB", help="for making indexes")
    options.add_argument("--runs", type=int, default=40)
    options.add_argument("--truths", type=int, default=20, help="queries of which recall is measured")
    options.add_argument("--only", help="kinds whose names hold this text, and the cone")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="caom-ai-bench-") as temporary:
        folder = given.folder or temporary
        size = Size(given.images, given.objects)
        settings = read_settings(data_dir=folder)
        prepare(settings, size, given.memory)
        with open_database(settings) as database:
            kinds = make_kinds(database, size)
            if given.only:
                kinds = [kind for kind in kinds if given.only in kind.name or kind.name == "cone"]
            with (
                serving(folder) as (address, _),
                progress(given.runs + 1 + len(kinds), "Asking", "rounds") as bar,
            ):
                taken = measure(Client(address), kinds, given.runs, given.truths, bar.advance)
        Console(width=120).print(show(kinds, taken, size.images))


if __name__ == "__main__":
    main()
