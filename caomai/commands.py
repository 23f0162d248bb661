"""The command `caom-ai`: each tree of the project registers its own commands through an entry point."""

from __future__ import annotations

import signal
import sys
from importlib.metadata import entry_points
from typing import Annotated

import typer

from caomai import __version__
from caomai.errors import CaomAiError

app = typer.Typer(
    name="caom-ai",
    help="Content-based search for astronomical archives: fingerprints of images beside CAOM.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"caom-ai {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Content-based search for astronomical archives: fingerprints of images beside CAOM."""


def main() -> None:
    """Run the command line; a domain error becomes one sentence and an exit code (architecture sect. 7)."""
    for kind in (signal.SIGTERM, signal.SIGHUP):  # end in order: an embedded database is not left running
        signal.signal(kind, lambda number, _: sys.exit(128 + number))
    for plugin in entry_points(group="caomai.commands"):
        plugin.load()(app)
    try:
        app()
    except CaomAiError as error:
        typer.echo(f"caom-ai: {error}", err=True)
        sys.exit(error.exit_code)
