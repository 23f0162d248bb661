"""HTTP/1.1 by httptools, with limits that it leaves out: heads that never end, in size or in time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 20
LINGER_SECONDS: Final = 1
MOST_HEAD_BYTES: Final = 1 << 16
SLOW: Final = "The head of a request came too slowly.\n"
LARGE: Final = f"The head of a request may have {MOST_HEAD_BYTES >> 10} KiB; send long parameters by POST.\n"


class PatientProtocol(HttpToolsProtocol):
    """A connection that is closed when the head of a request is too large or too slow (RFC 6585 sect. 5).

    It ends though the client does not read what was written before.
    """

    seconds: float = HEAD_SECONDS
    stall_seconds: float = HEAD_SECONDS
    _watch: asyncio.TimerHandle | None = None
    _timer: asyncio.TimerHandle | None = None
    _size = 0
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect_head()
        self._watch = self.loop.call_later(self.stall_seconds, self._look_again, 0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_timer()
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look_again(self, before: int) -> None:
        """Break off a connection that was closed, but whose client has read nothing since the last look."""
        unread = self.transport.get_write_buffer_size() if self.transport.is_closing() else 0
        if 0 < before <= unread:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(self.stall_seconds, self._look_again, unread)

    def data_received(self, data: bytes) -> None:
        """Count what is kept and is no body: the head, and the fields after the last chunk of a body."""
        if self._refused:
            return
        self._size += len(data)
        super().data_received(data)
        if self._size > MOST_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, LARGE)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of the head, if it is not that of the first request."""
        super().on_message_begin()
        self._size = max(self._size, 1)
        if self._timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Answer the request, or say that too much came at once."""
        self._stop_timer()
        self._size = 0
        app, size = self.app, len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MOST_HEAD_BYTES:
            self.app, self.url = refuse_head, b"/"
        super().on_headers_complete()
        self.app = app

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, which the application limits."""
        self._size = 0
        super().on_body(body)

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self._refuse, HTTPStatus.REQUEST_TIMEOUT, SLOW)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self._stop_timer()
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        # Nothing is said to who said nothing, nor in the middle of an answer.
        if not self._size or (self.cycle is not None and not self.cycle.response_complete):
            self.transport.close()
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        head += f"content-length: {len(sentence)}\r\nconnection: close\r\n\r\n"
        self.transport.write((head + sentence).encode())
        # What is still coming is dropped: to close at once would take the answer from the client as well.
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


def limit_waiting(seconds: float) -> type[PatientProtocol]:
    """Give the protocol of a server whose clients may stop so long; for a head the usual time at most."""
    limits = {"seconds": min(seconds, HEAD_SECONDS), "stall_seconds": seconds}
    return type("PatientProtocol", (PatientProtocol,), limits)


async def refuse_head(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request whose head is too large."""
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    await PlainTextResponse(LARGE, status, {"Connection": "close"})(scope, receive, send)
