"""Commands of this tree; heavy imports stay inside the commands, so that --help answers at once."""

from __future__ import annotations

import typer

from fingerprinting.simulation.commands import simulate


def register(app: typer.Typer) -> None:
    """Add the commands of this tree to caom-ai."""
    app.command("simulate")(simulate)
