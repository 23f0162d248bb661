"""Point spread functions (Moffat 1969, trails, defocus) and their convolution with a scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Image = NDArray[np.float32]


def _grid(radius: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(float)
    return x, y


def _normalise(psf: NDArray[np.floating]) -> Image:
    normalised: Image = (psf / psf.sum()).astype(np.float32)
    return normalised


def make_moffat(
    fwhm: float, *, beta: float = 3.0, elongation: float = 1.0, angle: float = 0.0, reach: float = 8.0
) -> Image:
    """Make a Moffat PSF of sum 1 with FWHM in pixels along its minor axis (odd side, centred).

    Its wings fall smoothly to 0 at `reach` FWHM, so that bright stars show no edge.
    """
    radius = int(np.ceil(max(12.0, reach * fwhm * elongation)))
    x, y = _grid(radius)
    along = (x * np.cos(angle) + y * np.sin(angle)) / elongation
    across = y * np.cos(angle) - x * np.sin(angle)
    core = fwhm / 2 / np.sqrt(2 ** (1 / beta) - 1)
    psf = (1 + (along**2 + across**2) / core**2) ** -beta
    psf *= np.clip(1 - (x**2 + y**2) / radius**2, 0, 1)
    return _normalise(psf)


def make_donut(radius: float, *, hole: float = 0.4, fwhm: float = 2.0) -> Image:
    """Make the out-of-focus image of an obstructed pupil: a ring blurred by the seeing, of sum 1."""
    x, y = _grid(int(np.ceil(radius + 5 * fwhm)))
    r = np.hypot(x, y)
    edge = fwhm / 2.5
    ring = 1 / (1 + np.exp((r - radius) / edge)) - 1 / (1 + np.exp((r - hole * radius) / edge))
    return _normalise(ring)


def trail(psf: Image, length: float, angle: float, *, wobble: float = 0.0) -> Image:
    """Smear a PSF along a line of length pixels, with a sideways wobble in pixels (bad guiding)."""
    steps = int(np.ceil(2 * length)) + 1
    along = np.linspace(-length / 2, length / 2, steps)
    aside = wobble * np.sin(np.linspace(0, 2 * np.pi, steps))
    x = along * np.cos(angle) - aside * np.sin(angle)
    y = along * np.sin(angle) + aside * np.cos(angle)
    margin = psf.shape[0] // 2 + int(np.ceil(length / 2 + abs(wobble))) + 3
    path = np.zeros((2 * margin + 1, 2 * margin + 1), np.float32)
    deposit(path, x + margin, y + margin, np.full(steps, 1 / steps))
    return _normalise(np.maximum(convolve(path, psf), 0))


def deposit(
    scene: Image, x: NDArray[np.floating], y: NDArray[np.floating], flux: NDArray[np.floating]
) -> None:
    """Add points (0-based pixels) to a scene by cubic Lagrange weights, which keep flux, centroid and width.

    Linear weights would widen every star by up to half a pixel, each by a different amount.
    """
    ix, iy = np.floor(x).astype(int), np.floor(y).astype(int)
    wx, wy = _weigh(x - ix), _weigh(y - iy)
    height, width = scene.shape
    for j in range(4):
        for i in range(4):
            column, row = ix + i - 1, iy + j - 1
            inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            share = (flux * wx[i] * wy[j])[inside].astype(np.float32)
            np.add.at(scene, (row[inside], column[inside]), share)


def _weigh(t: NDArray[np.floating]) -> tuple[NDArray[np.floating], ...]:
    return (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )


def convolve(scene: Image, psf: Image) -> Image:
    """Convolve a scene with a centred PSF of odd sides; light beyond the edge is lost."""
    shape = [fft.next_fast_len(a + b - 1, real=True) for a, b in zip(scene.shape, psf.shape, strict=True)]
    product = fft.rfft2(scene, shape) * fft.rfft2(psf, shape)
    full = fft.irfft2(product, shape, overwrite_x=True)
    y0, x0 = psf.shape[0] // 2, psf.shape[1] // 2
    return np.asarray(full[y0 : y0 + scene.shape[0], x0 : x0 + scene.shape[1]], np.float32)
