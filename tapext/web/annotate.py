"""/annotate: DALI-sync (DALI 1.1 sect. 2.2) for the objects of one image."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from caomai.annotation import REGION_TYPE
from tapext.annotations import annotate, read_request
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.web.dali import HEADERS, parameters_of, service_of
from tapext.web.patience import Stream

NAMES = {REGION_TYPE: {"Content-Disposition": 'inline; filename="objects.reg"'}}


async def objects(request: Request) -> Response:
    """Answer with the objects of an image."""
    service = service_of(request)
    wanted = read_request(parameters_of(request), service.settings)
    media_type = wanted.wanted.media_type
    chunks = await annotate(service, wanted)
    headers = HEADERS | (NAMES.get(media_type) or headers_of(media_type))
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, media_type, service.settings, headers)
