"""A web server on this machine that gives tables, redirects, and what servers should not do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.uploads.sending import field, tabledata

TABLE = tabledata(field("n", "int"), [["1"], ["2"]])


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.headers['Host']}{self.path}")  # type: ignore[attr-defined]
        url = urlsplit(self.path)
        words = {key: values[0] for key, values in parse_qs(url.query).items()}
        getattr(self, url.path.strip("/"))(words)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def table(self, _: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(TABLE)))
        self.end_headers()
        self.wfile.write(TABLE)

    def chunked(self, _: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(TABLE), 100):
            part = TABLE[at : at + 100]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def redirect(self, words: dict[str, str]) -> None:
        self.send_response(int(words.get("code", "302")))
        self.send_header("Location", words["to"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def loop(self, _: dict[str, str]) -> None:
        self.redirect({"to": "/loop"})

    def endless(self, _: dict[str, str]) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" " * 65536)
        except OSError:
            self.close_connection = True

    def slow(self, words: dict[str, str]) -> None:  # noqa: ARG002
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            for _ in range(100):
                self.wfile.write(b"X: y\r\n")
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def cut(self, _: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(TABLE[:100])
        self.close_connection = True

    def garbage(self, _: dict[str, str]) -> None:
        self.wfile.write(b"hello\r\n\r\n")
        self.close_connection = True

    def headers_without_end(self, _: dict[str, str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000)
        self.close_connection = True

    def missing(self, _: dict[str, str]) -> None:
        self.send_error(404)


@contextmanager
def web_server() -> Iterator[ThreadingHTTPServer]:
    """Serve on a free port; `asked` collects what was asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
