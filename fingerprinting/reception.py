"""The body of `caom-ai describe-uploads`: a worker for uploaded images and nothing else."""

from __future__ import annotations

import asyncio
import os

from procrastinate.exceptions import ConnectorException

from caomai.database import open_database, translate_errors
from caomai.errors import TransientError
from caomai.settings import Settings
from fingerprinting.archive import download_folder
from fingerprinting.children import Children
from fingerprinting.describer import SECONDS, Describer
from fingerprinting.model import load_model
from fingerprinting.worker import INTERRUPTED, LOST, STOP_SIGNALS
from fingerprinting.workshop import Places


def describe_uploads(settings: Settings, processes: int) -> None:
    """Describe what is uploaded until a signal ends it."""
    model = load_model(settings.model)
    with (
        open_database(settings) as database,
        translate_errors(),
        download_folder() as folder,
        Children(processes, settings.model, seconds=SECONDS) as children,
    ):
        places = Places(settings.artifacts, folder)
        conninfo, room = database.conninfo("ingest"), settings.picture_bytes
        describer = Describer(conninfo, model.hash, children, places, processes, room=room)
        try:
            asyncio.run(_run(describer))
        except ConnectorException as error:
            raise TransientError(LOST) from error


async def _run(describer: Describer) -> None:
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if stopping:
            os._exit(INTERRUPTED)  # as kill -9: the children die with us, others recover our jobs
        stopping = True
        describer.stop()

    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await describer.run()
