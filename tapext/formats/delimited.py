"""CSV (RFC 4180) and TSV results: a header line with the names, an empty value is NULL."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from psycopg import sql

from tapext.formats.writer import Document, enumerate_columns
from tapext.votype import write_text

ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)


class Csv:
    """CSV: PostgreSQL quotes; an array is one value, its numbers separated by blanks."""

    options: sql.Composable = sql.SQL("(FORMAT csv, NULL '')")

    def __init__(self, document: Document) -> None:
        self.document = document

    def columns(self) -> list[sql.Composable]:
        """Write every column as text."""
        texts = [write_text(field, column) for field, column in enumerate_columns(self.document.fields)]
        # Readers skip an empty line, and "" is none.
        return (
            [sql.SQL("coalesce(({})::text, '')").format(text) for text in texts] if len(texts) == 1 else texts
        )

    def head(self) -> bytes:
        """Write the names of the columns."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([field.name for field in self.document.fields])
        return line.getvalue().encode()

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is a row, which may hold several lines."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Pass the rows on."""
        return b"".join(rows)

    def tail(self, *, overflow: bool) -> bytes:  # noqa: ARG002 -- CSV cannot say that rows were cut off
        """Add nothing."""
        return b""

    def fail(self, message: str) -> None:
        """Give nothing: a short file must not look like a whole one."""


class CsvRows(Csv):
    """CSV without the line of names."""

    def head(self) -> bytes:
        """Write nothing."""
        return b""


class Tsv(Csv):
    """TSV: values hold no tabs and no line ends; a blank stands for each."""

    options: sql.Composable = sql.SQL("(FORMAT text, NULL '')")

    def head(self) -> bytes:
        """Write the names of the columns."""
        names = (re.sub(r"[\t\r\n]", " ", field.name) for field in self.document.fields)
        return ("\t".join(names) + "\n").encode()

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Replace what PostgreSQL escaped."""
        block = b"".join(rows)
        if b"\\" in block:
            return ESCAPE.sub(lambda match: b"\\" if match[1] == b"\\" else b" ", block)
        return block
