"""Results as text for people: columns side by side, as wide as the first rows want them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from psycopg import sql

from tapext.formats.writer import Document, enumerate_columns
from tapext.votype import write_text

# A terminal must not obey what stands in a table.
CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
GAP: Final = "  "
WIDEST: Final = 60


class Text:
    r"""Aligned columns; a longer value moves the rest of its line, none is cut.

    Line ends, tabs and backslashes stand as \n, \t and \\, as COPY writes them.
    """

    options: sql.Composable = sql.SQL("(FORMAT text, NULL '')")

    def __init__(self, document: Document) -> None:
        self.fields = document.fields
        self.names = [CONTROL.sub("?", re.sub("[\t\n]", " ", field.name)) for field in document.fields]
        self.line = ""

    def columns(self) -> list[sql.Composable]:
        """Write every column as text."""
        return [write_text(field, column) for field, column in enumerate_columns(self.fields)]

    def head(self) -> bytes:
        """Wait for the first rows."""
        return b""

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is a row."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Write rows; the first ones say how wide the columns are."""
        if not rows:
            return b""
        block = CONTROL.sub("?", b"".join(rows).decode().removesuffix("\n"))
        lines = [line.split("\t") for line in block.split("\n")]
        names = "" if self.line else self._begin(lines)
        return (names + "".join([self.line.format(*cells).rstrip() + "\n" for cells in lines])).encode()

    def _begin(self, lines: Sequence[Sequence[str]]) -> str:
        widest = [max(map(len, column)) for column in zip(self.names, *lines, strict=True)]
        widths = [max(len(name), min(width, WIDEST)) for name, width in zip(self.names, widest, strict=True)]
        aligned = zip(self.fields, widths, strict=True)
        self.line = GAP.join(
            f"{{:{'<' if field.is_text or field.is_array else '>'}{n}}}" for field, n in aligned
        )
        heads = (self.names, ["-" * width for width in widths])
        return "".join(self.line.format(*head).rstrip() + "\n" for head in heads)

    def tail(self, *, overflow: bool) -> bytes:
        """End the table."""
        names = "" if self.line else self._begin([])
        more = "\nOVERFLOW: there are more rows; raise MAXREC or narrow the query.\n"
        return (names + (more if overflow else "")).encode()

    def fail(self, message: str) -> None:
        """Give nothing: a short table must not look like a whole one."""
