"""The command `caom-ai simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from caomai.console import print_json, progress


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where the FITS files go; made if it does not exist.")],
    frames: Annotated[int, typer.Option(min=1, help="Number of frames, at least 8 of each type.")] = 96,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pixels.")] = 1,
    field_type: Annotated[
        list[str] | None, typer.Option("--type", help="Only this type (may be repeated): sparse, bias, ...")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list of files as JSON.")] = False,
) -> None:
    """Write simulated frames: sparse and crowded fields, clusters, calibrations, and what goes wrong.

    Files are named by type (sparse-01.fits, crowded-01.fits, ...), the instrument is called SIM..., and the
    header says that no photon came from the sky. Fewer frames show fewer types, never fewer than 8 of one.
    """
    from fingerprinting.simulation.write import write_set  # noqa: PLC0415  # heavy

    written = []
    with progress(frames, "simulate", "frames", quiet=as_json) as bar:
        for path in write_set(folder, frames, seed=seed, types=tuple(field_type or ()) or None):
            written.append(str(path))
            bar.advance()
    if as_json:
        print_json({"files": written})
    else:
        typer.echo(f"{len(written)} simulated frames in {folder}")
