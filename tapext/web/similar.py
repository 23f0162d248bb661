"""/similar and /similar/objects (DALI 1.1 sect. 2: synchronous resources)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tapext.descriptions import Descriptions
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.similar.images import list_warnings
from tapext.similar.inquiry import Inquiry
from tapext.similar.objects import read_objects_question
from tapext.similar.search import answer
from tapext.similar.work import prepare
from tapext.web.dali import cache_headers, find_base_url, log, parameters_of, service_of, warn
from tapext.web.patience import Stream


async def similar(request: Request) -> Response:
    """Answer with the images most like those asked about, nearest first."""
    descriptions: Descriptions = request.state.descriptions
    parameters, base_url = parameters_of(request), find_base_url(request)
    return await _answer(request, await prepare(service_of(request), descriptions, parameters, base_url))


async def objects(request: Request) -> Response:
    """Answer with the objects that look most like those asked about, nearest first."""
    return await _answer(request, read_objects_question(parameters_of(request), find_base_url(request)))


async def _answer(request: Request, question: Inquiry) -> Response:
    service = service_of(request)
    chunks = await answer(service, question)
    path, count = request.url.path, question.subject.count
    log.info("search started: path=%s runid=%r questions=%s", path, question.runid, count)
    headers = cache_headers(request) | headers_of(question.media_type) | warn(list_warnings(question.infos))
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, question.media_type, service.settings, headers)
