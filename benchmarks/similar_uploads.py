"""An image of 2 Mpix posted to /similar: how long the answer takes, also while planes are done (make bench).

The floor is the description alone, in this process, with the model loaded. Median and best of some runs; the
second line is while a watching worker fingerprints frames and describes uploads beside, and no other does.
"""

# ruff: noqa: INP001, S603 -- a script, not a package; our own commands

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from caomai.database import open_database
from caomai.settings import read_settings
from fingerprinting.encoder import Encoder
from fingerprinting.model import load_model
from fingerprinting.pipeline import describe_file
from fingerprinting.simulation.write import write_set

RUNS, SIDE, FRAMES = 15, 1448, 24
BOUNDARY = "---bench"
COMMAND = [sys.executable, "-m", "caomai"]


def time_runs(work: Callable[[], object]) -> tuple[float, float]:
    """Give the median and the best of some runs, in milliseconds."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append((time.perf_counter() - start) * 1000)
    return median(seconds), min(seconds)


def post(url: str, content: bytes) -> bytes:
    """Post an image, and give what is like it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.fits"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    request = urllib.request.Request(f"{url}/similar?MAXREC=10", body, kind)  # noqa: S310 -- our own service
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        content = answer.read()
    assert isinstance(content, bytes)
    return content


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Serve while the block runs; gives the address."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[1].removesuffix("/tap")
        finally:
            process.terminate()


def run(*arguments: str | Path) -> None:
    """Run a command of caom-ai to its end."""
    subprocess.run([*COMMAND, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def wait_for_worker(url: str, content: bytes) -> None:
    """Wait until a worker describes uploads."""
    while True:
        with suppress(urllib.error.HTTPError):
            post(url, content)
            return


def measure(console: Console, folder: Path) -> None:
    """Measure alone, through HTTP, and beside planes."""
    frames = list(write_set(folder / "few", 2, seed=1, types=("sparse",), shape=(SIDE, SIDE)))
    many = list(write_set(folder / "many", FRAMES, seed=2, types=("crowded",), shape=(SIDE, SIDE)))
    run("ingest", *frames)
    run("fingerprint", "-n", "1")
    model = load_model()
    encoder = Encoder(model.encoder)
    objects = describe_file(frames[0], model, encoder=encoder)[0].n_detected
    content = frames[0].read_bytes()
    table = Table("", "median ms", "best ms", title=f"{SIDE} x {SIDE}, {objects} objects")

    def add(name: str, work: Callable[[], object]) -> None:
        middle, best = time_runs(work)
        table.add_row(name, f"{middle:.0f}", f"{best:.0f}")

    add("described alone", lambda: describe_file(frames[0], model, encoder=encoder))
    with serving() as url:
        post(url, content)
        add("posted to /similar", lambda: post(url, content))
    run("ingest", *many)
    with (
        serving("--no-worker") as url,
        subprocess.Popen(
            [*COMMAND, "fingerprint", "--watch", "-n", "2"], stderr=subprocess.DEVNULL
        ) as worker,
    ):
        wait_for_worker(url, content)
        add("posted while planes are done", lambda: post(url, content))
        worker.terminate()
    console.print(table)


def main() -> None:
    """Measure in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="caom-ai-") as name:
        os.environ |= {"CAOMAI_DATA_DIR": name, "CAOMAI_OBSERVATION_ID": "{stem}"}
        with open_database(read_settings()):
            measure(Console(), Path(name))


if __name__ == "__main__":
    main()
