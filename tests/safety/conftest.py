"""The running service over the small archive, and raw connections to it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.tap.conftest import environment as usual
from tests.tap.conftest import files, service

__all__ = ["files", "service", "usual"]

Say = Callable[..., bytes]


@pytest.fixture(scope="module")
def environment(usual: dict[str, str]) -> dict[str, str]:
    """Settings of a service that has less patience than usual."""
    return usual | {"CAOMAI_STALL_SECONDS": "1"}


def exchange(url: str, parts: Sequence[bytes], seconds: float = 30) -> bytes:
    """Send bytes and give all that comes back until the service closes the connection, or waits itself."""
    address, answer = urlsplit(url), b""
    with (
        socket.create_connection((str(address.hostname), address.port or 0), timeout=seconds) as connection,
        suppress(ConnectionResetError, BrokenPipeError, TimeoutError),
    ):
        for part in parts:
            connection.sendall(part)
        while block := connection.recv(1 << 16):
            answer += block
    return answer


@pytest.fixture(scope="module")
def say(service: str) -> Say:
    """Send bytes to the service and give all that it says."""
    return lambda *parts: exchange(service, parts)
