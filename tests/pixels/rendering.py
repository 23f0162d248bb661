"""Frames with known objects, rendered in plain numpy for tests of what the pipeline finds in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

SIGMA = 2.3548  # of a Gaussian, in its full width at half maximum
STAMP = 15


def render(
    shape: tuple[int, int],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    flux: NDArray[np.float64],
    *,
    fwhm: float = 3.5,
    sky: float = 1000.0,
    noise: float = 10.0,
    seed: int = 1,
) -> NDArray[np.float32]:
    """Render Gaussian stars at 0-based positions on a noisy sky."""
    frame = np.random.default_rng(seed).normal(sky, noise, shape).astype(np.float32)
    offsets = np.arange(-STAMP, STAMP + 1)
    scale = 2 * (fwhm / SIGMA) ** 2
    for x0, y0, total in zip(x, y, flux, strict=True):
        column, row = round(x0), round(y0)
        across = np.exp(-((offsets + column - x0) ** 2) / scale)
        along = np.exp(-((offsets + row - y0) ** 2) / scale)
        stamp = total / (np.pi * scale) * np.outer(along, across)
        top, left = max(row - STAMP, 0), max(column - STAMP, 0)
        bottom, right = min(row + STAMP + 1, shape[0]), min(column + STAMP + 1, shape[1])
        rows = slice(top - row + STAMP, bottom - row + STAMP)
        columns = slice(left - column + STAMP, right - column + STAMP)
        frame[top:bottom, left:right] += stamp[rows, columns].astype(np.float32)
    return frame


def scatter(
    n: int, shape: tuple[int, int], seed: int = 7, margin: float = 20.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place n objects on a jittered grid, so that none blends with another; 0-based x and y."""
    rng = np.random.default_rng(seed)
    height, width = shape[0] - 2 * margin, shape[1] - 2 * margin
    columns = max(int(np.sqrt(n * width / height)), 1)
    rows = -(-n // columns)
    cells = np.sort(rng.permutation(rows * columns)[:n])
    jitter = rng.uniform(0.2, 0.8, (2, n))
    return (
        margin + (cells % columns + jitter[0]) * width / columns,
        margin + (cells // columns + jitter[1]) * height / rows,
    )


def tan_header(ra: float, dec: float, shape: tuple[int, int], scale: float = 0.3) -> fits.Header:
    """Make the WCS of a frame in the tangential projection, turned by 30 degrees; scale in arcsec."""
    header = fits.Header()
    angle, step = np.radians(30), scale / 3600
    header.update(
        {
            "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra, "CRVAL2": dec,
            "CRPIX1": shape[1] / 2, "CRPIX2": shape[0] / 2, "RADESYS": "ICRS",
            "CD1_1": -step * np.cos(angle), "CD1_2": step * np.sin(angle),
            "CD2_1": step * np.sin(angle), "CD2_2": step * np.cos(angle),
        }
    )  # fmt: skip
    return header


def write(path: Path, *hdus: Any) -> Path:
    """Write HDUs as they are; arrays become image HDUs."""
    made = [hdu if hasattr(hdu, "header") else fits.ImageHDU(hdu) for hdu in hdus]
    if not isinstance(made[0], fits.PrimaryHDU):
        if type(made[0]) is fits.ImageHDU and len(made) == 1:
            made = [fits.PrimaryHDU(made[0].data, made[0].header)]
        else:
            made.insert(0, fits.PrimaryHDU())
    fits.HDUList(made).writeto(path, overwrite=True)
    return path


def match(
    x: NDArray[np.float64], y: NDArray[np.float64], found_x: NDArray[np.float64], found_y: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give the place of the nearest found object and its distance in pixels, for each true one."""
    distance = np.hypot(x[:, None] - found_x, y[:, None] - found_y)
    nearest = distance.argmin(axis=1)
    return nearest, distance[np.arange(len(x)), nearest]
