"""/tap/capabilities, /tap/tables and /tap/availability (VOSI 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from caomai.errors import CaomAiError, NotFoundError
from tapext.adql.spelling import nearest
from tapext.vosi import documents
from tapext.vosi.capabilities import write_capabilities
from tapext.web.dali import HEADERS, cache_headers, find_base_url, parameters_of, service_of

WITHOUT_MAPS: Final = "No map is current: queries about content find nothing until images are fingerprinted."


def _xml(document: str, headers: Mapping[str, str] = HEADERS) -> Response:
    return Response(document.encode(), headers=headers, media_type="text/xml")


async def capabilities(request: Request) -> Response:
    """Tell what the service can do."""
    service = service_of(request)
    knowledge = await service.know()
    return _xml(
        write_capabilities(knowledge.catalogue, service.settings, find_base_url(request)),
        cache_headers(request),
    )


async def tables(request: Request) -> Response:
    """Tell what can be asked for."""
    knowledge = await service_of(request).know()
    return _xml(
        documents.write_tables(knowledge.catalogue, parameters_of(request).one("DETAIL")),
        cache_headers(request),
    )


async def table(request: Request) -> Response:
    """Tell what one table holds."""
    catalogue = (await service_of(request).know()).catalogue
    name = request.path_params["name"]
    for known in catalogue.tables:
        if known.name.lower() == name.lower():
            return _xml(documents.write_table(known, catalogue), cache_headers(request))
    near = nearest(name, (known.name for known in catalogue.tables))
    raise NotFoundError(f"There is no table {name[:80]!r}{near or '; /tap/tables lists them.'}")


async def availability(request: Request) -> Response:
    """Tell whether queries are answered now."""
    service = service_of(request)
    try:
        await service.pool.probe()
        knowledge = await service.know()
    except CaomAiError as error:
        return _xml(documents.write_availability(service.started, [error.public], available=False))
    notes = [] if knowledge.maps else [WITHOUT_MAPS]
    return _xml(documents.write_availability(service.started, notes, available=True))
