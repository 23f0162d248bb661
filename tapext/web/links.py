"""/datalink/links (DataLink 1.1 sect. 2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from caomai.errors import ParameterError
from tapext.datalink import MEDIA_TYPE
from tapext.formats.registry import DEFAULT, find_format
from tapext.links import write_links
from tapext.web.dali import cache_headers, find_base_url, parameters_of, service_of
from tapext.web.patience import Stream


async def links(request: Request) -> Response:
    """Answer with the links of every ID, in the order of the IDs."""
    parameters = parameters_of(request)
    wanted = find_format(parameters.one("RESPONSEFORMAT"))
    if wanted.format.writer is not DEFAULT.writer:
        raise ParameterError("Links are given as votable (TABLEDATA) only.")
    ids = [text for text in parameters.all("ID") if text.strip()]
    service = service_of(request)
    chunks = await write_links(service, ids, find_base_url(request))
    kind = wanted.media_type.partition(";")[0]
    media_type = MEDIA_TYPE if MEDIA_TYPE.startswith(kind) else f"{kind};content=datalink"
    return Stream(chunks, media_type, service.settings, cache_headers(request))
