"""TAP results against a bare COPY, the latency of cones, memory, and clients that leave (make bench).

200,000 rows of 12 columns (text, coordinates, floats, integers, a timestamp, NULLs) and 10,000 fingerprints,
each format right after the bare COPY of the same rows; everything on this machine, clients included.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from rich.console import Console
from rich.table import Table

from caomai.database import Database, open_database
from caomai.settings import read_settings

ROWS, VECTORS, RUNS, QUESTIONS = 200_000, 10_000, 7, 640
SETUP = Path(__file__).with_suffix(".sql")
FORMATS = ("votable", "votable/b2", "votable/b", "csv", "tsv", "json", "fits", "parquet", "html", "text")
FILES = ("fits", "parquet")  # whole before their first byte
STARS = "id, ra, dec, f1, f2, f3, n1, n2, n3, t, s1, s2"
# Five million rows: more than any memory of the service holds.
MANY = "SELECT id, ra, dec, f1, n FROM caom2_ai.bench_stars, caom2_ai.bench_vectors WHERE n <= 25"


@contextmanager
def serving(folder: str, processes: int = 1) -> Iterator[tuple[str, int]]:
    """Serve the embedded database; gives the address and the process of the service."""
    command = [sys.executable, "-m", "caomai", "serve", "--port", "0", "--processes", str(processes)]
    environment = os.environ | {"CAOMAI_DATA_DIR": folder}
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        words = process.stdout.readline().split() if process.stdout else []
        try:
            yield urlsplit(words[1]).netloc, process.pid
        finally:
            process.terminate()


def copy_floor(database: Database, table: str, columns: str) -> float:
    """Take the rows by a bare COPY, bytes only; gives the seconds."""
    with database.connect("query") as connection, connection.cursor() as cursor:
        start = time.perf_counter()
        with cursor.copy(f"copy (select {columns} from caom2_ai_view.{table}) to stdout") as copy:  # noqa: S608 -- ours
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


def compare(database: Database, address: str, table: str, columns: str, rows: int) -> Table:
    """Compare every format with the COPY of the same rows just before."""
    shown = Table(
        "format",
        "s",
        "first byte ms",
        "rows/s",
        "MB",
        "COPY s",
        "of COPY",
        "best",
        title=f"{table}: {rows:,} rows",
    )
    query = f"SELECT * FROM caom2_ai.{table}"  # noqa: S608 -- ours
    taken: dict[str, list[tuple[float, float, int, float]]] = {kind: [] for kind in FORMATS}
    for _ in range(RUNS):
        for kind, measured in taken.items():
            floor = copy_floor(database, table, columns)
            measured.append((*ask(address, query, kind), floor))
    for kind, measured in taken.items():
        first, total, size, floor = (median(values) for values in zip(*measured, strict=True))
        best = min(run[3] for run in measured) / min(run[1] for run in measured)
        shown.add_row(
            kind,
            f"{total:.3f}",
            f"{first * 1000:.1f}",
            f"{rows / total:,.0f}",
            f"{size / 1e6:.1f}",
            f"{floor:.3f}",
            f"{median(run[3] / run[1] for run in measured):.2f}",
            f"{best:.2f}",
        )
    return shown


def cone(number: int) -> str:
    """Ask for ten rows of a cone of a degree, another one each time."""
    ra, dec = number * 37.7 % 360, number * 17.3 % 160 - 80
    return (
        "SELECT TOP 10 id, ra, dec, f1 FROM caom2_ai.bench_stars WHERE"  # noqa: S608 -- ours
        f" 1 = CONTAINS(POINT(ra, dec), CIRCLE({ra:.3f}, {dec:.3f}, 1))"
    )


def ask_cone(address: str, number: int) -> float:
    """Ask a cone over a connection of its own, with little work for the client; gives the seconds."""
    host, _, port = address.partition(":")
    path = f"/tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': cone(number)})}"
    request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode()
    start, answer = time.perf_counter(), b""
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request)
        while block := connection.recv(1 << 16):
            answer += block
    assert b'value="OK"' in answer
    return time.perf_counter() - start


def ask_cones(address: str, clients: int) -> tuple[float, float, float]:
    """Ask cones from many clients at once; gives median and p95 in seconds, and requests a second."""
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(lambda number: ask_cone(address, number), range(QUESTIONS)))
    return median(times), times[int(len(times) * 0.95)], QUESTIONS / (time.perf_counter() - start)


def small_queries(one: str, two: str) -> Table:
    """Measure cones on a service of one process and on one of two, in turns."""
    shown = Table(
        "processes", "clients", "median ms", "p95 ms", "requests/s", title="TOP 10 of a cone of 1 degree"
    )
    for clients in (1, 8, 32):
        taken: dict[str, list[tuple[float, float, float]]] = {"1": [], "2": []}
        for _ in range(3):
            for processes, address in (("1", one), ("2", two)):
                taken[processes].append(ask_cones(address, clients))
        for processes, measured in taken.items():
            middle, late, rate = (median(values) for values in zip(*measured, strict=True))
            shown.add_row(
                processes, str(clients), f"{middle * 1000:.1f}", f"{late * 1000:.1f}", f"{rate:.0f}"
            )
    return shown


def memory(process: int, field: str) -> str:
    """Read the memory of a process in MB: VmRSS is now, VmHWM the most so far."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return f"{int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024:.0f} MB"


def count_queries(database: Database) -> int:
    """Count the queries that run for the service."""
    with database.connect_administrator() as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where query like 'COPY%' and state = 'active'"
        ).fetchone()
    return row[0] if row else 0


def leave(database: Database, address: str, kind: str) -> float:
    """Leave in the middle of a result; gives the seconds until the database is free."""
    connection = http.client.HTTPConnection(address)
    words = urlencode({"LANG": "ADQL", "QUERY": MANY, "RESPONSEFORMAT": kind, "MAXREC": 10_000_000})
    connection.request("GET", f"/tap/sync?{words}")
    connection.getresponse().read(100_000)
    connection.close()
    start = time.perf_counter()
    while count_queries(database):
        time.sleep(0.01)
    return time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    console = Console(width=110)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(read_settings(data_dir=Path(folder))) as database,
    ):
        with database.connect_administrator() as connection:
            connection.execute(SETUP.read_text())
            connection.execute("vacuum analyze")
        with serving(folder) as (address, process), serving(folder, 2) as (other, _):
            ask(address, "SELECT TOP 1 * FROM caom2_ai.bench_stars", "votable")
            idle = memory(process, "VmRSS")
            console.print(small_queries(address, other))
            console.print(compare(database, address, "bench_stars", STARS, ROWS))
            console.print(compare(database, address, "bench_vectors", "*", VECTORS))
            now, most = memory(process, "VmRSS"), memory(process, "VmHWM")
            console.print(f"memory of the service: {idle} idle, {now} after all results, {most} at most")
            _, seconds, size = ask(address, MANY, "votable/b2")
            most = memory(process, "VmHWM")
            console.print(f"5,000,000 rows: {seconds:.1f} s, {size / 1e6:.0f} MB, service {most} at most")
            freed = {kind: leave(database, address, kind) for kind in FORMATS if kind not in FILES}
            console.print(
                "a client leaves, the database is free after: "
                + ", ".join(f"{kind} {seconds * 1000:.0f} ms" for kind, seconds in freed.items())
            )


if __name__ == "__main__":
    main()
