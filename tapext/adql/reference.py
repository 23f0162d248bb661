"""The reference of the functions for ADQL, written from the headers of sql/functions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from caomai.database import sql_folder
from caomai.errors import UsageError
from tapext.adql.functions import Function, read_functions

BEGIN: Final = "<!-- functions: written by make docs -->\n"
END: Final = "<!-- end of functions -->\n"


def write_reference() -> str:
    """Write the reference of all functions as Markdown."""
    return "\n".join(_entries(read_functions(sql_folder() / "functions")))


def _entries(functions: Iterable[Function]) -> Iterable[str]:
    for function in functions:
        yield f"### `{function.signature}`\n"
        index = " An index finds the images for which it is more than 0." if function.predicate else ""
        yield f"{function.description}{index}\n"


def refresh(path: Path) -> None:
    """Put the reference in its place in a page."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UsageError(
            f"{path} has no place for the functions: the lines {BEGIN.strip()} and {END.strip()}."
        )
    path.write_text(f"{before}{BEGIN}\n{write_reference()}\n{END}{after}", encoding="utf-8")
