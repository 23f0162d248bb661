"""The command `caom-ai adql`: what a query becomes, or where it is wrong."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict

import typer

from caomai.console import print_json, printable
from caomai.database import open_database, translate_errors
from caomai.errors import QueryError
from caomai.settings import Settings
from tapext.adql.catalogue import read_catalogue
from tapext.adql.parser import parse
from tapext.adql.translate import Translation, translate
from tapext.votype import Field

_LINE_ENDS = re.compile("\r\n|\r|\n")
_SHOWN = 100
_WIDEST = 40


def explain(text: str, settings: Settings, *, maxrec: int | None, syntax: bool, as_json: bool) -> None:
    """Print the SQL and the columns of a query (`-` reads it from stdin), or its error and exit with 2."""
    query = sys.stdin.read() if text == "-" else text
    try:
        translation = None if syntax else _translate(query, settings, maxrec)
        if syntax:
            parse(query)
    except QueryError as error:
        _show_error(query, error, as_json=as_json)
        raise typer.Exit(error.exit_code) from None
    if as_json:
        print_json(_as_json(translation))
    elif translation is None:
        typer.echo("The query is ADQL.")
    else:
        typer.echo(translation.sql.as_string(None))
        typer.echo()
        for line in _table(translation.columns):
            typer.echo(printable(line))


def _translate(query: str, settings: Settings, maxrec: int | None) -> Translation:
    tree = parse(query)
    with open_database(settings) as database, translate_errors(), database.connect("query") as connection:
        return translate(tree, read_catalogue(connection), maxrec)


def _as_json(translation: Translation | None) -> dict[str, object]:
    if translation is None:
        return {"valid": True}
    columns = [asdict(column) for column in translation.columns]
    written = translation.sql.as_string(None)
    return {"valid": True, "sql": written, "columns": columns, "limit": translation.limit}


def _show_error(query: str, error: QueryError, *, as_json: bool) -> None:
    if as_json:
        print_json({"valid": False, "message": error.message, "line": error.line, "column": error.column})
        return
    line = _LINE_ENDS.split(query)[error.line - 1]
    # Of a long line only what is around the place.
    start = max(0, error.column - 1 - _SHOWN // 2) if len(line) > _SHOWN else 0
    shown = printable(line[start : start + _SHOWN].replace("\t", " "))
    typer.echo(f"{shown}\n{' ' * (error.column - 1 - start)}^\ncaom-ai: {error}", err=True)


def _table(columns: tuple[Field, ...]) -> list[str]:
    """Write a line for each column: name, type, unit, UCD and description, one below the other."""
    facts = [("column", "type", "unit", "ucd", "description"), *map(_facts, columns)]
    widths = [min(_WIDEST, max(map(len, texts))) for texts in zip(*facts, strict=True)]
    return ["  ".join(map(str.ljust, texts, widths)).rstrip() for texts in facts]


def _facts(column: Field) -> tuple[str, str, str, str, str]:
    size = f"[{column.arraysize}]" if column.arraysize else ""
    kind = " ".join(filter(None, (column.datatype + size, column.xtype)))
    return column.name, kind, column.unit or "", column.ucd or "", column.description or ""
