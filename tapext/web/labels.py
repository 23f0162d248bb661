"""/labels: GET gives the labels as a table, CSV unless another is asked for; POST adds one, sent as JSON."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from caomai.errors import ParameterError, SlowClientError, TooLargeError
from tapext.formats.registry import find_format, headers_of
from tapext.labels import Visitor, check_visitor, give_label, list_labels, read_word
from tapext.parameters import Parameters
from tapext.web.dali import HEADERS, find_base_url, parameters_of, service_of
from tapext.web.patience import Stream

MOST_BYTES: Final = 4096
# No page of another site can make a browser send this type without asking first.
JSON: Final = "application/json"


async def show(request: Request) -> Response:
    """Answer with all labels of the current map."""
    service, parameters = service_of(request), parameters_of(request)
    wanted = find_format(parameters.one("RESPONSEFORMAT", "FORMAT") or "csv")
    if wanted.format.file is not None:
        raise ParameterError("Labels are not given as files; ask for csv, json or votable.")
    settings = service.settings
    maxrec = parameters.count("MAXREC", settings.default_rows, settings.max_rows)
    chunks = await list_labels(service, wanted.format, maxrec)
    headers = HEADERS | headers_of(wanted.media_type)
    return Stream(chunks, wanted.media_type, settings, headers)


async def give(request: Request) -> Response:
    """Add a label, if the operator allows it to this client."""
    request.state.parameters = Parameters([("RESPONSEFORMAT", JSON)])  # errors are JSON too
    service = service_of(request)
    host = find_base_url(request).partition("://")[2].partition("/")[0]
    address = request.client.host if request.client else None
    check_visitor(service.settings, Visitor(address, host, request.headers))
    word = read_word(await _read(request, service.settings.stall_seconds))
    added = await give_label(service, word)
    status = HTTPStatus.CREATED if added else HTTPStatus.OK
    content = {"status": "added" if added else "there", "node": word.node, "label": word.label}
    return JSONResponse(content, status, HEADERS)


async def _read(request: Request, seconds: float) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise ParameterError(f"A label is sent as {JSON}.")
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise TooLargeError(f"A label has {MOST_BYTES} bytes at most.")
        return json.loads(body)
    except TimeoutError:
        raise SlowClientError("The label came too slowly.") from None
    except ClientDisconnect:
        raise ParameterError("The client went away before its request was complete.") from None
    except (ValueError, RecursionError):
        raise ParameterError("This is no JSON.") from None
