"""multipart/form-data (RFC 7578), read as it arrives: short texts stay in memory, files go to disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from caomai.errors import ParameterError, TooLargeError
from tapext.parameters import Parameters, name_file
from tapext.spool import Spool

MULTIPART: Final = "multipart/form-data"
MOST_BYTES: Final = 4 << 20
MOST_FIELDS: Final = 20_000
MOST_FILES: Final = 100
# What separates and names the parts of a form comes on top of what they hold.
HEAD_BYTES: Final = 1 << 20
LONGEST_NAME: Final = 1000
INLINE: Final = re.compile(r"param:([^;,\s]+)", re.IGNORECASE)
TEXT_TYPES: Final = ("", "text/plain")


@dataclass
class Part:
    """A part while it is read: its headers, then its text or the file that it goes to."""

    headers: dict[str, str] = field(default_factory=dict)
    name: str | None = None
    text: bytearray = field(default_factory=bytearray)
    file: BinaryIO | None = None


class MultipartReader:
    """Reads a form; `most_bytes` limits its files together, 0 means that files are passed over."""

    def __init__(self, content_type: str, spool: Spool, most_bytes: int) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise ParameterError("The multipart form does not say what separates its parts (boundary).")
        self.pairs: list[tuple[str, str]] = []
        self.files: dict[str, Path] = {}
        self._spool, self._most_bytes = spool, most_bytes
        self._bytes = self._text_bytes = self._file_bytes = self._fields = 0
        self._part, self._header, self._value, self._ended = Part(), bytearray(), bytearray(), False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_header,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open_part,
                    "on_part_data": self._add_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _unreadable(error) from error

    def write(self, data: bytes) -> None:
        """Read the next bytes of the form."""
        self._bytes += len(data)
        check_length(self._bytes, self._most_bytes)
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _unreadable(error) from error

    def finish(self) -> Parameters:
        """Give the parameters once the body has ended; texts that UPLOAD names count as files."""
        if not self._ended:
            raise ParameterError("The multipart form is cut off.")
        if self._most_bytes:
            self._spool_texts()
        return Parameters(self.pairs, self.files)

    def _spool_texts(self) -> None:
        uploads = ";".join(value for name, value in self.pairs if name.upper() == "UPLOAD")
        wanted = set(INLINE.findall(uploads))
        for name, value in self.pairs:
            if name in wanted and name not in self.files:
                self._next_path(name).write_text(value, encoding="utf-8", newline="")

    def close(self) -> None:
        """Close the file that was being written."""
        if self._part.file is not None:
            self._part.file.close()

    def _next_path(self, name: str, title: str = "") -> Path:
        if len(self.files) >= MOST_FILES:
            raise ParameterError(f"The form has more than {MOST_FILES} files.")
        self.files[name] = self._spool.folder / name_file(str(len(self.files)), title)
        return self.files[name]

    def _begin_part(self) -> None:
        self._part = Part()
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise ParameterError(f"The request has more than {MOST_FIELDS} parameters.")

    def _add_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._part.headers[self._header.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._header.clear()
        self._value.clear()

    def _open_part(self) -> None:
        options = parse_options_header(self._part.headers.get("content-disposition", ""))[1]
        name = options.get(b"name")
        self._part.name = None if name is None else _decode(name)
        if len(self._part.name or "") > LONGEST_NAME:
            raise ParameterError(f"The name of a parameter is longer than {LONGEST_NAME} characters.")
        kind = self._part.headers.get("content-type", "").partition(";")[0].strip().lower()
        if b"filename" not in options and kind in TEXT_TYPES:
            return
        if not self._most_bytes or self._part.name is None:
            self._part.name = None
            return
        if self._part.name in self.files:
            raise ParameterError(f"The form has two files named {self._part.name[:80]!r}.")
        title = options.get(b"filename", b"").decode(errors="replace")
        self._part.file = self._next_path(self._part.name, title).open("wb")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.file is None:
            self._text_bytes += end - start
            if self._text_bytes > MOST_BYTES:
                raise too_large_parameters()
            if self._part.name is not None:
                self._part.text += data[start:end]
            return
        self._file_bytes += end - start
        if self._file_bytes > self._most_bytes:
            raise too_large_files(self._most_bytes)
        self._part.file.write(memoryview(data)[start:end])

    def _end_part(self) -> None:
        if self._part.file is not None:
            self._part.file.close()
        elif self._part.name is not None:
            self.pairs.append((self._part.name, _decode(bytes(self._part.text))))
        self._part = Part()

    def _end(self) -> None:
        self._ended = True


def check_length(length: int, most_bytes: int) -> None:
    """Refuse a request of so many bytes, of which its files may have `most_bytes`, if it is too large."""
    if length > MOST_BYTES + most_bytes + HEAD_BYTES:
        raise too_large_files(most_bytes) if most_bytes else too_large_parameters()


def too_large_parameters() -> TooLargeError:
    """Say that a request is larger than parameters may be."""
    return TooLargeError(f"The request is too large: its parameters may have {MOST_BYTES >> 20} MiB.")


def too_large_files(most_bytes: int) -> TooLargeError:
    """Say that the files of a request are larger than this service takes."""
    return TooLargeError(f"The upload is too large: this service takes {most_bytes:,} bytes in one request.")


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ParameterError("The parameters are not UTF-8 text.") from None


def _unreadable(error: FormParserError) -> ParameterError:
    return ParameterError(f"The multipart form cannot be read: {str(error).rstrip('.')}.")
