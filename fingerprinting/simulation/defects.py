"""What spoils a frame: cosmic rays, hot pixels, trails, bleeding, ghosts, dead regions, dust, nebulosity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from fingerprinting.simulation import truth
from fingerprinting.simulation.exposure import Exposure, make_rows
from fingerprinting.simulation.optics import make_donut

Image = NDArray[np.float32]


def add_cosmic_rays(exposure: Exposure, n: int) -> None:
    """Add n cosmic rays: unblurred tracks of 1 to some 30 pixels, most of them short."""
    for _ in range(n):
        track = draw_track(exposure.rng, exposure.shape)
        energy = exposure.camera.sigma * track.strength
        deposited = (energy * track.share).astype(np.float32)
        exposure.light.reshape(-1)[track.pixels] += deposited
        row = make_rows(
            exposure, truth.COSMIC_RAY, track.x, track.y, float(np.sum(energy * track.share)),
            radius=max(2.0, track.length / 2 + 1.5),
        )  # fmt: skip
        exposure.truth.append(row)


@dataclass(frozen=True)
class Track:
    """A cosmic ray in the chip: middle and length in pixels, strength in sigma, and where it left its charge.

    pixels (n,) are places in the flat image, share (n,) is what each got of the strength.
    """

    x: float
    y: float
    length: float
    strength: float
    pixels: NDArray[np.int64]
    share: NDArray[np.float64]


def draw_track(rng: np.random.Generator, shape: tuple[int, int]) -> Track:
    """Draw a cosmic ray that hits a chip (ny, nx) anywhere."""
    x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
    angle = rng.uniform(0, np.pi)
    length = min(1 + rng.exponential(4), 40)
    strength = float(np.exp(rng.uniform(np.log(12), np.log(300))))
    t = np.arange(-length / 2, length / 2, 0.5)
    columns, rows = (x + t * np.cos(angle)).astype(int), (y + t * np.sin(angle)).astype(int)
    inside = (columns >= 0) & (columns < shape[1]) & (rows >= 0) & (rows < shape[0])
    pixels = np.unique(rows[inside] * shape[1] + columns[inside])
    return Track(x, y, length, strength, pixels, rng.uniform(0.5, 1.2, len(pixels)))


def add_hot_pixels(exposure: Exposure, n: int) -> None:
    """Add n hot pixels, each with a little charge in the pixel that is read after it."""
    rng, (height, width) = exposure.rng, exposure.shape
    x, y = rng.integers(0, width, n), rng.integers(0, height - 1, n)
    heat_pixels(exposure, x, y, exposure.camera.sigma * np.exp(rng.uniform(np.log(15), np.log(500), n)))


def heat_pixels(
    exposure: Exposure, x: NDArray[np.int64], y: NDArray[np.int64], electrons: NDArray[np.floating]
) -> None:
    """Give pixels, none of them in the last row, so many electrons too much."""
    np.add.at(exposure.light, (y, x), electrons.astype(np.float32))
    np.add.at(exposure.light, (y + 1, x), (0.15 * electrons).astype(np.float32))
    exposure.truth.append(make_rows(exposure, truth.HOT_PIXEL, x, y, 1.15 * electrons, radius=1.6))


def add_satellite_trail(exposure: Exposure) -> None:
    """Add the trail of a satellite across the whole frame, now and then with a flare."""
    streak = draw_streak(exposure.rng, exposure.shape, exposure.fwhm)
    line = (exposure.camera.sigma * streak.strength * streak.light).astype(np.float32)
    exposure.light += line
    row = make_rows(
        exposure, truth.SATELLITE_TRAIL, streak.x, streak.y, line.sum(),
        radius=2.5 * streak.spread, length=3 * max(exposure.shape), theta=streak.theta,
    )  # fmt: skip
    exposure.truth.append(row)


@dataclass(frozen=True)
class Streak:
    """A satellite's trail through x, y (pixels) at angle theta (rad); light (ny, nx) is about 1 along it."""

    x: float
    y: float
    theta: float
    spread: float
    strength: float  # sigma
    light: NDArray[np.floating]


def draw_streak(rng: np.random.Generator, shape: tuple[int, int], fwhm: float) -> Streak:
    """Draw a trail across a frame (ny, nx) whose stars have that FWHM in pixels; now and then it flares."""
    height, width = shape
    x0, y0 = rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height
    theta, spread = rng.uniform(0, np.pi), max(1.0, fwhm / 2.355) * rng.uniform(1.0, 2.0)
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    aside = (y - y0) * np.cos(theta) - (x - x0) * np.sin(theta)
    along = (x - x0) * np.cos(theta) + (y - y0) * np.sin(theta)
    strength = float(np.exp(rng.uniform(np.log(4), np.log(80))))
    flare = 1 + rng.uniform(0, 2) * np.exp(-((along / (0.2 * width)) ** 2))
    return Streak(x0, y0, theta, spread, strength, flare * np.exp(-(aside**2) / (2 * spread**2)))


def bleed(exposure: Exposure) -> None:
    """Let charge beyond the full well run along the columns, as in a CCD without anti-blooming."""
    room = np.float32(exposure.camera.full_well - exposure.camera.sky)
    over = np.maximum(exposure.light - room, 0)
    excess = over.sum(axis=0)
    for column in np.flatnonzero(excess > room):
        centre = float(np.average(np.arange(exposure.shape[0]), weights=over[:, column]))
        reach = int(min(excess[column] / room / 2 + np.count_nonzero(over[:, column]) / 2, 250))
        low, high = max(int(centre) - reach, 0), min(int(centre) + reach + 1, exposure.shape[0])
        exposure.light[low:high, column] = np.maximum(exposure.light[low:high, column], room)
        row = make_rows(
            exposure, truth.ARTEFACT, column, centre, excess[column],
            radius=1.5, length=high - low, theta=np.pi / 2,
        )  # fmt: skip
        exposure.truth.append(row)


def add_spikes(exposure: Exposure, x: float, y: float, flux: float, angle: float) -> None:
    """Add the four diffraction spikes of a bright star; the angle (rad) is the telescope's."""
    reach = float(np.clip(30 * np.log10(flux / exposure.camera.sigma / 100), 15, 160))
    t = np.arange(-reach, reach, 0.5)
    for turn in (angle, angle + np.pi / 2):
        light = 0.0006 * flux / (3 + np.abs(t)) * (1 - np.abs(t) / reach)
        _paint(exposure.light, x + t * np.cos(turn), y + t * np.sin(turn), light)


def _paint(
    light: Image, x: NDArray[np.floating], y: NDArray[np.floating], electrons: NDArray[np.floating]
) -> None:
    columns, rows = np.round(x).astype(int), np.round(y).astype(int)
    inside = (columns >= 0) & (columns < light.shape[1]) & (rows >= 0) & (rows < light.shape[0])
    np.add.at(light, (rows[inside], columns[inside]), electrons[inside].astype(np.float32))


def add_ghosts(exposure: Exposure, n: int) -> None:
    """Add n ghosts: faint out-of-focus images of a bright star reflected between the optics."""
    rng = exposure.rng
    for _ in range(n):
        radius, stamp = draw_ghost(rng)
        stamp = stamp * np.float32(exposure.camera.sigma)
        x, y = int(rng.uniform(0, exposure.shape[1])), int(rng.uniform(0, exposure.shape[0]))
        add_stamp(exposure.light, stamp, x, y)
        exposure.truth.append(make_rows(exposure, truth.ARTEFACT, x, y, stamp.sum(), radius=radius + 3))


def draw_ghost(rng: np.random.Generator) -> tuple[float, Image]:
    """Draw the radius (pixels) and the light of a ghost, in sigma."""
    radius = rng.uniform(18, 60)
    stamp = make_donut(radius, hole=rng.uniform(0.2, 0.5), fwhm=3.0)
    return radius, stamp * np.float32(rng.uniform(1.5, 8) / stamp.max())


def add_stamp(light: Image, stamp: Image, x: int, y: int) -> None:
    """Add a stamp of odd side to an image, in place, centred on a pixel; what lies beyond is lost."""
    half = stamp.shape[0] // 2
    top, left = max(y - half, 0), max(x - half, 0)
    bottom, right = min(y + half + 1, light.shape[0]), min(x + half + 1, light.shape[1])
    if top < bottom and left < right:
        light[top:bottom, left:right] += stamp[
            top - y + half : bottom - y + half, left - x + half : right - x + half
        ]


def add_bad_columns(exposure: Exposure, n: int) -> None:
    """Add n bad columns: bright from some row to the edge."""
    rng, (height, width) = exposure.rng, exposure.shape
    for column in rng.integers(0, width, n):
        start = int(rng.integers(0, height // 2))
        spoil_column(exposure, int(column), start, exposure.camera.sigma * rng.uniform(4, 40))


def spoil_column(exposure: Exposure, column: int, start: int, electrons: float) -> None:
    """Brighten a column by so many electrons a pixel from row `start` to the edge."""
    exposure.light[start:, column] += np.float32(electrons)
    length = exposure.shape[0] - start
    row = make_rows(
        exposure, truth.ARTEFACT, column, start + length / 2, exposure.light[start:, column].sum(),
        radius=2.0, length=length, theta=np.pi / 2,
    )  # fmt: skip
    exposure.truth.append(row)


def make_clouds(rng: np.random.Generator, shape: tuple[int, int], *, slope: float) -> Image:
    """Make a random field of power spectrum k^-slope, standardised to mean 0 and variance 1."""
    ky, kx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    k = np.hypot(ky, kx).astype(np.float32)
    k[0, 0] = np.inf
    white = fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    field = np.asarray(fft.irfft2(white * k ** np.float32(-slope / 2), shape), np.float32)
    field -= field.mean()
    field /= field.std()
    return field


def tilt_background(exposure: Exposure, strength: float) -> None:
    """Add a gradient (moonlight, twilight) of strength sigmas across the frame."""
    angle = exposure.rng.uniform(0, 2 * np.pi)
    x = np.linspace(-0.5, 0.5, exposure.shape[1], dtype=np.float32)
    y = np.linspace(-0.5, 0.5, exposure.shape[0], dtype=np.float32)[:, None]
    plane = (x * np.cos(angle) + y * np.sin(angle) + 0.75).astype(np.float32)
    exposure.light += plane * np.float32(strength * exposure.camera.sigma)
