"""What PostgreSQL tells by NOTIFY: one listening connection a process, however many wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from caomai.errors import CaomAiError

PHASES: Final = "caom2_ai_uws"
ALIVE_SECONDS: Final = 30
AGAIN_SECONDS: Final = 1

log = logging.getLogger("caomai.service")


class Heed(Protocol):
    """What is called with each notice of a channel."""

    def __call__(self, *, channel: str, payload: str) -> Awaitable[None]:
        """Take a notice."""


class Notices:
    """Tells those who wait for a job that its phase has changed, or may have.

    On the channel `phases` each notice begins with the identifier of what has changed.
    """

    def __init__(self, conninfo: Callable[[], str], channels: Iterable[str], phases: str = PHASES) -> None:
        self._conninfo, self._phases = conninfo, phases
        self._channels = (phases, *channels)
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._heeds: dict[str, Heed] = {}

    @contextmanager
    def watch(self, job: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever the phase of a job changes."""
        event = asyncio.Event()
        self._waiting.setdefault(job, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[job].discard(event)
            if not self._waiting[job]:
                del self._waiting[job]

    def heed(self, channel: str, heed: Heed) -> None:
        """Have a function called with each notice of a channel."""
        assert channel in self._channels
        self._heeds[channel] = heed

    async def listen(self) -> None:
        """Listen for ever; a connection that is lost is made anew, and all who wait look for themselves."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, CaomAiError) as error:
                log.warning("notices of the database are not heard: %s", str(error).strip())
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        async with await AsyncConnection.connect(self._conninfo(), autocommit=True) as connection:
            for channel in self._channels:
                await connection.execute(SQL("listen {}").format(Identifier(channel)))
            self._wake_all()
            while True:
                async for notice in connection.notifies(timeout=ALIVE_SECONDS):
                    await self._tell(notice.channel, notice.payload)
                await connection.execute("select 1")

    def _wake_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()

    async def _tell(self, channel: str, payload: str) -> None:
        if channel in self._heeds:
            await self._heeds[channel](channel=channel, payload=payload)
        if channel == self._phases:
            for event in self._waiting.get(payload.partition(" ")[0], ()):
                event.set()
