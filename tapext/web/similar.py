"""/similar and /similar/objects (DALI 1.1 sect. 2: synchronous resources)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from tapext.descriptions import Descriptions
from tapext.formats.conversion import FileChunks
from tapext.formats.registry import headers_of
from tapext.formats.writer import Info
from tapext.similar.images import WARNING
from tapext.similar.objects import answer_objects, read_objects_question
from tapext.similar.search import answer
from tapext.similar.work import prepare
from tapext.web.dali import cache_headers, find_base_url, log, parameters_of, service_of
from tapext.web.patience import Stream


async def similar(request: Request) -> Response:
    """Answer with the images most like those asked about, nearest first."""
    service = service_of(request)
    descriptions: Descriptions = request.state.descriptions
    question = await prepare(service, descriptions, parameters_of(request), find_base_url(request))
    chunks = await answer(service, question)
    log.info("search started: runid=%r questions=%d", question.runid, question.subject.count)
    headers = cache_headers(request) | headers_of(question.media_type) | warn(question.infos)
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, question.media_type, service.settings, headers)


async def objects(request: Request) -> Response:
    """Answer with the objects that look most like those asked about, nearest first."""
    service = service_of(request)
    question = read_objects_question(parameters_of(request), find_base_url(request))
    chunks = await answer_objects(service, question)
    log.info("search for objects started: runid=%r questions=%d", question.runid, question.number)
    headers = cache_headers(request) | headers_of(question.media_type)
    if isinstance(chunks, FileChunks):
        headers["Content-Length"] = str(chunks.size)
    return Stream(chunks, question.media_type, service.settings, headers)


def warn(infos: Sequence[Info]) -> dict[str, str]:
    """Repeat the warnings of an answer where formats without room for them have it (RFC 7234 sect. 5.5)."""
    warnings = [info.value for info in infos if info.name == WARNING]
    return {"Warning": ", ".join(f'299 caom-ai "{text}"' for text in warnings)} if warnings else {}
