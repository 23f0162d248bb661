"""/similar (DALI 1.1 sect. 2: a synchronous resource)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.similar.question import read_question
from tapext.similar.search import answer
from tapext.web.dali import cache_headers, find_base_url, log, parameters_of, service_of
from tapext.web.patience import Stream


async def similar(request: Request) -> Response:
    """Answer with the images most like those asked about, nearest first."""
    service = service_of(request)
    question = read_question(parameters_of(request), find_base_url(request))
    chunks = await answer(service, question)
    log.info("search started: runid=%r questions=%d", question.runid, question.subject.count)
    headers = cache_headers(request) | headers_of(question.media_type)
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, question.media_type, service.settings, headers)
