"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caomai.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("serve")(serve)
    app.command("adql")(adql)
    app.command("functions")(functions)
    app.command("vocabulary", hidden=True)(vocabulary)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on, 0.0.0.0 for all; CAOMAI_HOST or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port, 0 for a free one; CAOMAI_PORT or 8080.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes on the port; CAOMAI_PROCESSES or 1.")
    ] = None,
    worker: Annotated[
        bool | None,
        typer.Option("--worker/--no-worker", help="Describe uploaded images here; CAOMAI_WORKER or yes."),
    ] = None,
) -> None:
    """Serve TAP at /tap (for TOPCAT, pyvo and others) and DataLink at /datalink/links, until Ctrl-C."""
    from tapext.serving import serve as run

    run(read_settings(host=host, port=port, processes=processes, worker=worker))


def adql(
    query: Annotated[str, typer.Argument(help="The query in ADQL 2.0 or 2.1; - reads it from stdin.")],
    maxrec: Annotated[
        int | None, typer.Option(min=0, help="Translate as if a client had sent MAXREC.")
    ] = None,
    syntax: Annotated[
        bool, typer.Option("--syntax", help="Check the grammar only, without a database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, also of an error.")] = False,
) -> None:
    """Show the SQL and the columns that an ADQL query becomes, or where it is wrong (exit code 2).

    Example: caom-ai adql "SELECT TOP 5 publisherID FROM caom2_ai.fingerprint ORDER BY nObjects DESC"
    """
    from tapext.adql.command import explain

    explain(query, read_settings(), maxrec=maxrec, syntax=syntax, as_json=as_json)


def functions(
    into: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Page that they are written to, not printed.")
    ] = None,
) -> None:
    """Print the reference of the functions for ADQL, as Markdown."""
    from tapext.pages.functions import write_reference

    if into is None:
        typer.echo(write_reference(), nl=False)
    else:
        into.write_text(write_reference(), encoding="utf-8")


def vocabulary(
    into: Annotated[Path, typer.Option(file_okay=False, help="Folder that its files are written to.")],
) -> None:
    """Write the vocabulary of our DataLink semantics, to be published at its URI."""
    from tapext.pages.vocabulary import FORMS

    into.mkdir(parents=True, exist_ok=True)
    for form in FORMS:
        (into / f"datalink.{form.ending}").write_text(form.write(), encoding="utf-8")
