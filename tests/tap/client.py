"""Plain HTTP requests, and VOTables read back by astropy."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from astropy.io import votable

VOT = "{http://www.ivoa.net/xml/VOTable/v1.3}"
Words = Mapping[str, object] | Sequence[tuple[str, object]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def kind(self) -> str:
        return self.headers["Content-Type"] or ""

    @property
    def root(self) -> Any:
        return ET.fromstring(self.body)

    @property
    def statuses(self) -> list[str]:
        """Values of QUERY_STATUS, in the order of the document."""
        return [info.get("value") for info in self._statuses]

    @property
    def message(self) -> str:
        """What the last QUERY_STATUS says in words."""
        return self._statuses[-1].text or ""

    @property
    def _statuses(self) -> list[Any]:
        return [info for info in self.root.iter(f"{VOT}INFO") if info.get("name") == "QUERY_STATUS"]

    @property
    def infos(self) -> dict[str, str]:
        return {info.get("name"): info.get("value") for info in self.root.iter(f"{VOT}INFO")}

    @property
    def table(self) -> Any:
        return read_table(self.body)


def read_table(content: bytes) -> Any:
    """Read the only table of a VOTable, strictly."""
    return votable.parse(io.BytesIO(content), verify="exception").get_first_table()


def get(url: str, words: Words = (), headers: Mapping[str, str] | None = None) -> Answer:
    address = f"{url}?{urlencode(words)}" if words else url
    return send(urllib.request.Request(address, headers=dict(headers or {})))


def post(url: str, words: Words) -> Answer:
    return send(urllib.request.Request(url, data=urlencode(words).encode()))


def post_body(url: str, kind: str, body: bytes) -> Answer:
    return send(urllib.request.Request(url, data=body, headers={"Content-Type": kind}))


def send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def ask(url: str, query: str, **words: object) -> Answer:
    """Ask an ADQL query by GET."""
    return get(f"{url}/tap/sync", {"LANG": "ADQL", "QUERY": query, **words})


def multipart(pairs: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
    """Write a form as curl and TOPCAT do."""
    parts = "".join(
        f'--x1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs
    )
    return "multipart/form-data; boundary=x1", f"{parts}--x1--\r\n".encode()
