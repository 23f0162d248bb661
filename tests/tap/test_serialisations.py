"""The writers of streamed formats on their own: masks, limits, names, and what no query of ours gives."""

from __future__ import annotations

import asyncio
import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from psycopg.sql import SQL, Composable, Literal

from caomai.database import Database
from caomai.settings import read_settings
from tapext.formats.registry import find_format
from tapext.formats.writer import Document, Info
from tapext.pools import make_pool
from tapext.stream import copy_blocks, copy_statement, write_blocks
from tapext.votype import Field
from tests.tap.client import VOT, read_table

FIELDS = (
    Field("n", "int"),
    Field("width", "float", unit="arcsec", ucd="phys.angSize", description="a <width>"),
    Field("text", "char", "*"),
    Field("counts", "int", "4"),
    Field("samples", "double", "*"),
)
VALUES = SQL("values (1, 1.5::real, 'a'::text, array[1, 2, 3, 4], array[0.5]::float8[])")


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


VOTABLES = ("votable", "votable/b2", "votable/b")
each_votable = pytest.mark.parametrize("kind", VOTABLES)


@each_votable
def test_re_03_fields_say_what_the_catalogue_says(database: Database, kind: str) -> None:
    field = read_table(write(database, kind, FIELDS, VALUES)).fields[1]
    described = (field.name, field.datatype, str(field.unit), field.ucd, field.description)
    assert described == ("width", "float", "arcsec", "phys.angSize", "a <width>")


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


def test_names_of_columns_may_be_anything(database: Database) -> None:
    fields = (Field('a "b" <c>\t&', "int"),)
    root = ET.fromstring(write(database, "votable", fields, SQL("values (1)")))
    assert [field.get("name") for field in root.iter(f"{VOT}FIELD")] == ['a "b" <c>\t&']
    assert write(database, "csv", fields, SQL("values (1)")) == b'"a ""b"" <c>\t&"\n1\n'
    assert write(database, "tsv", fields, SQL("values (1)")) == b'a "b" <c> &\n1\n'
