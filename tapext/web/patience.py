"""Clients that go away, stop, or are very slow: none of them keeps a query running."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Mapping
from pathlib import Path
from typing import TypeVar

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caomai.errors import CaomAiError, TransientError
from caomai.settings import Settings

T = TypeVar("T")

log = logging.getLogger("caomai.service")


class Patience:
    """Time that the service waits for a client: it is used up by waiting, and earned by what comes across.

    So a client may stop for a while, and one that is slower than `rate` bytes a second for long may not stay.
    """

    def __init__(self, settings: Settings) -> None:
        self.most = self.left = settings.stall_seconds
        self.rate = settings.min_rate

    async def wait(self, move: Awaitable[T]) -> T:
        """Wait until something came across; TimeoutError when the time is used up."""
        start = time.monotonic()
        async with asyncio.timeout(self.left):
            moved = await move
        self.left -= time.monotonic() - start
        return moved

    def earn(self, size: int) -> None:
        """Take note of what came across, in bytes."""
        self.left = min(self.most, self.left + size / self.rate) if self.rate else self.most


class StopWhenLeft:
    """Middleware that cancels what it runs as soon as the client goes away; the body must have been read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, until it is done or the client has left."""

        async def wait_for_leave() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        async def empty() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        work = asyncio.create_task(self._run(scope, empty, send))
        watch = asyncio.create_task(wait_for_leave())
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = not work.done()
            work.cancel()
            watch.cancel()
            await asyncio.wait({work, watch})
        if not left:
            work.result()

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Stream(Response):
    """A response whose chunks come from a generator, which is closed however the response ends."""

    def __init__(
        self,
        chunks: AsyncGenerator[bytes],
        media_type: str,
        settings: Settings,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.chunks = chunks
        self.patience = Patience(settings)
        self.seconds = settings.result_seconds
        self.status_code = 200
        self.background = None
        self.media_type = media_type
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the chunks as fast as the client reads them; without an end the server breaks off."""
        try:
            start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(start)
            if scope["method"] != "HEAD":
                await self._send_chunks(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            log.info("result broken off: the client reads too slowly")
        except CaomAiError as error:
            log.warning("result broken off: %s", error)
        finally:
            await self.chunks.aclose()

    async def _send_chunks(self, send: Send) -> None:
        end = time.monotonic() + self.seconds
        chunk: bytes | None = await anext(self.chunks, None)
        while chunk is not None:
            await self.patience.wait(send({"type": "http.response.body", "body": chunk, "more_body": True}))
            self.patience.earn(len(chunk))
            if time.monotonic() < end:
                chunk = await anext(self.chunks, None)
            else:
                # A document that can say so ends with this sentence.
                chunk = await self.chunks.athrow(TransientError(self._too_long()))
                end += self.patience.most

    def _too_long(self) -> str:
        return f"The result was not read within {self.seconds:g} s; ask for fewer rows, or start a job."


class StoredFile(FileResponse):
    """A file, or the part of it that the client asked for (RFC 9110 sect. 14), for those who read on."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        headers: Mapping[str, str],
        media_type: str | None,
        filename: str | None = None,
    ) -> None:
        super().__init__(path, headers=headers, media_type=media_type, filename=filename)
        self.patience = Patience(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file as fast as the client reads it; without an end the server breaks off."""

        async def send_on(message: Message) -> None:
            await self.patience.wait(send(message))
            self.patience.earn(len(message.get("body", b"")))

        try:
            await super().__call__(scope, receive, send_on)
        except TimeoutError:
            log.info("file broken off: the client reads too slowly")
