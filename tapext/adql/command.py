"""The command `caom-ai adql`: what a query becomes, or where it is wrong."""

from __future__ import annotations

import sys
from dataclasses import asdict

import typer

from caomai.console import print_json
from caomai.database import open_database, translate_errors
from caomai.errors import QueryError
from caomai.settings import Settings
from tapext.adql.catalogue import read_catalogue
from tapext.adql.parser import parse
from tapext.adql.translate import Translation, translate
from tapext.votype import Field


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
        for column in translation.columns:
            typer.echo(_describe(column))


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
    lines = query.splitlines() or [""]
    line = lines[min(error.line, len(lines)) - 1].replace("\t", " ")
    typer.echo(f"{line}\n{' ' * (error.column - 1)}^\ncaom-ai: {error}", err=True)


def _describe(column: Field) -> str:
    size = f"[{column.arraysize}]" if column.arraysize else ""
    facts = (column.unit and f"unit {column.unit}", column.ucd, column.xtype and f"xtype {column.xtype}")
    return "  ".join([f"{column.name}  {column.datatype}{size}", *(fact for fact in facts if fact)])
