"""Clients of every kind at once, for minutes: errors, latencies, and the memory of the service (make bench).

    python benchmarks/load.py --images 100000 --objects 20 --folder /data/scale --minutes 5

Each client asks one thing after the other: cones, searches for similar images by ID, by examples, under a
condition and by an uploaded image, links of one image and of many, annotations, and queries of content. First
a single client asks each kind, which tells what likeness costs beside a cone; then all do. At the end nothing
may be left: no file, no description, no connection in a transaction.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale.archive import Size, prepare
from benchmarks.scale.asking import Asker, Kinds, Question, list_kinds
from benchmarks.tap import serving
from caomai.database import Database, open_database
from caomai.settings import read_settings
from fingerprinting.simulation.write import write_set

ALONE, SIDE = 30, 256
LOOK_SECONDS, SETTLE_SECONDS, WORKER_SECONDS = 1.0, 30.0, 60.0
KNOWN = ("data", "frames")  # folders that are ours
QUIET = ("lock", ".ses")  # files that workers keep; the second is of onnxruntime
LEFT = {
    "descriptions": "select count(*) from caom2_ai_queue.description",
    "jobs of the queue": "select count(*) from caom2_ai_queue.procrastinate_jobs",
    "jobs": "select count(*) from caom2_ai_uws.job",
    "open transactions": "select count(*) from pg_stat_activity where state like 'idle in transaction%'",
    "waiting locks": "select count(*) from pg_locks where not granted",
}


@dataclass
class Taken:
    """Seconds of the answers to each kind of question, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def ask(self, asker: Asker, kind: str, question: Question) -> None:
        """Ask, and note how long it took or what went wrong."""
        try:
            self.seconds[kind].append(asker.ask(question))
        except (OSError, RuntimeError) as error:
            self.errors.append(f"{kind}: {error}")


def ask_until(end: float, address: str, number: int, kinds: Kinds) -> Taken:
    """Ask one question after the other, of a kind by chance, until a time."""
    chance, asker, taken = random.Random(number), Asker(address), Taken()  # noqa: S311 -- no secret
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]
    while time.monotonic() < end:
        (name,) = chance.choices(names, weights)
        taken.ask(asker, name, chance.choice(kinds[name][1]))
    return taken


class Memory(threading.Thread):
    """Looks at the memory of a process, in MB, every second."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.seen, self.ended = process, list[float](), threading.Event()

    def run(self) -> None:
        """Look until told to end."""
        while not self.ended.wait(LOOK_SECONDS):
            self.seen.append(self.look())

    def look(self) -> float:
        """Give what is resident now."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def tell(self) -> str:
        """Say how it went; the middle of each tenth shows whether it grew."""
        tenth = max(len(self.seen) // 10, 1)
        tenths = [median(self.seen[start : start + tenth]) for start in range(0, len(self.seen), tenth)]
        words = f"first {self.seen[0]:.0f}, last {self.seen[-1]:.0f}, most {max(self.seen):.0f} MB"
        return f"{words}; by tenths {' '.join(f'{one:.1f}' for one in tenths)}"


def find_left(database: Database, folder: str) -> dict[str, int]:
    """Count what must not be left when nobody asks."""
    with database.connect_administrator() as connection:
        rows = {name: connection.execute(query.encode()).fetchone() for name, query in LEFT.items()}
    counts = {name: row[0] if row else 0 for name, row in rows.items()}
    folders = [path for path in Path(folder).iterdir() if path.name not in KNOWN]
    files = [path for one in folders for path in one.rglob("*") if path.is_file()]
    counts["files"] = sum(path.name not in QUIET for path in files)
    return {name: number for name, number in counts.items() if number}


def settle(database: Database, folder: str) -> dict[str, int]:
    """Wait until nothing is left, though not for ever; gives what is."""
    end = time.monotonic() + SETTLE_SECONDS
    while (left := find_left(database, folder)) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    return left


def wait_for_worker(asker: Asker, question: Question) -> None:
    """Wait until uploaded images are described."""
    end = time.monotonic() + WORKER_SECONDS
    while True:
        try:
            asker.ask(question)
        except RuntimeError:
            if time.monotonic() > end:
                raise
        else:
            return


def show(alone: Taken, together: Taken, seconds: float, clients: int) -> Table:
    """Show medians beside the cone's, alone and together."""
    table = Table(
        "kind", "alone ms", "beyond cone", "answers", "median ms", "p99 ms", "most ms",
        title=f"{clients} clients, {seconds:.0f} s",
    )  # fmt: skip
    cone = median(alone.seconds["cone"])
    for name in (name for name in alone.seconds if name in together.seconds):
        taken = together.seconds[name]
        one, ordered = median(alone.seconds[name]), sorted(taken)
        shown = (median(taken), ordered[int(0.99 * len(ordered))], ordered[-1])
        table.add_row(
            name,
            f"{1000 * one:.1f}",
            f"{1000 * (one - cone):+.1f}",
            f"{len(taken):,}",
            *(f"{1000 * value:.0f}" for value in shown),
        )
    return table


def measure(address: str, memory: Memory, kinds: Kinds, clients: int, seconds: float) -> tuple[Taken, Taken]:
    """Ask alone, then together while the memory of the service is looked at."""
    alone, together, asker = Taken(), Taken(), Asker(address)
    for turn in range(ALONE):
        for name, (_, questions) in kinds.items():
            alone.ask(asker, name, questions[turn % len(questions)])
    end = time.monotonic() + seconds
    memory.start()
    with ThreadPoolExecutor(clients) as threads:
        for taken in threads.map(lambda number: ask_until(end, address, number, kinds), range(clients)):
            together.errors += taken.errors
            for name, took in taken.seconds.items():
                together.seconds[name] += took
    memory.ended.set()
    memory.join()
    return alone, together


def main() -> None:
    """Make the archive, serve it, ask, and show."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--images", type=int, default=5_000)
    options.add_argument("--objects", type=int, default=20, help="of each image")
    options.add_argument("--folder", help="where the archive is made, and kept")
    options.add_argument("--memory", default="600MB", help="for the server, and for making indexes")
    options.add_argument("--clients", type=int, default=32)
    options.add_argument("--minutes", type=float, default=0.5)
    given = options.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="caom-ai-bench-") as temporary:
        os.environ["TMPDIR"] = temporary
        size = Size(given.images, given.objects)
        settings = read_settings(data_dir=given.folder or f"{temporary}/data")
        prepare(settings, size, given.memory)
        (frame,) = write_set(Path(temporary) / "frames", 1, seed=3, types=("sparse",), shape=(SIDE, SIDE))
        kinds = list_kinds(size, frame)
        with open_database(settings) as database, serving(str(settings.data_dir)) as (address, process):
            wait_for_worker(Asker(address), kinds["similar to an upload"][1][0])
            memory, seconds = Memory(process), 60 * given.minutes
            alone, together = measure(address, memory, kinds, given.clients, seconds)
            left = settle(database, temporary)
        answers = sum(map(len, together.seconds.values()))
        errors = alone.errors + together.errors
        console.print(f"errors: {len(errors)} {errors[:5]}; left: {left or 'nothing'}")
        console.print(show(alone, together, seconds, given.clients))
        console.print(f"{size.images:,} images; {answers:,} answers, {answers / seconds:.0f} a second")
        console.print(f"memory of the service: {memory.tell()}")
    sys.exit(bool(errors or left))


if __name__ == "__main__":
    main()
