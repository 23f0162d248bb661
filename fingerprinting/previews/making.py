"""Pictures of the archive that somebody waits for: drawn in a child process, and kept in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final
from uuid import UUID

from psycopg.rows import DictRow

from caomai.errors import CaomAiError, ImageError, TransientError, UnusableImageError
from caomai.previews import FAILURE_SECONDS, Drawn, View, Wish, ask_stamp, ask_thumbnail, keep_png
from fingerprinting.annotation.archived import FULL, open_archived
from fingerprinting.archive import fetch
from fingerprinting.children import Children
from fingerprinting.previews.sprite import draw_sprite
from fingerprinting.workshop import Places

BRIEF_SECONDS: Final = 30.0  # that a reason holds which is over soon
NOTHING: Final = 404  # HTTP status of a picture that does not exist
MAP: Final = View("", "map")

Execute = Callable[[str, Mapping[str, object], str], Awaitable[list[DictRow]]]
File = tuple[UUID, str]  # planeID and artifact URI


class Studio:
    """Makes pictures and keeps them."""

    def __init__(self, execute: Execute, children: Children, places: Places) -> None:
        self._execute, self._children, self._places = execute, children, places

    async def make(self, wish: Wish, *, deadly: bool) -> None:
        """Make what somebody waits for."""
        if wish.map_id is not None:
            await self.make_map(wish.map_id)
        elif wish.uri is not None and wish.plane is not None:
            await self.draw((UUID(wish.plane), wish.uri), [wish.view], deadly=deadly)

    async def make_map(self, map_id: int) -> None:
        """Make the picture of a whole map, of what anybody may see now."""
        cells = await self._execute("list_cells", {"mapID": map_id}, "previews")
        if not cells:
            return
        for file, views in group_views(cells).items():
            await self.draw_missing(file, views)
        pictures = {cell["node"]: png for cell in cells if (png := await self._find(cell)) is not None}
        grid = cells[0]["gridwidth"], cells[0]["gridheight"]
        png = await asyncio.to_thread(draw_sprite, pictures, *grid)
        kept = keep_png(MAP, png) | {"uri": f"map:{map_id}", "contentChecksum": cells[0]["checksum"]}
        await self._execute("keep", kept, "previews")

    async def draw_missing(self, file: File, views: Sequence[View]) -> None:
        """Draw those of some pictures of a file that are not kept."""
        kept = await self._list_kept(file, views)
        missing = [view for view in views if (view.part, view.variant) not in kept]
        if missing:
            await self.draw(file, missing, deadly=False)

    async def _list_kept(self, file: File, views: Iterable[View]) -> dict[tuple[str, str], bytes | None]:
        names = {"planeID": file[0], "uri": file[1], "variants": [view.variant for view in views]}
        rows = await self._execute("list_kept", names, "previews")
        return {(row["part"], row["variant"]): row["png"] for row in rows}

    async def _find(self, cell: DictRow) -> bytes | None:
        view = ask_view(cell)
        kept = await self._list_kept((cell["planeid"], cell["uri"]), [view])
        return kept.get((view.part, view.variant))

    async def draw(self, file: File, views: Sequence[View], *, deadly: bool) -> None:
        """Draw pictures of a file, if anybody may see it, or write down why there are none."""
        found = await self._execute("find_source", {"planeID": file[0], "uri": file[1]}, "previews")
        if not found:
            return
        facts = {"uri": file[1], "contentChecksum": found[0]["contentchecksum"]}
        drawn = await self._try(views, found[0], deadly=deadly)
        for view, one in zip(views, drawn, strict=True):
            kept = keep_png(view, one) if isinstance(one, bytes) else explain(view, one)
            await self._execute("keep", facts | kept, "previews")

    async def _try(
        self, views: Sequence[View], source: DictRow, *, deadly: bool
    ) -> Sequence[bytes | CaomAiError]:
        """Give each picture, or why there is none."""
        try:
            if deadly:
                raise UnusableImageError("Several processes died while they drew this image.")
            return await self._draw(views, source)
        except CaomAiError as error:
            return [error] * len(views)
        except OSError as error:
            if error.errno not in FULL:
                raise
            return [TransientError("The disk for downloads is full; try again later.")] * len(views)

    async def _draw(self, views: Sequence[View], source: DictRow) -> list[Drawn]:
        places = self._places
        with ExitStack() as stack:
            place = fetch(source["uri"], source["contentchecksum"], places.artifacts, places.downloads)
            path = await open_archived(stack, place)
            return await asyncio.wrap_future(self._children.submit_views(path, views))


def ask_view(row: DictRow) -> View:
    """Ask for what stands for a node: an object, or an image where there is no place."""
    if row["x"] is None:
        return ask_thumbnail()
    return ask_stamp(row["part"], row["x"], row["y"], row["a"])


def group_views(rows: Iterable[DictRow]) -> dict[File, list[View]]:
    """Group what stands for nodes by files, each of which is opened once."""
    groups: dict[File, list[View]] = {}
    for row in rows:
        if row["uri"] is not None:
            groups.setdefault((row["planeid"], row["uri"]), []).append(ask_view(row))
    return groups


def explain(view: View, error: CaomAiError) -> dict[str, Any]:
    """Give what is kept of a picture that cannot be made: for how long depends on whose fault it is."""
    seconds: float | None = None if isinstance(error, ImageError) else FAILURE_SECONDS
    status = NOTHING
    if isinstance(error, TransientError):
        seconds, status = BRIEF_SECONDS, error.status
    reason = str(error).replace("\0", "")
    kept = {"png": None, "reason": reason, "status": status, "seconds": seconds}
    return {"part": view.part, "variant": view.variant, **kept}
