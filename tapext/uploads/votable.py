"""The first table of a VOTable (1.1 to 1.5), read by expat in constant memory whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from xml.parsers import expat

from caomai.errors import ParameterError
from tapext.uploads.binary import BinaryRows
from tapext.uploads.copying import CopyWriter
from tapext.uploads.fields import FieldError, UploadField, make_field
from tapext.uploads.tabledata import TableData
from tapext.uploads.values import cells_of, values_of

ROW_END: Final = b"</TR>"
LONGEST_ROW: Final = 16 << 20
LONGEST_TAG: Final = 4 << 20
DEEPEST: Final = 50
MOST_COLUMNS: Final = 1000
LONGEST_TEXT: Final = 2000
FIELD_ATTRIBUTES: Final = ("datatype", "arraysize", "xtype", "unit", "ucd", "utype")
PLAIN_ENCODINGS: Final = (None, "utf-8", "us-ascii", "ascii")
ENCODINGS: Final = {"TABLEDATA", "BINARY", "BINARY2"}

Write = Callable[[bytes], object]


class _Done(Exception):  # noqa: N818 -- no error: the table has been read
    """Nothing of the document after the first table is wanted."""


class VOTableReader:
    """Reads a document; `describe` gets the fields before `write` gets the first rows."""

    def __init__(
        self, describe: Callable[[Sequence[UploadField]], None], write: Write, most_rows: int
    ) -> None:
        self._describe, self._write, self._most_rows = describe, write, most_rows
        self._fields: list[UploadField] = []
        self._attributes: dict[str, str] = {}
        self._texts: list[str] | None = None
        self._depth = 0
        self._in_table = self._in_cdata = self._described = False
        self._is_plain = True
        self._cells: TableData | None = None
        self._rows: BinaryRows | None = None
        self._in_stream = False
        self._fed = 0
        self._parser = self._make_parser()

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 18
        parser.XmlDeclHandler = self._declare
        parser.EntityDeclHandler = self._refuse_entity
        parser.StartCdataSectionHandler = lambda: setattr(self, "_in_cdata", True)
        parser.EndCdataSectionHandler = lambda: setattr(self, "_in_cdata", False)
        return parser

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the document block by block, up to the end of its first table."""
        pending = b""
        try:
            for block in blocks:
                pending += block
                if self._cells is None:
                    self._feed(pending)
                    pending = b""
                    continue
                cut = pending.rfind(ROW_END) + len(ROW_END)
                if cut >= len(ROW_END):
                    self._feed_rows(pending[:cut])
                    pending = pending[cut:]
                elif len(pending) > LONGEST_ROW or not self._is_plain:
                    self._feed(pending)
                    pending = b""
            self._feed(pending)
            self._parse(b"", final=True)
        except _Done:
            return
        raise ParameterError("it holds no TABLE")

    def _feed_rows(self, block: bytes) -> None:
        """Read a block that ends with a row; between rows it may be plain."""
        cells = self._cells
        assert cells is not None
        between = not cells.in_row and not self._in_cdata and self._parser.CurrentByteIndex == self._fed
        rows = cells.take_plain(block) if between and self._is_plain else None
        if rows is None:
            self._feed(block)
        else:
            self._parse(block)
            cells.write_plain(rows)

    def _feed(self, block: bytes) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        try:
            self._parse(block)
        finally:
            self._parser.StartElementHandler = None
            self._parser.EndElementHandler = None
            self._parser.CharacterDataHandler = None

    def _parse(self, block: bytes, *, final: bool = False) -> None:
        self._fed += len(block)
        try:
            self._parser.Parse(block, final)
        except expat.ExpatError as error:
            words = expat.ErrorString(error.code)
            raise ParameterError(
                f"it is no well-formed XML: line {error.lineno}, column {error.offset + 1}: {words}"
            ) from error
        # expat looks at a tag without an end again and again.
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise ParameterError(f"it has a tag or comment longer than {LONGEST_TAG >> 20} MiB")

    def _declare(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002
        self._is_plain = encoding is None or encoding.lower() in PLAIN_ENCODINGS

    def _refuse_entity(self, *arguments: object) -> None:  # noqa: ARG002
        raise ParameterError("it declares entities, which are not taken")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEEPEST:
            raise ParameterError(f"its elements are nested deeper than {DEEPEST}")
        if self._cells is not None:
            self._cells.start(name, attributes)
        elif self._depth == 1 and name != "VOTABLE":
            raise ParameterError(f"its root element is {name[:40]}, not VOTABLE")
        elif not self._in_table:
            self._in_table = name == "TABLE"
        elif name == "FIELD":
            self._start_field(attributes)
        elif name == "DESCRIPTION" and self._attributes:
            self._texts = []
        elif name == "VALUES" and self._attributes and attributes.get("null") is not None:
            self._attributes["null"] = attributes["null"]
        elif name in {*ENCODINGS, "FITS", "STREAM"}:
            self._start_data(name, attributes)

    def _start_field(self, attributes: dict[str, str]) -> None:
        if len(self._fields) >= MOST_COLUMNS:
            raise ParameterError(f"it has more than {MOST_COLUMNS:,} columns, which is the limit")
        name = attributes.get("name", "").strip() or attributes.get("ID", "").strip()
        self._attributes = {
            "name": name or f"column_{len(self._fields) + 1}",
            **{key: attributes[key][:LONGEST_TEXT] for key in FIELD_ATTRIBUTES if key in attributes},
        }

    def _start_data(self, name: str, attributes: dict[str, str]) -> None:
        if name == "FITS":
            raise ParameterError("its rows are in FITS; send them as TABLEDATA, BINARY or BINARY2")
        if name == "STREAM":
            self._start_stream(attributes)
            return
        self._describe_once()
        if name == "TABLEDATA":
            self._cells = TableData(self._writer(list(map(cells_of, self._fields))))
            return
        converts = [values_of(field, empty_is_null=name == "BINARY") for field in self._fields]
        self._rows = BinaryRows(self._writer(converts), masked=name == "BINARY2")

    def _start_stream(self, attributes: dict[str, str]) -> None:
        if attributes.get("href"):
            raise ParameterError("its rows are in another file (href of STREAM); send them inside")
        encoding = attributes.get("encoding") or "base64"
        if encoding.lower() != "base64":
            raise ParameterError(f"its STREAM is encoded as {encoding[:40]!r}, not as base64")
        self._in_stream = True

    def _writer(self, converts: Sequence[Callable[..., Sequence[str]]]) -> CopyWriter:
        return CopyWriter(self._fields, converts, self._most_rows, self._write)

    def _describe_once(self) -> None:
        if self._described:
            raise ParameterError("it has DATA twice in one TABLE")
        if not self._fields:
            raise ParameterError("its first TABLE has no FIELD")
        self._described = True
        self._describe(self._fields)

    def _text(self, data: str) -> None:
        if self._cells is not None:
            self._cells.text(data)
        elif self._in_stream and self._rows is not None:
            self._rows.text(data)
        elif self._texts is not None:
            self._texts.append(data[:LONGEST_TEXT])

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._depth -= 1
        if name == "TABLEDATA" and self._cells is not None:
            self._cells.flush()
            self._cells = None
        elif self._cells is not None:
            self._cells.end(name)
        elif name == "STREAM" and self._in_stream:
            self._in_stream = False
        elif name == "DESCRIPTION" and self._texts is not None:
            self._attributes["description"] = re.sub(r"\s+", " ", "".join(self._texts)).strip()[:LONGEST_TEXT]
            self._texts = None
        elif name == "FIELD" and self._in_table:
            self._end_field()
        elif name == "TABLE" and self._in_table:
            self._end_table()

    def _end_field(self) -> None:
        try:
            self._fields.append(make_field(self._attributes))
        except FieldError as error:
            raise ParameterError(str(error).rstrip(".")) from error
        self._attributes = {}

    def _end_table(self) -> None:
        if self._rows is not None:
            self._rows.finish()
        if not self._described:
            self._describe_once()
        raise _Done
