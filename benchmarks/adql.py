"""Milliseconds to read, resolve and translate ordinary ADQL queries (make bench)."""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from caomai.database import open_database
from caomai.settings import read_settings
from tapext.adql import Catalogue, parse, read_catalogue, translate

RUNS = 400
GOAL = 0.5
TERMS = 10_000


def read_examples() -> dict[str, str]:
    """Read the ordinary queries by their names."""
    text = Path(__file__).with_name("queries.adql").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("-- name: ")[1:])
    return {name: query.strip() for name, _, query in parts}


def measure(work: Callable[[], object], runs: int) -> float:
    """Give the median time of a call in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * median(times)


def catalogue() -> Catalogue:
    """Read the catalogue of a fresh database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(read_settings(data_dir=Path(folder))) as database,
        database.connect("query") as connection,
    ):
        return read_catalogue(connection)


def add_row(table: Table, name: str, query: str, known: Catalogue, runs: int) -> None:
    """Measure a query."""
    parsing = measure(lambda: parse(query), runs)
    whole = measure(lambda: translate(parse(query), known, 10_000), runs)
    table.add_row(name, str(len(query)), f"{parsing:.3f}", f"{whole:.3f}")


def main() -> None:
    """Print the table."""
    known = catalogue()
    table = Table(
        "query", "characters", "parse", "with translation", title=f"ADQL, median ms (goal {GOAL} for each)"
    )
    for name, query in read_examples().items():
        add_row(table, name, query, known, RUNS)
    many = " OR ".join(f"productID = 'p{number}'" for number in range(TERMS))
    add_row(table, f"{TERMS} OR terms", f"SELECT 1 FROM caom2.Plane WHERE {many}", known, 3)  # noqa: S608 -- ADQL
    Console().print(table)


if __name__ == "__main__":
    main()
