"""What every format of a result has in common: rows of a COPY come in, bytes of a document go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from psycopg import sql

from tapext.votype import Field


@dataclass(frozen=True)
class Info:
    """A fact about a result as a whole, as a VOTable INFO tells it."""

    name: str
    value: str
    ucd: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Document:
    """What surrounds the rows of a result; `services` are VOTable RESOURCEs of type meta, as markup."""

    fields: tuple[Field, ...]
    infos: tuple[Info, ...] = ()
    services: str = ""


class Writer(Protocol):
    """Turns the messages of one COPY, a row each, into a document; each result has a writer of its own."""

    options: sql.Composable

    def columns(self) -> list[sql.Composable]:
        """Give the expressions to COPY; the columns are called c1, c2 and so on there, and cast already."""

    def head(self) -> bytes:
        """Begin the document."""

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the rows out of the messages that COPY delivered."""

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Write some rows."""

    def tail(self, *, overflow: bool) -> bytes:
        """End the document; `overflow` says that rows were cut off."""

    def fail(self, message: str) -> bytes | None:
        """End the document with an error; None where the format cannot say so."""


def enumerate_columns(fields: Sequence[Field]) -> list[tuple[Field, sql.Composable]]:
    """Pair each field with its column inside the COPY statement."""
    return [(field, sql.Identifier(f"c{number}")) for number, field in enumerate(fields, 1)]
