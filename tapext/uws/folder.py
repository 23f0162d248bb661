"""The files of jobs: results, which are there whole or not at all, and what came with the parameters."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import IO, Final, TypeVar

from caomai.errors import UsageError
from tapext.parameters import Parameters
from tapext.spool import tell_full

JOB: Final = re.compile(r"[0-9a-f]{32}")
RESULT: Final = "result"
WARNINGS: Final = ".warnings"
BLOCK: Final = 1 << 20
# A folder this old without a row is nobody's; a younger one may be of a job that is being made.
ORPHAN_SECONDS: Final = 600

T = TypeVar("T")


class Folder:
    """A folder for each job, which nobody but the user of the service may open."""

    def __init__(self, root: Path, place: str) -> None:
        self.root = root
        # Another database, or a copy of this one, may have been given the same folder.
        self.place = root / place

    def path(self, job: str, name: str) -> Path:
        """Say where a file of a job lies."""
        return self.place / job / name

    def make(self, job: str) -> Path:
        """Make the folder of a job."""
        folder = self.place / job
        self.root.parent.mkdir(parents=True, exist_ok=True)
        for path in (self.root, self.place, folder):
            path.mkdir(mode=0o700, exist_ok=True)
        return folder

    def keep_files(self, job: str, parameters: Parameters) -> tuple[dict[str, str], int]:
        """Move the files of a request to a job; gives their new names by part, and their bytes."""
        if not parameters.files:
            return {}, 0
        with tell_full("uploads"):
            kept = parameters.take_files(self.make(job))
        names = {part: path.name for part, path in kept.items()}
        return names, sum(path.stat().st_size for path in kept.values())

    def remove_files(self, job: str, names: Iterable[str]) -> None:
        """Remove some of the files of a job."""
        for name in names:
            self.path(job, name).unlink(missing_ok=True)

    def remove(self, jobs: Iterable[str]) -> None:
        """Remove all files of jobs."""
        for job in jobs:
            shutil.rmtree(self.place / job, ignore_errors=True)

    async def write(
        self, job: str, name: str, chunks: AsyncGenerator[bytes], most: int, warnings: Sequence[str] = ()
    ) -> int:
        """Write a result of at most `most` bytes, which has its name when it is complete; gives its size.

        Warnings, a line each, lie beside it.
        """
        folder = await _settle(self._clear, job)
        part = folder / f".{name}"
        try:
            with tell_full("results"):
                async with aclosing(chunks):
                    with part.open("xb", buffering=0) as file:
                        size = await _copy(chunks, file, most)
                if warnings:
                    await _settle((folder / f"{name}{WARNINGS}").write_text, "\n".join(warnings))
                await _settle(_publish, part, folder / name)
        finally:
            part.unlink(missing_ok=True)
        return size

    def read_warnings(self, job: str, name: str) -> list[str]:
        """Give what those who take a result should know."""
        with suppress(FileNotFoundError):
            return self.path(job, f"{name}{WARNINGS}").read_text().splitlines()
        return []

    def _clear(self, job: str) -> Path:
        """Make the folder of a job, without what a lost process has left there."""
        folder = self.make(job)
        for path in (*folder.glob(f"{RESULT}-*"), *folder.glob(f".{RESULT}-*")):
            path.unlink(missing_ok=True)
        return folder

    async def sweep(self, find_known: Callable[[list[str]], Awaitable[set[str]]]) -> int:
        """Remove the folders of jobs that are gone; gives their number."""
        old = await asyncio.to_thread(self._find_old)
        lost = sorted(set(old) - await find_known(old)) if old else []
        await asyncio.to_thread(self.remove, lost)
        return len(lost)

    def _find_old(self) -> list[str]:
        if not self.place.is_dir():
            return []
        limit = time.time() - ORPHAN_SECONDS
        with os.scandir(self.place) as entries:
            return [
                entry.name
                for entry in entries
                if JOB.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_mtime < limit
            ]


def list_names(result: str) -> list[str]:
    """List the files that a result may consist of."""
    return [result, f"{result}{WARNINGS}"]


async def _copy(chunks: AsyncGenerator[bytes], file: IO[bytes], most: int) -> int:
    size, block = 0, bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise UsageError(
                f"The result is larger than the {most:,} bytes that there are for it: ask for fewer rows or "
                "columns, or delete jobs that you no longer need."
            )
        block += chunk
        if len(block) >= BLOCK:
            await _settle(_write, file, block)
            block = bytearray()
    await _settle(_write, file, block)
    return size


def _write(file: IO[bytes], block: bytearray) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


def _publish(part: Path, path: Path) -> None:
    """Give a complete file its name, such that it is there after a loss of power too."""
    _sync(part)
    part.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _settle(function: Callable[..., T], *arguments: object) -> T:
    """Run a function in a thread, and never go on, cancelled or not, before it has ended."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise
