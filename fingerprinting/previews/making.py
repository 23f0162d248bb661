"""Pictures of the archive that somebody waits for: drawn in a child process, and kept in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final

from psycopg.rows import DictRow

from caomai.errors import CaomAiError, ImageError, TransientError, UnusableImageError
from caomai.previews import FAILURE_SECONDS, View, Wish, keep_png
from fingerprinting.annotation.archived import FULL, open_archived
from fingerprinting.archive import fetch
from fingerprinting.children import Children
from fingerprinting.workshop import Places

BRIEF_SECONDS: Final = 30.0  # that a reason holds which is over soon
NOTHING: Final = 404  # HTTP status of a picture that does not exist

Execute = Callable[[str, Mapping[str, object], str], Awaitable[list[DictRow]]]


class Studio:
    """Makes pictures and keeps them."""

    def __init__(self, execute: Execute, children: Children, places: Places) -> None:
        self._execute, self._children, self._places = execute, children, places

    async def make(self, wish: Wish, *, deadly: bool) -> None:
        """Make a picture of a file, if anybody may see it, or write down why there is none."""
        found = await self._execute("find_source", {"planeID": wish.plane, "uri": wish.uri}, "previews")
        if found:
            kept = await self._try(wish, found[0], deadly=deadly)
            facts = {"uri": wish.uri, "contentChecksum": found[0]["contentchecksum"]}
            await self._execute("keep", facts | kept, "previews")

    async def _try(self, wish: Wish, source: DictRow, *, deadly: bool) -> dict[str, Any]:
        try:
            if deadly:
                raise UnusableImageError("Several processes died while they drew this image.")
            return keep_png(wish.view, await self._draw(wish, source))
        except CaomAiError as error:
            return explain(wish.view, error)
        except OSError as error:
            if error.errno not in FULL:
                raise
            return explain(wish.view, TransientError("The disk for downloads is full; try again later."))

    async def _draw(self, wish: Wish, source: DictRow) -> bytes:
        places = self._places
        with ExitStack() as stack:
            place = fetch(source["uri"], source["contentchecksum"], places.artifacts, places.downloads)
            path = await open_archived(stack, place)
            (drawn,) = await asyncio.wrap_future(self._children.submit_views(path, [wish.view]))
        if isinstance(drawn, ImageError):
            raise drawn
        return drawn


def explain(view: View, error: CaomAiError) -> dict[str, Any]:
    """Give what is kept of a picture that cannot be made: for how long depends on whose fault it is."""
    seconds: float | None = None if isinstance(error, ImageError) else FAILURE_SECONDS
    status = NOTHING
    if isinstance(error, TransientError):
        seconds, status = BRIEF_SECONDS, error.status
    reason = str(error).replace("\0", "")
    kept = {"png": None, "reason": reason, "status": status, "seconds": seconds}
    return {"part": view.part, "variant": view.variant, **kept}
