"""/tap/capabilities, /tap/tables and /tap/availability (VOSI 1.1)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from caomai.errors import CaomAiError, NotFoundError
from tapext import vosi
from tapext.pools import lend
from tapext.web.dali import HEADERS, find_base_url, parameters_of, service_of


def _xml(document: str) -> Response:
    return Response(document.encode(), headers=HEADERS, media_type="text/xml")


async def capabilities(request: Request) -> Response:
    """Tell what the service can do."""
    service = service_of(request)
    knowledge = await service.know()
    return _xml(vosi.write_capabilities(knowledge.catalogue, service.settings, find_base_url(request)))


async def tables(request: Request) -> Response:
    """Tell what can be asked for."""
    knowledge = await service_of(request).know()
    return _xml(vosi.write_tables(knowledge.catalogue, parameters_of(request).one("DETAIL")))


async def table(request: Request) -> Response:
    """Tell what one table holds."""
    knowledge = await service_of(request).know()
    name = request.path_params["name"]
    for known in knowledge.catalogue.tables:
        if known.name.lower() == name.lower():
            return _xml(vosi.write_table(known, knowledge.catalogue))
    raise NotFoundError(f"There is no table {name[:80]!r}; /tap/tables lists them.")


async def availability(request: Request) -> Response:
    """Tell whether queries are answered now."""
    service = service_of(request)
    fault = None
    try:
        async with lend(service.pool) as connection:
            await connection.execute("select 1")
    except CaomAiError as error:
        fault = str(error)
    return _xml(vosi.write_availability(service.started, fault))
