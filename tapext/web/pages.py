"""Pages for people: the root (TAP 1.1 sect. 2), /tap/examples (DALI 1.1 sect. 2.3) and /functions."""

from __future__ import annotations

from typing import Any

from psycopg.rows import dict_row
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tapext.markup import escape
from tapext.pages.examples import NOTHING, read_examples, write_examples
from tapext.pages.functions import write_functions
from tapext.pages.page import write_page
from tapext.pools import lend
from tapext.service import Service
from tapext.web.dali import HEADERS, find_base_url, service_of


async def root(request: Request) -> Response:
    """Say to a person what is here."""
    return HTMLResponse(write_page("CAOM-AI", "root", url=escape(find_base_url(request))), headers=HEADERS)


async def examples(request: Request) -> Response:
    """Show what can be asked, about an image that is here."""
    service = service_of(request)
    knowledge, image = await service.know(), await find_image(service)
    shown = [example.about(image) for example in read_examples()]
    return HTMLResponse(write_examples(shown, knowledge.catalogue, find_base_url(request)), headers=HEADERS)


async def functions(request: Request) -> Response:
    """Explain the functions for ADQL, each with a query about an image that is here."""
    service = service_of(request)
    knowledge, image = await service.know(), await find_image(service)
    declared = knowledge.catalogue.functions
    page = write_functions(declared, read_examples(), image, find_base_url(request))
    return HTMLResponse(page, headers=HEADERS)


async def find_image(service: Service) -> dict[str, Any]:
    """Give what examples ask about: an image of the archive, or one that is made up."""
    async with lend(service.pool) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(service.queries["find_example_image"])
        row = await cursor.fetchone()
    # PostgreSQL gives names without capitals.
    return NOTHING if row is None else {name: row[name.lower()] for name in NOTHING}
