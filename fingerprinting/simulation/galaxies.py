"""Galaxies before the optics: Sersic (1963) profiles with arms, clumps and tidal tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fingerprinting.simulation import truth

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Galaxy:
    """One galaxy: position (0-based pixels), flux, half-light radius in pixels, axis ratio, angle (rad)."""

    kind: str
    x: float
    y: float
    flux: float
    radius: float
    ratio: float
    angle: float


def draw_galaxy(scene: Image, galaxy: Galaxy, rng: np.random.Generator) -> None:
    """Add one galaxy to a scene; its pixels sum to its flux unless the frame's edge cuts it."""
    half = int(np.clip(6 * galaxy.radius, 8, 90))
    x0, y0 = round(galaxy.x), round(galaxy.y)
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    stamp = _SHAPES[galaxy.kind](x - (galaxy.x - x0), y - (galaxy.y - y0), galaxy, rng)
    _add(scene, stamp * (galaxy.flux / stamp.sum()), x0 - half, y0 - half)


def _add(scene: Image, stamp: Image, left: int, bottom: int) -> None:
    height, width = scene.shape
    x = slice(max(left, 0), min(left + stamp.shape[1], width))
    y = slice(max(bottom, 0), min(bottom + stamp.shape[0], height))
    if x.start < x.stop and y.start < y.stop:
        scene[y, x] += stamp[y.start - bottom : y.stop - bottom, x.start - left : x.stop - left]


def _sersic(  # noqa: PLR0917  # the six symbols of the formula
    x: Image, y: Image, radius: float, ratio: float, angle: float, index: float
) -> Image:
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along, across = x * cos + y * sin, (y * cos - x * sin) / np.float32(ratio)
    # Half a pixel of softening stands for the mean over the central pixel, where the profile is singular.
    r = np.sqrt(along**2 + across**2 + np.float32(0.25)) / np.float32(radius)
    bn = 2 * index - 1 / 3 + 0.009876 / index  # Prugniel & Simien 1997
    stamp: Image = np.exp(np.float32(-bn) * (r ** np.float32(1 / index) - 1)).astype(np.float32)
    return stamp


def _join(disk: Image, bulge: Image, share: float) -> Image:
    """Join two components, the second with a share of the light."""
    joined: Image = disk / disk.sum() * np.float32(1 - share) + bulge / bulge.sum() * np.float32(share)
    return joined


def _draw_elliptical(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    return _sersic(x, y, g.radius, max(g.ratio, 0.5), g.angle, rng.uniform(2.5, 4.5))


def _draw_disk(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    disk = _sersic(x, y, g.radius, max(g.ratio, 0.6), g.angle, 1.0)
    bulge = _sersic(x, y, 0.25 * g.radius, 0.9, g.angle, 2.0)
    share = rng.uniform(0.0, 0.3)
    return _join(disk, bulge, share)


def _draw_edge_on(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    disk = _sersic(x, y, 1.3 * g.radius, rng.uniform(0.12, 0.22), g.angle, 1.0)
    bulge = _sersic(x, y, 0.25 * g.radius, 0.8, g.angle, 2.0)
    return _join(disk, bulge, 0.15)


def _draw_spiral(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    radius, ratio = 1.4 * g.radius, max(g.ratio, 0.55)
    cos, sin = np.cos(g.angle), np.sin(g.angle)
    along, across = x * cos + y * sin, (y * cos - x * sin) / ratio
    r = np.hypot(along, across) + 0.3
    arms, winding = rng.integers(2, 4), rng.choice([-1, 1]) * rng.uniform(2.0, 3.5)
    wave = np.cos(arms * np.arctan2(across, along) + arms * winding * np.log(r / radius))
    disk = _sersic(x, y, radius, ratio, g.angle, 1.0)
    disk = disk * (1 + rng.uniform(0.75, 1.0) * wave * np.clip(r / (0.4 * radius), 0, 1)).astype(np.float32)
    bulge = _sersic(x, y, 0.2 * g.radius, 0.9, g.angle, 2.0)
    return _join(disk, bulge, 0.15)


def _draw_irregular(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    stamp = _sersic(x, y, g.radius, max(g.ratio, 0.5), g.angle, 0.8)
    stamp /= stamp.sum()
    for _ in range(int(rng.integers(3, 8))):
        dx, dy = rng.normal(0, 0.8 * g.radius, 2)
        clump = _sersic(x - dx, y - dy, rng.uniform(0.15, 0.4) * g.radius, 0.8, g.angle, 0.7)
        stamp += clump / clump.sum() * np.float32(rng.uniform(0.08, 0.3))
    return stamp


def _draw_merger(x: Image, y: Image, g: Galaxy, rng: np.random.Generator) -> Image:
    distance, angle = rng.uniform(1.2, 2.2) * g.radius, g.angle
    dx, dy = distance * np.cos(angle) / 2, distance * np.sin(angle) / 2
    first = _sersic(x - dx, y - dy, 0.7 * g.radius, rng.uniform(0.5, 0.9), rng.uniform(0, np.pi), 2.0)
    second = _sersic(x + dx, y + dy, 0.6 * g.radius, rng.uniform(0.4, 0.9), rng.uniform(0, np.pi), 1.5)
    stamp: Image = first / first.sum() + second / second.sum() * np.float32(rng.uniform(0.4, 1.0))
    turn = rng.choice([-1, 1]) * rng.uniform(0.6, 1.2)
    for step in np.linspace(0.2, 1.0, 9):  # a tidal tail: faint clumps along an arc
        r, phase = distance * (0.5 + 1.6 * step), angle + turn * step
        clump = _sersic(x - r * np.cos(phase), y - r * np.sin(phase), 0.35 * g.radius, 0.9, 0.0, 0.6)
        stamp += clump / clump.sum() * np.float32(0.022)
    return stamp


_SHAPES = {
    truth.ELLIPTICAL: _draw_elliptical,
    truth.DISK: _draw_disk,
    truth.EDGE_ON: _draw_edge_on,
    truth.SPIRAL: _draw_spiral,
    truth.IRREGULAR: _draw_irregular,
    truth.MERGER: _draw_merger,
}
