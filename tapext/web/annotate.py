"""/annotate: DALI-sync (DALI 1.1 sect. 2.2) for the objects of one image."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tapext.annotating import begin
from tapext.descriptions import Descriptions
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.web.dali import HEADERS, find_base_url, parameters_of, service_of
from tapext.web.patience import Stream


async def objects(request: Request) -> Response:
    """Answer with the objects of an image."""
    service = service_of(request)
    descriptions: Descriptions = request.state.descriptions
    result = await begin(service, descriptions, parameters_of(request), find_base_url(request))
    headers = HEADERS | headers_of(result.media_type)
    if isinstance(result.chunks, FileChunks):
        headers["Content-Length"] = str(result.chunks.size)
    return Stream(result.chunks, result.media_type, service.settings, headers)
