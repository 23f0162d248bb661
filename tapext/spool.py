"""Private folders for the files of a request, gone with the request or with the process."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from caomai.errors import TransientError

PREFIX: Final = "caom-ai-upload-"
YOUNG_SECONDS: Final = 60
FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def tell_full(content: str) -> Iterator[None]:
    """Say so when the disk for something is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise TransientError(f"The disk of {content} is full; try again later.") from error


class Spool:
    """A folder that is made when it is needed; its lock tells that its process lives."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock = -1

    @property
    def folder(self) -> Path:
        """Give the folder, made at the first use."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._lock = os.open(self._folder, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self._folder

    @property
    def is_made(self) -> bool:
        """Tell whether there is a folder."""
        return self._folder is not None

    def remove(self) -> None:
        """Remove the folder with all that is left in it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = None


def remove_abandoned() -> None:
    """Remove the folders of processes that were killed; the lock of a living one cannot be taken."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            _remove_unlocked(folder)


def _remove_unlocked(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        # Between the making of a folder and its lock there is a moment.
        if time.time() - os.fstat(descriptor).st_mtime > YOUNG_SECONDS:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
