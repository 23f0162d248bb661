"""What every answer has in common (DALI 1.1): the address of the service, and errors as documents."""

from __future__ import annotations

import logging
import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from caomai.errors import CaomAiError, ParameterError, SlowClientError, TooLargeError, TransientError
from tapext import votable
from tapext.formats import DEFAULT, find_format
from tapext.parameters import Parameters
from tapext.service import SOFTWARE, Service
from tapext.writer import Info

HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
RETRY_SECONDS: Final = "30"
# What is sent is data: a browser must not take it for a page.
HEADERS: Final = {"X-Content-Type-Options": "nosniff"}

log = logging.getLogger("caomai.service")


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
    """Say what went wrong as a VOTable with a fitting HTTP status (DALI 1.1 sect. 4.2)."""
    if isinstance(error, CaomAiError):
        status, message = error.status, str(error)
    else:
        status, message = 500, "The service failed; its log has the reason."
    if status >= 500:  # noqa: PLR2004
        cause = error.__cause__ or error
        log.error("request failed: path=%s error=%s", request.url.path, error, exc_info=cause)
    headers = HEADERS | ({"Retry-After": RETRY_SECONDS} if isinstance(error, TransientError) else {})
    if isinstance(error, TooLargeError | SlowClientError):
        headers |= {"Connection": "close"}  # the rest of the request is not read
    content = votable.write_error(message, [Info("server_software", SOFTWARE)])
    return Response(content, status, headers, media_type=_error_type(request))


def _error_type(request: Request) -> str:
    # A client that asked for text/xml gets its error so, too; errors in a format are told in the default.
    parameters: Parameters | None = getattr(request.state, "parameters", None)
    try:
        wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT") if parameters else None)
    except ParameterError:
        return DEFAULT.media_type
    return wanted.media_type.partition(";")[0] if wanted.format.is_votable else DEFAULT.media_type


async def answer_refusal(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer a path or method that does not exist, in plain words."""
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
