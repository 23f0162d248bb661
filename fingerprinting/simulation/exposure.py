"""One exposure in the making: light in electrons, the truth of its sources, and the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fingerprinting.simulation import truth
from fingerprinting.simulation.galaxies import Galaxy, draw_galaxy
from fingerprinting.simulation.optics import convolve, deposit, make_moffat

Image = NDArray[np.float32]
GALAXY_MIX = {
    truth.ELLIPTICAL: 0.25, truth.DISK: 0.25, truth.EDGE_ON: 0.15,
    truth.SPIRAL: 0.2, truth.IRREGULAR: 0.1, truth.MERGER: 0.05,
}  # fmt: skip


@dataclass(frozen=True)
class Camera:
    """A detector: gain in electrons/ADU, read noise, sky and full well in electrons, bias in ADU."""

    gain: float
    read_noise: float
    bias: float
    full_well: float
    sky: float
    pixel_scale: float  # arcsec

    @property
    def sigma(self) -> float:
        """Give the noise of an empty sky pixel in electrons."""
        return float(np.sqrt(self.sky + self.read_noise**2))


def choose_camera(rng: np.random.Generator) -> Camera:
    """Choose a camera and a sky brightness at random."""
    gain = rng.uniform(1.0, 3.0)
    return Camera(
        gain=gain,
        read_noise=rng.uniform(3, 12),
        bias=rng.uniform(300, 1500),
        full_well=rng.uniform(35_000, 60_000) * gain,
        sky=float(np.exp(rng.uniform(np.log(60), np.log(4000)))),
        pixel_scale=rng.uniform(0.15, 1.0),
    )


class Exposure:
    """What the shutter lets in: `scene` before the optics and `light` behind them, electrons (ny, nx)."""

    def __init__(
        self, rng: np.random.Generator, shape: tuple[int, int], *,
        camera: Camera | None = None, fwhm: float | None = None, wings: float | None = None,
    ) -> None:  # fmt: skip
        """Draw at random what is not given: the camera, the FWHM in pixels, the wings (Moffat's beta)."""
        self.rng = rng
        self.shape = shape
        self.camera = camera or choose_camera(rng)
        self.depth = float(np.exp(rng.uniform(np.log(0.5), np.log(2.5))))
        self.fwhm = fwhm or rng.uniform(2.0, 4.5)
        self.wings = wings
        self.psf = self._make_psf()
        self.scene: Image = np.zeros(shape, np.float32)
        self.light: Image = np.zeros(shape, np.float32)
        self.truth: list[NDArray[np.void]] = []

    def _make_psf(self, reach: float = 8.0) -> Image:
        elongation, angle = 1 + self.rng.exponential(0.05), self.rng.uniform(0, np.pi)
        beta = self.wings or self.rng.uniform(2.5, 4.5)
        return make_moffat(self.fwhm, beta=beta, elongation=elongation, angle=angle, reach=reach)

    def blur(self, fwhm: float, *, reach: float = 8.0) -> None:
        """Replace the seeing by another, FWHM in pixels; the wings reach so many FWHM."""
        self.fwhm = fwhm
        self.psf = self._make_psf(reach)

    @property
    def megapixels(self) -> float:
        """Give the area in units of 1e6 pixels, for densities."""
        return self.shape[0] * self.shape[1] / 1e6

    def count(self, low: float, high: float) -> int:
        """Draw a number of objects from a range of densities per 1e6 pixels."""
        return int(self.rng.poisson(self.rng.uniform(low, high) * self.megapixels))

    def scatter(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draw n positions anywhere on the frame."""
        return self.rng.uniform(0, self.shape[1], n), self.rng.uniform(0, self.shape[0], n)

    def fluxes(
        self, n: int, *, low: float = 8, high: float = 5000, slope: float = 1.7, area: float = 0.0
    ) -> NDArray[np.float64]:
        """Draw n fluxes (electrons): a power law in signal to noise over the PSF plus `area` pixels."""
        power = 1 - slope
        u = self.rng.uniform(size=n)
        snr = (low**power + u * (high**power - low**power)) ** (1 / power)
        noise_area = 1 / float(np.sum(self.psf.astype(float) ** 2)) + area
        flux: NDArray[np.float64] = self.depth * self.camera.sigma * np.sqrt(noise_area) * snr
        return flux

    def add_stars(
        self, x: NDArray[np.floating], y: NDArray[np.floating], flux: NDArray[np.floating], kind: str,
        radius: float | None = None,
    ) -> None:  # fmt: skip
        """Add point sources; those whose peak passes the full well become saturated stars in the truth."""
        deposit(self.scene, x, y, flux)
        peak = flux * float(self.psf.max()) + self.camera.sky
        kinds = np.where(peak > self.camera.full_well, truth.SATURATED_STAR, kind)
        self.truth.append(make_rows(self, kinds, x, y, flux, radius=radius or max(2.5, 0.8 * self.fwhm)))

    def add_doubles(self, n: int) -> None:
        """Add close pairs of stars, one row of truth each at the middle of the light."""
        x, y = self.scatter(n)
        first = self.fluxes(n, low=25, high=1500)
        second = first * self.rng.uniform(0.4, 1.0, n)
        distance, angle = self.rng.uniform(1.1, 2.2, n) * self.fwhm, self.rng.uniform(0, np.pi, n)
        for flux, sign, other in ((first, 1, second), (second, -1, first)):
            lever = sign * distance * other / (first + second)
            deposit(self.scene, x + lever * np.cos(angle), y + lever * np.sin(angle), flux)
        radius = np.maximum(3, distance)
        self.truth.append(make_rows(self, truth.DOUBLE_STAR, x, y, first + second, radius=radius))

    def add_galaxies(
        self, x: NDArray[np.floating], y: NDArray[np.floating], kinds: NDArray[np.str_],
        *, size: float = 3.5, brightest: float = 800,
    ) -> None:  # fmt: skip
        """Add galaxies of the given kinds; size is the median half-light radius in pixels."""
        n = len(x)
        radius = np.clip(size * np.exp(self.rng.normal(0, 0.45, n)), 1.2, 16)
        flux = self.fluxes(n, low=15, high=brightest, area=1.0) * np.sqrt(1 + radius**2)
        for i in range(n):
            shape = self.rng.uniform(0.3, 1.0), self.rng.uniform(0, np.pi)
            draw_galaxy(self.scene, Galaxy(str(kinds[i]), x[i], y[i], flux[i], radius[i], *shape), self.rng)
        self.truth.append(make_rows(self, kinds, x, y, flux, radius=np.maximum(3, 1.3 * radius)))

    def choose_kinds(self, n: int) -> NDArray[np.str_]:
        """Draw n galaxy kinds from the mix of a blank field."""
        return self.rng.choice(list(GALAXY_MIX), size=n, p=list(GALAXY_MIX.values()))

    def focus(self) -> None:
        """Send the scene through the optics."""
        self.light += np.maximum(convolve(self.scene, self.psf), 0)

    def read_out(self) -> Image:
        """Digitise the light: shot and read noise, full well, gain, bias; ADU (ny, nx)."""
        electrons = self.light + np.float32(self.camera.sky)
        variance = np.maximum(electrons, 0) + np.float32(self.camera.read_noise**2)
        noise = self.rng.standard_normal(self.shape, dtype=np.float32) * np.sqrt(variance)
        electrons = np.minimum(electrons + noise, np.float32(self.camera.full_well))
        counts: Image = electrons / np.float32(self.camera.gain) + np.float32(self.camera.bias)
        return counts


def make_rows(
    exposure: Exposure, kind: ArrayLike, x: ArrayLike, y: ArrayLike, electrons: ArrayLike,
    *, radius: ArrayLike, length: ArrayLike = 0.0, theta: ArrayLike = 0.0,
) -> NDArray[np.void]:  # fmt: skip
    """Make rows of truth for an exposure, from electrons to ADU."""
    flux = np.asarray(electrons, float) / exposure.camera.gain
    return truth.make_truth(kind, x, y, flux, radius=radius, length=length, theta=theta)
