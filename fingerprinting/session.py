"""The bodies of `caom-ai fingerprint` and `caom-ai fit-fields`: what a worker needs, put together."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from procrastinate.exceptions import ConnectorException

from caomai.console import progress
from caomai.database import Database, open_database, read_queries, translate_errors
from caomai.errors import TransientError, UsageError
from caomai.settings import Settings
from fingerprinting.archive import download_folder
from fingerprinting.changes import follow_changes
from fingerprinting.children import Children
from fingerprinting.describer import SECONDS, Describer
from fingerprinting.image_oddness import refresh_oddness
from fingerprinting.maps import Maps, fit_here, load_maps, refresh, register_maps
from fingerprinting.model import load_model
from fingerprinting.previews.typical import choose_typical
from fingerprinting.queue import Queue
from fingerprinting.succession import show_fields, take_over
from fingerprinting.tally import Tally
from fingerprinting.worker import LOST, STOP_SIGNALS, Worker
from fingerprinting.workshop import Places, Workshop

QUIET: Final = 300.0  # seconds between looks of a watching worker at what changed in CAOM
PATIENCE: Final = 20  # or this many times what the last one took


def fingerprint_archive(
    settings: Settings, processes: int, *, watch: bool, quiet: bool, missing_vectors: bool = False
) -> Tally:
    """Fingerprint all images that need it; with `watch` stay for those that come later.

    With `missing_vectors` also describe those anew whose objects have no vectors, or too few.
    """
    share = read_share(settings) if missing_vectors else None
    model = load_model(settings.model)
    with open_database(settings) as database, translate_errors():
        with closing(database.connect("owner", autocommit=True)) as connection:
            maps = register_maps(connection, model)
            follow_changes(connection, maps)
        with progress(0, "Fingerprinting", "images", quiet=quiet) as bar:
            session = Session(settings, database, maps, Tally(bar), share)
            session.work(processes, watch=watch)
        session.settle()
        with database.connect() as connection:
            queries = read_queries("queue")
            session.tally.others = dict(connection.execute(queries["count_others"]).fetchall())
            waiting = connection.execute(queries["count_waiting"], {"modelHash": model.hash}).fetchone()
            session.tally.waiting, session.tally.next_try = waiting or (0, None)
            names = {"mapID": maps.object_map, "modelHash": model.hash, "share": settings.object_share}
            lacking = connection.execute(queries["count_lacking"], names).fetchone()
            session.tally.lacking = lacking[0] if lacking else 0
    return session.tally


def read_share(settings: Settings) -> float:
    """Read the share of objects that are to have vectors, which must not be none."""
    if not settings.object_share:
        raise UsageError(
            "CAOMAI_OBJECT_SHARE is 0, so no object is to have a vector: set it, for example to 0.02."
        )
    return settings.object_share


def fit_fields_here(settings: Settings, seed: int) -> tuple[Maps, int, bool]:
    """Fit Map 2 on the archive's own fingerprints and show it where people search its object map.

    Gives the maps, the number of images used, and whether people see the map now.
    """
    model = load_model(settings.model)
    with (
        open_database(settings) as database,
        translate_errors(),
        closing(database.connect("owner", autocommit=True)) as connection,
    ):
        maps, images = fit_here(connection, register_maps(connection, model), seed)
        return maps, images, show_fields(connection, maps)


@dataclass
class Session:
    """One run of a worker."""

    settings: Settings
    database: Database
    maps: Maps
    tally: Tally
    share: float | None = None
    settled: int = 0
    next_rest: float = field(default_factory=lambda: time.monotonic() + QUIET)

    def work(self, processes: int, *, watch: bool) -> None:
        """Run the worker until nothing is left or a signal ends it."""
        conninfo, artifacts = self.database.conninfo("ingest"), self.settings.artifacts
        queue = Queue(conninfo, self.maps.object_map, self.maps.model.hash, list(artifacts), self.share)
        with (
            download_folder() as folder,
            Children(processes, self.settings.model, looks=self.settings.object_share) as children,
            Workshop(
                conninfo,
                self.maps,
                children,
                places=Places(artifacts, folder),
                hands=processes + 1,
                thumbnails=self.settings.thumbnails,
            ) as workshop,
        ):
            worker = Worker(queue, workshop, self.tally, processes)
            run = self._run_beside(worker, folder) if watch else worker.run(None)
            handlers = {number: signal.getsignal(number) for number in STOP_SIGNALS}
            try:
                asyncio.run(run)
            except ConnectorException as error:
                raise TransientError(LOST) from error
            finally:
                for number, handler in handlers.items():  # the loop leaves the system's own behind
                    signal.signal(number, handler)

    async def _run_beside(self, worker: Worker, folder: Path) -> None:
        """Stay, and describe uploaded images at once, whatever else there is to do."""
        with Children(1, self.settings.model, seconds=SECONDS) as children:
            conninfo = self.database.conninfo("ingest")
            places, room = Places(self.settings.artifacts, folder), self.settings.picture_bytes
            describer = Describer(conninfo, self.maps.model.hash, children, places, room=room)
            beside = asyncio.create_task(describer.run())
            beside.add_done_callback(lambda _: worker.stop())
            try:
                await worker.run(self.rest)
            finally:
                describer.stop()
                await beside

    def rest(self, *, idle: bool) -> None:
        """Put things in order: once nothing is left to do, and now and then."""
        started = time.monotonic()
        due = started > self.next_rest
        if due:
            with closing(self.database.connect("owner", autocommit=True)) as connection:
                follow_changes(connection, self.maps)
        if due or (idle and self.tally.done != self.settled):
            self.settle()
            ended = time.monotonic()
            self.next_rest = ended + max(QUIET, PATIENCE * (ended - started))

    def settle(self) -> None:
        """Refresh what people see; a map that is complete for the first time becomes the current one."""
        with closing(self.database.connect("owner", autocommit=True)) as connection:
            maps = load_maps(connection, self.maps.model, self.maps.object_map)  # fields may be fitted anew
            if self.settings.take_over and not self.tally.left:
                take_over(connection, maps)
            refresh(connection, maps)
            refresh_oddness(connection, maps)
            choose_typical(connection, maps, str(self.settings.base_url or ""))
        self.settled = self.tally.done
