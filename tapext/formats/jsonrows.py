"""JSON results: {"metadata": [columns], "data": [[values]], "query_status": "OK" or "OVERFLOW"}.

COPY text is JSON but for its separators as soon as PostgreSQL quotes what is no number: JSON holds no tabs
and no line ends of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from psycopg import sql

from tapext.formats.writer import Document, enumerate_columns
from tapext.votype import NUMBERS, Field

# A value that is this word and nothing else is a number: text stands in quotes.
NOT_FINITE: Final = re.compile(rb"(?<![^\t\n])(NaN|-?Infinity)(?![^\t\n])")
# Astroquery looks for these, whether a column has them or not.
ALWAYS: Final = ("unit", "description")
END: Final = b'\n],\n"query_status": "%b"}\n'


class Json:
    """JSON: a row is an array; NaN and infinite numbers are strings."""

    options: sql.Composable = sql.SQL("(FORMAT text, NULL 'null')")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.separator = b"["

    def columns(self) -> list[sql.Composable]:
        """Write numbers as they are, everything else as JSON."""
        return [write_value(field, column) for field, column in enumerate_columns(self.document.fields)]

    def head(self) -> bytes:
        """Write what is known of the columns and of the result."""
        columns = [
            {key: value for key, value in asdict(field).items() if value is not None or key in ALWAYS}
            for field in self.document.fields
        ]
        infos = {info.name: info.value for info in self.document.infos}
        return f'{{"info": {json.dumps(infos)},\n"metadata": {json.dumps(columns)},\n"data": [\n'.encode()

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is a row."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Turn lines into arrays: separators by replacement."""
        if not rows:
            return b""
        block = b"".join(rows)[:-1]
        if b"NaN" in block or b"Infinity" in block:
            block = NOT_FINITE.sub(rb'"\1"', block)
        if b"\\" in block:
            # COPY text writes a backslash twice and has nothing else to escape in JSON.
            block = block.replace(b"\\\\", b"\\")
        start, self.separator = self.separator, b",\n["
        return b"".join((start, block.replace(b"\t", b",").replace(b"\n", b"],\n["), b"]"))

    def tail(self, *, overflow: bool) -> bytes:
        """End the document."""
        return END % (b"OVERFLOW" if overflow else b"OK")

    def fail(self, message: str) -> None:
        """Give nothing: what follows would not be JSON."""


def write_value(field: Field, column: sql.Composable) -> sql.Composable:
    """Write a value as JSON, or leave it to COPY where that is the same."""
    if field.datatype in NUMBERS and not field.is_array:
        return column
    return sql.SQL("to_json({})").format(column)
