"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caomai.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("demo")(demo)


def demo(
    data: Annotated[Path | None, typer.Option(help="A folder of your own FITS files to take too.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8080,
    once: Annotated[bool, typer.Option("--once", help="End after the questions instead of serving on.")] = False,
) -> None:
    """Show the whole way on sample images: ingest, fingerprint, serve, ask; serves until Ctrl-C."""
    from caomai.demo import demonstrate

    demonstrate(read_settings(), data=data, port=port, once=once)
