"""The worker beside the service, which describes uploaded images: one process, begun again when it ends."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from caomai.settings import Settings
from tapext.processes import end_processes, fork, run_processes

COMMAND: Final = (sys.executable, "-P", "-m", "caomai", "describe-uploads")


@contextmanager
def working_beside(settings: Settings, listener: socket.socket) -> Iterator[None]:
    """Keep a worker at work while the block runs; it ends with this process, however that ends.

    A process of its own looks after it, so that this one, which answers requests, need not.
    """

    def look_after() -> None:
        listener.close()
        run_processes(1, lambda: become_worker(settings), "worker of descriptions")

    keeper = fork(look_after)
    try:
        yield
    finally:
        end_processes({keeper})


def become_worker(settings: Settings) -> NoReturn:
    """Replace this process by a worker of the same database and model."""
    places = {
        "CAOMAI_DATABASE_URL": settings.database_url,
        "CAOMAI_DATA_DIR": settings.data_dir,
        "CAOMAI_MODEL": settings.model,
    }
    given = {name: str(value) for name, value in places.items() if value is not None}
    os.execve(COMMAND[0], COMMAND, os.environ | given)  # noqa: S606 -- our own interpreter and module
