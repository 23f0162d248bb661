"""/tap/sync (TAP 1.1 sect. 2.2) and the page at /tap."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tapext.markup import escape
from tapext.query import ask
from tapext.question import read_question
from tapext.web.dali import HEADERS, find_base_url, log, parameters_of, service_of
from tapext.web.patience import Stream


async def sync(request: Request) -> Response:
    """Answer a query in the same exchange."""
    service = service_of(request)
    question = read_question(parameters_of(request), service.settings, find_base_url(request))
    chunks = await ask(service, question)
    log.info(
        "query started: runid=%r maxrec=%d format=%s", question.runid, question.maxrec, question.media_type
    )
    return Stream(chunks, question.media_type, service.settings.stall_seconds, HEADERS)


async def root(request: Request) -> Response:
    """Say to a person what is here."""
    url = escape(find_base_url(request))
    paths = ("tap/capabilities", "tap/tables", "tap/availability", "tap/sync", "datalink/links")
    items = "".join(f'<li><a href="{url}/{path}">/{path}</a></li>' for path in paths)
    return HTMLResponse(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>CAOM-AI</title></head><body>'
        "<h1>CAOM-AI: content-based search for an image archive</h1>"
        f"<p>TAP service for TOPCAT, pyvo and other clients: <code>{url}/tap</code></p>"
        f"<ul>{items}</ul></body></html>\n"
    )
