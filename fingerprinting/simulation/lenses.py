"""Gravitational lenses: arcs and rings of an isothermal sphere with shear (Schneider et al. 1992)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.simulation import truth
from fingerprinting.simulation.defects import add_stamp
from fingerprinting.simulation.galaxies import Galaxy, draw_galaxy
from fingerprinting.simulation.optics import convolve

Image = NDArray[np.float32]

BRIGHT, FAINT = (40.0, 200.0), (6.0, 40.0)  # signal to noise of arcs, roughly
REACH: Final = 2.2  # Einstein radii from the lens to the edge of its stamp


@dataclass(frozen=True)
class Lens:
    """A lens and the galaxy behind it: lengths in pixels, angles in radians, 0-based position.

    The source lies `offset` Einstein radii from the axis: near 0 it becomes a ring, from 0.3 on an arc.
    """

    x: float
    y: float
    einstein: float
    offset: float
    angle: float
    source: float  # half-light radius of the source
    shear: float


def draw_arcs(lens: Lens) -> Image:
    """Draw the images of the source on a stamp (n, n), n odd, whose pixels sum to 1; the lens is dark."""
    half = int(np.ceil(REACH * lens.einstein + 3 * lens.source))
    fine = np.arange(-half - 0.375, half + 0.5, 0.25)  # four by four points a pixel: arcs are thin
    x, y = np.meshgrid(fine - (lens.x - round(lens.x)), fine - (lens.y - round(lens.y)))
    cos, sin = np.cos(lens.angle), np.sin(lens.angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    r = np.maximum(np.hypot(along, across), 1e-6)
    behind_x = along * (1 - lens.shear - lens.einstein / r) - lens.offset * lens.einstein
    behind_y = across * (1 + lens.shear - lens.einstein / r)
    light = np.exp(-1.678 * np.hypot(behind_x, behind_y) / lens.source)  # an exponential disk
    side = 2 * half + 1
    stamp = light.reshape(side, 4, side, 4).sum(axis=(1, 3))
    drawn: Image = (stamp / stamp.sum()).astype(np.float32)
    return drawn


def draw_lens(rng: np.random.Generator, x: float, y: float, fwhm: float, *, ring: bool) -> Lens:
    """Draw a lens that this seeing resolves: a ring, or an arc with its counter-image."""
    einstein = float(np.clip(rng.uniform(2.5, 4.5) * fwhm, 7, 15))
    return Lens(
        x=x,
        y=y,
        einstein=einstein,
        offset=rng.uniform(0, 0.08) if ring else rng.uniform(0.15, 0.35),
        angle=rng.uniform(0, 2 * np.pi),
        source=einstein * rng.uniform(0.1, 0.2),
        shear=rng.uniform(0, 0.08),
    )


def add_lens(  # noqa: PLR0917  # what is drawn, and onto what
    scene: Image,
    lens: Lens,
    sigma: float,
    psf: Image,
    rng: np.random.Generator,
    brightness: tuple[float, float] = BRIGHT,
) -> float:
    """Add arcs of a roughly known signal to noise and an elliptical galaxy of 30 to 120 before the optics.

    `sigma` is the noise of a pixel, and `psf` what will blur the scene. The answer is the signal to noise of
    the arcs alone behind the optics: what a filter of their very shape would find on an empty sky.
    """
    arcs = draw_arcs(lens)
    areas = (1 / float(np.sum(light.astype(float) ** 2)) for light in (arcs, psf))
    noise = sigma * np.sqrt(sum(areas))
    flux = noise * np.exp(rng.uniform(*np.log(brightness)))
    arcs *= np.float32(flux)
    add_stamp(scene, arcs, round(lens.x), round(lens.y))
    seen = convolve(np.pad(arcs, psf.shape[0] // 2), psf)
    flux, radius = (
        noise * np.exp(rng.uniform(np.log(30), np.log(120))),
        lens.einstein * rng.uniform(0.15, 0.35),
    )
    ratio, angle = rng.uniform(0.7, 1), rng.uniform(0, np.pi)
    draw_galaxy(scene, Galaxy(truth.ELLIPTICAL, lens.x, lens.y, flux, radius, ratio, angle), rng)
    return float(np.linalg.norm(seen) / sigma)
