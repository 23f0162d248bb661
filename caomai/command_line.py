"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caomai.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("demo")(demo)
    app.command("ingest")(ingest)
    app.command("check")(check)
    app.add_typer(database_commands(), name="db")


def demo(
    data: Annotated[Path | None, typer.Option(help="A folder of your own FITS files to take too.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: any.")] = 8080,
    once: Annotated[bool, typer.Option("--once", help="End after the questions; do not serve on.")] = False,
) -> None:
    """Show the whole way on sample images: ingest, fingerprint, serve, ask; serves until Ctrl-C."""
    from caomai.demo import demonstrate

    demonstrate(read_settings(), data=data, port=port, once=once)


Json = Annotated[bool, typer.Option("--json", help="Write JSON for a script to read.")]


def check(json: Json = False) -> None:
    """Print the settings, with secrets masked, and say whether the database is fit for work."""
    from caomai import administration

    administration.check(json)


def database_commands() -> typer.Typer:
    """Give the commands of `caom-ai db`."""
    app = typer.Typer(
        help="Make, start, stop and migrate the database. Other commands start the embedded database by "
        "themselves, and the last one stops it; `start` makes it stay.",
        no_args_is_help=True,
    )
    for command in (init, start, stop, status, migrate, schema):
        app.command()(command)
    return app


def init() -> None:
    """Make the database and its schema: the embedded one in CAOMAI_DATA_DIR, or in CAOMAI_DATABASE_URL."""
    from caomai import administration

    administration.initialise()


def start() -> None:
    """Start the embedded database and let it stay until `caom-ai db stop`."""
    from caomai import administration

    administration.start()


def stop() -> None:
    """Stop the embedded database, whoever uses it."""
    from caomai import administration

    administration.stop()


def status(json: Json = False) -> None:
    """Tell whether the embedded database runs, and how to connect to it."""
    from caomai import administration

    administration.show_status(json)


def migrate() -> None:
    """Bring the schema of the database up to date."""
    from caomai import administration

    administration.migrate()


def schema() -> None:
    """Print the present schema as SQL (sql/schema.sql is written by this)."""
    from caomai import administration

    administration.show_schema()


def ingest(  # noqa: PLR0917 - typer gives all by name
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="FITS files, or folders of them.")],
    release: Annotated[
        str | None,
        typer.Option(
            help="When the images become public: a date (UTC), now or never. Without it new images are "
            "public now, and those that are stored already keep their dates."
        ),
    ] = None,
    collection: Annotated[str | None, typer.Option(help="Collection [CAOMAI_COLLECTION].")] = None,
    authority: Annotated[str | None, typer.Option(help="IVOA authority [CAOMAI_AUTHORITY].")] = None,
    observation_id: Annotated[
        str | None,
        typer.Option(help="Rule for observationID, as '{OBSID|stem}' [CAOMAI_OBSERVATION_ID]."),
    ] = None,
    product_id: Annotated[str | None, typer.Option(help="Rule for productID [CAOMAI_PRODUCT_ID].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Describe FITS files in the tables of CAOM: who, what, where, when. Headers are read, pixels are not.

    Folders are walked through for .fits, .fit and .fts files, also packed (.fz, .gz, .bz2). Files that are
    stored already are brought up to date, so the command may be repeated at will. Every image is named
    ivo://AUTHORITY/COLLECTION?observationID/productID; the rules for the two IDs may use {folder}, {stem} and
    {KEYWORD}, and {KEYWORD|stem} takes the first that says something.

    Exit codes: 0 done, 1 failed or all refused, 2 wrong use, 3 some images refused (listed on stderr).
    """
    from caomai.console import finish, print_json, progress
    from caomai.ingest.description import Describer
    from caomai.ingest.files import find_files
    from caomai.ingest.report import to_json, to_lines
    from caomai.ingest.run import ingest_files, parse_release

    settings = read_settings(
        collection=collection, authority=authority, observation_id=observation_id, product_id=product_id
    )
    describer, when = Describer.from_settings(settings), parse_release(release)
    files, refused = find_files(paths)
    with progress(len(files), "Ingesting", "files", quiet=quiet) as bar:
        summary = ingest_files(settings, describer, files, when, bar)
    summary.refused[:0] = refused
    if as_json:
        print_json(to_json(summary))
    else:
        typer.echo("\n".join(to_lines(summary)))
    finish(summary.taken, summary.refused)
