"""Milliseconds in the database of searches on the sky among 1,000,000 planes (make bench)."""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from math import asin, degrees
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg.sql import Composed
from rich.console import Console
from rich.table import Table as Tables

from caomai.database import open_database
from caomai.settings import read_settings
from tapext.adql import Catalogue, parse, read_catalogue, translate
from tapext.adql.catalogue import VIEWS, Column, Table

RUNS = 40
BEST_OF = 3
SCANS = 1
RADII = (0.01, 0.1, 1, 5)
MARK = "{ra}, {dec}"
TOP, ALL, SELECT = "SELECT TOP 10 ", "SELECT ", "publisherID FROM caom2.Plane WHERE "
POINT = "CENTROID(position_bounds)"
FORMS = {
    "DISTANCE of points": f"DISTANCE({POINT}, POINT({MARK})) < {{radius}}",
    "CONTAINS of points": f"1 = CONTAINS({POINT}, CIRCLE({MARK}, {{radius}}))",
    "INTERSECTS of footprints": f"1 = INTERSECTS(position_bounds, CIRCLE({MARK}, {{radius}}))",
    "footprints within": f"1 = CONTAINS(position_bounds, CIRCLE({MARK}, {{radius}}))",
}
OTHERS = {
    "a position in footprints": f"1 = CONTAINS(POINT({MARK}), position_bounds)",
    "a polygon with footprints": "1 = INTERSECTS(position_bounds, BOX({ra}, {dec}, 1, 1))",
    "newest within 1 degree": (
        "1 = INTERSECTS(position_bounds, CIRCLE({ra}, {dec}, 1)) ORDER BY time_bounds_lower DESC"
    ),
}
OBSCORE = {
    "ObsCore by position": (
        "SELECT TOP 10 * FROM ivoa.ObsCore"
        " WHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', {ra}, {dec}, 1))"
    ),
    "ObsCore by footprint": (
        "SELECT TOP 10 * FROM ivoa.ObsCore WHERE 1 = INTERSECTS(s_region, CIRCLE('ICRS', {ra}, {dec}, 1))"
    ),
}
CROSSMATCH = (
    "SELECT t.n, p.publisherID FROM TAP_UPLOAD.targets AS t JOIN caom2.Plane AS p"
    " ON DISTANCE(CENTROID(position_bounds), POINT(t.ra, t.dec)) < 0.002"
)


TARGETS = Table(
    "TAP_UPLOAD.targets",
    (VIEWS, "bench_targets"),
    (Column("n", "int"), Column("ra", "double"), Column("dec", "double")),
)


def fill(connection: psycopg.Connection[Any]) -> None:
    """Make the planes, as the administrator."""
    connection.execute(Path(__file__).with_suffix(".sql").read_bytes())
    connection.execute("reset role")
    connection.execute("vacuum analyze")


def places() -> Iterator[tuple[float, float]]:
    """Give positions all over the sky, the same in each run."""
    chance = random.Random(1)  # noqa: S311 -- nothing secret
    while True:
        yield chance.uniform(0, 360), degrees(asin(chance.uniform(-1, 1)))


class Bench:
    """Runs ADQL as the query role."""

    def __init__(self, connection: psycopg.Connection[Any], catalogue: Catalogue) -> None:
        self.connection, self.catalogue = connection, catalogue.with_tables([TARGETS])
        self.found = 0

    def measure(self, query: str, runs: int = RUNS) -> tuple[float, float]:
        """Give the median time of a query in milliseconds, and its mean number of rows."""
        times, rows = [], 0
        for (ra, dec), _ in zip(places(), range(runs), strict=False):
            sql = translate(parse(query.format(ra=ra, dec=dec)), self.catalogue).sql
            times.append(min(self._once(sql) for _ in range(BEST_OF)))
            rows += self.found
        return 1000 * median(times), rows / runs

    def _once(self, sql: Composed) -> float:
        start = time.perf_counter()
        self.found = len(self.connection.execute(sql).fetchall())
        return time.perf_counter() - start

    def scan(self, query: str) -> float:
        """Measure the same without the indexes on the sky."""
        with self.connection.transaction(force_rollback=True):
            for way in ("indexscan", "bitmapscan"):
                self.connection.execute(f"set local enable_{way} = off".encode())
            return self.measure(query, SCANS)[0]


def compare(bench: Bench) -> Tables:
    """Measure all forms at all radii, and the others."""
    shown = Tables(
        "search",
        "radius",
        "TOP 10 ms",
        "all ms",
        "rows",
        "scan ms",
        title="1,000,000 planes, median in the database",
    )
    for name, form in FORMS.items():
        for radius in RADII:
            query = SELECT + form.replace("{radius}", str(radius))
            (top, _), (whole, rows) = bench.measure(TOP + query), bench.measure(ALL + query)
            # One scan of a form says enough: its exact condition is computed a million times.
            scan = f"{bench.scan(ALL + query):.0f}" if radius == 1 else ""
            shown.add_row(name, f"{radius:g}", f"{top:.2f}", f"{whole:.2f}", f"{rows:.1f}", scan)
    for name, form in OTHERS.items():
        top, rows = bench.measure(TOP + SELECT + form)
        shown.add_row(name, "", f"{top:.2f}", "", f"{rows:.1f}", "")
    for name, query in OBSCORE.items():
        top, rows = bench.measure(query)
        shown.add_row(name, "1", f"{top:.2f}", "", f"{rows:.1f}", "")
    whole, rows = bench.measure(CROSSMATCH, SCANS)
    shown.add_row("crossmatch of 1,000", "0.002", "", f"{whole:.0f}", f"{rows:.0f}", "")
    return shown


def main() -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(read_settings(data_dir=Path(folder))) as database,
    ):
        with closing(database.connect_administrator()) as administrator:
            administrator.execute("set synchronous_commit = off")
            fill(administrator)
        with database.connect("query", autocommit=True) as connection:
            Console().print(compare(Bench(connection, read_catalogue(connection))))


if __name__ == "__main__":
    main()
