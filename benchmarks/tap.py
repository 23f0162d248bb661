"""TAP results against the bare COPY of the same rows, and the latency of small queries (make bench).

200,000 rows of 12 columns (text, coordinates, floats, integers, a timestamp, NULLs) and 10,000 fingerprints;
medians of some runs, everything on this machine.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from rich.console import Console
from rich.table import Table

from caomai.database import Database, open_database
from caomai.settings import read_settings

ROWS, VECTORS, RUNS, QUESTIONS = 200_000, 10_000, 5, 300
SETUP = Path(__file__).with_suffix(".sql")
FORMATS = ("votable", "votable/b2", "votable/b", "csv", "tsv", "json")


@contextmanager
def serving(folder: str) -> Iterator[tuple[Database, str, int]]:
    """Serve a fresh embedded database; gives the database, the address and the process of the service."""
    settings = read_settings(data_dir=Path(folder))
    with open_database(settings) as database:
        with database.connect_administrator() as connection:
            connection.execute(SETUP.read_text())
            connection.execute("vacuum analyze")
        command = [sys.executable, "-m", "caomai", "serve", "--port", "0"]
        environment = os.environ | {"CAOMAI_DATA_DIR": folder}
        with subprocess.Popen(  # noqa: S603 -- our own command
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
        ) as process:
            words = process.stdout.readline().split() if process.stdout else []
            try:
                yield database, urlsplit(words[1]).netloc, process.pid
            finally:
                process.terminate()


def copy_floor(database: Database, table: str) -> float:
    """Take the rows by a bare COPY, bytes only; gives the seconds."""
    with database.connect("query") as connection, connection.cursor() as cursor:
        start = time.perf_counter()
        with cursor.copy(f"copy (select * from caom2_ai_view.{table}) to stdout") as copy:  # noqa: S608 -- ours
            for _ in copy:
                pass
        return time.perf_counter() - start


def ask(address: str, query: str, kind: str) -> tuple[float, float, int]:
    """Ask a query; gives the seconds to the first byte and to the last one, and the bytes."""
    connection = http.client.HTTPConnection(address)
    words = urlencode({"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": kind, "MAXREC": 10_000_000})
    start = time.perf_counter()
    connection.request("GET", f"/tap/sync?{words}")
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - start
    while block := answer.read(1 << 16):
        size += len(block)
    connection.close()
    assert answer.status == http.HTTPStatus.OK
    return first, time.perf_counter() - start, size


def compare(database: Database, address: str, table: str, rows: int) -> Table:
    """Compare every format with the COPY of the same rows in the same run."""
    columns = ("format", "s", "first byte ms", "rows/s", "MB", "of the floor")
    shown = Table(*columns, title=f"bench.{table}: {rows:,} rows")
    query = f"SELECT * FROM bench.{table}"  # noqa: S608 -- ours
    floors: list[float] = []
    answers: dict[str, list[tuple[float, float, int]]] = {kind: [] for kind in FORMATS}
    # In turns, so that what else the machine does falls on all of them.
    for _ in range(RUNS):
        floors.append(copy_floor(database, table))
        for kind in FORMATS:
            answers[kind].append(ask(address, query, kind))
    floor = median(floors)
    shown.add_row("COPY text, bytes only", f"{floor:.3f}", "", f"{rows / floor:,.0f}", "", "1")
    for kind, measured in answers.items():
        first, total, size = (median(values) for values in zip(*measured, strict=True))
        shown.add_row(
            kind,
            f"{total:.3f}",
            f"{first * 1000:.1f}",
            f"{rows / total:,.0f}",
            f"{size / 1e6:.1f}",
            f"{floor / total:.2f}",
        )
    return shown


def small_query(number: int) -> str:
    """Ask for ten rows of a small box on the sky, another one each time."""
    ra, dec = number * 37.7 % 355, number * 17.3 % 160 - 80
    return (
        f"SELECT TOP 10 id, ra, dec, f1 FROM bench.stars WHERE dec BETWEEN {dec:.3f} AND {dec + 1:.3f}"  # noqa: S608 -- ours
        f" AND ra BETWEEN {ra:.3f} AND {ra + 5:.3f}"
    )


def small_queries(address: str) -> Table:
    """Measure the latency of small queries, alone and from many clients at once."""
    shown = Table("clients", "median ms", "p95 ms", "requests/s", title="TOP 10 of a box")

    def once(number: int) -> float:
        return ask(address, small_query(number), "votable")[1]

    for clients in (1, 8, 32):
        start = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            times = sorted(pool.map(once, range(QUESTIONS)))
        rate = QUESTIONS / (time.perf_counter() - start)
        percentile = times[int(len(times) * 0.95)]
        shown.add_row(str(clients), f"{median(times) * 1000:.1f}", f"{percentile * 1000:.1f}", f"{rate:.0f}")
    return shown


def memory(process: int, field: str) -> str:
    """Read the memory of a process in MB: VmRSS is now, VmHWM the most so far."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return f"{int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024:.0f} MB"


def main() -> None:
    """Print the tables."""
    console = Console(width=110)
    report: Callable[..., None] = console.print
    with tempfile.TemporaryDirectory() as folder, serving(folder) as (database, address, process):
        ask(address, "SELECT TOP 1 * FROM bench.stars", "votable")
        idle = memory(process, "VmRSS")
        report(small_queries(address))
        report(compare(database, address, "stars", ROWS))
        report(compare(database, address, "vectors", VECTORS))
        now, most = memory(process, "VmRSS"), memory(process, "VmHWM")
        report(f"memory of the service: {idle} idle, {now} after all results, {most} at most")


if __name__ == "__main__":
    main()
