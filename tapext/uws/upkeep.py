"""What every process does for the jobs of all: destruction that happens, and nothing lost or left behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from caomai.errors import CaomAiError
from tapext.uws.folder import Folder
from tapext.uws.store import JobStore

log = logging.getLogger("caomai.service")


async def repeat(step: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Take a step again and again; a fault of the database or a disk is told once, and ends by itself."""
    told = ""
    while True:
        try:
            await step()
            told = ""
        except (CaomAiError, OSError) as error:
            if told != str(error):
                log.warning("upkeep of jobs: %s", error)
            told = str(error)
        except Exception:
            # Nobody would notice that the loop has ended, but jobs would be kept for ever.
            log.exception("upkeep of jobs failed")
        await asyncio.sleep(seconds)


class Upkeep:
    """Looks after the jobs of some kinds, and after their folders."""

    def __init__(
        self, store: JobStore, find_folder: Callable[[], Awaitable[Folder]], kinds: Sequence[str]
    ) -> None:
        self._store, self._find_folder, self._kinds = store, find_folder, list(kinds)

    async def look(self) -> None:
        """Destroy what is due, queue what is not queued, and sweep what is nobody's."""
        folder = await self._find_folder()
        while due := await self._store.destroy_due():
            await asyncio.to_thread(folder.remove, due)
            log.info("jobs destroyed: jobs=%d", len(due))
        if lost := await self._store.queue_lost(self._kinds):
            log.warning("jobs queued again: jobs=%d", lost)
        if swept := await folder.sweep(self._store.find_known):
            log.warning("folders of unknown jobs removed: folders=%d", swept)
