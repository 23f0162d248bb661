"""A million uploaded rows against a plain COPY FROM of the same rows, and what memory they take (make bench).

Ten columns (numbers, a text with NULLs, a timestamp) as TABLEDATA, BINARY and BINARY2; the floor is a COPY of
ready text into a temporary table, with the same ANALYZE. Best of some runs, everything on this machine.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import http.client
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from rich.console import Console
from rich.table import Table

from caomai.database import Database, open_database
from caomai.settings import read_settings

ROWS, RUNS = 1_000_000, 3
BLOCK = 1 << 20
COLUMNS = {
    "id": ("int", ">i4", "integer"),
    "ra": ("double", ">f8", "double precision"),
    "dec": ("double", ">f8", "double precision"),
    "mag": ("float", ">f4", "real"),
    "error": ("float", ">f4", "real"),
    "flag": ("short", ">i2", "smallint"),
    "number": ("long", ">i8", "bigint"),
    "flux": ("double", ">f8", "double precision"),
    "name": ("char", "S12", "text"),
    "time": ("char", "S23", "timestamp"),
}
HEAD = '<?xml version="1.0"?>\n<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>\n'
TAIL = "</DATA></TABLE></RESOURCE></VOTABLE>"
BOUNDARY = "---bench"


def make_rows() -> np.ndarray:
    """Make the rows as BINARY has them."""
    random = np.random.default_rng(1)
    rows = np.zeros(ROWS, [(name, dtype) for name, (_, dtype, _) in COLUMNS.items()])
    rows["id"] = np.arange(ROWS)
    for name, scale in (("ra", 360), ("dec", 90), ("mag", 20), ("error", 0.1), ("flux", 1e6)):
        rows[name] = random.random(ROWS) * scale
    rows["flag"], rows["number"] = rows["id"] % 7, rows["id"] * np.int64(1_000_003)
    rows["name"] = [b"" if number % 10 == 0 else b"NGC %d" % number for number in range(ROWS)]
    rows["time"] = np.datetime_as_string(np.datetime64("2026-01-01T00:00:00.000") + rows["id"]).astype("S23")
    return rows


def write_cells(rows: np.ndarray) -> tuple[bytes, bytes]:
    """Write the rows as TABLEDATA and as text for COPY."""
    cells, lines = io.BytesIO(), io.BytesIO()
    for row in rows.tolist():
        texts = [value.decode() if isinstance(value, bytes) else repr(value) for value in row]
        cells.write(f"<TR>\n<TD>{'</TD><TD>'.join(texts)}</TD>\n</TR>\n".encode())
        lines.write(("\t".join(text or r"\N" for text in texts) + "\n").encode())
    return cells.getvalue(), lines.getvalue()


def write_documents(rows: np.ndarray, cells: bytes) -> Iterator[tuple[str, bytes]]:
    """Write the rows in each encoding."""
    fields = ""
    for name, (datatype, dtype, kind) in COLUMNS.items():
        size = f' arraysize="{dtype[1:]}"' if datatype == "char" else ""
        xtype = ' xtype="timestamp"' if kind == "timestamp" else ""
        fields += f'<FIELD name="{name}" datatype="{datatype}"{size}{xtype}/>\n'
    head = f"{HEAD}{fields}<DATA>".encode()
    yield "TABLEDATA", b"".join([head, b"<TABLEDATA>\n", cells, b"</TABLEDATA>", TAIL.encode()])
    masked = np.zeros(ROWS, [("mask", ">u2"), *rows.dtype.descr])
    for name in COLUMNS:
        masked[name] = rows[name]
    masked["mask"][rows["name"] == b""] = 1 << (15 - list(COLUMNS).index("name"))
    for element, data in (("BINARY", rows), ("BINARY2", masked)):
        stream = f'<{element}><STREAM encoding="base64">'.encode()
        end = f"</STREAM></{element}>{TAIL}".encode()
        yield element, b"".join([head, stream, b64encode(data.tobytes()), end])


@contextmanager
def serving(folder: str) -> Iterator[tuple[Database, str, int]]:
    """Serve a fresh embedded database; gives the database, the address and the process of the service."""
    with open_database(read_settings(data_dir=Path(folder))) as database:
        command = [sys.executable, "-m", "caomai", "serve", "--port", "0"]
        with subprocess.Popen(  # noqa: S603 -- our own command
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"CAOMAI_DATA_DIR": folder},
            text=True,
        ) as process:
            words = process.stdout.readline().split() if process.stdout else []
            try:
                yield database, urlsplit(words[1]).netloc, process.pid
            finally:
                process.terminate()


def copy_floor(database: Database, lines: bytes) -> float:
    """Copy ready text into a temporary table; gives the seconds."""
    columns = ", ".join(f'"{name}" {kind}' for name, (*_, kind) in COLUMNS.items())
    with database.connect("query") as connection, connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute("set transaction read write")
        cursor.execute(f"create temporary table floor ({columns}) on commit drop".encode())
        with cursor.copy("copy floor from stdin") as copy:
            for at in range(0, len(lines), BLOCK):
                copy.write(lines[at : at + BLOCK])
        cursor.execute("analyze floor")
        cursor.execute("select count(*) from floor")
        return time.perf_counter() - start


def upload(address: str, document: bytes) -> float:
    """Count the rows of an uploaded table; gives the seconds."""
    words = {"LANG": "ADQL", "QUERY": "SELECT COUNT(*) AS n FROM TAP_UPLOAD.t", "UPLOAD": "t,param:t"}
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    form = "".join(f'{part}"{name}"\r\n\r\n{value}\r\n' for name, value in words.items())
    body = [f'{form}{part}"t"; filename="t"\r\n\r\n'.encode(), document, f"\r\n--{BOUNDARY}--\r\n".encode()]
    connection = http.client.HTTPConnection(address)
    start = time.perf_counter()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(sum(map(len, body))),
    }
    connection.request("POST", "/tap/sync", iter(body), headers)
    answer = connection.getresponse().read()
    seconds = time.perf_counter() - start
    connection.close()
    assert f"<TD>{ROWS}</TD>".encode() in answer, answer[:1000]
    return seconds


def peak(process: int) -> float:
    """Read the most memory that a process has had, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


class Watch(threading.Thread):
    """Looks how much memory the processes that read tables take."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.most = 0.0

    def run(self) -> None:
        """Look, until the program ends."""
        while True:
            time.sleep(0.05)
            for path in Path(f"/proc/{self.process}/task").glob("*/children"):
                for number in path.read_text().split():
                    with suppress(OSError, StopIteration):
                        self.most = max(self.most, peak(int(number)))


def main() -> None:
    """Print the table."""
    console = Console(width=110)
    rows = make_rows()
    cells, lines = write_cells(rows)
    documents = dict(write_documents(rows, cells))
    shown = Table(
        "encoding", "MB", "s", "rows/s", "of the floor", title=f"{ROWS:,} rows uploaded and counted"
    )
    with tempfile.TemporaryDirectory() as folder, serving(folder) as (database, address, process):
        watch = Watch(process)
        watch.start()
        seconds: dict[str, list[float]] = {name: [] for name in ("COPY FROM", *documents)}
        # In turns, so that what else the machine does falls on all of them.
        for _ in range(RUNS):
            seconds["COPY FROM"].append(copy_floor(database, lines))
            for name, document in documents.items():
                seconds[name].append(upload(address, document))
        floor = min(seconds["COPY FROM"])
        sizes = {"COPY FROM": len(lines)} | {name: len(document) for name, document in documents.items()}
        for name, runs in seconds.items():
            best = min(runs)
            shown.add_row(
                name, f"{sizes[name] / 1e6:.0f}", f"{best:.2f}", f"{ROWS / best:,.0f}", f"{floor / best:.2f}"
            )
        console.print(shown)
        console.print(
            f"memory at most: service {peak(process):.0f} MB, process that reads {watch.most:.0f} MB"
        )


if __name__ == "__main__":
    main()
