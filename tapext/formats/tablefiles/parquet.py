"""Parquet with the metadata of a VOTable (VOParquet 1.0, IVOA Note of 2025-01-16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tapext.formats.tablefiles.rows import Bools, Column, Frames, Rows, Values

VERSION: Final = "IVOA.VOTable-Parquet.version"
CONTENT: Final = "IVOA.VOTable-Parquet.content"
# astropy 8 asks for the width of text; without it, it fails on NULL.
WIDTH: Final = "table::len::{}"
TYPES: Final = {
    "boolean": pa.bool_(),
    "unsignedByte": pa.uint8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
}
# A row group is what a reader takes at once, and what is kept here until it is written.
GROUP_ROWS: Final = 1 << 17
GROUP_BYTES: Final = 1 << 25


def write(frames: Frames, file: BinaryIO) -> None:
    """Write a Parquet file."""
    schema = pa.schema([(column.name, arrow_type(column)) for column in frames.columns])
    widths = [1] * len(schema)
    # Readers shall see the keys that are added at the end, not a schema that was stored at the start.
    with parquet.ParquetWriter(file, schema, store_schema=False) as writer:
        for group in collect(make_batches(frames, schema, widths)):
            writer.write_table(pa.Table.from_batches(group, schema))
        writer.add_key_value_metadata(describe(frames, widths))


def describe(frames: Frames, widths: list[int]) -> dict[str, str]:
    """Describe the file, now that the widths of its text are known."""
    votable, mark = frames.ending["votable"], frames.ending["mark"]
    facts = {}
    for at, column in enumerate(frames.columns):
        if column.is_text:
            facts[WIDTH.format(column.name)] = str(widths[at])
            votable = votable.replace(f"{mark}{at}.", str(widths[at]))
    return {**facts, VERSION: "1.0", CONTENT: votable}


def make_batches(frames: Frames, schema: Any, widths: list[int]) -> Iterator[Any]:
    """Make the rows as they come, and note the widest text of each column."""
    for rows in frames.blocks():
        for at, column in enumerate(frames.columns):
            if column.is_text:
                widths[at] = max(widths[at], int(rows.numbers(at).max()))
        arrays = [make_array(column, rows, at) for at, column in enumerate(frames.columns)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def collect(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Collect batches to row groups; there is always one."""
    group: list[Any] = []
    for batch in batches:
        group.append(batch)
        if sum(map(len, group)) >= GROUP_ROWS or sum(part.nbytes for part in group) >= GROUP_BYTES:
            yield group
            group = []
    yield group


def arrow_type(column: Column) -> Any:
    """Give the type of a column; every value may be NULL."""
    if column.is_text:
        return pa.string()
    return pa.list_(TYPES[column.datatype]) if column.is_array else TYPES[column.datatype]


def make_array(column: Column, rows: Rows, at: int) -> Any:
    """Make a column of a block."""
    nulls = rows.nulls(at)
    if column.is_text:
        return make_texts(rows.cells(at), nulls)
    if not column.is_array:
        return make_numbers(column, rows.numbers(at), nulls)
    arrays = rows.arrays(at)
    elements = make_numbers(column, arrays.elements, arrays.nulls)
    return pa.ListArray.from_arrays(make_offsets(arrays.counts), elements, mask=pa.array(nulls))


def make_numbers(column: Column, values: Values, nulls: Bools) -> Any:
    """Make numbers, in the order of bytes of this machine."""
    native = values == b"T" if column.datatype == "boolean" else values.astype(column.dtype.newbyteorder("="))
    return pa.array(native, TYPES[column.datatype], mask=nulls)


def make_texts(cells: list[bytes], nulls: Bools) -> Any:
    """Make texts, which are UTF-8 already."""
    offsets = make_offsets(np.fromiter(map(len, cells), np.int64, len(cells)))
    validity = np.packbits(~nulls, bitorder="little")
    buffers = [pa.py_buffer(validity), offsets.buffers()[1], pa.py_buffer(b"".join(cells))]
    return pa.Array.from_buffers(pa.string(), len(cells), buffers)


def make_offsets(counts: Values) -> Any:
    """Say where each of some values begins, and where the last one ends."""
    return pa.array(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))
