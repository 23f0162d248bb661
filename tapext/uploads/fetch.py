"""Tables fetched by HTTP (TAP 1.1 sect. 2.7.3): only from allowed hosts, at the address that was checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import h11

from caomai.errors import AuthorizationError, NotFoundError, ParameterError, TooLargeError, TransientError
from tapext.uploads.hosts import DEFAULT_PORTS, Hosts, is_public

MOST_REDIRECTS: Final = 5
CONNECT_SECONDS: Final = 10  # to look a host up and connect to it
BLOCK: Final = 1 << 16
REDIRECTS: Final = (301, 302, 303, 307, 308)
OK: Final = 200
AGENT: Final = "CAOM-AI (TAP upload)"


@dataclass(frozen=True)
class Place:
    """A URL taken apart and found to be one that may be asked."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Give what the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def read_url(url: str) -> Place:
    """Take a URL apart; what is not a plain one of http or https is refused."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise ParameterError(f"UPLOAD names a URL that cannot be read: {url[:200]!r}.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise ParameterError(f"Tables are fetched by http and https, not from {url[:200]!r}.")
    if not host:
        raise ParameterError(f"UPLOAD names a URL without a host: {url[:200]!r}.")
    if parts.username is not None or parts.password is not None:
        raise ParameterError("UPLOAD takes no URL with a user name or password in it.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii() or not target.isprintable() or " " in target:
        raise ParameterError(
            f"UPLOAD names a URL with characters that must be written as %xx: {url[:200]!r}."
        )
    return Place(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], target)


async def fetch(url: str, path: Path, hosts: Hosts, most_bytes: int, seconds: float) -> None:
    """Fetch a table into a file, following redirects, each checked like the first URL."""
    try:
        async with asyncio.timeout(seconds):
            for _ in range(MOST_REDIRECTS + 1):
                place = read_url(url)
                location = await _fetch_once(place, path, hosts, most_bytes)
                if location is None:
                    return
                url = _follow(url, location)
    except TimeoutError:
        raise TransientError(f"The table at {_hide(url)} did not come within {seconds:g} s.") from None
    except (OSError, h11.ProtocolError) as error:
        raise TransientError(f"The table at {_hide(url)} cannot be fetched: {_say(error)}.") from error
    raise ParameterError(f"The table at {_hide(url)} is redirected more than {MOST_REDIRECTS} times.")


def _follow(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise ParameterError(f"The table at {_hide(url)} is redirected to what is no URL.") from None


def _hide(url: str) -> str:
    """Name a URL without its query: it may hold a key, and messages go into logs."""
    return url.partition("?")[0][:200]


def _say(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return words.splitlines()[0].rstrip(".") if words else type(error).__name__


async def _fetch_once(place: Place, path: Path, hosts: Hosts, most_bytes: int) -> str | None:
    """Ask one server; gives where it redirects to, or None when the file is there."""
    async with connect(place, hosts) as (reader, writer):
        http = h11.Connection(h11.CLIENT)
        headers = [
            ("Host", place.authority),
            ("User-Agent", AGENT),
            ("Accept", "application/x-votable+xml, text/xml, */*"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        writer.write(http.send(h11.Request(method="GET", target=place.target, headers=headers)) or b"")
        writer.write(http.send(h11.EndOfMessage()) or b"")
        events = _events(http, reader)
        response = await anext(events)
        assert isinstance(response, h11.Response)
        found = {name: value.decode("latin-1") for name, value in response.headers}
        if response.status_code in REDIRECTS and b"location" in found:
            return found[b"location"]
        if response.status_code != OK:
            raise NotFoundError(f"The table at {place.host} cannot be fetched: HTTP {response.status_code}.")
        await _save(events, path, most_bytes)
    return None


async def _events(http: h11.Connection, reader: asyncio.StreamReader) -> AsyncIterator[h11.Response | bytes]:
    while not isinstance(event := http.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(BLOCK))
        elif isinstance(event, h11.Response):
            yield event
        elif isinstance(event, h11.Data):
            yield bytes(event.data)
        elif not isinstance(event, h11.InformationalResponse):
            raise h11.RemoteProtocolError("the server broke off")


async def _save(events: AsyncIterator[h11.Response | bytes], path: Path, most_bytes: int) -> None:
    size = 0
    with path.open("wb") as file:
        async for data in events:
            assert isinstance(data, bytes)
            size += len(data)
            if size > most_bytes:
                raise TooLargeError(f"The table is larger than {most_bytes:,} bytes, which is the limit.")
            file.write(data)


@asynccontextmanager
async def connect(
    place: Place, hosts: Hosts
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to an address that may be asked; the name is not looked up again after the check."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            address = await find_address(place, hosts)
            context = ssl.create_default_context() if place.scheme == "https" else None
            reader, writer = await asyncio.open_connection(
                address, place.port, ssl=context, server_hostname=place.host if context else None
            )
    except TimeoutError:
        raise TransientError(
            f"{place.host} cannot be reached within {CONNECT_SECONDS} s; send the table in the request."
        ) from None
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def find_address(place: Place, hosts: Hosts) -> str:
    """Look a host up and give its first address that may be asked."""
    must_be_public = hosts.check(place.host, place.port)
    for *_, address in await look_up(place.host, place.port):
        text = str(address[0])
        if not must_be_public or is_public(ipaddress.ip_address(text.partition("%")[0])):
            return text
    raise AuthorizationError(f"Tables are not fetched from {place.host}: its address is not a public one.")


async def look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    """Look a host up in a thread of its own: slow name servers must not take those of all other work."""
    executor = ThreadPoolExecutor(1, "look-up")
    try:
        return await asyncio.get_running_loop().run_in_executor(
            executor, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        )
    finally:
        executor.shutdown(wait=False)
