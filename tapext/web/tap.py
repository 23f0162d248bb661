"""/tap/sync (TAP 1.1 sect. 2.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from starlette.requests import Request
from starlette.responses import Response

from caomai.errors import TransientError
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.query import ask
from tapext.question import Question, read_question
from tapext.service import Service
from tapext.web.dali import cache_headers, find_base_url, log, parameters_of, service_of
from tapext.web.patience import Stream


async def sync(request: Request) -> Response:
    """Answer a query in the same exchange."""
    service = service_of(request)
    question = read_question(parameters_of(request), service.settings, find_base_url(request))
    chunks = await _begin(service, question)
    log.info(
        "query started: runid=%r maxrec=%d format=%s", question.runid, question.maxrec, question.media_type
    )
    headers = cache_headers(request) | headers_of(question.media_type)
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, question.media_type, service.settings, headers)


async def _begin(service: Service, question: Question) -> AsyncGenerator[bytes]:
    # A file is whole before it is sent; others have a limit until their first row.
    seconds = service.settings.result_seconds
    try:
        async with asyncio.timeout(seconds):
            return await ask(service, question)
    except TimeoutError:
        raise TransientError(
            f"The file took longer than {seconds:g} s; ask for less, or start a job at /tap/async."
        ) from None
