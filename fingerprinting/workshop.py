"""What a worker does with one image: fetch the file, have it described in a child process, store the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from psycopg_pool import ConnectionPool

from caomai.errors import CaomAiError, NotAnImageError
from caomai.previews import ask_thumbnail
from fingerprinting.archive import fetch
from fingerprinting.children import Children
from fingerprinting.description import PartDescription
from fingerprinting.maps import Maps
from fingerprinting.store import Artifact, Refusal, store, store_failure

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What became of one image; `stored` is False where another worker had stored it."""

    stored: bool = False
    megapixels: float = 0.0
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Places:
    """Where files are: by scheme of artifact URIs, and the folder for those that must be downloaded."""

    artifacts: Mapping[str, str]
    downloads: Path


class Workshop:
    """The tools of one worker: child processes for pixels, threads for files and rows."""

    def __init__(
        self,
        conninfo: str,
        maps: Maps,
        children: Children,
        *,
        places: Places,
        hands: int,
        thumbnails: bool = False,
    ) -> None:
        self._maps, self._children, self._places = maps, children, places
        self._view = ask_thumbnail() if thumbnails else None
        self._threads = ThreadPoolExecutor(hands, "image")
        self._connections = ConnectionPool(
            conninfo, min_size=1, max_size=hands, kwargs={"prepare_threshold": None}, open=False
        )

    def __enter__(self) -> Self:
        self._connections.open(wait=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        self._connections.close()

    async def fingerprint(self, artifact: Artifact) -> Outcome:
        """Make the rows of one image, or record the reason why it has none."""
        try:
            parts = await self._describe(artifact)
        except CaomAiError as error:
            return await self.refuse(artifact, error)
        stored = await self._run(self._store, artifact, parts)
        return Outcome(stored, sum(part.shape[0] * part.shape[1] for part in parts) / 1e6)

    async def refuse(self, artifact: Artifact, error: Exception) -> Outcome:
        """Record why an image has no fingerprint."""
        return Outcome(refusal=await self._run(self._store_failure, artifact, error))

    async def _describe(self, artifact: Artifact) -> list[PartDescription]:
        if artifact.selection == ():
            raise NotAnImageError("The archive calls none of its parts science or calibration.")
        places = self._places
        opened = fetch(artifact.uri, artifact.checksum, places.artifacts, places.downloads)
        path = await self._run(opened.__enter__)
        try:
            return await asyncio.wrap_future(self._children.submit(path, artifact.selection, self._view))
        finally:
            await self._run(opened.__exit__, None, None, None)

    def _store(self, artifact: Artifact, parts: list[PartDescription]) -> bool:
        with self._connections.connection() as connection:
            return store(connection, artifact, parts, self._maps)

    def _store_failure(self, artifact: Artifact, error: Exception) -> Refusal:
        with self._connections.connection() as connection:
            return store_failure(connection, artifact, error, self._maps)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        call = asyncio.get_running_loop().run_in_executor
        return await call(self._threads, lambda: function(*args, **kwargs))
