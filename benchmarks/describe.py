"""Mpix/s from file to fingerprint of frames of 8.4 Mpix with few and many objects (make bench).

The model is loaded; files lie in the page cache; the best of some runs, by one process and by two.
"""
# ruff: noqa: INP001 -- a script, not a package

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from fingerprinting.children import Children

SHAPE = (4096, 2048)
OBJECTS = (800, 4_000, 30_000)
RUNS, FRAMES = 3, 2
STAMP = 12


def render(objects: int) -> NDArray[np.uint16]:
    """Render Gaussian stars of many brightnesses on a noisy sky."""
    rng = np.random.default_rng(objects)
    frame = rng.normal(1000, 10, SHAPE)
    x, y = (rng.uniform(STAMP + 1, side - STAMP - 2, objects) for side in SHAPE[::-1])
    flux = 10 ** rng.uniform(2.8, 5, objects)
    offsets = np.arange(-STAMP, STAMP + 1)
    for x0, y0, total in zip(x, y, flux, strict=True):
        column, row = round(x0), round(y0)
        across, along = (np.exp(-((offsets + at) ** 2) / 4.4) for at in (column - x0, row - y0))
        stamp = total / (np.pi * 4.4) * np.outer(along, across)
        frame[row - STAMP : row + STAMP + 1, column - STAMP : column + STAMP + 1] += stamp
    return np.clip(frame, 0, 65535).astype(np.uint16)


def write_frames(folder: Path, objects: int) -> list[Path]:
    """Write a frame with a place on the sky as it is and in RICE tiles: a.fits and a.fits.fz."""
    frame, wcs = render(objects), WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.cdelt = ("RA---TAN", "DEC--TAN"), (150, 2), (-1e-4, 1e-4)
    paths = [folder / name for name in ("a.fits", "a.fits.fz")]
    for path, kind in zip(paths, (fits.PrimaryHDU, fits.CompImageHDU), strict=True):
        kind(frame, wcs.to_header()).writeto(path, overwrite=True)
    return paths


def measure(path: Path, processes: int) -> float:
    """Give Mpix/s of so many processes, each busy with frames."""
    with Children(processes) as children:
        for warm in [children.submit(path) for _ in range(2 * processes)]:
            warm.result()
        best = np.inf
        for _ in range(RUNS):
            start = time.perf_counter()
            for future in [children.submit(path) for _ in range(FRAMES * processes)]:
                future.result()
            best = min(best, time.perf_counter() - start)
    return FRAMES * processes * SHAPE[0] * SHAPE[1] / 1e6 / best


def main() -> None:
    """Print the table."""
    table = Table("objects", "file", "1 process", "2 processes", title="describe, Mpix/s")
    with tempfile.TemporaryDirectory() as folder:
        for objects in OBJECTS:
            for path in write_frames(Path(folder), objects):
                rates = [f"{measure(path, processes):.1f}" for processes in (1, 2)]
                table.add_row(f"{objects:,}", path.name[1:], *rates)
    Console().print(table)


if __name__ == "__main__":
    main()
