"""VOTables written by hand, and forms that carry them."""

from __future__ import annotations

import io
import urllib.request
import warnings
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from astropy.io import votable

from tests.tap.client import Answer, send

HEAD = '<?xml version="1.0"?>\n<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
BOUNDARY = "---x1"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def wrap(fields: str, data: str, head: str = HEAD) -> bytes:
    """Write a document around its fields and data."""
    return f"{head}<RESOURCE><TABLE>\n{fields}\n<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>".encode()


def tabledata(fields: str, rows: Sequence[Sequence[str]], head: str = HEAD) -> bytes:
    """Write a document of rows of cells."""
    cells = ("".join(f"<TD>{escape(cell)}</TD>" for cell in row) for row in rows)
    return wrap(
        fields, "<TABLEDATA>\n" + "".join(f"<TR>{row}</TR>\n" for row in cells) + "</TABLEDATA>", head
    )


def binary(fields: str, data: bytes, element: str = "BINARY2") -> bytes:
    """Write a document with a stream of bytes."""
    stream = f'<STREAM encoding="base64">{b64encode(data).decode()}</STREAM>'
    return wrap(fields, f"<{element}>{stream}</{element}>")


def field(name: str, datatype: str, arraysize: str = "", **attributes: str) -> str:
    """Write a FIELD."""
    size = {"arraysize": arraysize} if arraysize else {}
    words = {"name": name, "datatype": datatype, **size, **attributes}
    quoted = (f'{key}="{escape(value, {chr(34): "&quot;"})}"' for key, value in words.items())
    return f"<FIELD {' '.join(quoted)}/>"


def form(words: Sequence[tuple[str, str]], files: Mapping[str, bytes]) -> bytes:
    """Write a form as clients send it: parameters, then files."""
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in words]
    parts += [
        f'name="{name}"; filename="{name}.vot"\r\nContent-Type: application/x-votable+xml\r\n\r\n'.encode()
        + content
        for name, content in files.items()
    ]
    disposition = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(disposition + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def post_form(url: str, body: bytes) -> Answer:
    return send(urllib.request.Request(f"{url}/tap/sync", data=body, headers={"Content-Type": KIND}))


def ask_with(url: str, query: str, tables: Mapping[str, bytes], **words: str) -> Answer:
    """Ask a query that comes with tables, each under its name."""
    uploads = [("UPLOAD", f"{name},param:{name}") for name in tables]
    pairs = [("LANG", "ADQL"), ("QUERY", query), *words.items(), *uploads]
    return post_form(url, form(pairs, tables))


def read_rows(answer: Answer) -> list[list[Any]]:
    """Read the rows of a result, however its columns are called; NULL is None."""
    assert answer.status == 200, answer.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = votable.parse(io.BytesIO(answer.body), verify="ignore").get_first_table()
    masks = table.array.mask
    return [
        [None if _is_masked(masks[name][row]) else table.array.data[name][row] for name in masks.dtype.names]
        for row in range(len(table.array))
    ]


def _is_masked(mask: Any) -> bool:
    return bool(mask.all()) if hasattr(mask, "all") else bool(mask)


def say(answer: Answer) -> str:
    """Give the sentence of an error."""
    assert answer.statuses == ["ERROR"], answer.text
    assert answer.message.endswith(".")
    assert len(answer.message) < 500
    return answer.message
