"""What other programs read in the documents of the service, as columns of Python values."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
from astropy.io import fits
from astropy.table import Table
from astropy.utils.exceptions import AstropyUserWarning

from tests.conformance.stilts import run_stilts
from tests.formats.truth import COLUMNS, QUERY, Column
from tests.tap.visitor import visiting

Columns = dict[str, list[object]]


def to_python(value: Any) -> object:
    """Turn a value of numpy or astropy into one of Python; what is masked is None."""
    if value is None or (np.ma.is_masked(value) and np.ndim(value) == 0):
        return None
    if np.ndim(value):
        elements = np.ma.asarray(value)
        flags = np.ma.getmaskarray(elements)
        return [None if flag else one for one, flag in zip(elements.data.tolist(), flags, strict=True)]
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode() if isinstance(value, bytes) else value


def read_table(table: Table) -> Columns:
    return {name: [to_python(value) for value in table[name]] for name in table.colnames}


def astropy_votable(content: bytes) -> Columns:
    return read_table(Table.read(io.BytesIO(content), format="votable"))


def astropy_fits(content: bytes) -> Columns:
    with warnings.catch_warnings():
        # It takes a boolean that is NULL for false, and says so.
        warnings.filterwarnings("ignore", ".*contains NULL.*", AstropyUserWarning)
        return read_table(Table.read(io.BytesIO(content), format="fits", character_as_bytes=False))


def pyvo_votable(service: str, kind: str) -> Columns:
    """Ask by pyvo itself, which takes its results as VOTable only."""
    with visiting(service) as client:
        return read_table(client.run_sync(QUERY, RESPONSEFORMAT=kind).to_table())


def python_csv(content: bytes) -> Columns:
    return read_rows(csv.reader(io.StringIO(content.decode(), newline="")))


def python_tsv(content: bytes) -> Columns:
    return read_rows(line.split("\t") for line in content.decode().removesuffix("\n").split("\n"))


def read_rows(lines: Any) -> Columns:
    names, *rows = lines
    columns = zip(*rows, strict=True)
    return {
        name: [parse(find(name), text) for text in texts] for name, texts in zip(names, columns, strict=True)
    }


def find(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)


def parse(column: Column, text: str) -> object:
    """Read a value of CSV, which does not say what it is."""
    if not text or column.is_text:
        return text or None
    read: Callable[[str], object] = float if column.is_float else int
    if column.is_array:
        return [None if word == "null" else read(word) for word in text.split()]
    return {"true": True, "false": False}[text.lower()] if column.datatype == "boolean" else read(text)


def python_json(content: bytes) -> Columns:
    document = json.loads(content)
    names = [column["name"] for column in document["metadata"]]
    columns = zip(*document["data"], strict=True)
    return {
        name: [numbers(value) if find(name).is_float else value for value in values]
        for name, values in zip(names, columns, strict=True)
    }


def numbers(value: Any) -> object:
    """Read the words that JSON has no numbers for."""
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return None if value is None else float(value)


def arrow_parquet(content: bytes) -> Columns:
    columns: Columns = pyarrow.parquet.read_table(io.BytesIO(content)).to_pydict()
    return columns


def stilts(content: bytes, kind: str, folder: Path) -> Columns:
    """Have STILTS read a document, and read what it wrote of it."""
    path = folder / "document"
    path.write_bytes(content)
    form = {"fits": "fits-plus", "csv": "csv"}.get(kind, "votable")
    out = ["ofmt=votable-tabledata", f"out={folder / 'copy.vot'}"]
    run = run_stilts("tpipe", f"in={path}", f"ifmt={form}", *out)
    assert run.returncode == 0, run.stderr
    columns = astropy_votable((folder / "copy.vot").read_bytes())
    return (
        {name: [guess(name, value) for value in values] for name, values in columns.items()}
        if kind == "csv"
        else columns
    )


def guess(name: str, value: object) -> object:
    """Read what STILTS took for text: arrays, and any text as Latin 1."""
    if not isinstance(value, str):
        return value
    column = find(name)
    return (
        value.encode("latin-1", "replace").decode(errors="replace")
        if column.is_text
        else parse(column, value)
    )


def fits_headers(content: bytes) -> list[Any]:
    with fits.open(io.BytesIO(content)) as units:
        units.verify("exception")
        return [unit.header for unit in units]
