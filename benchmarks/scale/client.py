"""A client of TAP that measures how long answers take."""

from __future__ import annotations

import http.client
import time
from urllib.parse import urlencode


class Client:
    """Asks on one connection that stays open, as pyvo does."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=600)

    def ask(self, query: str) -> tuple[float, list[str]]:
        """Ask; gives the seconds until the last byte, and the lines of the answer."""
        words = urlencode({"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": "csv"})
        start = time.perf_counter()
        self.connection.request("GET", f"/tap/sync?{words}")
        answer = self.connection.getresponse()
        lines = answer.read().decode().splitlines()
        took = time.perf_counter() - start
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{query}\n{lines}")
        return took, lines[1:]
