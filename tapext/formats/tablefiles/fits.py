"""FITS binary tables (FITS 4.0 sect. 7.3), a VOTable in the primary HDU as TOPCAT's "fits-plus" has it.

Rows are read twice: how wide text is and what may stand for NULL is known when the last one has come.
"""

from __future__ import annotations

import errno
import resource
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO, Final

import numpy as np
from astropy.io.fits import Header

from tapext.formats.tablefiles.fitscolumn import TableColumn, to_ascii
from tapext.formats.tablefiles.rows import END, Frames, Rows, read_blocks

RECORD: Final = 2880
KEYWORDS: Final = {"unit": "TUNIT", "ucd": "TUCD", "utype": "TUTYP", "xtype": "TXTYP", "description": "TCOMM"}
LONGEST_INFO: Final = 2000
PART: Final = 1 << 24  # bytes of the table that are made at once


@dataclass(frozen=True)
class Table:
    """What is known when all rows have come."""

    columns: Sequence[TableColumn]
    count: int
    infos: Sequence[Sequence[str]]

    @cached_property
    def layout(self) -> np.dtype[Any]:
        """Type of a row."""
        return np.dtype([(f"c{at}", column.layout) for at, column in enumerate(self.columns)])


def write(frames: Frames, file: BinaryIO) -> None:
    """Write a FITS file."""
    with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as heap:
        columns = [TableColumn(column) for column in frames.columns]
        count = 0
        for rows in frames.blocks():
            spool.write(rows.frame())
            count += len(rows)
            for at, column in enumerate(columns):
                column.measure(rows, at)
        spool.write(END)
        spool.seek(0)
        write_primary(file, frames.ending["votable"].encode())
        write_table(file, Table(columns, count, frames.ending["infos"]), spool, heap)


def write_primary(file: BinaryIO, votable: bytes) -> None:
    """Write the primary HDU: its data are a VOTable without data."""
    header = Header()
    header["SIMPLE"] = (True, "FITS 4.0")
    header["BITPIX"] = (8, "characters of a VOTable")
    header["NAXIS"] = 1
    header["NAXIS1"] = len(votable)
    header["VOTMETA"] = (True, "of the table that follows")  # TOPCAT wants it to be the fifth card
    header["EXTEND"] = True
    file.write(header.tostring().encode())
    file.write(votable)
    pad(file)


def write_table(file: BinaryIO, table: Table, spool: BinaryIO, heap: BinaryIO) -> None:
    """Write the table, then what its variable-length columns hold."""
    row_bytes = table.layout.itemsize
    check_size(file.tell() + table.count * row_bytes)
    file.write(describe(table).tostring().encode())
    for block in read_blocks(spool, [column.column for column in table.columns]):
        file.writelines(pack(rows, table, heap) for rows in block.split(max(1, PART // row_bytes)))
    heap.seek(0)
    shutil.copyfileobj(heap, file)
    pad(file)


def pack(rows: Rows, table: Table, heap: BinaryIO) -> bytes:
    """Write rows as FITS has them; arrays of variable length go to the heap."""
    packed = np.zeros(len(rows), table.layout)
    for at, column in enumerate(table.columns):
        packed[f"c{at}"] = column.values(rows, at, heap)
    return packed.tobytes()


def describe(table: Table) -> Header:
    """Write the header of the table."""
    columns = table.columns
    header = Header()
    header["XTENSION"] = ("BINTABLE", "binary table")
    header["BITPIX"], header["NAXIS"] = 8, 2
    header["NAXIS1"] = (table.layout.itemsize, "bytes of a row")
    header["NAXIS2"] = (table.count, "rows")
    header["PCOUNT"] = (sum(column.heap_bytes for column in columns), "bytes of the heap")
    header["GCOUNT"] = 1
    header["TFIELDS"] = (len(columns), "columns")
    header["EXTNAME"] = "RESULT"
    for number, (column, name) in enumerate(zip(columns, name_columns(columns), strict=True), 1):
        header[f"TTYPE{number}"] = name
        header[f"TFORM{number}"] = column.form
        if column.null is not None:
            # astropy 8 cannot read TNULL of arrays of variable length.
            where = "COMMENT" if column.in_heap else f"TNULL{number}"
            header[where] = f"{name}: NULL is {column.null}" if column.in_heap else column.null
        for fact, keyword in KEYWORDS.items():
            if column.column.notes[fact]:
                header[f"{keyword}{number}"] = to_ascii(str(column.column.notes[fact]))
    for name, value in table.infos:
        if name == "QUERY_STATUS":
            header["QSTATUS"] = (value, "OVERFLOW: there are more rows")
        else:
            header["COMMENT"] = f"{name}: {to_ascii(value[:LONGEST_INFO])}"
    return header


def name_columns(columns: Sequence[TableColumn]) -> list[str]:
    """Give the columns names that are ASCII and, whatever the case of letters, different."""
    names: list[str] = []
    for column in columns:
        name = plain = to_ascii(column.column.name).strip() or "column"
        number = 1
        while name.lower() in (known.lower() for known in names):
            number += 1
            name = f"{plain}_{number}"
        names.append(name)
    return names


def check_size(size: int) -> None:
    """Refuse a file that would not fit, before its first byte: one long text makes every row as long."""
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most != resource.RLIM_INFINITY and size > most:
        raise OSError(errno.EFBIG, "the table would be too large")


def pad(file: BinaryIO) -> None:
    """Fill the last record."""
    file.write(bytes(-file.tell() % RECORD))
