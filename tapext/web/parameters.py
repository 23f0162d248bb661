"""The parameters of a request, from its URL and from a form (DALI 1.1 sect. 2.1), read once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from caomai.errors import ParameterError, SlowClientError, TooLargeError
from caomai.settings import Settings
from tapext.parameters import Parameters
from tapext.spool import Spool, tell_full
from tapext.web.multipart import (
    MOST_BYTES,
    MOST_FIELDS,
    MULTIPART,
    MultipartReader,
    check_length,
    too_large_parameters,
)
from tapext.web.patience import Patience, StopWhenLeft

URLENCODED: Final = "application/x-www-form-urlencoded"
# A client that waits for leave to send (RFC 9110 sect. 10.1.1) sends nothing when it is refused.
ASKING: Final = "100-continue"


class ReadParameters:
    """Middleware that reads the parameters of a request into its state, with `files` also those of a form.

    With `at_once` these are the smaller ones that a client may wait for; a list of jobs takes others. The
    files lie in a private folder, which is removed when the request has been answered.
    """

    def __init__(self, app: ASGIApp, *, files: bool = False, at_once: bool = False) -> None:
        self.app = app
        self.files, self.at_once = files, at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the parameters, then go on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        spool = Spool()
        try:
            scope.setdefault("state", {})["parameters"] = await self._read(scope, receive, spool)
            await self.app(scope, receive, send)
        finally:
            if spool.is_made:
                await asyncio.to_thread(spool.remove)

    async def _read(self, scope: Scope, receive: Receive, spool: Spool) -> Parameters:
        pairs = parse_form(scope["query_string"])
        if scope["method"] != "POST":
            return Parameters(pairs)
        settings: Settings = scope["state"]["service"].settings
        most = settings.upload_bytes if self.files else 0
        if self.at_once:
            most = min(most, settings.sync_upload_bytes)
        headers = Headers(scope=scope)
        async with aclosing(_chunks(receive, Patience(settings))) as chunks:
            is_asking = headers.get("expect", "").lower() == ASKING
            try:
                _check_length(headers, most)
                is_asking = False
                body = await read_body(headers.get("content-type", ""), chunks, spool, most)
            except TooLargeError as error:
                if not is_asking:
                    await _drain(chunks, settings.upload_bytes)
                if self.at_once and most < settings.upload_bytes:
                    raise TooLargeError(
                        f"{error} Post it to {scope['path']}/async, which takes {settings.upload_bytes:,}."
                    ) from error
                raise
        return body.after(pairs)


async def read_body(
    content_type: str, chunks: AsyncGenerator[bytes], spool: Spool, most_bytes: int
) -> Parameters:
    """Read the parameters of a form, its files into a folder; `most_bytes` as of MultipartReader."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return await _read_multipart(MultipartReader(content_type, spool, most_bytes), chunks)
    if kind not in {URLENCODED, ""}:
        raise ParameterError(
            f"Parameters cannot be read from {kind[:80]!r}: send {URLENCODED} or {MULTIPART}."
        )
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MOST_BYTES:
            raise too_large_parameters()
    return Parameters(parse_form(bytes(body)))


async def _read_multipart(reader: MultipartReader, chunks: AsyncGenerator[bytes]) -> Parameters:
    with tell_full("uploads"):
        try:
            async for chunk in chunks:
                # A disk that is slow must not stop the other requests.
                await asyncio.to_thread(reader.write, chunk)
            return reader.finish()
        finally:
            reader.close()


async def _chunks(receive: Receive, patience: Patience) -> AsyncGenerator[bytes]:
    more = True
    while more:
        try:
            message = await patience.wait(receive())
        except TimeoutError:
            raise SlowClientError(
                f"The request came too slowly: {patience.most:g} s of waiting were used up."
            ) from None
        if message["type"] == "http.disconnect":
            raise ParameterError("The client went away before its request was complete.")
        more = message.get("more_body", False)
        if body := message.get("body"):
            patience.earn(len(body))
            yield body


def _check_length(headers: Headers, most_bytes: int) -> None:
    """Refuse at once what says itself that it is too large."""
    length = headers.get("content-length", "")
    if length.isdecimal():
        check_length(int(length), most_bytes)


async def _drain(chunks: AsyncGenerator[bytes], most_bytes: int) -> None:
    # A client that is still sending would not read the answer but see a broken connection. It may take as
    # long over what is passed over as over what would have been taken elsewhere.
    left = most_bytes
    with suppress(ParameterError, SlowClientError):
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                break


def parse_form(text: bytes) -> list[tuple[str, str]]:
    """Read parameters that are encoded as in a URL."""
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise ParameterError("The parameters are not UTF-8 text.") from None
    except ValueError:
        raise ParameterError(f"The request has more than {MOST_FIELDS} parameters.") from None


# What stands before resources that take parameters, and those that take the files of a form as well.
DALI: Final = [Middleware(ReadParameters), Middleware(StopWhenLeft)]
SMALL_UPLOADS: Final = [Middleware(ReadParameters, files=True, at_once=True), Middleware(StopWhenLeft)]
UPLOADS: Final = [Middleware(ReadParameters, files=True), Middleware(StopWhenLeft)]
