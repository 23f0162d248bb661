"""One column of a FITS binary table: measured in a first pass over the rows, written in a second."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import numpy as np

from tapext.formats.tablefiles.rows import Arrays, Bools, Column, Rows, Values

LETTERS: Final = {
    "boolean": "L",
    "unsignedByte": "B",
    "short": "I",
    "int": "J",
    "long": "K",
    "float": "E",
    "double": "D",
}
# The text of tables is ASCII without control characters (sect. 7.3.3.1); NUL ends it.
PRINTABLE: Final = bytes(
    code if 31 < code < 127 or code == 0 else ord(" " if code in b"\t\n\v\f\r" else "?")  # noqa: PLR2004 -- ASCII
    for code in range(256)
)
PRINTED: Final = np.frombuffer(PRINTABLE, np.uint8)
DESCRIPTOR: Final = np.dtype((">i8", 2))
CANDIDATES: Final = 200


class TableColumn:
    """A column, and what the rows so far ask of it."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.width = 1
        self.most = 0
        self.heap_bytes = 0
        self._has_nulls = False
        if column.is_integer:
            self._least = int(np.iinfo(self._dtype).min)
            self._free = np.arange(self._least, self._least + CANDIDATES, dtype=self._dtype)

    @property
    def _dtype(self) -> np.dtype[Any]:
        # A byte has no number to spare for NULL: FITS has it as a short then.
        dtype = self.column.dtype
        return np.dtype(">i2") if dtype.kind == "u" and self._has_nulls else dtype

    @property
    def in_heap(self) -> bool:
        """Tell whether rows only say where the values are."""
        return self.column.is_array and self.column.length is None

    @property
    def null(self) -> int | None:
        """Give the number that stands for NULL, one that no row has, where there is a NULL."""
        if not (self.column.is_integer and self._has_nulls):
            return None
        if self.column.dtype.kind == "u":
            return -1
        return int(self._free[0]) if len(self._free) else self._least

    @property
    def layout(self) -> np.dtype[Any]:
        """Type of a value in a row."""
        if self.column.is_text:
            return np.dtype(f"S{self.width}")
        if self.in_heap:
            return DESCRIPTOR
        return np.dtype((self._dtype, self.column.length)) if self.column.is_array else self._dtype

    @property
    def form(self) -> str:
        """Give the value of TFORM."""
        if self.column.is_text:
            return f"{self.width}A"
        letter = LETTERS["short" if self._dtype != self.column.dtype else self.column.datatype]
        if self.in_heap:
            return f"1Q{letter}({self.most})"
        return f"{self.column.length}{letter}" if self.column.is_array else letter

    def measure(self, rows: Rows, at: int) -> None:
        """Look at some rows."""
        if self.column.is_text:
            self.width = max(self.width, int(rows.numbers(at).max()))
        elif self.column.is_array:
            self._measure_arrays(rows.arrays(at))
        else:
            self._note(rows.numbers(at), rows.nulls(at))

    def _measure_arrays(self, arrays: Arrays) -> None:
        if self.in_heap:
            self.most = max(self.most, int(arrays.counts.max()))
            self.heap_bytes += arrays.elements.nbytes
        elif (arrays.counts != self.column.length).any():
            self._has_nulls = True
        self._note(arrays.elements, arrays.nulls)

    def _note(self, numbers: Values, nulls: Bools) -> None:
        if not self.column.is_integer:
            return
        self._has_nulls |= bool(nulls.any())
        low = numbers[~nulls & (numbers < self._least + CANDIDATES)]
        if len(low) and self.column.dtype.kind == "i":
            self._free = np.setdiff1d(self._free, low)

    def values(self, rows: Rows, at: int, heap: BinaryIO) -> Values:
        """Give the values of some rows as the table has them."""
        if self.column.is_text:
            return self._texts(rows.cells(at))
        if self.in_heap:
            return self._put(rows.arrays(at), heap)
        if self.column.is_array:
            return self._fixed(rows.arrays(at), len(rows))
        return self._filled(rows.numbers(at), rows.nulls(at))

    def _texts(self, cells: list[bytes]) -> Values:
        if not b"".join(cells).isascii():
            cells = [cell.decode().encode("ascii", "replace") for cell in cells]
        characters = np.array(cells, self.layout).view(np.uint8)
        return PRINTED[characters].view(self.layout)

    def _filled(self, numbers: Values, nulls: Bools) -> Values:
        if not nulls.any():
            return numbers
        filled = numbers.astype(self._dtype)
        filled[nulls] = self._filler
        return filled

    @property
    def _filler(self) -> Any:
        if self.column.datatype == "boolean":
            return b"\0"
        return np.nan if self.null is None else self.null

    def _fixed(self, arrays: Arrays, count: int) -> Values:
        length = self.column.length or 0
        elements = self._filled(arrays.elements, arrays.nulls)
        if (arrays.counts == length).all():
            return elements.reshape(count, length)
        table = np.full((count, length), self._filler, self._dtype)
        ends = np.cumsum(arrays.counts)
        for row, (end, size) in enumerate(zip(ends.tolist(), arrays.counts.tolist(), strict=True)):
            kept = min(size, length)
            table[row, :kept] = elements[end - size : end - size + kept]
        return table

    def _put(self, arrays: Arrays, heap: BinaryIO) -> Values:
        sizes = arrays.counts * self._dtype.itemsize
        places = heap.tell() + np.cumsum(sizes) - sizes
        heap.write(self._filled(arrays.elements, arrays.nulls).tobytes())
        return np.stack([arrays.counts, places], axis=1)


def to_ascii(text: str) -> str:
    """Write text as a header may have it: other characters become `?`, line ends blanks."""
    return text.encode("ascii", "replace").translate(PRINTABLE).decode()
