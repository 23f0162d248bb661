"""/annotate: DALI-sync (DALI 1.1 sect. 2.2) for the objects of one image."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from caomai.annotation import REGION_TYPE
from caomai.errors import ParameterError
from tapext.annotated import annotate_upload, draw_archived
from tapext.annotations import PICTURE, annotate, read_request
from tapext.annotations import Request as Asked
from tapext.descriptions import Descriptions
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.service import Service
from tapext.similar.images import Image, find_images
from tapext.web.dali import HEADERS, parameters_of, service_of
from tapext.web.patience import Stream

NAMES: Final = {
    REGION_TYPE: {"Content-Disposition": 'inline; filename="objects.reg"'},
    PICTURE.media_type: {"Content-Disposition": 'inline; filename="objects.png"'},
}


async def objects(request: Request) -> Response:
    """Answer with the objects of an image."""
    service, parameters = service_of(request), parameters_of(request)
    images = find_images(parameters)
    if len(images) > 1:
        raise ParameterError("One image can be annotated at a time.")
    asked = read_request(parameters, service.settings, uploaded=bool(images))
    media_type = asked.wanted.media_type
    chunks = await _answer(service, request.state.descriptions, asked, images)
    headers = HEADERS | (NAMES.get(media_type) or headers_of(media_type))
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, media_type, service.settings, headers)


async def _answer(
    service: Service, descriptions: Descriptions, asked: Asked, images: tuple[Image, ...]
) -> AsyncGenerator[bytes]:
    if images:
        return await annotate_upload(service, descriptions, asked, images[0])
    if asked.wanted.format is PICTURE:
        return await draw_archived(service, descriptions, asked)
    return await annotate(service, asked)
