"""Images are added to a large archive while people search it (make bench).

Some clients search without a pause through TAP while images are stored in transactions of 20; how long a
search takes and what the index finds is measured before, meanwhile and afterwards.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Event

from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale.archive import Size, add_images, prepare
from benchmarks.scale.client import Client
from benchmarks.scale.content import Content
from benchmarks.scale.questions import NEAR, TOP
from benchmarks.scale.rows import Maps
from benchmarks.tap import serving
from caomai.console import Bar, progress
from caomai.database import Database, open_database
from caomai.settings import Settings, read_settings
from fingerprinting.model import load_model
from fingerprinting.recall import Trial, measure_recall

AT_A_TIME, ALONE = 20, 50


def search(client: Client, size: Size, number: int) -> float:
    """Search for the images nearest to one, now and then under a condition; gives the seconds."""
    image = f"ivo://archive.test/SCALE?{number * 7919 % size.images:09}/p"
    where = "" if number % 2 else "WHERE f.instrument_name = 'CAM-020'"
    took, lines = client.ask(TOP.format(near=NEAR.format(image=image), where=where))
    if not lines or (number % 2 and len(lines) < 10):  # noqa: PLR2004 -- the query's TOP
        raise RuntimeError(f"{len(lines)} rows for {image} {where}")
    return took


def search_until(ended: Event, address: str, size: Size, first: int) -> list[float]:
    """Search until told to end; what fails is raised."""
    client, took = Client(address), []
    while not ended.is_set():
        took.append(search(client, size, first + len(took)))
    return took


def add(database: Database, size: Size, images: int, bar: Bar) -> float:
    """Add images after those that are there; gives the seconds."""
    content = Content.for_archive(load_model(), size.images, size.seed)
    with database.connect_administrator() as connection:
        row = connection.execute("select max(imageID) from caom2_ai.part_fingerprint").fetchone()
        assert row
        began = time.perf_counter()
        for first in range(row[0], row[0] + images, AT_A_TIME):
            add_images(connection, content, first, min(AT_A_TIME, row[0] + images - first), Maps(1, 2))
            bar.advance(AT_A_TIME)
    return time.perf_counter() - began


def recall(database: Database, settings: Settings) -> str:
    """Measure the recall of the index as it is now."""
    report = measure_recall(database, settings, Trial(queries=100, k=10), Bar("searches"))
    return f"{report.measured[0].recall:.4f} of {report.images:,} images"


def main() -> None:
    """Measure before, meanwhile and afterwards."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--images", type=int, default=20_000)
    options.add_argument("--add", type=int, default=1_000)
    options.add_argument("--clients", type=int, default=2)
    options.add_argument("--folder", help="where the archive is made, and kept")
    options.add_argument("--memory", default="1GB", help="for the server, and for making indexes")
    given = options.parse_args()
    size, console, ended = Size(given.images, 0), Console(width=120), Event()
    with tempfile.TemporaryDirectory(prefix="caom-ai-bench-") as temporary:
        settings = read_settings(data_dir=given.folder or temporary)
        prepare(settings, size, given.memory)
        with open_database(settings) as database, serving(str(settings.data_dir)) as (address, _):
            console.print(f"recall before: {recall(database, settings)}")
            alone = [search(Client(address), size, number) for number in range(ALONE)]
            with ThreadPoolExecutor() as threads, progress(given.add, "Adding", "images") as bar:
                asking = [
                    threads.submit(search_until, ended, address, size, 1000 * n) for n in range(given.clients)
                ]
                try:
                    seconds = add(database, size, given.add, bar)
                finally:
                    ended.set()
                meanwhile = [took for thread in asking for took in thread.result()]
            console.print(
                f"{given.add:,} images in {seconds:.1f} s; searches {1000 * median(alone):.1f} ms alone, "
                f"{1000 * median(meanwhile):.1f} ms meanwhile, {1000 * max(meanwhile):.0f} ms at most; "
                f"{len(meanwhile):,} searches, none failed"
            )
            console.print(f"recall after: {recall(database, settings)}")


if __name__ == "__main__":
    main()
