"""What every answer has in common (DALI 1.1): the address of the service, and errors as documents."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match

from caomai.errors import (
    INTERNAL,
    CaomAiError,
    ParameterError,
    SlowClientError,
    TooLargeError,
    TransientError,
)
from tapext.formats import votable
from tapext.formats.registry import DEFAULT, Wanted, find_format
from tapext.formats.writer import Info
from tapext.parameters import Parameters
from tapext.service import SOFTWARE, Service

HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
RETRY_SECONDS: Final = "30"
# What is sent is data: a browser must not take it for a page. It may be another in a moment.
HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
CACHE_SECONDS: Final = 60

log = logging.getLogger("caomai.service")


def cache_headers(request: Request) -> dict[str, str]:
    """Let an answer to GET be kept for as long as the service itself keeps what it knows of the database."""
    if request.method != "GET":
        return HEADERS
    return HEADERS | {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}


def warn(warnings: Sequence[str]) -> dict[str, str]:
    """Repeat the warnings of an answer where formats without room for them have it (RFC 7234 sect. 5.5)."""
    return {"Warning": ", ".join(f'299 caom-ai "{text}"' for text in warnings)} if warnings else {}


def service_of(request: Request) -> Service:
    """Give the service that the application made when it started."""
    service: Service = request.state.service
    return service


def parameters_of(request: Request) -> Parameters:
    """Give the parameters that the middleware read."""
    parameters: Parameters = request.state.parameters
    return parameters


def find_base_url(request: Request) -> str:
    """Give the address of the service, no slash at its end: the operator's, or the one the client used."""
    setting = service_of(request).settings.base_url
    if setting is not None:
        return str(setting).rstrip("/")
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        name, port = request.scope["server"] or ("localhost", None)
        host = f"{name}:{port}" if port else name
    return f"{request.url.scheme}://{host}{request.scope.get('root_path', '')}".rstrip("/")


async def answer_error(request: Request, error: Exception) -> Response:
    """Say what went wrong, with a fitting HTTP status."""
    if isinstance(error, CaomAiError):
        status, message = error.status, error.public
    else:
        status, message = CaomAiError.status, INTERNAL
    if status == CaomAiError.status:
        log.error("request failed: path=%s", request.url.path, exc_info=error)
    elif isinstance(error, TransientError):
        log.warning("request refused for now: path=%s reason=%s", request.url.path, error)
    headers = HEADERS | ({"Retry-After": RETRY_SECONDS} if isinstance(error, TransientError) else {})
    if isinstance(error, TooLargeError | SlowClientError):
        headers |= {"Connection": "close"}  # the rest of the request is not read
    content, media_type = write_error(find_wanted(request), message)
    return Response(content, status, headers, media_type=media_type)


def find_wanted(request: Request) -> Wanted:
    """Find the format that the client asked for, as far as that can be told."""
    parameters: Parameters | None = getattr(request.state, "parameters", None)
    try:
        return find_format(parameters.one("RESPONSEFORMAT", "FORMAT") if parameters else None)
    except ParameterError:
        return find_format(None)


def write_error(wanted: Wanted, message: str) -> tuple[bytes, str]:
    """Write an error in the wanted format (DALI 1.1 sect. 4.2), and give its media type.

    VO clients ask for VOTable and look for QUERY_STATUS, whatever the HTTP status. Who asks for text or JSON
    reads it with other tools; formats that hold nothing but tables get VOTable, as DALI has it.
    """
    kind = wanted.media_type.partition(";")[0]
    if kind == "application/json":
        return json.dumps({"query_status": "ERROR", "message": message}).encode(), kind
    if kind.startswith("text/") and not wanted.format.is_votable:
        return f"{message}\n".encode(), "text/plain"
    content = votable.write_error(message, [Info("server_software", SOFTWARE)])
    return content, kind if wanted.format.is_votable else DEFAULT.media_type


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer a path or method that does not exist, in plain words."""
    assert isinstance(error, HTTPException)
    headers, message = HEADERS | dict(error.headers or {}), error.detail
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(find_methods(request))
        message = f"This address does not take {request.method}; it takes {headers['Allow']}."
    elif error.status_code == HTTPStatus.NOT_FOUND:
        message = f"There is nothing at this address; {find_base_url(request)}/ shows what there is."
    return PlainTextResponse(f"{message}\n", error.status_code, headers)


def find_methods(request: Request) -> list[str]:
    """Find the methods that a path takes, which several routes may share."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
    return sorted({method for route in routes for method in route.methods})
