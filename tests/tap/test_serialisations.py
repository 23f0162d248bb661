"""Every format, written from PostgreSQL and read back: types, NULLs, special values, unicode, arrays."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from psycopg.sql import SQL, Composable, Literal

from caomai.database import Database
from caomai.settings import read_settings
from tapext.formats import find_format
from tapext.pools import make_pool
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.votype import Field
from tapext.writer import Document, Info
from tests.tap.client import VOT, read_table

UUID = "11111111-2222-3333-4444-555555555555"
FIELDS = (
    Field("short", "short"),
    Field("int", "int"),
    Field("long", "long"),
    Field("float", "float", unit="arcsec", ucd="phys.angSize", description="a <width>"),
    Field("double", "double"),
    Field("text", "char", "*"),
    Field("unicode", "unicodeChar", "*"),
    Field("time", "char", "23*", "timestamp"),
    Field("uuid", "char", "36", "uuid"),
    Field("counts", "int", "4"),
    Field("vector", "float", "3"),
    Field("samples", "double", "*"),
    Field("longs", "long", "*"),
    Field("flag", "boolean"),
)
VALUES = SQL(
    r"""values
    (1::smallint, 2, 3::bigint, 1.5::real, 0.1::float8, 'a <b>&"c" ]]>'::text,
     'äöü €𝄞'::text, timestamp '2020-01-02 03:04:05.678', '11111111-2222-3333-4444-555555555555'::uuid,
     array[1, 2, 3, 400000], '[1.5,-2,0]'::halfvec(3), array[0.25, 'infinity', 'nan', '-infinity']::float8[],
     array[9007199254740993, -1], true),
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null),
    (-32767, -2147483647, -9223372036854775807, 'nan', '-infinity', E'tab\tline\nback\\slash \\N Infinity',
     E'comma, "quote"', timestamp '2020-01-02', '11111111-2222-3333-4444-555555555555',
     array[-1, 0, 0, 0], '[0,0,1]', array[]::float8[], array[]::bigint[], false)"""
)


def write(
    database: Database, kind: str, fields: tuple[Field, ...], query: Composable, maxrec: int = 100
) -> bytes:
    async def run() -> bytes:
        async with make_pool(read_settings(), database) as pool:
            writer = find_format(kind).format.writer(Document(fields, (Info("query", "a < 'b'"),)))
            blocks = copy_blocks(pool, copy_statement(query, fields, writer), 10)
            first = await anext(blocks)
            return b"".join([chunk async for chunk in write_blocks(first, blocks, writer, maxrec)])

    return asyncio.run(run())


@pytest.fixture(scope="module")
def tables(database: Database) -> dict[str, Any]:
    return {kind: read_table(write(database, kind, FIELDS, VALUES)).array for kind in VOTABLES}


VOTABLES = ("votable", "votable/b2", "votable/b")
each_votable = pytest.mark.parametrize("kind", VOTABLES)


@each_votable
def test_re_03_numbers_come_back_exactly(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    assert [table[name][0] for name in ("short", "int", "long")] == [1, 2, 3]
    least = [-32767, -2147483647, -9223372036854775807]
    assert [table[name][2] for name in ("short", "int", "long")] == least
    assert table["float"][0] == 1.5
    assert table["double"][0] == 0.1
    assert [bool(value) for value in table["flag"].data[[0, 2]]] == [True, False]


@each_votable
def test_re_09_null_is_null_in_every_encoding(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    for name in ("short", "int", "long", "float", "double", "flag"):
        assert table[name].mask.tolist()[:2] == [False, True], name
    assert [str(table[name][1]) for name in ("text", "unicode", "time", "uuid")] == [""] * 4
    assert np.ma.getmaskarray(table["vector"][1]).all() or np.isnan(table["vector"].data[1]).all()
    assert table["samples"][1] is None or len(table["samples"][1]) == 0


@each_votable
def test_re_09_special_numbers_are_spelled_as_readers_expect(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    assert np.isnan(table["float"].data[2])
    assert table["double"][2] == -np.inf
    samples = np.ma.getdata(table["samples"][0])
    assert samples[[0, 1, 3]].tolist() == [0.25, np.inf, -np.inf]
    assert np.isnan(samples[2])


@each_votable
def test_re_09_text_keeps_every_character(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    assert table["text"][0] == 'a <b>&"c" ]]>'
    assert table["text"][2] == "tab\tline\nback\\slash \\N Infinity"
    assert table["unicode"][0] == "äöü €𝄞"
    assert table["unicode"][2] == 'comma, "quote"'


@each_votable
def test_re_09_times_and_uuids_are_in_their_dali_form(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    assert [table["time"][row] for row in (0, 2)] == ["2020-01-02T03:04:05.678", "2020-01-02T00:00:00"]
    assert table["uuid"][0] == UUID


@each_votable
def test_re_09_arrays_come_back_exactly(tables: dict[str, Any], kind: str) -> None:
    table = tables[kind]
    assert table["counts"][0].tolist() == [1, 2, 3, 400000]
    assert table["counts"][2].tolist() == [-1, 0, 0, 0]
    assert table["vector"][0].tolist() == [1.5, -2, 0]
    assert np.ma.getdata(table["longs"][0]).tolist() == [9007199254740993, -1]
    assert len(table["longs"][2]) == len(table["samples"][2]) == 0


@each_votable
def test_re_03_fields_say_what_the_catalogue_says(database: Database, kind: str) -> None:
    field = read_table(write(database, kind, FIELDS, VALUES)).fields[3]
    described = (field.name, field.datatype, str(field.unit), field.ucd, field.description)
    assert described == ("float", "float", "arcsec", "phys.angSize", "a <width>")


@each_votable
def test_characters_that_xml_forbids_are_dropped(database: Database, kind: str) -> None:
    fields = (Field("t", "unicodeChar", "*"),)
    content = write(database, kind, fields, SQL(r"values (E'a\x01\x08\x0b\x0c\x1f\uffff\ufffeb')"))
    text = str(read_table(content).array["t"][0])
    assert text == "ab" if kind == "votable" else text.startswith("a")


@each_votable
def test_a_carriage_return_survives(database: Database, kind: str) -> None:
    content = write(database, kind, (Field("t", "char", "*"),), SQL(r"values (E'a\r\nb')"))
    assert read_table(content).array["t"][0] == "a\r\nb"


@pytest.mark.parametrize("kind", ["votable/b2", "votable/b"])
def test_char_is_ascii_in_binary_encodings(database: Database, kind: str) -> None:
    fields = (Field("name", "char", "*"), Field("fixed", "char", "4"))
    query = SQL("values ('Müller'::text, 'Wüx'::text), ('b', null)")
    table = read_table(write(database, kind, fields, query)).array
    assert table["name"].tolist() == ["M?ller", "b"]
    assert table["fixed"].tolist() == ["W?x", ""]


@pytest.mark.parametrize("columns", [1, 8, 9, 57, 130])
def test_re_09_mask_of_binary2_has_a_bit_for_every_column(database: Database, columns: int) -> None:
    fields = tuple(Field(f"n{number}", "int") for number in range(columns))
    rows = [[None if (number + row) % 3 else number for number in range(columns)] for row in range(3)]
    values = SQL(", ").join(SQL("({})").format(SQL(", ").join(map(Literal, row))) for row in rows)
    table = read_table(write(database, "votable/b2", fields, SQL("values {}").format(values))).array
    assert [[None if value is np.ma.masked else int(value) for value in row] for row in table] == rows


@each_votable
def test_no_rows_is_a_table_without_rows(database: Database, kind: str) -> None:
    table = read_table(write(database, kind, FIELDS, SQL("select * from ({}) v limit 0").format(VALUES)))
    assert len(table.array) == 0
    assert len(table.fields) == len(FIELDS)


@pytest.mark.parametrize("kind", [*VOTABLES, "csv", "tsv", "json"])
def test_long_results_are_whole_and_in_order(database: Database, kind: str) -> None:
    query = SQL("select n, repeat('x', n % 50) from generate_series(1, 20000) n")
    content = write(database, kind, (Field("n", "int"), Field("t", "char", "*")), query, 20000)
    if kind == "json":
        numbers = [row[0] for row in json.loads(content)["data"]]
    elif kind in VOTABLES:
        numbers = read_table(content).array["n"].tolist()
    else:
        separator = "\t" if kind == "tsv" else ","
        numbers = [int(line.split(separator)[0]) for line in content.decode().splitlines()[1:]]
    assert numbers == list(range(1, 20001))


@pytest.mark.parametrize("kind", [*VOTABLES, "csv", "tsv", "json"])
def test_pa_12_rows_are_cut_at_the_limit_exactly(database: Database, kind: str) -> None:
    fields = (Field("t", "char", "*"),)
    query = SQL(r"select E'line\nline' || n from generate_series(1, 11) n")
    cut, whole = (write(database, kind, fields, query, limit) for limit in (10, 11))
    assert b"line10" in cut or kind.startswith("votable/b")
    assert b"line11" not in cut
    if kind == "json":
        assert [json.loads(text)["query_status"] for text in (cut, whole)] == ["OVERFLOW", "OK"]
    elif kind in VOTABLES:
        assert [len(read_table(text).array) for text in (cut, whole)] == [10, 11]
        assert [b'value="OVERFLOW"' in text for text in (cut, whole)] == [True, False]


def test_csv_is_read_by_a_csv_reader(database: Database) -> None:
    header, first, second, third = csv.reader(io.StringIO(write(database, "csv", FIELDS, VALUES).decode()))
    assert header == [field.name for field in FIELDS]
    assert first[5:10] == ['a <b>&"c" ]]>', "äöü €𝄞", "2020-01-02T03:04:05.678", UUID, "1 2 3 400000"]
    assert set(second) == {""}
    assert third[5:7] == ["tab\tline\nback\\slash \\N Infinity", 'comma, "quote"']


def test_tsv_values_hold_no_tabs(database: Database) -> None:
    lines = write(database, "tsv", FIELDS, VALUES).decode().split("\n")
    assert len(lines) == 5
    assert lines[3].split("\t")[5:7] == ["tab line back\\slash \\N Infinity", 'comma, "quote"']


def test_json_is_read_by_a_json_reader(database: Database) -> None:
    document = json.loads(write(database, "json", FIELDS, VALUES))
    assert document["metadata"][3]["unit"] == "arcsec"
    assert document["info"] == {"query": "a < 'b'"}
    first, second, third = document["data"]
    assert first[:7] == [1, 2, 3, 1.5, 0.1, 'a <b>&"c" ]]>', "äöü €𝄞"]
    assert first[9:11] == [[1, 2, 3, 400000], [1.5, -2, 0]]
    assert second == [None] * len(FIELDS)
    assert third[3:6] == ["NaN", "-Infinity", "tab\tline\nback\\slash \\N Infinity"]


def test_names_of_columns_may_be_anything(database: Database) -> None:
    fields = (Field('a "b" <c>\t&', "int"),)
    root = ET.fromstring(write(database, "votable", fields, SQL("values (1)")))
    assert [field.get("name") for field in root.iter(f"{VOT}FIELD")] == ['a "b" <c>\t&']
    assert write(database, "csv", fields, SQL("values (1)")) == b'"a ""b"" <c>\t&"\n1\n'
    assert write(database, "tsv", fields, SQL("values (1)")) == b'a "b" <c> &\n1\n'
