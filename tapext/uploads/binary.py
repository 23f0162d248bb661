"""BINARY and BINARY2 (VOTable 1.4 sect. 5.3, 5.4): base64, then rows of values of fixed or stated length."""

from __future__ import annotations

import struct
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from caomai.errors import ParameterError
from tapext.uploads.copying import CopyWriter
from tapext.uploads.fields import COMPLEX, SIZES, UploadField

LENGTH: Final = struct.Struct(">i")
LONGEST_ROW: Final = 16 << 20
BLANKS: Final = b" \t\r\n"


@dataclass(frozen=True)
class Fixed:
    """Neighbouring columns whose values have the same length in every row."""

    layout: struct.Struct


@dataclass(frozen=True)
class Variable:
    """A column whose values have their number of elements before them."""

    name: str
    size: int  # bytes of an element; 0 for bits, eight to a byte

    def bytes_of(self, count: int) -> int:
        """Give the length of a value."""
        length = count * self.size if self.size else (count + 7) // 8
        if count < 0 or length > LONGEST_ROW:
            raise ParameterError(f"a value of the column {self.name!r} claims to have {count:,} elements")
        return length


Step = Fixed | Variable


def format_of(field: UploadField) -> str | None:
    """Give the format by which struct reads a column; None if its values differ in length."""
    if field.length is None:
        return None
    if field.datatype == "bit":
        return f"{(field.length + 7) // 8}s"
    size, code = SIZES[field.datatype]
    if field.is_text or field.is_array or field.datatype in COMPLEX:
        return f"{size * field.length}s"
    return code


def plan(fields: Sequence[UploadField], mask_bytes: int) -> list[Step]:
    """Say how rows are read, in as few steps as possible."""
    formats: list[tuple[str | None, UploadField | None]] = [(format_of(field), field) for field in fields]
    if mask_bytes:
        formats.insert(0, (f"{mask_bytes}s", None))
    steps: list[Step] = []
    for is_fixed, group in groupby(formats, key=lambda pair: pair[0] is not None):
        if is_fixed:
            steps.append(Fixed(struct.Struct(">" + "".join(code or "" for code, _ in group))))
        else:
            steps += [Variable(field.name, SIZES[field.datatype][0]) for _, field in group if field]
    return steps


class BinaryRows:
    """Decodes a stream that comes in pieces and writes its rows as columns."""

    def __init__(self, writer: CopyWriter, *, masked: bool) -> None:
        self.writer = writer
        self.fields = writer.fields
        self.mask_bytes = (len(self.fields) + 7) // 8 if masked else 0
        self.steps = plan(self.fields, self.mask_bytes)
        # Bits tell their number themselves: a fixed one is put before them.
        self.bits = [
            place for place, field in enumerate(self.fields) if field.datatype == "bit" and field.is_array
        ]
        self._characters = b""
        self._data = b""
        check_row(self.steps)

    def text(self, data: str) -> None:
        """Decode the next characters of the stream."""
        try:
            characters = self._characters + data.encode("ascii").translate(None, BLANKS)
            whole = len(characters) - len(characters) % 4
            self._characters = characters[whole:]
            decoded = a2b_base64(characters[:whole], strict_mode=True)
        except (UnicodeEncodeError, Base64Error):
            raise ParameterError("its stream is not base64") from None
        self._take(self._data + decoded)

    def finish(self) -> None:
        """Refuse a stream that ends in the middle of a row."""
        if self._characters or self._data:
            raise ParameterError(f"its stream ends in the middle of row {self.writer.count + 1:,}")

    def _take(self, data: bytes) -> None:
        rows, at = self._rows(data)
        self._data = data[at:]
        if len(self._data) > 2 * LONGEST_ROW:
            raise ParameterError(f"row {self.writer.count + 1:,} is longer than {LONGEST_ROW >> 20} MiB")
        if rows:
            self.writer.write(self._columns(rows))

    def _rows(self, data: bytes) -> tuple[list[tuple[Any, ...]], int]:
        """Take whole rows; gives also where they end."""
        if len(self.steps) == 1 and isinstance(self.steps[0], Fixed):
            layout = self.steps[0].layout
            at = len(data) // layout.size * layout.size
            return list(layout.iter_unpack(memoryview(data)[:at])), at
        rows, at = [], 0
        while (found := self._row(data, at)) is not None:
            row, at = found
            rows.append(row)
        return rows, at

    def _row(self, data: bytes, at: int) -> tuple[tuple[Any, ...], int] | None:
        row: tuple[Any, ...] = ()
        end = len(data)
        for step in self.steps:
            if isinstance(step, Fixed):
                if at + step.layout.size > end:
                    return None
                row += step.layout.unpack_from(data, at)
                at += step.layout.size
                continue
            if at + LENGTH.size > end:
                return None
            (count,) = LENGTH.unpack_from(data, at)
            start = at if step.size == 0 else at + LENGTH.size
            at += LENGTH.size + step.bytes_of(count)
            if at > end:
                return None
            row += (data[start:at],)
        return row, at

    def _columns(self, rows: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place in self.bits:
            columns[place + bool(self.mask_bytes)] = self._with_lengths(
                self.fields[place], columns[place + bool(self.mask_bytes)]
            )
        return mask_columns(columns[1:], columns[0]) if self.mask_bytes else columns

    def _with_lengths(self, field: UploadField, column: Sequence[bytes]) -> Sequence[bytes]:
        if field.length is None:
            return column
        head = LENGTH.pack(field.length)
        return [head + value for value in column]


def check_row(steps: Sequence[Step]) -> None:
    """Refuse rows that are too long, or of which any number fits into nothing."""
    size = sum(step.layout.size if isinstance(step, Fixed) else LENGTH.size for step in steps)
    if not 0 < size <= LONGEST_ROW:
        raise ParameterError(f"its rows have {size:,} bytes; from 1 to {LONGEST_ROW:,} can be read")


def mask_columns(columns: Sequence[Sequence[Any]], masks: Sequence[bytes]) -> Sequence[Sequence[Any]]:
    """Put None where the mask of a row says NULL, the first column in the highest bit."""
    nothing = bytes(len(masks[0]))
    masked = [(row, int.from_bytes(mask)) for row, mask in enumerate(masks) if mask != nothing]
    if not masked:
        return columns
    lists = [list(column) for column in columns]
    top = 8 * len(nothing) - 1
    for place, values in enumerate(lists):
        bit = 1 << (top - place)
        for row, mask in masked:
            if mask & bit:
                values[row] = None
    return lists
