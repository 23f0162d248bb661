"""Pages for people: the root (TAP 1.1 sect. 2) and /tap/examples (DALI 1.1 sect. 2.3)."""

from __future__ import annotations

from psycopg.rows import dict_row
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tapext.markup import escape
from tapext.pages.examples import NOTHING, read_examples, write_examples
from tapext.pages.page import write_page
from tapext.pools import lend
from tapext.web.dali import HEADERS, find_base_url, service_of


async def root(request: Request) -> Response:
    """Say to a person what is here."""
    return HTMLResponse(write_page("CAOM-AI", "root", url=escape(find_base_url(request))), headers=HEADERS)


async def examples(request: Request) -> Response:
    """Show what can be asked, about an image that is here."""
    service = service_of(request)
    knowledge = await service.know()
    async with lend(service.pool) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(service.queries["find_example_image"])
        row = await cursor.fetchone()
    # PostgreSQL gives names without capitals.
    image = NOTHING if row is None else {name: row[name.lower()] for name in NOTHING}
    shown = [example.about(image) for example in read_examples()]
    return HTMLResponse(write_examples(shown, knowledge.catalogue, find_base_url(request)), headers=HEADERS)
