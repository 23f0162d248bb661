"""Documents that are broken or made to do harm: a sentence each, and the service goes on."""

from __future__ import annotations

import gzip
import http.client
import io
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from caomai.errors import ParameterError
from tapext.uploads.child import blocks
from tapext.uploads.votable import VOTableReader
from tests.tap.client import ask
from tests.uploads.conftest import MOST_BYTES, MOST_ROWS
from tests.uploads.sending import HEAD, KIND, ask_with, binary, field, form, read_rows, say, tabledata, wrap

INT, TEXT = field("n", "int"), field("s", "char", "*")
COUNT = "SELECT COUNT(*) FROM TAP_UPLOAD.t"
ONE = tabledata(INT, [["1"]])
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE VOTABLE [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{last};" * 10}">' for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><VOTABLE>"
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE VOTABLE [<!ENTITY x SYSTEM "file:///etc/passwd">]><VOTABLE>'
BIG = 100_000

# What PostgreSQL finds.
VALUES = [
    (tabledata(INT, [["y" * 50_000]]), "row 1, column 'n': invalid input"),
    (tabledata(INT, [["1"], ["2.5"]]), "row 2, column 'n': invalid input syntax for type integer"),
    (tabledata(INT, [["1"], ["99999999999"]]), "row 2, column 'n': value .* is out of range"),
    (tabledata(field("t", "char", "*", xtype="timestamp"), [["2026-02-31"]]), "row 1, column 't'"),
    (tabledata(field("u", "char", "*", xtype="uuid"), [["x"]]), "row 1, column 'u'"),
]

DOCUMENTS = [
    (tabledata(INT, [["1"], ["\\."]]), "row 2, column 'n'"),
    (tabledata(field("a", "int", "*"), [["1} {2"]]), "row 1, column 'a'"),
    (b"", "no well-formed XML"),
    (b"hello", "no well-formed XML"),
    (b"SIMPLE  =                    T", "no well-formed XML"),
    (b"<html><body/></html>", "its root element is html"),
    (HEAD.encode() + b"</VOTABLE>", "it holds no TABLE"),
    (wrap("", "<TABLEDATA/>"), "no FIELD"),
    (ONE[:-40], "no well-formed XML"),
    (ONE[: ONE.index(b"</TR>")], "no well-formed XML"),
    (tabledata("&x;", [], EXTERNAL), "declares entities"),
    (tabledata(INT, [["1"]], BOMB), "declares entities"),
    (("<VOTABLE>" + "<GROUP>" * BIG).encode(), "nested deeper than 50"),
    (
        tabledata(INT, []).replace(b"<TABLEDATA>", b"<TABLEDATA>" + b"<TR>" * BIG),
        "TR has no place in TABLEDATA",
    ),
    (tabledata(INT, []).replace(b"<TABLEDATA>", b"<TABLEDATA><TD>"), "TD has no place in TABLEDATA"),
    (tabledata(INT, [["1"], ["1\t2"]]), "row 2, column 'n'"),
    (tabledata(field("b", "unsignedByte"), [["256"]]), "does not lie between 0 and 255"),
    (tabledata(field("b", "boolean"), [["maybe"]]), "neither true nor false"),
    (tabledata(field("a", "double", "3"), [["1 2"]]), "has 2 numbers, but its arraysize asks for 3"),
    (tabledata(field("a", "double", "*"), [["1 x"]]), "row 1, column 'a'"),
    (tabledata(field("p", "double", "*", xtype="polygon"), [["1 2 3 4"]]), "no polygon"),
    (tabledata(field("s", "char", "*", xtype="shape"), [["range 1 2 3 4"]]), "no circle and no polygon"),
    (tabledata(field("s", "char", "*", xtype="adql:REGION"), [["Circle GALACTIC 1 2 3"]]), "in ICRS"),
    (tabledata(field("t", "char", "*", xtype="timestamp"), [["infinity"]]), "no timestamp"),
    (tabledata(INT, [["1", "2"]]), "row 1 has 2 cells, but the table has 1 columns"),
    (tabledata(field("n", "integer"), []), "datatype 'integer', which is not VOTable's"),
    (tabledata(field("n", "int", "1;2"), []), "arraysize '1;2'"),
    (tabledata(field("n", "double", "99999x99999x99999"), []), "too many"),
    (tabledata(INT * 1001, []), "more than 1,000 columns"),
    (wrap(INT, "<FITS><STREAM/></FITS>"), "are in FITS"),
    (wrap(INT, '<BINARY><STREAM href="file:///etc/passwd"/></BINARY>'), "in another file"),
    (wrap(INT, '<BINARY><STREAM encoding="gzip">x</STREAM></BINARY>'), "not as base64"),
    (wrap(INT, '<BINARY><STREAM encoding="base64">!!!!</STREAM></BINARY>'), "not base64"),
    (wrap(INT, '<BINARY><STREAM encoding="base64">ü</STREAM></BINARY>'), "not base64"),
    (binary(INT, b"\0\0\0\0\1\0"), "ends in the middle of row 2"),
    (binary(TEXT, b"\0" + struct.pack(">i", 2**31 - 1)), "claims to have 2,147,483,647 elements"),
    (binary(TEXT, b"\0" + struct.pack(">i", -1)), "claims to have -1 elements"),
    (binary(TEXT, b"\0" + struct.pack(">i", 9) + b"short"), "ends in the middle of row 1"),
    (binary(field("a", "double", "9999999"), b""), "its rows have"),
    (gzip.compress(ONE)[:-20], "gzip data is broken or cut off"),
    (
        gzip.compress(ONE[: ONE.index(b"<TR>")] + b" " * (2 * MOST_BYTES)),
        f"unpacked it has more than {MOST_BYTES:,} bytes",
    ),
    (tabledata(INT, [["1"]] * (MOST_ROWS + 1)), f"more than {MOST_ROWS:,} rows"),
]


def read(document: bytes) -> bytes:
    """Read a table as the child process does."""
    output: list[bytes] = []
    reader = VOTableReader(lambda fields: None, output.append, MOST_ROWS)  # noqa: ARG005
    reader.read(blocks(io.BytesIO(document), MOST_BYTES))
    return b"".join(output)


@pytest.mark.parametrize(("document", "words"), DOCUMENTS, ids=[words for _, words in DOCUMENTS])
def test_each_is_refused_in_a_sentence(document: bytes, words: str) -> None:
    """PA-14."""
    with pytest.raises(ParameterError, match=words) as error:
        read(document)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(("document", "words"), [*VALUES, *DOCUMENTS[::9]])
def test_the_service_says_so(service: str, document: bytes, words: str) -> None:
    """PA-14."""
    message = say(ask_with(service, COUNT, {"t": document}))
    assert message.startswith("The table TAP_UPLOAD.t cannot be read: ")
    assert re.search(words, message), message


def test_afterwards_the_service_is_well(service: str) -> None:
    for _ in range(4):  # more often than there are connections
        assert read_rows(ask_with(service, COUNT, {"t": gzip.compress(ONE)})) == [[1]]
        assert ask(service, "SELECT COUNT(*) FROM TAP_SCHEMA.schemas").status == 200


def test_an_endless_body_is_refused_while_it_is_sent(service: str) -> None:
    """EP-10."""
    host = urlsplit(service).netloc
    head = form([("LANG", "ADQL"), ("QUERY", COUNT)], {"t": ONE})[:-200]
    connection = http.client.HTTPConnection(host, timeout=30)
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield head
        while sent < 100 * MOST_BYTES:
            sent += 1 << 16
            yield b" " * (1 << 16)

    with suppress(ConnectionError):
        connection.request("POST", "/tap/sync", body(), {"Content-Type": KIND})
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"too large" in answer.read()
    connection.close()


def test_too_many_bytes_are_refused_at_once(service: str) -> None:
    answer = ask_with(service, COUNT, {"t": ONE, "u": b" " * (MOST_BYTES + 1)})
    assert answer.status == 413
    assert f"{MOST_BYTES:,} bytes" in say(answer)
