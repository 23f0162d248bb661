"""The parameters of a request, from its URL and from a form (DALI 1.1 sect. 2.1), read once."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from caomai.errors import ParameterError
from tapext.parameters import Parameters

MOST_BYTES: Final = 4 << 20
MOST_FIELDS: Final = 20_000
URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
BOUNDARY: Final = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))""", re.IGNORECASE)
PART_NAME: Final = re.compile(rb"""[;\s]name=(?:"([^"\r\n]*)"|([^\s;"]+))""", re.IGNORECASE)

Pairs = list[tuple[str, str]]


class ReadParameters:
    """Middleware that reads the parameters of a request into its state."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the parameters, then go on."""
        if scope["type"] == "http":
            pairs = parse_form(scope["query_string"])
            if scope["method"] == "POST":
                pairs += parse_body(Headers(scope=scope).get("content-type", ""), await read_body(receive))
            scope.setdefault("state", {})["parameters"] = Parameters(pairs)
        await self.app(scope, receive, send)


async def read_body(receive: Receive) -> bytes:
    """Read the body of a request, as long as it is of a size that parameters may have."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ParameterError("The client went away before its request was complete.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            raise ParameterError(f"The request is too large: its parameters may have {MOST_BYTES >> 20} MiB.")
    return bytes(body)


def parse_body(content_type: str, body: bytes) -> Pairs:
    """Read the parameters of a form; files among them are left alone."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return parse_multipart(content_type, body)
    if kind in {URLENCODED, ""}:
        return parse_form(body)
    raise ParameterError(f"Parameters cannot be read from {kind[:80]!r}: send {URLENCODED} or {MULTIPART}.")


def parse_form(text: bytes) -> Pairs:
    """Read parameters that are encoded as in a URL."""
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise ParameterError("The parameters are not UTF-8 text.") from None
    except ValueError:
        raise ParameterError(f"The request has more than {MOST_FIELDS} parameters.") from None


def parse_multipart(content_type: str, body: bytes) -> Pairs:
    """Read the text fields of a multipart form (RFC 7578)."""
    boundary = BOUNDARY.search(content_type)
    if boundary is None:
        raise ParameterError("The multipart form does not say what separates its parts.")
    delimiter = b"\r\n--" + (boundary[1] or boundary[2]).encode()
    if body.count(delimiter) > MOST_FIELDS:
        raise ParameterError(f"The request has more than {MOST_FIELDS} parameters.")
    _, *parts = (b"\r\n" + body).split(delimiter)
    if not parts or not parts[-1].startswith(b"--"):
        raise ParameterError("The multipart form is cut off.")
    return [pair for part in parts[:-1] if (pair := _parse_part(part)) is not None]


def _parse_part(part: bytes) -> tuple[str, str] | None:
    head, _, content = part.partition(b"\r\n\r\n")
    disposition = next(
        (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b""
    )
    name = PART_NAME.search(disposition)
    if name is None or b"filename" in disposition.lower():
        return None
    try:
        return (name[1] or name[2] or b"").decode(), content.decode()
    except UnicodeDecodeError:
        raise ParameterError("The parameters are not UTF-8 text.") from None
