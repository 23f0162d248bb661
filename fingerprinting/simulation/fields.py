"""The types of field a survey meets, good and spoiled, each rendered from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ParameterError
from fingerprinting.simulation import calibration, defects, truth
from fingerprinting.simulation.exposure import Exposure
from fingerprinting.simulation.instruments import Setup, imprint, open_shutter
from fingerprinting.simulation.optics import make_donut, trail
from fingerprinting.simulation.sky import choose_pointing

Pixels = NDArray[np.uint16] | NDArray[np.float32]
FILTERS = ("u", "g", "r", "i", "z")


@dataclass(frozen=True)
class SimulatedFrame:
    """A frame: pixels in ADU (ny, nx), uint16 or float32; FITS cards; the true objects (dtype TRUTH)."""

    field_type: str
    seed: int
    pixels: Pixels
    header: dict[str, str | float | int]
    objects: NDArray[np.void]


def _fill_sky(e: Exposure, stars: tuple[float, float], galaxies: tuple[float, float], kind: str) -> None:
    """Add stars and galaxies by densities per 1e6 pixels, and a few pairs of stars."""
    n = e.count(*stars)
    e.add_stars(*e.scatter(n), e.fluxes(n), kind)
    e.add_doubles(e.count(0.02 * stars[0], 0.06 * stars[1]))
    n = e.count(*galaxies)
    e.add_galaxies(*e.scatter(n), e.choose_kinds(n))


def _fill_sparse(e: Exposure) -> None:
    _fill_sky(e, (70, 300), (30, 110), truth.STAR)
    e.focus()


def _fill_crowded(e: Exposure) -> None:
    _fill_sky(e, (2000, 5500), (0, 20), truth.STAR)
    e.focus()


def _fill_globular(e: Exposure) -> None:
    n, core = int(e.rng.integers(700, 2600)), e.rng.uniform(0.06, 0.14) * min(e.shape)
    radius = core / np.sqrt(e.rng.uniform(0.001, 0.95, n) ** (-2 / 3) - 1)  # Plummer 1911
    angle = e.rng.uniform(0, 2 * np.pi, n)
    x0, y0 = e.rng.uniform(0.35, 0.65) * e.shape[1], e.rng.uniform(0.35, 0.65) * e.shape[0]
    x, y = x0 + radius * np.cos(angle), y0 + radius * np.sin(angle)
    inside = (x > 0) & (x < e.shape[1]) & (y > 0) & (y < e.shape[0])
    e.add_stars(x[inside], y[inside], e.fluxes(int(inside.sum()), high=3000), truth.CLUSTER_STAR)
    _fill_sky(e, (60, 250), (5, 30), truth.STAR)
    e.focus()


def _fill_galaxy_cluster(e: Exposure) -> None:
    n = e.count(120, 350)
    x = e.shape[1] * (0.5 + 0.16 * e.rng.standard_normal(n))
    y = e.shape[0] * (0.5 + 0.16 * e.rng.standard_normal(n))
    kinds = e.rng.choice([truth.ELLIPTICAL, truth.DISK], n, p=[0.7, 0.3])
    e.add_galaxies(x, y, kinds, size=4.5, brightest=2000)
    n = e.count(60, 150)
    e.add_galaxies(*e.scatter(n), e.choose_kinds(n))
    _fill_sky(e, (30, 100), (0, 1), truth.STAR)
    e.focus()


def _fill_trailed(e: Exposure) -> None:
    length = e.rng.uniform(7, 26)
    wobble = e.rng.choice([0.0, e.rng.uniform(1, 3)])
    e.psf = trail(e.psf, length, e.rng.uniform(0, np.pi), wobble=wobble)
    n = e.count(80, 350)
    e.add_stars(*e.scatter(n), e.fluxes(n), truth.TRAILED_STAR, length / 2 + 2)
    n = e.count(5, 30)
    e.add_galaxies(*e.scatter(n), e.choose_kinds(n))
    e.focus()


def _fill_defocused(e: Exposure) -> None:
    radius = e.rng.uniform(5, 13)
    e.psf = make_donut(radius, hole=e.rng.uniform(0.3, 0.5), fwhm=e.fwhm)
    n = e.count(60, 250)
    e.add_stars(*e.scatter(n), e.fluxes(n, low=15), truth.DONUT, radius + 2)
    e.focus()


def _fill_bad_seeing(e: Exposure) -> None:
    e.blur(e.rng.uniform(6.5, 12))
    _fill_sky(e, (80, 350), (10, 50), truth.BLURRED_STAR)
    e.focus()


def _fill_satellite_trail(e: Exposure) -> None:
    _fill_sparse(e)
    for _ in range(int(e.rng.integers(1, 4))):
        defects.add_satellite_trail(e)


def _fill_half_dead(e: Exposure) -> None:
    _fill_sparse(e)


def _fill_saturated(e: Exposure) -> None:
    e.blur(e.fwhm, reach=40)
    _fill_sky(e, (60, 250), (15, 60), truth.STAR)
    n = int(e.rng.integers(2, 8))
    x, y = e.scatter(n)
    flux = e.camera.full_well / float(e.psf.max()) * np.exp(e.rng.uniform(np.log(4), np.log(150), n))
    e.add_stars(x, y, flux, truth.SATURATED_STAR, 5 * e.fwhm)
    e.focus()
    angle = e.rng.uniform(0, np.pi / 2)
    for star in zip(x, y, flux, strict=True):
        defects.add_spikes(e, *star, angle)
    defects.bleed(e)


def _fill_nebula(e: Exposure) -> None:
    _fill_sky(e, (80, 400), (0, 15), truth.STAR)
    e.focus()
    clouds = defects.make_clouds(e.rng, e.shape, slope=e.rng.uniform(2.4, 3.2))
    strength = e.camera.sigma * e.rng.uniform(3, 12)
    e.light += np.exp(np.clip(clouds, -3, 3)) * np.float32(strength / 2)


def _fill_ghost(e: Exposure) -> None:
    _fill_sparse(e)
    defects.add_ghosts(e, int(e.rng.integers(4, 15)))


def _fill_mergers(e: Exposure) -> None:
    n = e.count(60, 160)
    kinds = e.rng.choice([truth.MERGER, truth.IRREGULAR], n, p=[0.6, 0.4])
    e.add_galaxies(*e.scatter(n), kinds, size=5.0, brightest=1500)
    _fill_sky(e, (50, 180), (15, 60), truth.STAR)
    e.focus()


_SKY: dict[str, Callable[[Exposure], None]] = {
    "sparse": _fill_sparse,
    "crowded": _fill_crowded,
    "globular": _fill_globular,
    "galaxy_cluster": _fill_galaxy_cluster,
    "trailed": _fill_trailed,
    "defocused": _fill_defocused,
    "bad_seeing": _fill_bad_seeing,
    "satellite_trail": _fill_satellite_trail,
    "half_dead": _fill_half_dead,
    "saturated": _fill_saturated,
    "nebula": _fill_nebula,
    "ghost": _fill_ghost,
    "mergers": _fill_mergers,
}
# In the order in which a small set takes them: the twelve first stand for what archives hold most.
FIELD_TYPES = (
    "sparse", "crowded", "globular", "galaxy_cluster", "trailed", "defocused", "bad_seeing",
    "satellite_trail", "half_dead", "saturated", "bias", "flat", "dark", "nebula", "ghost", "mergers",
)  # fmt: skip
CALIBRATIONS = ("bias", "flat", "dark")


def render(
    field_type: str, seed: int, shape: tuple[int, int] | None = None, setup: Setup | None = None
) -> SimulatedFrame:
    """Render a field of one of FIELD_TYPES; the same seed, shape (ny, nx) and setup give the same frame.

    Without a shape the sides are random between 800 and 1000 pixels; without a setup each frame has a
    camera of its own.
    """
    if field_type not in FIELD_TYPES:
        raise ParameterError(f"{field_type!r} is no field type; choose from {', '.join(FIELD_TYPES)}.")
    rng = np.random.default_rng([seed, FIELD_TYPES.index(field_type)])
    chosen = shape or (int(rng.integers(800, 1001)), int(rng.integers(800, 1001)))
    exposure = open_shutter(rng, chosen, setup) if setup else Exposure(rng, chosen)
    if field_type in CALIBRATIONS:
        return _render_calibration(exposure, field_type, seed, setup)
    return _render_sky(exposure, field_type, seed, setup)


def collect_light(e: Exposure, field_type: str) -> None:
    """Let the light of a field of sky into an exposure, and what every exposure catches beside it."""
    _SKY[field_type](e)
    defects.add_cosmic_rays(e, e.count(3, 25))
    defects.add_hot_pixels(e, e.count(0, 10))
    defects.tilt_background(e, e.rng.choice([0.0, e.rng.exponential(2.0)]))


def _render_sky(e: Exposure, field_type: str, seed: int, setup: Setup | None) -> SimulatedFrame:
    collect_light(e, field_type)
    if setup:
        imprint(e, setup, setup.exposure_time)
    counts = e.read_out()
    objects = np.concatenate(e.truth)
    if field_type == "half_dead":
        objects = kill_half(e, counts, objects)
    pointing = choose_pointing(e.rng, e.camera.pixel_scale, e.shape)
    inside = (np.abs(objects["x"] - e.shape[1] / 2) < e.shape[1] / 2) & (
        np.abs(objects["y"] - e.shape[0] / 2) < e.shape[0] / 2
    )
    objects = objects[inside]
    objects["ra"], objects["dec"] = pointing.locate(objects["x"], objects["y"])
    header = _describe(e, field_type, seed, "object", float(np.round(e.rng.uniform(10, 900), 1)))
    header |= {"FILTER": str(e.rng.choice(FILTERS)), "SEEING": round(e.fwhm * e.camera.pixel_scale, 3)}
    if setup:
        header |= {"INSTRUME": setup.instrument.name, "FILTER": setup.filter, "EXPTIME": setup.exposure_time}
    return SimulatedFrame(field_type, seed, _digitise(e, counts, setup), header | pointing.cards(), objects)


def kill_half(e: Exposure, counts: NDArray[np.float32], objects: NDArray[np.void]) -> NDArray[np.void]:
    """Blank one half of the frame to bare read noise, and drop what lay on it."""
    along_x, first = e.rng.integers(2, size=2, dtype=bool)
    name, side = ("x", e.shape[1]) if along_x else ("y", e.shape[0])
    cut = int(e.rng.uniform(0.35, 0.65) * side)
    dead = slice(0, cut) if first else slice(cut, side)
    region = counts[:, dead] if along_x else counts[dead]
    noise = e.rng.standard_normal(region.shape, dtype=np.float32)
    region[:] = e.camera.bias + noise * np.float32(0.5 * e.camera.read_noise / e.camera.gain)
    left: NDArray[np.void] = objects[(objects[name] < cut) != first]
    return left


def _render_calibration(e: Exposure, field_type: str, seed: int, setup: Setup | None) -> SimulatedFrame:
    e.camera = type(e.camera)(**{**vars(e.camera), "sky": 0.0})
    exposure_time = 0.0
    if field_type == "bias":
        calibration.fill_bias(e)
    elif field_type == "dark":
        calibration.fill_dark(e)
        exposure_time = setup.exposure_time if setup else 900.0
    else:
        calibration.fill_flat(e, e.camera.full_well * e.rng.uniform(0.2, 0.5))
        exposure_time = float(np.round(e.rng.uniform(1, 20), 1))
    if setup:
        imprint(e, setup, exposure_time)
    counts = e.read_out()
    header = _describe(e, field_type, seed, field_type, exposure_time)
    if field_type == "flat":
        header["FILTER"] = setup.filter if setup else str(e.rng.choice(FILTERS))
    if setup:
        header["INSTRUME"] = setup.instrument.name
    return SimulatedFrame(field_type, seed, _digitise(e, counts, setup), header, np.concatenate(e.truth))


def _digitise(e: Exposure, counts: NDArray[np.float32], setup: Setup | None) -> Pixels:
    """Give raw counts as uint16, or now and then as a float32 frame with the bias taken off."""
    if not setup.instrument.raw if setup else e.rng.choice([True, False], p=[0.3, 0.7]):
        return (counts - np.float32(e.camera.bias)).astype(np.float32)
    return np.clip(np.round(counts), 0, 65535).astype(np.uint16)


def _describe(
    e: Exposure, field_type: str, seed: int, image_type: str, exposure_time: float
) -> dict[str, str | float | int]:
    """Make the cards that say what this is: a simulation, and of what."""
    night = np.datetime64("2024-01-01T00:00:00") + np.timedelta64(int(e.rng.integers(0, 366 * 86400)), "s")
    return {
        "ORIGIN": "CAOM-AI simulator",
        "TELESCOP": "SIMULATED",
        "INSTRUME": f"SIM{'ABC'[int(e.rng.integers(3))]}",
        "OBJECT": field_type.replace("_", " "),
        "IMAGETYP": image_type,
        "OBSTYPE": image_type.upper(),
        "EXPTIME": exposure_time,
        "DATE-OBS": str(night),
        "GAIN": round(e.camera.gain, 4),
        "RDNOISE": round(e.camera.read_noise, 4),
        "SATURATE": round(min(e.camera.full_well / e.camera.gain + e.camera.bias, 65535.0), 1),
        "PIXSCALE": round(e.camera.pixel_scale, 5),
        "BUNIT": "adu",
        "SIMTYPE": field_type,
        "SIMSEED": seed,
    }
