"""Every legal value of a VOTable that is uploaded comes back from SELECT * (PA-13, PA-14)."""

from __future__ import annotations

import io
import math
import struct
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from astropy.io.votable import from_table
from astropy.table import MaskedColumn, Table
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.uploads.sending import ask_with, binary, field, read_rows, tabledata

ENCODINGS = ("tabledata", "binary", "binary2")
EVERYTHING = "SELECT * FROM TAP_UPLOAD.t"
WIDTH = 3
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
UNICODE = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=12
)


def whole(bits: int) -> st.SearchStrategy[int]:
    # The lowest number is left to stand for NULL, which BINARY cannot say otherwise.
    return st.integers(1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1)


@dataclass(frozen=True)
class Kind:
    """A kind of column: how numpy holds it, its values, and what stands for NULL where astropy has that."""

    dtype: str
    values: st.SearchStrategy[Any]
    null: Any = None
    width: int = 0


KINDS = [
    Kind("?", st.booleans()),
    Kind("u1", st.integers(0, 254), 255),
    Kind("i2", whole(16), -(2**15)),
    Kind("i4", whole(32), -(2**31)),
    Kind("i8", whole(64), -(2**63)),
    Kind("f4", st.floats(width=32), math.nan),
    Kind("f8", st.floats(), math.nan),
    Kind("c8", st.complex_numbers(width=64, allow_nan=False)),
    Kind("c16", st.complex_numbers(allow_nan=False)),
    Kind("S", ASCII, ""),
    Kind("U", UNICODE, ""),
    Kind("i2", whole(16), width=WIDTH),
    Kind("f4", st.floats(width=32), width=WIDTH),
    Kind("f8", st.floats(), width=WIDTH),
]


@st.composite
def make_columns(draw: st.DrawFn) -> list[MaskedColumn]:
    """Make columns of every kind; scalars may be NULL."""
    rows = draw(st.integers(1, 5))
    columns = []
    for number, kind in enumerate(KINDS):
        count = rows * (kind.width or 1)
        values = draw(st.lists(kind.values, min_size=count, max_size=count))
        nulls = draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
        mask = [null and kind.null is not None for null in nulls]
        if not kind.width:
            values = [kind.null if null else value for value, null in zip(values, mask, strict=True)]
        encoded = [value.encode() for value in values] if kind.dtype == "S" else values
        array = np.array(encoded, kind.dtype + ("14" if kind.dtype in "SU" else ""))
        if kind.width:
            columns.append(MaskedColumn(array.reshape(rows, kind.width), f"k{number}"))
        else:
            columns.append(MaskedColumn(array, f"k{number}", mask=mask))
    return columns


def write(columns: list[MaskedColumn], encoding: str) -> bytes:
    """Write columns as astropy does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = from_table(Table(columns))
        for one, kind in zip(document.get_first_table().fields, KINDS, strict=True):
            if kind.dtype[0] in "iu" and not kind.width:
                one.values.null = kind.null
        content = io.BytesIO()
        document.to_xml(content, tabledata_format=encoding)
    return content.getvalue()


def plain(value: Any) -> Any:
    """Give what a value means: NaN, an empty text and NULL are one; complex numbers are pairs."""
    if value is None or isinstance(value, np.ma.core.MaskedConstant):
        return None
    if isinstance(value, np.ndarray | list | tuple):
        items = [plain(item) for item in np.asarray(value).ravel()]
        return None if not items or all(item is None for item in items) else items
    if isinstance(value, complex | np.complexfloating):
        return plain([value.real, value.imag])
    if isinstance(value, bytes | str):
        return (value.decode() if isinstance(value, bytes) else str(value)) or None
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) else float(value)
    return int(value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=8, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(columns=make_columns())
def test_tables_written_by_astropy_survive(service: str, encoding: str, columns: list[MaskedColumn]) -> None:
    """PA-13, PA-14."""
    answer = ask_with(service, EVERYTHING, {"t": write(columns, encoding)}, RESPONSEFORMAT="votable/b2")
    found = [[plain(value) for value in row] for row in read_rows(answer)]
    assert found == [[plain(value) for value in row] for row in zip(*columns, strict=True)]


# name, datatype, arraysize, xtype, the cell, and the cell that comes back where it is another one
CELLS = [
    ("boolean", "", "", "t", "True"),
    ("boolean", "", "", "0", "False"),
    ("bit", "", "", "1", "True"),
    ("unsignedByte", "", "", "0xff", "255"),
    ("short", "", "", " -0x1F ", "-31"),
    ("long", "", "", "+9223372036854775807", "9223372036854775807"),
    ("double", "", "", "-Inf", "-inf"),
    ("double", "", "", "1.7976931348623157e308", "1.7976931348623157e+308"),
    ("floatComplex", "", "", "1 -2.5", "[1.0, -2.5]"),
    ("doubleComplex", "2", "", "1 2 3 4", "[1.0, 2.0, 3.0, 4.0]"),
    ("char", "", "", "too long", "too long"),
    ("char", "3", "", "too long", "too long"),
    ("char", "8x2", "", "a" * 16, "a" * 16),
    ("char", "*", "", "a\tb\nc\\N < & > ]] 'd' \"e\"", "a\tb\nc\\N < & > ]] 'd' \"e\""),
    ("unicodeChar", "*", "", "Ångström ☉ \U0001d6fc", "Ångström ☉ \U0001d6fc"),
    ("float", "*", "", "1 NaN +Inf", "[1.0, nan, inf]"),
    ("int", "2x2", "", "1 2\n3 0x4", "[1, 2, 3, 4]"),
    ("int", "2x*", "", "1 2 3 4", "[1, 2, 3, 4]"),
    ("boolean", "*", "", "T F 1", "[1, 0, 1]"),
    ("boolean", "3", "", "TFT", "[1, 0, 1]"),
    ("bit", "4", "", "1010", "[1, 0, 1, 0]"),
    ("unsignedByte", "*", "", "0 255", "[0, 255]"),
    ("char", "*", "timestamp", "2026-01-31T12:34:56.789", "2026-01-31T12:34:56.789"),
    ("char", "*", "timestamp", "2026-01-31", "2026-01-31T00:00:00"),
    ("char", "*", "adql:TIMESTAMP", "2026-01-31T12:34:56Z", "2026-01-31T12:34:56"),
    ("char", "*", "uuid", "123E4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
    ("double", "2", "point", "10.5 -20", "[10.5, -20.0]"),
    ("float", "3", "circle", "10.5 -20 0.5", "[10.5, -20.0, 0.5]"),
    ("double", "*", "polygon", "0 0 1 0 1 1", "[0.0, 0.0, 1.0, 0.0, 1.0, 1.0]"),
    ("double", "2", "interval", "-Inf 3", "[-inf, 3.0]"),
    ("char", "*", "shape", "circle 1 2 0.5", "circle 1 2 0.5"),
    ("char", "*", "shape", "polygon 0 0 1 0 1 1", "polygon 0 0 1 0 1 1"),
    ("char", "*", "adql:POINT", "Position ICRS 10 20", "[10.0, 20.0]"),
    ("char", "*", "adql:REGION", "Polygon ICRS 0 0 1 0 1 1", "POLYGON ICRS 0 0 1 0 1 1"),
    ("char", "*", "uri", "ivo://a/b?c#d", "ivo://a/b?c#d"),
    ("char", "*", "hms", "01:02:03.4", "01:02:03.4"),
    ("char", "*", "moc", "1/1,3-5", "1/1,3-5"),
    ("char", "*", "json", '{"a": [1]}', '{"a": [1]}'),
]


def show(value: Any) -> str:
    listed = np.ma.getdata(value).tolist() if hasattr(value, "tolist") else value
    return str(np.ravel(listed).tolist() if isinstance(listed, list | tuple) else listed)


@pytest.mark.parametrize("result", ["votable", "votable/b2"])
def test_cells_of_every_type_survive(service: str, result: str) -> None:
    """PA-14."""
    fields = "".join(
        field(f"c{number}", datatype, size, **({"xtype": xtype} if xtype else {}))
        for number, (datatype, size, xtype, *_) in enumerate(CELLS)
    )
    table = tabledata(fields, [[cell for *_, cell, _ in CELLS], [""] * len(CELLS)])
    first, second = read_rows(ask_with(service, EVERYTHING, {"t": table}, RESPONSEFORMAT=result))
    # Binary encodings have text of type char in ASCII only.
    assert [show(value) for value in first] == [expected for *_, expected in CELLS]
    assert {plain(value) for value in second} == {None}


@pytest.mark.parametrize("element", ["BINARY", "BINARY2"])
def test_values_of_any_length_survive_in_binary(service: str, element: str) -> None:
    """PA-13."""
    fields = (
        field("n", "int")
        + field("texts", "char", "*")
        + field("wide", "unicodeChar", "*")
        + field("numbers", "double", "*")
        + field("bits", "bit", "*")
        + field("nine", "bit", "9")
        + field("logical", "boolean", "2")
        + field("fixed", "char", "4")
    )
    rows = b""
    for number in range(3):
        wide = ("ü☉" * number).encode("utf-16-be")
        mask = b"\0" if element == "BINARY2" else b""
        rows += mask + struct.pack(">ii", number, number) + b"a" * number
        rows += struct.pack(">i", 2 * number) + wide
        rows += struct.pack(f">i{number}d", number, *[0.5] * number)
        rows += struct.pack(">i", number) + (b"\xc0" if number else b"")
        rows += b"\xaa\x80" + b"T?" + b"ab\0\0"
    empty, one, two = read_rows(ask_with(service, EVERYTHING, {"t": binary(fields, rows, element)}))
    assert [plain(value) for value in empty[:5]] == [0, None, None, None, None]
    assert [plain(value) for value in one[:5]] == [1, "a", "ü☉", [0.5], [1]]
    assert [plain(value) for value in two] == [
        2,
        "aa",
        "ü☉ü☉",
        [0.5, 0.5],
        [1, 1],
        [1, 0, 1, 0, 1, 0, 1, 0, 1],
        [1, -(2**15)],  # stands for NULL among whole numbers
        "ab",
    ]


def test_numbers_that_stand_for_null_are_null(service: str) -> None:
    """PA-14."""
    fields = "".join(
        f'<FIELD name="{name}" datatype="{name}"><VALUES null="{null}"/></FIELD>'
        for name, null in [("unsignedByte", "0xff"), ("short", "-99"), ("double", "-999")]
    )
    numbers = struct.pack(">Bhd", 255, -99, -999) + struct.pack(">Bhd", 1, 2, 3)
    query = "SELECT COUNT(*), COUNT(unsignedByte), COUNT(short), COUNT(double) FROM TAP_UPLOAD.t"
    query = query.replace("COUNT(double)", 'COUNT("double")')
    cells = tabledata(fields, [["255", "-99", "-999"], ["1", "2", "3"]])
    for table in (
        cells,
        binary(fields, numbers, "BINARY"),
        binary(fields, b"\0".join([b"", numbers[:11]]) + b"\0" + numbers[11:]),
    ):
        assert read_rows(ask_with(service, query, {"t": table})) == [[2, 1, 1, 1]]
