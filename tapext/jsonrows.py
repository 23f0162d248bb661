"""JSON results: {"metadata": [columns], "data": [[values]], "query_status": "OK" or "OVERFLOW"}."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from psycopg import sql

from tapext.writer import Document, enumerate_columns


class Json:
    """JSON: PostgreSQL writes each row as an array; NaN and infinite numbers are strings."""

    options: sql.Composable = sql.SQL("(FORMAT text)")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.separator = b""

    def columns(self) -> list[sql.Composable]:
        """Write a row as one value."""
        values = [
            sql.SQL("coalesce(to_json({})::text, 'null')").format(column)
            for _, column in enumerate_columns(self.document.fields)
        ]
        return [sql.SQL("'[' || {} || ']'").format(sql.SQL(" || ',' || ").join(values))]

    def head(self) -> bytes:
        """Write what is known of the columns and of the result."""
        columns = [
            {key: value for key, value in asdict(field).items() if value is not None}
            for field in self.document.fields
        ]
        infos = {info.name: info.value for info in self.document.infos}
        return f'{{"info": {json.dumps(infos)},\n"metadata": {json.dumps(columns)},\n"data": [\n'.encode()

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is a row."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Separate the rows; JSON holds no line ends of its own."""
        if not rows:
            return b""
        block = b"".join(rows)
        if b"\\" in block:
            # COPY text writes a backslash twice and has nothing else to escape in JSON.
            block = block.replace(b"\\\\", b"\\")
        start, self.separator = self.separator, b",\n"
        return start + block[:-1].replace(b"\n", b",\n")

    def tail(self, *, overflow: bool) -> bytes:
        """End the document."""
        return b'\n],\n"query_status": "%b"}\n' % (b"OVERFLOW" if overflow else b"OK")

    def fail(self, message: str) -> None:
        """Give nothing: what follows would not be JSON."""
