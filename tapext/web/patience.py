"""Clients that go away or stop reading: neither keeps a query running."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from caomai.errors import CaomAiError

log = logging.getLogger("caomai.service")


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
        stall_seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.chunks = chunks
        self.stall_seconds = stall_seconds
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
            log.info("result broken off: the client has not read for %g s", self.stall_seconds)
        except CaomAiError as error:
            log.warning("result broken off: %s", error)
        finally:
            await self.chunks.aclose()

    async def _send_chunks(self, send: Send) -> None:
        async for chunk in self.chunks:
            async with asyncio.timeout(self.stall_seconds):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
