"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from caomai.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on, 0.0.0.0 for all; CAOMAI_HOST or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port, 0 for a free one; CAOMAI_PORT or 8080.")
    ] = None,
) -> None:
    """Serve TAP at /tap (for TOPCAT, pyvo and others) and DataLink at /datalink/links, until Ctrl-C."""
    from tapext.serving import serve as run

    run(read_settings(host=host, port=port))
