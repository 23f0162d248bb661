"""Objects of an image as DS9 regions: the rows of a COPY become ellipses in the pixels of their part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from psycopg import sql

from caomai.annotation import REGION_HEAD, Mark, Regions
from tapext.formats.writer import Document, enumerate_columns

COLUMNS: Final = ("part", "node", "label", "confidence", "x", "y", "a", "b", "theta")
ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


class RegionFile:
    """A DS9 region file: a line an object, those of one part together."""

    options: sql.Composable = sql.SQL("(FORMAT text, NULL '')")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.regions = Regions()

    def columns(self) -> list[sql.Composable]:
        """Take what a region shows."""
        named = {field.name: column for field, column in enumerate_columns(self.document.fields)}
        return [named[name] for name in COLUMNS]

    def head(self) -> bytes:
        """Begin the file with what is known of it, as comments."""
        facts = [f"# {info.name}: {' '.join(info.value.split())}\n" for info in self.document.infos]
        return "".join([REGION_HEAD, *facts]).encode()

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is an object."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Write some objects."""
        return self.regions.write(map(read_mark, rows)).encode()

    def tail(self, *, overflow: bool) -> bytes:
        """Say whether objects were left out."""
        return b"# OVERFLOW: there are more objects; raise MAXREC.\n" if overflow else b""

    def fail(self, message: str) -> bytes:
        """Say in a comment that the file is not whole."""
        return f"# ERROR: {' '.join(message.split())}\n".encode()


def read_mark(row: bytes) -> Mark:
    """Read a line of COPY text."""
    cells = [ESCAPE.sub(r"\1", cell) for cell in bytes(row).decode().removesuffix("\n").split("\t")]
    part, node, label, *numbers = cells
    return Mark(part, int(node), label, *map(float, numbers))
