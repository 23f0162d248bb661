"""Simulated frames as FITS files (FITS 4.0), named by their type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from caomai.errors import ParameterError
from fingerprinting.simulation.fields import FIELD_TYPES, SimulatedFrame, render

LEAST_OF_TYPE: Final = 8  # a search for similar frames needs some to find


def choose_types(frames: int) -> tuple[str, ...]:
    """Choose as many field types as leave at least eight frames to each."""
    return FIELD_TYPES[: max(frames // LEAST_OF_TYPE, 1)]


def write_frame(frame: SimulatedFrame, path: Path) -> None:
    """Write a frame as the primary HDU of a FITS file, over what was there."""
    from astropy.io import fits  # noqa: PLC0415  # rendering alone needs no astropy

    hdu = fits.PrimaryHDU(frame.pixels)
    hdu.header.update(frame.header)
    hdu.header["COMMENT"] = "Simulated by CAOM-AI: no photon of this image came from the sky."
    hdu.writeto(path, overwrite=True)


def write_set(
    folder: Path,
    frames: int,
    *,
    seed: int,
    types: tuple[str, ...] | None = None,
    shape: tuple[int, int] | None = None,
) -> Iterator[Path]:
    """Write frames of the given types in turn, named TYPE-01.fits and so on; yields each path."""
    if frames < 1:
        raise ParameterError("Ask for at least one frame.")
    chosen = types or choose_types(frames)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(frames):
        turn, field_type = number // len(chosen) + 1, chosen[number % len(chosen)]
        path = folder / f"{field_type}-{turn:02d}.fits"
        write_frame(render(field_type, seed * 1000 + turn, shape), path)
        yield path
