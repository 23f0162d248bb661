"""Rows as tapext.formats.packed frames them, taken apart column by column."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt

HEAD: Final = struct.Struct("=II")  # number of rows, 0 at the end, and of bytes
END: Final = HEAD.pack(0, 0)
COPIED: Final = 6  # bytes of COPY before a row: the number of columns, and the length of the only one
BATCH: Final = 1 << 20
DTYPES: Final = {
    "boolean": "S1",
    "unsignedByte": ">u1",
    "short": ">i2",
    "int": ">i4",
    "long": ">i8",
    "float": ">f4",
    "double": ">f8",
}
ARRAY_HEAD: Final = 20  # bytes of PostgreSQL's arrays before the elements: dimensions, flags, type, size
FLAGS: Final = slice(4, 8)

Bools = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]


class IncompleteError(Exception):
    """The rows ended before their end was said: whoever sent them has given up."""


@dataclass(frozen=True)
class Column:
    """A column; `length` is the number of elements or characters where every value has as many."""

    name: str
    datatype: str
    is_text: bool
    is_array: bool
    length: int | None
    notes: dict[str, str | None]

    @property
    def is_sized(self) -> bool:
        """Tell whether values say how long they are."""
        return self.is_text or self.is_array

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a number, or of an element of an array."""
        return np.dtype(DTYPES[self.datatype])

    @property
    def is_integer(self) -> bool:
        """Tell whether numbers are whole, so that none of them means NULL."""
        return not self.is_text and self.dtype.kind in "iu"


class Rows:
    """A block of rows."""

    def __init__(self, columns: Sequence[Column], lengths: Values, data: bytes) -> None:
        self.columns, self.lengths, self.data = columns, lengths, data
        self.starts = np.cumsum(lengths, dtype=np.int64) - lengths + COPIED
        mask = [("mask", "u1", -(-len(columns) // 8))]
        self.layout = np.dtype(
            [*mask, *((f"c{at}", ">i4" if c.is_sized else c.dtype) for at, c in enumerate(columns))]
        )

    def __len__(self) -> int:
        return len(self.starts)

    def frame(self) -> bytes:
        """Write the block as it is read."""
        head = HEAD.pack(len(self), len(self.data))
        return b"".join((head, self.lengths.astype(np.int32).tobytes(), self.data))

    def split(self, most: int) -> Iterator[Self]:
        """Give the rows in blocks of at most so many."""
        for start in range(0, len(self), most):
            lengths = self.lengths[start : start + most]
            begin = int(self.starts[start]) - COPIED
            yield type(self)(self.columns, lengths, self.data[begin : begin + int(lengths.sum())])

    @cached_property
    def fixed(self) -> Values:
        """Numbers, masks and lengths as a structured array."""
        places = self.starts[:, None] + np.arange(self.layout.itemsize)
        fixed: Values = np.frombuffer(self.data, np.uint8)[places].view(self.layout)[:, 0]
        return fixed

    def nulls(self, at: int) -> Bools:
        """Tell which values of a column are NULL."""
        bits: Bools = (self.fixed["mask"][:, at // 8] & (0x80 >> at % 8)) != 0
        return bits

    def numbers(self, at: int) -> Values:
        """Give the numbers of a column in network order; those for NULL mean nothing."""
        numbers: Values = self.fixed[f"c{at}"]
        return numbers

    @cached_property
    def ends(self) -> dict[int, Values]:
        """Where the bytes of each value end, column by column."""
        sized = [at for at, column in enumerate(self.columns) if column.is_sized]
        lengths = [self.fixed[f"c{at}"].astype(np.int64) for at in sized]
        ends = (
            self.starts + self.layout.itemsize + np.cumsum(np.array(lengths).reshape(-1, len(self)), axis=0)
        )
        return dict(zip(sized, ends, strict=True))

    def cells(self, at: int) -> list[bytes]:
        """Give the bytes of each value of a column; those of NULL are none."""
        ends = self.ends[at]
        starts = ends - self.fixed[f"c{at}"]
        return [self.data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    def arrays(self, at: int) -> Arrays:
        """Give the arrays of a column."""
        return Arrays.read(self.columns[at].dtype, self.cells(at))


@dataclass(frozen=True)
class Arrays:
    """Arrays of numbers one after another: the elements, which of them are NULL, and how many each has."""

    elements: Values
    nulls: Bools
    counts: Values

    @classmethod
    def read(cls, dtype: np.dtype[Any], cells: Sequence[bytes]) -> Self:
        """Take the elements out of what PostgreSQL sends."""
        if any(any(cell[FLAGS]) for cell in cells):
            return cls._read_with_nulls(dtype, cells)
        element = np.dtype([("length", ">i4"), ("value", dtype)])
        elements = np.frombuffer(b"".join([cell[ARRAY_HEAD:] for cell in cells]), element)["value"]
        sizes = np.array([max(len(cell) - ARRAY_HEAD, 0) for cell in cells], np.int64)
        return cls(elements, np.zeros(len(elements), bool), sizes // element.itemsize)

    @classmethod
    def _read_with_nulls(cls, dtype: np.dtype[Any], cells: Sequence[bytes]) -> Self:
        values: list[bytes | None] = []
        counts = []
        for cell in cells:
            found = list(walk_elements(cell))
            values += found
            counts.append(len(found))
        missing = bytes(dtype.itemsize)
        elements = np.frombuffer(b"".join(missing if value is None else value for value in values), dtype)
        return cls(elements, np.array([value is None for value in values], bool), np.array(counts, np.int64))


def walk_elements(cell: bytes) -> Iterator[bytes | None]:
    """Give the elements of one array; None is NULL."""
    at = ARRAY_HEAD
    while at < len(cell):
        length = int.from_bytes(cell[at : at + 4], "big", signed=True)
        at += 4
        yield None if length < 0 else cell[at : at + length]
        at += max(length, 0)


class Frames:
    """The frames of one result, as they come."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.columns = [Column(**facts) for facts in self._facts()["columns"]]
        self.ending: dict[str, Any] = {}

    def blocks(self) -> Iterator[Rows]:
        """Give the rows; then `ending` says what was known at the end."""
        yield from read_blocks(self.stream, self.columns)
        self.ending = self._facts()

    def _facts(self) -> dict[str, Any]:
        _, length = HEAD.unpack(read_exactly(self.stream, HEAD.size))
        facts: dict[str, Any] = json.loads(read_exactly(self.stream, length))
        return facts


def read_blocks(stream: BinaryIO, columns: Sequence[Column]) -> Iterator[Rows]:
    """Read rows until their end, in blocks that are worth the calls."""
    lengths: list[Values] = []
    data: list[bytes] = []
    while True:
        count, size = HEAD.unpack(read_exactly(stream, HEAD.size))
        if count:
            lengths.append(np.frombuffer(read_exactly(stream, 4 * count), np.int32))
            data.append(read_exactly(stream, size))
        if lengths and (not count or sum(map(len, data)) >= BATCH):
            yield Rows(columns, np.concatenate(lengths), b"".join(data))
            lengths, data = [], []
        if not count:
            return


def read_exactly(stream: BinaryIO, size: int) -> bytes:
    """Read so many bytes."""
    data = stream.read(size)
    if len(data) < size:
        raise IncompleteError
    return data
