"""Rows of an uploaded table as the text of COPY, counted, with the place of every value that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from caomai.errors import ParameterError
from tapext.uploads.fields import UploadField
from tapext.uploads.values import Convert

LONGEST_SHOWN = 40


class CopyWriter:
    """Writes batches of rows; more than `most_rows` are an error."""

    def __init__(
        self,
        fields: Sequence[UploadField],
        converts: Sequence[Convert],
        most_rows: int,
        write: Callable[[bytes], object],
    ) -> None:
        self.fields = fields
        self.converts = converts
        self.most_rows = most_rows
        self.count = 0
        self._write = write

    def write(self, columns: Sequence[Sequence[Any]]) -> None:
        """Write rows that come as columns of the same length."""
        number = len(columns[0])
        texts = [self._convert(place, column) for place, column in enumerate(columns)]
        self.count += number
        if self.count > self.most_rows:
            raise ParameterError(f"it has more than {self.most_rows:,} rows, which is the limit")
        lines = "\n".join(map("\t".join, zip(*texts, strict=True)))
        self._write(f"{lines}\n".encode("utf-8", "replace"))

    def _convert(self, place: int, column: Sequence[Any]) -> Sequence[str]:
        convert = self.converts[place]
        try:
            return convert(column)
        except ValueError:
            self._find_mistake(convert, self.fields[place], column)
            raise

    def _find_mistake(self, convert: Convert, field: UploadField, column: Sequence[Any]) -> None:
        for row, value in enumerate(column, self.count + 1):
            try:
                convert([value])
            except ValueError as error:
                shown = repr(
                    value if len(str(value)) <= LONGEST_SHOWN else f"{str(value)[:LONGEST_SHOWN]}..."
                )
                words = str(error) if str(error).startswith(("is ", "has ", "does ")) else "is no number"
                raise ParameterError(f"row {row:,}, column {field.name!r}: {shown} {words}") from error
