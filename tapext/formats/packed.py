"""Rows for the process that writes FITS and Parquet: numbers packed by PostgreSQL, framed in blocks.

A row is its NULL mask, its numbers in network order with the lengths of what has no fixed size, then the
bytes of that: text as UTF-8, arrays as PostgreSQL sends them.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any, Final

from psycopg import sql

from caomai.errors import UsageError
from tapext.formats.binary import NULLS, SEND, Binary2, Piece, join_pieces
from tapext.formats.votable import describe_table
from tapext.formats.writer import Document, Info, enumerate_columns
from tapext.votype import Field

BLOCK: Final = struct.Struct("=II")  # number of rows, 0 at the end, and of bytes
LENGTH: Final = sql.SQL("int4send(coalesce(octet_length({}), 0))")
BYTES: Final = sql.SQL("coalesce({}, ''::bytea)")


class Packed(Binary2):
    """What tapext.formats.tablefiles reads: a description, blocks of rows, and what is known at the end."""

    most_columns = 999  # of FITS

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        if len(document.fields) > self.most_columns:
            raise UsageError(f"FITS has no room for more than {self.most_columns} columns: ask for votable.")
        columns = enumerate_columns(document.fields)
        fixed = [Piece(pack_number(field, column)) for field, column in columns]
        sized = [Piece(BYTES.format(send_bytes(*pair))) for pair in columns if is_sized(pair[0])]
        self.pieces = join_pieces([*self.mask(), *fixed, *sized])

    def head(self) -> bytes:
        """Describe the columns."""
        return frame({"columns": [describe_column(field) for field in self.document.fields]})

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Frame some rows: their number and bytes, the length of each, then the rows."""
        if not rows:
            return b""
        lengths = array("i", map(len, rows))
        return b"".join((BLOCK.pack(len(rows), sum(lengths)), lengths.tobytes(), *rows))

    def tail(self, *, overflow: bool) -> bytes:
        """Say that all rows have come, and what the file says of itself."""
        infos = (Info("QUERY_STATUS", "OVERFLOW" if overflow else "OK"), *self.document.infos)
        words = [[info.name, info.value] for info in infos]
        return BLOCK.pack(0, 0) + frame({"infos": words, **self.describe(infos)})

    def describe(self, infos: Sequence[Info]) -> dict[str, str]:
        """Describe the file as a VOTable."""
        return {"votable": describe_table(self.document, infos)}

    def fail(self, message: str) -> None:  # type: ignore[override]
        """Give nothing: a file that is not whole is not sent."""


class PackedLists(Packed):
    """Frames for Parquet, which has lists for arrays, and its text in Unicode."""

    most_columns = sys.maxsize

    def describe(self, infos: Sequence[Info]) -> dict[str, str]:
        """Describe the file as a VOTable with marks where the widths of text will stand.

        astropy puts this table and the columns of Parquet together: both must have text of some width, and
        arrays of any length.
        """
        mark = f"width-{token_hex(8)}-"
        fields = tuple(
            _describe_list(field, f"{mark}{number}.") for number, field in enumerate(self.document.fields)
        )
        return {"votable": describe_table(replace(self.document, fields=fields), infos), "mark": mark}


def _describe_list(field: Field, width: str) -> Field:
    if field.is_text:
        # Validators want timestamps in char.
        return replace(field, datatype="char" if field.xtype else "unicodeChar", arraysize=width)
    return replace(field, arraysize=f"{field.length}*") if field.is_array and field.length else field


def frame(facts: dict[str, Any]) -> bytes:
    """Write facts as JSON, their length before them."""
    text = json.dumps(facts).encode()
    return BLOCK.pack(0, len(text)) + text


def is_sized(field: Field) -> bool:
    """Tell whether values say how long they are."""
    return field.is_text or field.is_array


def describe_column(field: Field) -> dict[str, Any]:
    """Say of a column what the writer of a file needs to know."""
    return {
        "name": field.name,
        "datatype": field.datatype,
        "is_text": field.is_text,
        "is_array": field.is_array,
        "length": field.length,
        "notes": {
            "unit": field.unit,
            "ucd": field.ucd,
            "utype": field.utype,
            "xtype": field.xtype,
            "description": field.description,
        },
    }


def send_bytes(field: Field, column: sql.Composable) -> sql.Composable:
    """Pack text or an array as PostgreSQL sends it."""
    send = sql.SQL("array_send({})" if field.is_array else "textsend({})")
    return send.format(column)


def pack_number(field: Field, column: sql.Composable) -> sql.Composable:
    """Pack a number, or the length of what has no fixed size."""
    if field.is_text:
        return LENGTH.format(column)
    if field.is_array:
        return LENGTH.format(send_bytes(field, column))
    packed = SEND[field.datatype].format(column)
    return sql.SQL("coalesce({}, {})").format(packed, sql.Literal(NULLS[field.datatype]))
