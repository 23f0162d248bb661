"""The commands `caom-ai db ...` and `caom-ai check`: the database from making it to looking after it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import typer
from psycopg.conninfo import make_conninfo

from caomai.check import check_database, check_folders, explain_setting, show_settings
from caomai.console import print_json
from caomai.database import (
    NAME,
    Database,
    attached_database,
    embedded_database,
    open_database,
    translate_errors,
)
from caomai.embedded import PORT, EmbeddedPostgres
from caomai.errors import ParameterError
from caomai.migrate import check_server
from caomai.migrate import migrate as apply_migrations
from caomai.schema import write_schema
from caomai.settings import Settings, read_settings

FAULTS = 1  # exit code of a check that found something


def _embedded(settings: Settings) -> EmbeddedPostgres:
    if settings.database_url is not None:
        raise ParameterError(
            "CAOMAI_DATABASE_URL names a PostgreSQL of its own, which its operator starts and stops; "
            "unset it to work on the embedded one."
        )
    return EmbeddedPostgres(settings.data_dir)


def initialise() -> None:
    """Make the database and its schema."""
    settings = read_settings()
    with open_database(settings):
        typer.echo(f"The database is ready{'' if settings.database_url else f' in {settings.data_dir}'}.")


def start() -> None:
    """Start the embedded database and let it stay."""
    settings = read_settings()
    embedded = _embedded(settings)
    socket_folder = embedded.start()
    with open_database(settings):
        typer.echo(f'Running; connect with: psql "{_address(socket_folder)}"')


def _address(socket_folder: Path) -> str:
    return make_conninfo(host=str(socket_folder), port=PORT, user="caomai_query", dbname=NAME)


def stop() -> None:
    """Stop the embedded database."""
    running = _embedded(read_settings()).stop()
    typer.echo("Stopped." if running else "It was not running.")


def show_status(json: bool) -> None:
    """Tell whether the embedded database runs and where its socket is."""
    settings = read_settings()
    status = _embedded(settings).status()
    if json:
        folder = str(status.socket_folder) if status.socket_folder else None
        print_json(
            {
                "running": status.running,
                "data_dir": str(settings.data_dir),
                "socket_folder": folder,
                "pid": status.pid,
                "stays": status.stays,
            }
        )
    elif status.running and status.socket_folder:
        stays = "stays until caom-ai db stop" if status.stays else "stops when nobody uses it"
        typer.echo(f"Running (process {status.pid}, {stays}).")
        typer.echo(f'Connect with: psql "{_address(status.socket_folder)}"')
    else:
        typer.echo(f"Not running; its data folder is {settings.data_dir}.")


def migrate() -> None:
    """Bring the schema up to date and tell what was applied."""
    settings = read_settings()
    if settings.database_url is not None:
        _migrate(attached_database(settings))
        return
    with _embedded(settings).using() as socket_folder:
        _migrate(embedded_database(socket_folder))


def _migrate(database: Database) -> None:
    with closing(database.connect_administrator()) as connection, translate_errors():
        check_server(connection)
        applied = apply_migrations(connection)
    for name in applied:
        typer.echo(f"applied {name}")
    typer.echo("The schema is up to date.")


def show_schema() -> None:
    """Print the schema as SQL, from migrating an empty database."""
    typer.echo(write_schema(), nl=False)


def check(json: bool) -> None:
    """Print the settings and look at the database; exit code 1 if something is wrong."""
    settings = read_settings()
    shown, findings = show_settings(settings), check_folders(settings) + check_database(settings)
    faults = [finding for finding in findings if finding.fault]
    if json:
        listed = [{"name": item.name, "value": item.value, "fault": item.fault} for item in findings]
        print_json({"settings": shown, "findings": listed, "ok": not faults})
    else:
        for name, value in shown.items():
            typer.echo(f"{f'{name}={value}':<40} # {explain_setting(name)}")
        for finding in findings:
            typer.echo(f"{finding.name}: {finding.value}" + (f". {finding.fault}" if finding.fault else ""))
    raise typer.Exit(FAULTS if faults else 0)
