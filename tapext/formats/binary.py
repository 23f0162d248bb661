"""The encodings BINARY and BINARY2 (VOTable 1.4 sect. 5.3, 5.4): PostgreSQL packs rows, COPY frames them.

A row is one bytea of plain values where possible; arrays and UCS-2 text are columns of their own, repacked
here.
"""

from __future__ import annotations

import struct
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Final

from psycopg import sql

from tapext.formats.votable import declare_nulls, end_table, start_table
from tapext.formats.writer import Document, enumerate_columns
from tapext.votype import MAGIC, Field

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00"
SIGNATURE_LENGTH: Final = 19
TRAILER: Final = b"\xff\xff"
ONE_COLUMN: Final = 6  # bytes before the value of a row's only column: int16 number of columns, int32 length
INT32: Final = struct.Struct(">i")
MASK_BYTES: Final = 7
SIZES: Final = {"short": 2, "int": 4, "long": 8, "float": 4, "double": 8}
SEND: Final = {
    "unsignedByte": sql.SQL("substr(int2send({}), 2)"),
    "short": sql.SQL("int2send({})"),
    "int": sql.SQL("int4send({})"),
    "long": sql.SQL("int8send({})"),
    "float": sql.SQL("float4send({})"),
    "double": sql.SQL("float8send({})"),
    "boolean": sql.SQL("case when {0} then 'T'::bytea when not {0} then 'F'::bytea end"),
}
# What stands for NULL: in BINARY a number that FIELD declares, in BINARY2 anything: the mask says so.
NULLS: Final = {
    "unsignedByte": bytes(1),
    "short": b"\x80" + bytes(1),
    "int": b"\x80" + bytes(3),
    "long": b"\x80" + bytes(7),
    "float": b"\x7f\xc0" + bytes(2),
    "double": b"\x7f\xf8" + bytes(6),
    "boolean": b"?",
}
WIDER: Final = {"unsignedByte": "short"}
ASCII_XTYPES: Final = ("timestamp", "uuid", "caom2:uuid")
ASCII: Final = sql.SQL(r"regexp_replace({}, '[^\u0001-\u007f]', '?', 'g')")
IF_ASCII: Final = sql.SQL("case when octet_length({0}) = char_length({0}) then {1} else {2} end")

Repack = Callable[[bytes | None], bytes]


@dataclass(frozen=True)
class Piece:
    """A column of the COPY: plain bytes, or a value that `repack` turns into the bytes of VOTable."""

    expression: sql.Composable
    repack: Repack | None = None


class Binary:
    """BINARY: a NULL integer is a number that its FIELD declares; a byte has none to spare and is a short."""

    options: sql.Composable = sql.SQL("(FORMAT binary)")
    element = "BINARY"

    def __init__(self, document: Document) -> None:
        self.document = self.fit(document)
        self.pieces = join_pieces([*self.mask(), *map_pieces(self.document.fields)])
        self.rest = b""

    def fit(self, document: Document) -> Document:
        """Give columns types that have room for NULL."""
        fields = (
            replace(field, datatype=WIDER.get(field.datatype, field.datatype)) for field in document.fields
        )
        return replace(document, fields=tuple(fields))

    def mask(self) -> list[Piece]:
        """Give what stands before the values of a row."""
        return []

    def nulls(self) -> list[str | None]:
        """Give the number that stands for NULL in each column."""
        return [MAGIC.get(field.datatype) for field in self.document.fields]

    def columns(self) -> list[sql.Composable]:
        """Pack the values in PostgreSQL."""
        return [piece.expression for piece in self.pieces]

    def head(self) -> bytes:
        """Begin the document."""
        return start_table(self.document, f'<{self.element}><STREAM encoding="base64">', self.nulls())

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Drop the signature before the first row and the trailer after the last one."""
        if messages and bytes(messages[0][: len(SIGNATURE)]) == SIGNATURE:
            messages = [messages[0][SIGNATURE_LENGTH:], *messages[1:]]
        return messages[:-1] if messages and messages[-1] == TRAILER else messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Write rows in base64; what does not fill three bytes waits for the next rows."""
        if len(self.pieces) == 1 and self.pieces[0].repack is None:
            data = self.rest + b"".join([row[ONE_COLUMN:] for row in rows])
        else:
            data = self.rest + b"".join(part for row in rows for part in self.repack(row))
        whole = len(data) - len(data) % 3
        self.rest = data[whole:]
        return b2a_base64(data[:whole], newline=False)

    def repack(self, row: bytes) -> list[bytes]:
        """Take a row of COPY apart and give the bytes of its pieces."""
        parts, at = [], 2
        for piece in self.pieces:
            (length,) = INT32.unpack_from(row, at)
            at += 4
            value = None if length < 0 else bytes(row[at : at + length])
            at += max(length, 0)
            parts.append(piece.repack(value) if piece.repack else value or b"")
        return parts

    def _close(self, *, overflow: bool = False, error: str | None = None) -> bytes:
        rest = b2a_base64(self.rest, newline=False) if self.rest else b""
        return rest + end_table(self.document, f"</STREAM></{self.element}>", overflow=overflow, error=error)

    def tail(self, *, overflow: bool) -> bytes:
        """End the document."""
        return self._close(overflow=overflow)

    def fail(self, message: str) -> bytes:
        """End the document with an error."""
        return self._close(error=message)


class Binary2(Binary):
    """BINARY2: a mask before each row tells which values are NULL, first column in the highest bit."""

    element = "BINARY2"

    def fit(self, document: Document) -> Document:
        """Leave the columns as they are: NULL is in the mask."""
        return document

    def mask(self) -> list[Piece]:
        """Pack the mask."""
        columns = [column for _, column in enumerate_columns(self.document.fields)]
        step = 8 * MASK_BYTES
        return [Piece(mask_bytes(columns[at : at + step])) for at in range(0, len(columns), step)]

    def nulls(self) -> list[str | None]:
        """Declare numbers for arrays only: for whole values the mask is enough."""
        return declare_nulls(self.document.fields)


def mask_bytes(columns: Sequence[sql.Composable]) -> sql.Composable:
    """Pack which of at most 56 columns are NULL."""
    size = -(-len(columns) // 8)
    values = [sql.Literal(1 << (8 * size - 1 - number)) for number in range(len(columns))]
    bits = sql.SQL(" + ").join(
        sql.SQL("case when {} is null then {} else 0 end").format(column, value)
        for column, value in zip(columns, values, strict=True)
    )
    return sql.SQL("substr(int8send(({})::bigint), {})").format(bits, sql.Literal(9 - size))


def map_pieces(fields: Sequence[Field]) -> list[Piece]:
    """Say for each column how it is packed."""
    return [map_piece(field, column) for field, column in enumerate_columns(fields)]


def map_piece(field: Field, value: sql.Composable) -> Piece:
    """Say how a value is packed."""
    if field.is_array:
        return Piece(sql.SQL("array_send({})").format(value), partial(pack_array, field))
    if field.datatype == "unicodeChar":
        return Piece(sql.SQL("textsend({})").format(value), partial(pack_unicode, field.length))
    if field.is_text:
        return Piece(send_text(field, value))
    packed = SEND[field.datatype].format(value)
    return Piece(sql.SQL("coalesce({}, {})").format(packed, sql.Literal(NULLS[field.datatype])))


def send_text(field: Field, value: sql.Composable) -> sql.Composable:
    """Pack text of type char, which binary encodings have in ASCII: other characters become `?`."""
    packed, replaced = (
        sql.SQL("textsend({})").format(value),
        sql.SQL("textsend({})").format(ASCII.format(value)),
    )
    if field.length is None:
        # Bytes are counted faster than characters, and most text is ASCII.
        packed = sql.SQL("int4send(octet_length({})) || {}").format(value, packed)
        replaced = sql.SQL("int4send(char_length({})) || {}").format(value, replaced)
    if field.xtype not in ASCII_XTYPES:
        packed = IF_ASCII.format(value, packed, replaced)
    if field.length is None:
        return sql.SQL("coalesce({}, '\\x00000000'::bytea)").format(packed)
    padding = sql.Literal(bytes(field.length))
    return sql.SQL("substr(coalesce({}, ''::bytea) || {}, 1, {})").format(
        packed, padding, sql.Literal(field.length)
    )


def join_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Concatenate plain neighbours, so that most rows are one column."""
    joined: list[Piece] = []
    for is_plain, group in groupby(pieces, lambda piece: piece.repack is None):
        neighbours = list(group)
        joined += [concatenate(neighbours)] if is_plain else neighbours
    return joined


def concatenate(pieces: Sequence[Piece]) -> Piece:
    """Concatenate in halves: from left to right the first bytes would be copied once a column."""
    if len(pieces) == 1:
        return pieces[0]
    half = len(pieces) // 2
    halves = concatenate(pieces[:half]).expression, concatenate(pieces[half:]).expression
    return Piece(sql.SQL("({} || {})").format(*halves))


def pack_unicode(length: int | None, value: bytes | None) -> bytes:
    """Pack UTF-8 text as UCS-2, its length before it unless every value has the same."""
    packed = (value or b"").decode().encode("utf-16-be")
    if length is None:
        return INT32.pack(len(packed) // 2) + packed
    return packed[: 2 * length].ljust(2 * length, b"\0")


def pack_array(field: Field, value: bytes | None) -> bytes:
    """Pack the elements of an array, its length before it unless every value has the same."""
    null, size = NULLS[field.datatype], SIZES[field.datatype]
    elements = b"" if value is None else take_elements(value, size, null)
    if field.length is None:
        return INT32.pack(len(elements) // size) + elements
    return elements[: field.length * size].ljust(field.length * size, b"\0") if value else null * field.length


def take_elements(value: bytes, size: int, null: bytes) -> bytes:
    """Take the elements out of PostgreSQL's binary array: 20 bytes of head, then length and value each."""
    if len(value) <= 20:  # an empty array has no dimension  # noqa: PLR2004
        return b""
    if value[7]:  # the flag says that some element is NULL
        return b"".join(walk_elements(value, null))
    elements = bytearray((len(value) - 20) // (4 + size) * size)
    for byte in range(size):
        elements[byte::size] = value[24 + byte :: 4 + size]
    return bytes(elements)


def walk_elements(value: bytes, null: bytes) -> list[bytes]:
    """Take the elements of an array with NULLs one by one."""
    elements, at = [], 20
    while at < len(value):
        (length,) = INT32.unpack_from(value, at)
        at += 4
        elements.append(null if length < 0 else value[at : at + length])
        at += max(length, 0)
    return elements
