"""The objects of an image, at once or as a job of /annotate/async (UWS 1.1)."""

from __future__ import annotations

from caomai.errors import ParameterError
from tapext.annotated import annotate_upload, draw_archived
from tapext.annotations import PICTURE, annotate, read_request
from tapext.descriptions import Descriptions
from tapext.parameters import Parameters
from tapext.pools import Pool
from tapext.service import Service
from tapext.similar.images import find_images
from tapext.uws.work import Result


class AnnotateWork:
    """Annotations on connections that are not those of /annotate, so that neither waits for the other."""

    kind = "annotate"
    path = "annotate/async"

    def __init__(self, service: Service, pool: Pool, descriptions: Descriptions) -> None:
        self._service, self._pool, self._descriptions = service, pool, descriptions

    async def begin(self, parameters: Parameters, base_url: str) -> Result:
        """Begin to annotate the image of a job."""
        return await begin(self._service, self._descriptions, parameters, base_url, self._pool, whole=True)


async def begin(
    service: Service,
    descriptions: Descriptions,
    parameters: Parameters,
    base_url: str,
    pool: Pool | None = None,
    *,
    whole: bool = False,
) -> Result:
    """Read what is wanted and begin to answer; `whole` as of tapext.similar.search.answer."""
    images = find_images(parameters)
    if len(images) > 1:
        raise ParameterError("One image can be annotated at a time.")
    request = read_request(parameters, service.settings, base_url, uploaded=bool(images))
    media_type = request.wanted.media_type
    if images:
        return Result(await annotate_upload(service, descriptions, request, images[0]), media_type)
    if request.wanted.format is PICTURE:
        return Result(await draw_archived(service, descriptions, request), media_type)
    return Result(await annotate(service, request, pool or service.pool, whole=whole), media_type)
