"""The service as pyvo sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from pyvo.dal import TAPService


class Session(requests.Session):
    """Closes all answers at the end: pyvo leaves those that it streams to the garbage collector."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: list[requests.Response] = []

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        answer = super().send(request, **kwargs)
        self._answers.append(answer)
        return answer

    def close(self) -> None:
        for answer in self._answers:
            answer.close()
        super().close()


@contextmanager
def visiting(service: str) -> Iterator[TAPService]:
    """Let pyvo ask a service."""
    with Session() as session:
        yield TAPService(f"{service}/tap", session=session)
