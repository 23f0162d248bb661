"""Defects put into sound frames: what the sky, the telescope and the detector can do to an exposure.

The light of the sources is blurred, never the noise; what concerns the detector alone (cosmic rays, the gain
of an amplifier, a dead part) is not blurred at all. Strengths run from visible but modest to strong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.defects import SOUND
from fingerprinting.evaluation.real.bases import Base
from fingerprinting.evaluation.real.montage import as_part
from fingerprinting.image import Part
from fingerprinting.simulation.defects import add_stamp, draw_ghost, draw_streak, draw_track
from fingerprinting.simulation.optics import convolve, make_donut, make_moffat, trail

Image = NDArray[np.float32]

SKY: Final = 100.0  # sigma: a level, so that nothing is below zero
MOST_CUT: Final = 0.12  # of a side, that a version leaves out
MOST_DIMMED: Final = 0.6  # sigma of noise added to the frame's own
POINT: Final = np.ones((1, 1), np.float32)


@dataclass(frozen=True)
class Scene:
    """A sound frame in sigma (ny, nx), as Base has it: where it is lit, and fresh noise like its own."""

    sky: Image
    lit: Image
    noise: Image
    fwhm: float


def trail_stars(scene: Scene, rng: np.random.Generator) -> Image:
    """Let the telescope drift while the shutter is open."""
    length = _draw(rng, 2.2, 6.0) * scene.fwhm + 2
    wobble = float(rng.choice([0.0, rng.uniform(0.3, 0.8) * scene.fwhm]))
    return blur(scene, trail(POINT, length, rng.uniform(0, np.pi), wobble=wobble))


def defocus(scene: Scene, rng: np.random.Generator) -> Image:
    """Put the detector out of focus."""
    radius = max(_draw(rng, 1.3, 3.0) * scene.fwhm, 4.0)
    return blur(scene, make_donut(radius, hole=rng.uniform(0.3, 0.5), fwhm=1.5))


def worsen_seeing(scene: Scene, rng: np.random.Generator) -> Image:
    """Make the seeing at least twice as bad, and 6.5 to 12 pixels wide as in simulated frames."""
    wanted = max(rng.uniform(6.5, 12), 2 * scene.fwhm)
    return blur(scene, make_moffat(np.sqrt(wanted**2 - scene.fwhm**2), beta=rng.uniform(2.8, 4.5), reach=5.0))


def blur(scene: Scene, kernel: Image) -> Image:
    """Convolve the light of the sources; where they were, fresh noise stands for what the kernel smoothed."""
    kept = 1 - scene.lit
    noise = scene.sky * kept + scene.noise * np.sqrt(1 - kept**2)
    return convolve(scene.sky * scene.lit, kernel) + noise


def add_satellites(scene: Scene, rng: np.random.Generator) -> Image:
    """Let one or two satellites cross."""
    sky = scene.sky.copy()
    for _ in range(int(rng.integers(1, 3))):
        streak = draw_streak(rng, sky.shape, scene.fwhm)
        sky += (streak.strength * streak.light).astype(np.float32)
    return sky


def add_reflections(scene: Scene, rng: np.random.Generator) -> Image:
    """Add ghosts: faint images of the pupil."""
    sky = scene.sky.copy()
    for _ in range(max(int(rng.uniform(8, 25) * sky.size / 1e6), 3)):
        _, stamp = draw_ghost(rng)
        add_stamp(sky, stamp, int(rng.integers(sky.shape[1])), int(rng.integers(sky.shape[0])))
    return sky


def let_particles_in(scene: Scene, rng: np.random.Generator) -> Image:
    """Let cosmic rays in: as many as a long exposure without their removal has."""
    sky = scene.sky.copy()
    for _ in range(max(int(_draw(rng, 400, 2500) * sky.size / 1e6), 40)):
        track = draw_track(rng, sky.shape)
        sky.reshape(-1)[track.pixels] += (track.strength * track.share).astype(np.float32)
    return sky


def change_gain(scene: Scene, rng: np.random.Generator) -> Image:
    """Read half of the frame by an amplifier of another gain: signal, noise and sky level jump together."""
    sky, region = scene.sky.copy(), _choose_half(scene.sky.shape, rng, 0.5, 0.5)
    gain = float(rng.choice([_draw(rng, 0.6, 0.88), _draw(rng, 1.14, 1.6)]))
    sky[region] = sky[region] * np.float32(gain) + np.float32(np.sign(gain - 1) * _draw(rng, 5, 60))
    return sky


def kill_half(scene: Scene, rng: np.random.Generator) -> Image:
    """Lose an amplifier: no light arrives, only the noise of reading out remains."""
    sky, region = scene.sky.copy(), _choose_half(scene.sky.shape, rng, 0.35, 0.6)
    noise = rng.standard_normal(sky[region].shape, dtype=np.float32)
    sky[region] = noise * np.float32(rng.uniform(0.25, 0.6)) - np.float32(_draw(rng, 10, SKY))
    return sky


def _choose_half(
    shape: tuple[int, ...], rng: np.random.Generator, least: float, most: float
) -> tuple[slice, slice]:
    """Choose a side of the frame: this share of its rows or columns, at either end."""
    axis, first = int(rng.integers(2)), bool(rng.integers(2))
    cut = int(rng.uniform(least, most) * shape[axis])
    part = slice(0, cut) if first else slice(shape[axis] - cut, shape[axis])
    return (part, slice(None)) if axis == 0 else (slice(None), part)


def _draw(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


DEFECTS: Final[dict[str, Callable[[Scene, np.random.Generator], Image]]] = {
    "trailed": trail_stars,
    "defocused": defocus,
    "bad_seeing": worsen_seeing,
    "satellite_trail": add_satellites,
    "ghost": add_reflections,
    "cosmic_rays": let_particles_in,
    "gain_jump": change_gain,
    "half_dead": kill_half,
}
CLEAN: Final = SOUND


def make_version(base: Base, defect: str, seed: int) -> Part:
    """Make a version of a frame, with a defect or CLEAN: cut a little, dimmed a little, turned at random."""
    rng = np.random.default_rng([seed, *base.name.encode(errors="surrogateescape")])
    box = _choose_box(base.sky.shape, rng)
    scene = _observe(base, box, rng)
    sky = scene.sky if defect == CLEAN else DEFECTS[defect](scene, rng)
    pixels = sky + np.float32(SKY)
    turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    mask = None
    if base.mask is not None:
        mask = _turn(base.mask[box], turns, mirrored=mirrored)
    return as_part(_turn(pixels, turns, mirrored=mirrored), mask)


def _choose_box(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[slice, slice]:
    """Leave out up to an eighth of each side, as another pointing of the same field would."""
    low, high = rng.uniform(0, MOST_CUT, (2, 2))
    rows, columns = (
        slice(int(a * side), side - int(b * side)) for a, b, side in zip(low, high, shape, strict=True)
    )
    return rows, columns


def _observe(base: Base, box: tuple[slice, slice], rng: np.random.Generator) -> Scene:
    """Add noise of up to 0.6 sigma, as a shorter exposure has; the unit is the new noise."""
    extra = np.float32(rng.uniform(0, MOST_DIMMED))
    sky = (base.sky + extra * base.draw_noise(rng)) / np.sqrt(1 + extra**2)
    return Scene(sky[box], base.lit[box], base.draw_noise(rng)[box], base.fwhm)


def _turn(pixels: NDArray[Any], turns: int, *, mirrored: bool) -> NDArray[Any]:
    return np.ascontiguousarray(np.rot90(pixels[:, ::-1] if mirrored else pixels, turns))
