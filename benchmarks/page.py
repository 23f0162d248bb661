"""The web page over a large archive, in a real browser: first content, and clicks on Map 1 (make bench).

    python benchmarks/page.py --images 100000 --folder /data/scale

makes the archive once in the folder and keeps it; without a folder it is made small and thrown away. A click
is drawn when the next frame after the node's new state is out; its results have followed when the rows in
sight and the heat of Map 2 are those of the new query; all rows are 30,000 at most. Chromium runs on the
same machine.
"""

# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.scale.archive import Size, prepare
from benchmarks.tap import serving
from caomai.console import progress
from caomai.database import open_database
from caomai.settings import Settings, read_settings

GOALS = {"first content": 1000.0, "click drawn": 100.0, "results follow": 500.0}
NODES = (45, 144, 210, 301, 377, 12, 88, 256)
WIDE = {"width": 1280, "height": 800}
# As functions: an expression would be evaluated on the page, whose policy forbids that.
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
LOADED = """
    () => document.querySelectorAll('object-map [data-node]').length === 400
    && document.querySelectorAll('.grid-body .grid-row').length > 0
    && !document.querySelector('.grid-view[data-stale]')
    && !!document.querySelector('field-map [data-level="9"]')
"""
# Watches what a press on a node of Map 1 changes; gives times since the press, in ms, once all has changed.
WATCH = """
node => {
    const cell = document.querySelector(`object-map [data-node="${node}"]`);
    const fields = () => [...document.querySelectorAll('field-map [data-node]')];
    const heat = () => fields().map(one => one.ariaLabel).join();
    const count = () => document.querySelector('.found-bar .count')?.textContent;
    const before = {state: cell.dataset.state, heat: heat(), count: count()};
    window.taken = new Promise(resolve => addEventListener('pointerdown', ({timeStamp}) => {
        const times = {};
        const note = (name, is) => { if (is) times[name] ??= performance.now() - timeStamp; };
        const look = () => {
            note('drawn', look.changed);
            look.changed = cell.dataset.state !== before.state;
            const isBusy = document.querySelector('.grid-view')?.matches('[data-stale]') ?? true;
            look.waited ||= isBusy || count() !== before.count;
            note('rows', look.waited && !isBusy);
            note('whole', 'rows' in times && count().startsWith('Showing'));
            note('heat', heat() !== before.heat);
            if (Object.keys(times).length === 4) resolve(times);
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, {capture: true, once: true}));
}
"""


def make(settings: Settings, images: int, memory: str) -> None:
    """Make the archive unless it is there, its nodes counted."""
    prepare(settings, Size(images, 0), memory)
    with open_database(settings) as database, database.connect("ingest") as connection:
        connection.execute("select caom2_ai.refresh_nodes()")


def open_page(page: Page, address: str) -> dict[str, float]:
    """Open the page; gives ms until there is something to see, and until table and maps are there."""
    page.goto(f"http://{address}/")
    page.wait_for_function(LOADED, timeout=120_000, polling="raf")
    whole = page.evaluate("() => performance.now()")
    return {"first content": page.evaluate(PAINTED), "table and maps": whole}


def click(page: Page, node: int) -> dict[str, float]:
    """Click a node of Map 1; gives ms until it is drawn, and until its results have followed."""
    page.evaluate(WATCH, node)
    page.locator(f'object-map [data-node="{node}"]').click()
    taken = page.evaluate("() => window.taken")
    return {
        "click drawn": taken["drawn"],
        "results follow": max(taken["rows"], taken["heat"]),
        "all rows": taken["whole"],
    }


def measure(address: str, rounds: int) -> dict[str, list[float]]:
    """Open the page and include a node, then exclude it, again and again."""
    taken: dict[str, list[float]] = {}
    with sync_playwright() as playwright, progress(rounds, "Clicking", "rounds") as bar:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for number in range(-1, rounds):
            page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
            page.set_default_timeout(120_000)
            node = NODES[number % len(NODES)]
            times = [open_page(page, address), click(page, node), click(page, node)]
            for one in times if number >= 0 else ():  # the first round warms up
                for name, milliseconds in one.items():
                    taken.setdefault(name, []).append(milliseconds)
            page.close()
            bar.advance(number >= 0)
        browser.close()
    return taken


def show(taken: dict[str, list[float]], images: int) -> Table:
    """Show best and median beside the goals."""
    load = os.getloadavg()[0]
    table = Table("", "best ms", "median ms", "goal", title=f"{images:,} images; load {load:.0f}")
    for name, values in taken.items():
        goal = GOALS.get(name)
        missed = goal is not None and median(values) > goal
        table.add_row(
            name,
            f"{min(values):.0f}",
            f"{median(values):.0f}{' missed' if missed else ''}",
            "" if goal is None else f"{goal:.0f}",
        )
    return table


def main() -> None:
    """Make the archive, serve it, use the page, and show."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--images", type=int, default=10_000)
    options.add_argument("--folder", help="where the archive is made, and kept")
    options.add_argument("--memory", default="1GB", help="for making indexes")
    options.add_argument("--rounds", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="caom-ai-bench-") as temporary:
        folder = given.folder or temporary
        make(read_settings(data_dir=folder), given.images, given.memory)
        with serving(folder) as (address, _):
            taken = measure(address, given.rounds)
    Console(width=100).print(show(taken, given.images))


if __name__ == "__main__":
    main()
