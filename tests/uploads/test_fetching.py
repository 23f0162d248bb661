"""Tables at URLs: only from where the operator allows it, and never from inside by a detour (PA-13)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from caomai.errors import AuthorizationError, CaomAiError, ParameterError, TooLargeError, TransientError
from tapext.uploads.fetch import MOST_REDIRECTS, fetch, read_url
from tapext.uploads.hosts import Hosts, is_public
from tests.tap.client import get
from tests.uploads.sending import read_rows, say
from tests.uploads.server import TABLE, web_server

COUNT = "SELECT COUNT(*) FROM TAP_UPLOAD.t"


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    """A server that is allowed by its port, and forbidden under any other name."""
    with web_server() as running:
        yield running


@pytest.fixture(scope="module")
def place(server: ThreadingHTTPServer) -> str:
    """Host and port of the server."""
    return f"127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def environment(environment: dict[str, str], place: str) -> dict[str, str]:
    """Settings that allow one private server besides the public internet."""
    return environment | {"CAOMAI_UPLOAD_HOSTS": f"* {place}"}


def load(url: str, folder: Path, hosts: str, seconds: float = 20) -> bytes:
    path = folder / "table"
    asyncio.run(fetch(url, path, Hosts.read(hosts), 100_000, seconds))
    return path.read_bytes()


@pytest.mark.parametrize("path", ["table", "chunked", "redirect?to=/table", "redirect?code=307&to=chunked"])
def test_a_table_is_fetched_from_an_allowed_host(tmp_path: Path, place: str, path: str) -> None:
    assert load(f"http://{place}/{path}", tmp_path, place) == TABLE


def test_the_service_fetches_tables(service: str, place: str) -> None:
    """PA-13."""
    words = {"LANG": "ADQL", "QUERY": COUNT, "UPLOAD": f"t,http://{place}/redirect?to=%2Ftable"}
    assert read_rows(get(f"{service}/tap/sync", words)) == [[2]]


@pytest.mark.parametrize(
    "to",
    [
        "http://localhost:{port}/table",
        "http://127.0.0.2:{port}/table",
        "http://2130706433:{port}/table",
        "http://[::1]:{port}/table",
        "http://[::ffff:127.0.0.1]:{port}/table",
        "http://0.0.0.0:{port}/table",
        "http://127.0.0.1:1/table",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/table",
        "http://8.8.8.8:22/table",
    ],
)
def test_no_redirect_leads_inside(service: str, server: ThreadingHTTPServer, place: str, to: str) -> None:
    """PA-13."""
    asked = len(server.asked)  # type: ignore[attr-defined]
    target = to.format(port=server.server_port)
    for url in (target, f"http://{place}/redirect?to={quote(target)}"):
        answer = get(f"{service}/tap/sync", {"LANG": "ADQL", "QUERY": COUNT, "UPLOAD": f"t,{url}"})
        assert answer.status == 403
        assert "Tables are not fetched from" in say(answer)
    assert len(server.asked) == asked + 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("endless", TooLargeError, "larger than 100,000 bytes"),
        ("loop", ParameterError, f"more than {MOST_REDIRECTS} times"),
        ("redirect?to=file:///etc/passwd", ParameterError, "by http and https"),
        ("redirect?to=ftp://h/x", ParameterError, "by http and https"),
        ("redirect?to=http://[::1", ParameterError, "redirected to what is no URL"),
        ("missing", CaomAiError, "HTTP 404"),
        ("cut", TransientError, "cannot be fetched"),
        ("garbage", TransientError, "cannot be fetched"),
        ("headers_without_end", TransientError, "cannot be fetched"),
        ("slow?key=SECRET", TransientError, "did not come within 1 s"),
    ],
)
def test_what_servers_do_wrong_is_said(
    tmp_path: Path, place: str, path: str, kind: type[CaomAiError], words: str
) -> None:
    with pytest.raises(kind, match=words) as error:
        load(f"http://{place}/{path}", tmp_path, place, seconds=1)
    assert str(error.value).endswith(".")
    assert "SECRET" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@h/x",
        "http://user@h/x",
        "http:///x",
        "http://h:99999/x",
        "http://[::1/x",
        "http://h/a b",
        "http://h/ä",
        "http://h/a\r\nHost: x",
        f"http://{'a' * 64}.h/x",
        "gopher://h/x",
    ],
)
def test_urls_that_are_not_plain_are_refused(url: str) -> None:
    with pytest.raises(ParameterError) as error:
        read_url(url)
    assert "secret" not in str(error.value)


def test_the_address_that_was_checked_is_asked(
    tmp_path: Path, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time leads nowhere else: it is looked up once."""
    port = server.server_port
    found = ["127.0.0.1", "127.0.0.2"]

    async def run(hosts: str) -> list[str]:
        looked_up = []

        def look_up(host: str, port: int, **_: object) -> list[Any]:
            looked_up.append(host)
            return [(2, 1, 6, "", (found[len(looked_up) - 1], port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        await fetch(f"http://name.example:{port}/table", tmp_path / "t", Hosts.read(hosts), 10_000, 10)
        return looked_up

    assert asyncio.run(run(f"name.example:{port}")) == ["name.example"]
    assert server.asked[-1] == f"name.example:{port}/table"  # type: ignore[attr-defined]
    with pytest.raises(AuthorizationError, match="not a public one"):
        asyncio.run(run("*"))


def test_name_servers_that_do_not_answer_keep_no_other_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(120) and [])

    async def run() -> None:
        tables = [fetch("http://slow.example/", tmp_path / "t", Hosts.read("*"), 100, 60) for _ in range(50)]
        fetches = asyncio.gather(*tables, return_exceptions=True)
        await asyncio.sleep(0.2)
        try:
            assert await asyncio.wait_for(asyncio.to_thread(len, "other"), 60) == 5
        finally:
            answered.set()
            await fetches

    asyncio.run(run())


@pytest.mark.parametrize(
    ("setting", "host", "port", "must_be_public"),
    [
        ("*", "h.org", 80, True),
        ("*", "h.org", 8080, True),
        ("h.org", "h.org", 443, False),
        ("h.org", "h.org", 8080, None),
        ("h.org:8080, other", "h.org", 8080, False),
        (".org", "a.h.org", 80, False),
        (".org", "org", 80, None),
        ("h.org", "a.h.org", 80, None),
        ("*", "h.org", 25, None),
        ("", "h.org", 80, None),
    ],
)
def test_the_operator_says_which_hosts(
    setting: str, host: str, port: int, must_be_public: bool | None
) -> None:
    hosts = Hosts.read(setting)
    if must_be_public is None:
        with pytest.raises(AuthorizationError):
            hosts.check(host, port)
    else:
        assert hosts.check(host, port) is must_be_public


PRIVATE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255 198.18.0.1 ::1 :: fe80::1 fec0::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::127.0.0.1
::ffff:10.0.0.1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a00:1 2001:db8::1
2001:0:4136:e378:8000:63bf:80ff:fffe"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses_are_known_in_every_dress(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
