"""/tap/sync (TAP 1.1 sect. 2.2) and the page at /tap."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from caomai.errors import ParameterError
from tapext.formats import find_format
from tapext.markup import escape
from tapext.query import Question, ask
from tapext.web.dali import HEADERS, find_base_url, log, parameters_of, service_of
from tapext.web.parameters import Parameters
from tapext.web.patience import Stream

LANGUAGES: Final = ("ADQL", "ADQL-2.0", "ADQL-2.1")
LONGEST_RUNID: Final = 64


async def sync(request: Request) -> Response:
    """Answer a query in the same exchange."""
    service, parameters = service_of(request), parameters_of(request)
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT"))
    check_request(parameters)
    settings = service.settings
    maxrec = parameters.count("MAXREC", settings.default_rows, settings.max_rows)
    question = Question(read_query(parameters), maxrec, wanted.format, find_base_url(request))
    chunks = await ask(service, question)
    log.info("query started: runid=%r maxrec=%d format=%s", read_runid(parameters), maxrec, wanted.media_type)
    return Stream(chunks, wanted.media_type, settings.stall_seconds, HEADERS)


def check_request(parameters: Parameters) -> None:
    """Refuse what this resource does not do."""
    request = parameters.one("REQUEST")
    if request is not None and request.lower() != "doquery":
        raise ParameterError(f"REQUEST must be doQuery, not {request[:40]!r}; see also /tap/capabilities.")
    language = parameters.one("LANG")
    if language is not None and language.upper() not in LANGUAGES:
        raise ParameterError(f"LANG must be one of {', '.join(LANGUAGES)}, not {language[:40]!r}.")
    if any(parameters.all("UPLOAD")):
        raise ParameterError("UPLOAD is not offered by this service.")


def read_query(parameters: Parameters) -> str:
    """Give the query, as the client wrote it."""
    query = parameters.one("QUERY")
    if query is None:
        raise ParameterError("QUERY is missing: give a query in ADQL.")
    return query


def read_runid(parameters: Parameters) -> str | None:
    """Give the client's own name for the query, for the log."""
    runid = parameters.one("RUNID")
    return None if runid is None else runid[:LONGEST_RUNID]


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
