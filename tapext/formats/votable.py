"""VOTable 1.4 documents, streamed: TABLEDATA (sect. 5.1) is COPY text with its separators replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from psycopg import sql

from tapext.formats.writer import Document, Info, enumerate_columns
from tapext.markup import DECLARATION, element, escape, text_element
from tapext.votype import MAGIC, Field, write_text

MEDIA_TYPE: Final = "application/x-votable+xml"
OK: Final = Info("QUERY_STATUS", "OK")
START: Final = (
    DECLARATION + '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/v1.3">\n'
)
END: Final = "</VOTABLE>\n"
ROW: Final = b"<TR><TD>"
CELL: Final = b"</TD><TD>"
ROW_END: Final = b"</TD></TR>\n"
# XML 1.0 forbids these; COPY writes \b, \v and \f as escapes, the others as they are.
CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r"))
NONCHARACTERS: Final = re.compile(b"\xef\xbf[\xbe\xbf]")
ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
ESCAPED: Final = {b"t": b"\t", b"n": b"\n", b"r": b"&#13;", b"b": b"", b"f": b"", b"v": b""}


def write_info(info: Info) -> str:
    """Write an INFO element."""
    return element("INFO", {"name": info.name, "value": info.value, "ucd": info.ucd}, escape(info.text or ""))


def status(value: str, message: str | None = None) -> str:
    """Write the INFO that says how a query went (DALI 1.1 sect. 4.4.1)."""
    return write_info(Info("QUERY_STATUS", value, text=message)) + "\n"


def write_field(field: Field, null: str | None = None) -> str:
    """Write a FIELD element; `null` is the value that stands for NULL where the encoding needs one."""
    attributes = {
        "ID": field.id,
        "name": field.name,
        "datatype": field.datatype,
        "arraysize": None if field.arraysize == "1" else field.arraysize,
        "xtype": field.xtype,
        "unit": field.unit,
        "ucd": field.ucd,
        "utype": field.utype,
    }
    values = element("VALUES", {"null": null}) if null is not None else ""
    return element("FIELD", attributes, text_element("DESCRIPTION", field.description), values) + "\n"


def declare_nulls(fields: Sequence[Field]) -> list[str | None]:
    """Give the number that stands for NULL among the elements of each column of integer arrays."""
    return [MAGIC.get(field.datatype) if field.is_array else None for field in fields]


def start_table(document: Document, data: str, nulls: Sequence[str | None] | None = None) -> bytes:
    """Write everything before the first row; `data` opens the encoding, which may need other `nulls`."""
    nulls = declare_nulls(document.fields) if nulls is None else nulls
    return f"{_describe(document.fields, nulls, [OK, *document.infos])}<DATA>{data}".encode()


def describe_table(document: Document, infos: Sequence[Info]) -> str:
    """Write a document without data, for a file that has the rows in a form of its own."""
    table = _describe(document.fields, [None] * len(document.fields), infos)
    return f"{table}</TABLE>\n</RESOURCE>\n{document.services}{END}"


def _describe(fields: Sequence[Field], nulls: Sequence[str | None], infos: Sequence[Info]) -> str:
    parts = [
        START,
        '<RESOURCE type="results">\n',
        *(write_info(info) + "\n" for info in infos),
        "<TABLE>\n",
        *(write_field(field, null) for field, null in zip(fields, nulls, strict=True)),
    ]
    return "".join(parts)


def end_table(document: Document, data: str, *, overflow: bool = False, error: str | None = None) -> bytes:
    """Write everything after the last row; `data` closes the encoding."""
    late = status("OVERFLOW") if overflow else status("ERROR", error) if error is not None else ""
    return f"{data}</DATA>\n</TABLE>\n{late}</RESOURCE>\n{document.services}{END}".encode()


def write_error(message: str, infos: Sequence[Info] = ()) -> bytes:
    """Write the document that says why there is no result (DALI 1.1 sect. 4.4.2)."""
    others = "".join(write_info(info) + "\n" for info in infos)
    return f'{START}<RESOURCE type="results">\n{status("ERROR", message)}{others}</RESOURCE>\n{END}'.encode()


def write_rows(rows: Sequence[Sequence[object]]) -> str:
    """Write rows of Python values as TABLEDATA; None is NULL."""
    return "".join(
        f"<TR>{''.join(text_element('TD', '' if value is None else str(value)) for value in row)}</TR>\n"
        for row in rows
    )


class TableData:
    """TABLEDATA: each value is text in a TD, NULL an empty one."""

    options: sql.Composable = sql.SQL("(FORMAT text, NULL '')")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.floats = [number for number, field in enumerate(document.fields) if field.is_float]

    def columns(self) -> list[sql.Composable]:
        """Write every column as text."""
        return [write_cell(field, column) for field, column in enumerate_columns(self.document.fields)]

    def head(self) -> bytes:
        """Begin the document."""
        return start_table(self.document, "<TABLEDATA>\n")

    def rows(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Take the messages as they are: each is a line."""
        return messages

    def body(self, rows: Sequence[bytes]) -> bytes:
        """Turn lines into TRs: separators by replacement, escapes only where a block has some."""
        if not rows:
            return b""
        block = b"".join(rows)
        if self.floats and b"Infinity" in block:
            block = b"".join(spell_infinity(bytes(row), self.floats) for row in rows)
        if not block.isascii():
            block = NONCHARACTERS.sub(b"", block)
        has_escapes = b"\\" in block
        block = block[:-1].translate(None, CONTROLS)
        block = block.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        block = block.replace(b"\t", CELL).replace(b"\n", ROW_END + ROW)
        if has_escapes:
            block = ESCAPE.sub(lambda match: ESCAPED.get(match[1], match[1]), block)
        return b"".join((ROW, block, ROW_END))

    def tail(self, *, overflow: bool) -> bytes:
        """End the document."""
        return end_table(self.document, "</TABLEDATA>", overflow=overflow)

    def fail(self, message: str) -> bytes:
        """End the document with an error."""
        return end_table(self.document, "</TABLEDATA>", error=message)


def write_cell(field: Field, column: sql.Composable) -> sql.Composable:
    """Write a column as text; readers count the numbers of a fixed-length array, so NULL is as many NULLs."""
    null = MAGIC.get(field.datatype, "NaN")
    text = write_text(field, column, null)
    if not (field.is_array and field.length):
        return text
    return sql.SQL("coalesce({}, {})").format(text, sql.Literal(" ".join([null] * field.length)))


def spell_infinity(row: bytes, floats: Sequence[int]) -> bytes:
    """Write infinite numbers of a line of COPY text as VOTable does; text columns stay as they are."""
    cells = row.rstrip(b"\n").split(b"\t")
    for number in floats:
        cells[number] = cells[number].replace(b"-Infinity", b"-Inf").replace(b"Infinity", b"+Inf")
    return b"\t".join(cells) + b"\n"
