"""The demonstration: sample images to answers over TAP and DataLink, by the same commands a user types."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from numpy import floating
from numpy.ma import is_masked
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from caomai.database import open_database
from caomai.errors import CaomAiError, ParameterError, UsageError
from caomai.samples import copy_samples
from caomai.settings import Settings

FRAMES = 128
START_SECONDS = 30
REFUSED_SOME = 3
REFUSED_ALL = 1
FOREIGN = {"CAOMAI_DATABASE_URL", "CAOMAI_QUERY_DATABASE_URL"}  # sample images belong in no archive

NEAREST = """\
SELECT TOP 6 f.publisherID, o.target_name, o.instrument_name, f.nObjects,
       caomai_distance(f.vector, caomai_vector('{publisher_id}')) AS dist
FROM caom2_ai.fingerprint AS f
JOIN caom2.Observation AS o ON o.obsID = f.obsID
WHERE f.nObjects >= 10
ORDER BY dist"""


@dataclass(frozen=True)
class Demo:
    """Where the demonstration keeps its images and its database, and how it talks."""

    settings: Settings
    console: Console

    @property
    def images(self) -> Path:
        """Give the folder of the sample images."""
        return self.settings.data_dir / "images"

    def run(self, title: str, *arguments: str | Path, collection: str = "SIM") -> None:
        """Run one command of caom-ai and show it; images that it refuses do not end the demonstration."""
        self.console.rule(f"[bold]{title}", align="left")
        self.console.print(f"[dim]$ caom-ai {escape(' '.join(map(str, arguments)))}", soft_wrap=True)
        code = subprocess.run(command(*arguments), env=self.environment(collection), check=False).returncode  # noqa: S603
        if code not in (0, REFUSED_SOME) and not (code == REFUSED_ALL and arguments[0] == "ingest"):
            raise CaomAiError(
                f"The demonstration ended at '{title}' (exit code {code}); its reason is above."
            )

    def environment(self, collection: str) -> dict[str, str]:
        """Give the commands the demonstration's database and short identifiers made from file names."""
        others = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return others | {
            "CAOMAI_DATA_DIR": str(self.settings.data_dir),
            "CAOMAI_COLLECTION": collection,
            "CAOMAI_OBSERVATION_ID": "{stem}",
            "CAOMAI_OBJECT_SHARE": "0.2",  # so few images are soon indexed
        }


def command(*arguments: str | Path) -> list[str]:
    """Give the command line of caom-ai in this very installation."""
    return [sys.executable, "-m", "caomai", *map(str, arguments)]


def demonstrate(settings: Settings, *, data: Path | None, port: int, once: bool) -> None:
    """Ingest, fingerprint, serve and ask; keep serving until Ctrl-C unless `once`."""
    if data is not None and not data.exists():
        raise ParameterError(f"There is no folder {data}; give --data a folder of FITS files.")
    port = claim_port(port)
    settings = settings.model_copy(update={"database_url": None, "query_database_url": None})
    demo = Demo(settings, Console())
    begin = time.monotonic()
    # One user of the embedded database for the whole demonstration, so that no step has to start it again.
    with open_database(settings):
        prepare(demo, data)
        with serving(demo, port) as url:
            ask(demo, url)
            demo.console.print(f"\n[dim]Everything above took {time.monotonic() - begin:.0f} s.")
            if not once:
                wait_for_interrupt(demo, url)


def prepare(demo: Demo, data: Path | None) -> None:
    """Make the sample images, and bring all images into the database with their fingerprints."""
    simulated, real = demo.images / "SIM", demo.images / "SAMPLE"
    demo.run("Simulate frames", "simulate", simulated, "--frames", str(FRAMES))
    demo.run("Ingest the simulated frames", "ingest", simulated)
    if copy_samples(real):
        demo.run("Ingest real images of Python packages", "ingest", real, collection="SAMPLE")
    if data is not None:
        demo.run("Ingest your images", "ingest", data.absolute(), collection="MINE")
    demo.run("Fingerprint all images", "fingerprint", "-n", "2")
    demo.run("Draw what stands for the nodes of the maps", "pictures", "-n", "2")


@contextmanager
def serving(demo: Demo, port: int) -> Iterator[str]:
    """Serve in a process of its own while the block runs; gives the address of the service."""
    url = f"http://127.0.0.1:{port}"
    demo.console.rule("[bold]Serve", align="left")
    arguments = ("serve", "--host", "127.0.0.1", "--port", str(port))
    demo.console.print(f"[dim]$ caom-ai {' '.join(arguments)}")
    service = subprocess.Popen(command(*arguments), env=demo.environment("SIM"))  # noqa: S603
    try:
        wait_for_service(service, port)
        yield url
    finally:
        service.terminate()
        service.wait()


def claim_port(port: int) -> int:
    """Check that nobody listens on a port; 0 asks the system for a free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ParameterError(f"Port {port} is not free; choose another with --port.") from error
        return int(probe.getsockname()[1])


def wait_for_service(service: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the service answers, or say that it did not start."""
    for _ in range(START_SECONDS * 10):
        if service.poll() is not None:
            raise CaomAiError("The service did not start; its reason is above.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise CaomAiError(f"The service did not answer within {START_SECONDS} s.")


def ask(demo: Demo, url: str) -> None:
    """Ask one content query and one DataLink request over HTTP with pyvo, as any client would."""
    try:
        from pyvo.dal import TAPService  # noqa: PLC0415 - a client of the demonstration only
    except ImportError as error:
        raise UsageError(
            "The demonstration asks with pyvo: install it by pip install 'caom-ai[client]'."
        ) from error
    publisher_id = f"ivo://{demo.settings.authority}/SIM?crowded-01/crowded-01"
    query = NEAREST.format(publisher_id=publisher_id)
    demo.console.rule("[bold]ADQL: the images most like crowded-01", align="left")
    demo.console.print(escape(query), style="cyan", soft_wrap=True)
    answer = TAPService(f"{url}/tap").search(query)
    show(demo.console, answer.to_table())
    demo.console.rule("[bold]DataLink: similar images of the first row", align="left")
    demo.console.print(
        f"{url}/datalink/links?ID={quote(publisher_id, safe='')}", style="cyan", soft_wrap=True
    )
    links = next(iter(answer.iter_datalinks())).to_table()
    similar = links[[str(semantics).startswith("http") for semantics in links["semantics"]]]
    similar.sort("rank")  # pyvo mixes the rows of one image when it asks for several at once
    show(demo.console, similar[["rank", "distance", "description"]][:6])


def show(console: Console, rows: Any) -> None:
    """Print an astropy table with the column names that the service gave."""
    if not len(rows):
        raise CaomAiError("The service answered without a row; nothing was fingerprinted.")
    table = Table(*(Column(name, overflow="fold") for name in rows.colnames))
    for row in rows:
        table.add_row(*(write_cell(row[name]) for name in rows.colnames))
    console.print(table)


def write_cell(value: Any) -> str:
    """Write one value of a row; NULL is an empty cell."""
    if isinstance(value, float | floating):
        return f"{value:.4f}"
    return "" if is_masked(value) else escape(str(value))


def wait_for_interrupt(demo: Demo, url: str) -> None:
    """Keep serving until Ctrl-C."""
    demo.console.print(
        f"\n[bold]{url}/tap[/bold] is for TOPCAT and pyvo, {url}/ for a browser. Ctrl-C ends it."
    )
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        demo.console.print("Stopped.")
