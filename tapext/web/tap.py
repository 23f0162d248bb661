"""/tap/sync (TAP 1.1 sect. 2.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

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
    return Stream(chunks, question.media_type, service.settings, HEADERS)
