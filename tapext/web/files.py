"""/files/{artifactID}: the files of an archive that keeps them in folders, for those who may read them."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg.rows import dict_row
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caomai.artifacts import resolve
from caomai.errors import CaomAiError, NotFoundError
from tapext.pools import lend
from tapext.service import Service
from tapext.web.dali import HEADERS, log, service_of
from tapext.web.patience import StoredFile

# No browser takes these for a page of ours.
HARMLESS: Final = ("application/fits", "image/fits", "application/gzip", "application/x-bzip2")
UNKNOWN: Final = "No such file can be read here."


async def file(request: Request) -> Response:
    """Send a file, or the part of it that the client asked for (RFC 9110 sect. 14)."""
    service = service_of(request)
    place, media_type = await find_place(service, request.path_params["artifact"])
    if isinstance(place, str):
        return RedirectResponse(place, 303)
    # A file may be kept, but whether it may still be read must be asked each time.
    headers = HEADERS | {"Cache-Control": "no-cache"}
    return StoredFile(place, service.settings, headers, media_type, place.name)


async def find_place(service: Service, artifact: UUID) -> tuple[Path | str, str]:
    """Find where a file lies and what it is; what is hidden, unknown or lost answers alike."""
    async with lend(service.pool) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(service.queries["find_file"], {"artifactID": artifact})
        row = await cursor.fetchone()
    if row is None:
        raise NotFoundError(UNKNOWN)
    try:
        place = resolve(row["uri"], service.settings.artifacts)
    except CaomAiError as error:
        log.warning("file not served: artifact=%s reason=%s", artifact, error)
        raise NotFoundError(UNKNOWN) from error
    return place, row["contenttype"] if row["contenttype"] in HARMLESS else "application/octet-stream"
