"""FITS and Parquet as files: what their headers say, that they are legal, and that nothing is left behind."""

from __future__ import annotations

import io
from typing import Any

import pyarrow.parquet
import pytest
from astropy.io import fits, votable

from tests.formats.readers import fits_headers
from tests.formats.truth import COLUMNS, QUERY
from tests.tap.client import Answer, ask, get, post
from tests.waiting import wait_until

LONG = "a long name, Ünïcödé, of more characters than a card of FITS has room for them"


@pytest.fixture(scope="module")
def header(documents: dict[str, Answer]) -> Any:
    return fits_headers(documents["fits"].body)[1]


@pytest.mark.parametrize(
    ("kind", "media_type"), [("fits", "application/fits"), ("parquet", "application/vnd.apache.parquet")]
)
def test_re_07_a_file_says_its_length(documents: dict[str, Answer], kind: str, media_type: str) -> None:
    answer = documents[kind]
    assert answer.kind == media_type
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_fits_arrays_have_their_length(header: Any) -> None:
    forms = {header[f"TTYPE{number}"]: header[f"TFORM{number}"] for number in range(1, len(COLUMNS) + 1)}
    assert [forms[name] for name in ("counts", "vector", "point", "flag", "l")] == [
        "400J",
        "400E",
        "2D",
        "L",
        "K",
    ]
    assert [forms[name] for name in ("samples", "longs", "shorts")] == ["1QD(4)", "1QK(2)", "1QI(3)"]
    assert forms["at"] == "23A"


def test_re_03_fits_says_what_the_catalogue_says(header: Any) -> None:
    number = next(number for number in range(1, 30) if header[f"TTYPE{number}"] == "f")
    assert header[f"TUNIT{number}"] == "arcsec"
    assert header[f"TCOMM{number}"] == 'a <"width">'
    assert header["TUCD1"] == "meta.id"
    assert "point" in [header.get(f"TXTYP{number}") for number in range(1, 30)]


def test_re_09_null_in_fits_is_a_number_that_no_row_has(header: Any) -> None:
    names = {header[f"TTYPE{number}"]: header.get(f"TNULL{number}") for number in range(1, len(COLUMNS) + 1)}
    assert [names[name] for name in ("n", "b", "s", "i", "l")] == [
        None,
        -1,
        -32767,
        -(2**31) + 1,
        -(2**63) + 1,
    ]
    assert names["counts"] == -(2**31)


def test_fits_carries_the_whole_votable(documents: dict[str, Answer]) -> None:
    with fits.open(io.BytesIO(documents["fits"].body)) as units:
        document = units[0].data.tobytes()
    assert_described(document, "double")


def test_parquet_carries_the_whole_votable(documents: dict[str, Answer]) -> None:
    """VOParquet 1.0: the two keys, and a VOTable without data as the first table."""
    facts = pyarrow.parquet.ParquetFile(io.BytesIO(documents["parquet"].body)).metadata.metadata
    assert facts[b"IVOA.VOTable-Parquet.version"] == b"1.0"
    assert_described(facts[b"IVOA.VOTable-Parquet.content"], "double")


def assert_described(document: bytes, datatype: str) -> None:
    resource = votable.parse(io.BytesIO(document), verify="exception").resources[0]
    assert (resource.infos[0].name, resource.infos[0].value) == ("QUERY_STATUS", "OK")
    fields = {field.name: field for field in resource.tables[0].fields}
    assert list(fields) == [column.name for column in COLUMNS]
    assert [fields["point"].xtype, fields["point"].datatype] == ["point", datatype]
    assert [fields["at"].xtype, str(fields["f"].unit), fields["n"].ucd] == ["timestamp", "arcsec", "meta.id"]


def test_parquet_has_lists_and_types(documents: dict[str, Answer]) -> None:
    schema = pyarrow.parquet.read_schema(io.BytesIO(documents["parquet"].body))
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert [types[name] for name in ("flag", "b", "s", "l", "f", "at")] == [
        "bool", "uint8", "int16", "int64", "float", "string",
    ]  # fmt: skip
    assert [types[name] for name in ("counts", "vector")] == ["list<element: int32>", "list<element: float>"]


@pytest.mark.parametrize(
    ("maxrec", "rows", "status"), [(0, 0, "OVERFLOW"), (2, 2, "OVERFLOW"), (5, 5, "OK"), (6, 5, "OK")]
)
def test_pa_11_pa_12_files_say_that_rows_were_cut(service: str, maxrec: int, rows: int, status: str) -> None:
    """PA-11, PA-12."""
    query = "SELECT * FROM caom2_ai.truth"
    table = fits_headers(ask(service, query, RESPONSEFORMAT="fits", MAXREC=maxrec).body)[1]
    assert (table["NAXIS2"], table["QSTATUS"]) == (rows, status)
    body = ask(service, query, RESPONSEFORMAT="parquet", MAXREC=maxrec).body
    facts = pyarrow.parquet.ParquetFile(io.BytesIO(body)).metadata
    assert facts.num_rows == rows
    assert f'name="QUERY_STATUS" value="{status}"'.encode() in facts.metadata[b"IVOA.VOTable-Parquet.content"]


def test_row_groups_are_bounded(service: str) -> None:
    others = ", ".join(f"caom2_ai.truth AS {name}" for name in "bcdefg")
    query = f"SELECT a.n, a.counts FROM caom2_ai.truth AS a, {others}"
    body = ask(service, query, RESPONSEFORMAT="parquet", MAXREC=60000).body
    facts = pyarrow.parquet.ParquetFile(io.BytesIO(body)).metadata
    groups = [facts.row_group(number) for number in range(facts.num_row_groups)]
    assert facts.num_rows == 60000
    assert len(groups) > 1
    assert max(group.total_byte_size for group in groups) < 64 << 20


def test_names_of_fits_columns_are_ascii_and_different(service: str) -> None:
    query = f'SELECT n, words AS "{LONG}" FROM caom2_ai.truth'
    header = fits_headers(ask(service, query, RESPONSEFORMAT="fits").body)[1]
    assert header["TTYPE2"] == LONG.encode("ascii", "replace").decode()
    query = 'SELECT n AS "ä", n AS "ö" FROM caom2_ai.truth'
    header = fits_headers(ask(service, query, RESPONSEFORMAT="fits").body)[1]
    assert [header["TTYPE1"], header["TTYPE2"]] == ["?", "?_2"]


def test_a_number_of_every_size_may_be_the_least(service: str) -> None:
    """The number that means NULL is never one that stands in the column."""
    body = ask(service, "SELECT i FROM caom2_ai.truth ORDER BY n", RESPONSEFORMAT="fits").body
    with fits.open(io.BytesIO(body)) as units:
        assert units[1].data["i"].tolist() == [-1, -(2**31) + 1, -(2**31), 2**31 - 1, 0]
        assert units[1].header["TNULL1"] == -(2**31) + 1


def test_more_columns_than_fits_has_are_an_error(service: str) -> None:
    columns = ", ".join(f"n AS c{number}" for number in range(1000))
    words = [("LANG", "ADQL"), ("QUERY", f"SELECT {columns} FROM caom2_ai.truth"), ("RESPONSEFORMAT", "fits")]
    answer = post(f"{service}/tap/sync", words)
    assert (answer.status, answer.statuses) == (400, ["ERROR"])
    assert "999 columns" in answer.message


@pytest.mark.parametrize("kind", ["fits", "parquet", "html"])
def test_a_job_gives_the_same_document(service: str, documents: dict[str, Answer], kind: str) -> None:
    words = [("LANG", "ADQL"), ("QUERY", QUERY), ("RESPONSEFORMAT", kind), ("PHASE", "RUN")]
    job = post(f"{service}/tap/async", words).root.findtext("{*}jobId")
    url = f"{service}/tap/async/{job}"
    wait_until(lambda: get(f"{url}/phase").text.strip() in {"COMPLETED", "ERROR"})
    answer = get(f"{url}/results/result")
    assert answer.kind == documents[kind].kind
    assert len(answer.body) == len(documents[kind].body)
    assert ("Content-Security-Policy" in answer.headers) == (kind == "html")
