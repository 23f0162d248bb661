"""How injected oddities stand out: lensed arcs and rings, trails in clean series, dead halves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.description import PartDescription
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import Fitted
from fingerprinting.evaluation.ours import ModelMaps
from fingerprinting.evaluation.real.bases import Base, find_bases, read_base
from fingerprinting.evaluation.real.spoiling import CLEAN, make_version
from fingerprinting.evaluation.scores.bootstrap import draw_weights, mean
from fingerprinting.evaluation.split import TEST, choose_part
from fingerprinting.fingerprint import NODES, search_vector
from fingerprinting.image_oddness import compose, weigh_quality
from fingerprinting.model import Model
from fingerprinting.pipeline import describe_file
from fingerprinting.simulation.defects import add_satellite_trail
from fingerprinting.simulation.exposure import Exposure, choose_camera
from fingerprinting.simulation.fields import collect_light, kill_half
from fingerprinting.simulation.lenses import BRIGHT, FAINT, add_lens, draw_lens
from fingerprinting.simulation.optics import convolve, make_moffat
from fingerprinting.unlikeness import Evidence, History

LEAST_FRAMES: Final = 100  # of the set that is scored: a quick look leaves these series out
SEED: Final = 550_007  # away from the seeds of training, validation and test frames
TYPES: Final = ("sparse", "galaxy_cluster", "mergers", "crowded")
ARC, RING, TRAIL, DEAD_HALF, NOTHING = "arc", "ring", "trail", "dead_half", "nothing"
FAINT_ARC: Final = "faint_arc"  # for how the share falls with the signal: no goal
ODDITIES: Final = (ARC, RING, TRAIL, DEAD_HALF, NOTHING, FAINT_ARC)  # nothing: clean, and not in the history
LENSES: Final = (ARC, RING, FAINT_ARC)
SIGNALS: Final = (0, 10, 20, 40, 80)  # signal to noise: the steps in which arcs are told apart
REAL: Final = {TRAIL: "satellite_trail", DEAD_HALF: "half_dead"}
ODD: Final = 98.0  # percentile: the top 2 %
MARGIN: Final = 40  # pixels from a lens to the edge
BLUR: Final = 3.0  # pixels from an arc to the detection that is still it
FWHM: Final = 2.5  # of a real frame whose stars say nothing

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Injected:
    """A lens in a frame: 0-based position and radius in pixels, signal to noise of its arcs."""

    x: float
    y: float
    radius: float
    snr: float


@dataclass(frozen=True)
class Size:
    """How much is rendered for each series."""

    history: int = 150  # clean frames
    injected: int = 24  # frames of each oddity
    clean: int = 100  # further clean frames, of which 2 % should be in the top 2 %
    side: int = 448  # pixels
    bases: int = 6  # real frames that series are made of


@dataclass(frozen=True)
class Shot:
    """One frame of a series: its description, and where a lens was put."""

    description: PartDescription
    lens: Injected | None


Shoot = Callable[[str, int], tuple[Image, dict[str, float], Injected | None]]


def expose(
    field_type: str, series: int, side: int, oddity: str, number: int
) -> tuple[Image, dict[str, float], Injected | None]:
    """Render a frame of a series: one camera and site, a seeing, sky and transparency that vary."""
    site = np.random.default_rng([SEED, series])
    camera, seeing, depth = choose_camera(site), site.uniform(2.2, 3.6), np.exp(site.uniform(-0.5, 0.7))
    rng = np.random.default_rng([SEED, series, ODDITIES.index(oddity), number])
    e = Exposure(rng, (side, side), camera=replace(camera, sky=camera.sky * np.exp(rng.normal(0, 0.15))))
    e.depth = float(depth * np.exp(rng.normal(0, 0.3)))
    e.blur(float(np.clip(seeing * np.exp(rng.normal(0, 0.12)), 1.8, 5)))
    injected = None
    if oddity in LENSES:
        x, y = rng.uniform(MARGIN, side - MARGIN, 2)
        lens = draw_lens(rng, x, y, e.fwhm, ring=oddity == RING)
        snr = add_lens(e.scene, lens, e.camera.sigma, e.psf, rng, FAINT if oddity == FAINT_ARC else BRIGHT)
        injected = Injected(lens.x, lens.y, lens.einstein + BLUR, snr)
    collect_light(e, field_type)
    if oddity == TRAIL:
        add_satellite_trail(e)
    counts = e.read_out()
    if oddity == DEAD_HALF:
        kill_half(e, counts, np.concatenate(e.truth))
    saturation = min(e.camera.full_well / e.camera.gain + e.camera.bias, 65535.0)
    return np.clip(np.round(counts), 0, 65535).astype(np.float32), {"SATURATE": saturation}, injected


def vary(base: Base, oddity: str, number: int) -> tuple[Image, dict[str, float], Injected | None]:
    """Make a version of a real frame: cut, dimmed and turned a little, with the oddity."""
    seed = SEED + 1000 * ODDITIES.index(oddity) + number
    part = make_version(base, REAL.get(oddity, CLEAN), seed)
    pixels, injected = part.pixels.copy(), None
    if oddity in LENSES:
        rng = np.random.default_rng([seed, 1])
        fwhm = base.fwhm if base.fwhm > 0 else FWHM
        psf = make_moffat(fwhm)
        x, y = (rng.uniform(MARGIN, side - MARGIN) for side in pixels.shape[::-1])
        lens, scene = draw_lens(rng, x, y, fwhm, ring=oddity == RING), np.zeros(pixels.shape, np.float32)
        bright = FAINT if oddity == FAINT_ARC else BRIGHT
        snr = add_lens(scene, lens, 1.0, psf, rng, bright)  # a version is in units of its noise
        pixels += np.maximum(convolve(scene, psf), 0)
        injected = Injected(lens.x, lens.y, lens.einstein + BLUR, snr)
    if part.mask is not None:
        pixels[part.mask] = np.nan
    return pixels, {}, injected


def take(shoot: Shoot, oddity: str, numbers: range, model: Model, encoder: Encoder) -> Iterator[Shot]:
    """Describe frames of a series by the whole way from file to fingerprint."""
    from astropy.io import fits  # noqa: PLC0415  # heavy

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.fits"
        for number in numbers:
            pixels, cards, lens = shoot(oddity, number)
            hdu = fits.PrimaryHDU(pixels)
            hdu.header.update(cards)
            hdu.writeto(path, overwrite=True)
            yield Shot(describe_file(path, model, encoder=encoder)[0], lens)


def gather_evidence(shots: list[Shot], model: Model) -> Evidence:
    """Make of frames what the database knows of them."""
    vectors, figures = np.zeros((len(shots), NODES), np.float32), []
    for vector, shot in zip(vectors, shots, strict=True):
        part, quality = shot.description, shot.description.quality
        found = search_vector(part.fingerprint, quality.statistics, model)
        vector[:] = 0 if found is None else found
        oddest = float(part.objects["oddness"].max()) if len(part.objects) else None
        numbers = (
            part.n_detected, quality.background, quality.noise, quality.fwhm_pixel, quality.elongation,
            quality.saturated_fraction, quality.masked_fraction, part.shape[0] * part.shape[1], oddest,
        )  # fmt: skip
        figures.append([*weigh_quality([np.nan if n is None else n for n in numbers]), *quality.statistics])
    return compose(vectors, np.array(figures, np.float64))


def rank_objects(clean: list[Shot], odd: list[Shot]) -> NDArray[np.float64]:
    """Give the percentile of each lens among the clean frames' objects: its oddest detection, 0 for none."""
    usual = np.sort(np.concatenate([shot.description.objects["oddness"] for shot in clean]))
    ranks = np.zeros(len(odd))
    for place, shot in enumerate(odd):
        lens = shot.lens or Injected(np.nan, np.nan, 0.0, np.nan)
        objects = shot.description.objects
        near = np.hypot(objects["x"] - 1 - lens.x, objects["y"] - 1 - lens.y) < lens.radius
        if near.any():
            oddness = objects["oddness"][near].max()
            ranks[place] = 100 * np.searchsorted(usual, oddness, side="left") / len(usual)
    return ranks


def rank_series(shoot: Shoot, size: Size, model: Model, encoder: Encoder) -> dict[str, NDArray[np.float64]]:
    """Give the percentiles of what was put into a series, by `object_` or `image_` and the oddity."""
    clean = list(take(shoot, NOTHING, range(size.history), model, encoder))
    history, ranks, arcs = History.fit(gather_evidence(clean, model)), {}, list[tuple[Shot, float]]()
    for oddity in ODDITIES:
        numbers = (
            range(size.history, size.history + size.clean) if oddity == NOTHING else range(size.injected)
        )
        odd = list(take(shoot, oddity, numbers, model, encoder))
        lenses = rank_objects(clean, odd)
        if oddity in {ARC, FAINT_ARC}:
            arcs += zip(odd, lenses.tolist(), strict=True)
        if oddity in {ARC, RING}:
            ranks[f"object_{oddity}"] = lenses
        if oddity != FAINT_ARC:
            ranks[f"image_{oddity}"] = history.rank(history.score(gather_evidence(odd, model)))
    return ranks | _sort_by_signal(arcs)


def _sort_by_signal(arcs: list[tuple[Shot, float]]) -> dict[str, NDArray[np.float64]]:
    """Give the percentiles of arcs by how bright they are."""
    snr = np.array([shot.lens.snr if shot.lens else np.nan for shot, _ in arcs])
    ranks = np.array([rank for _, rank in arcs])
    steps = pairwise((*SIGNALS, np.inf))
    return {f"object_arc_snr_{low:.0f}": ranks[(snr >= low) & (snr < high)] for low, high in steps}


def list_series(size: Size, images: tuple[Path, ...], part: str) -> Iterator[tuple[str, Shoot]]:
    """List the series: of simulated cameras, and of real frames in folders that fall into a part."""
    for number, field_type in enumerate(TYPES):
        yield "", partial(expose, field_type, number, size.side)
    for base in islice(read_bases(images, part), size.bases):
        yield "real_", partial(vary, base)


def read_bases(images: tuple[Path, ...], part: str) -> Iterator[Base]:
    """Read the sound frames that fall into a part; those of training would hold nothing new."""
    for path in find_bases(images):
        if choose_part(path.name) == part and (base := read_base(path)) is not None:
            yield base


def score_oddities(
    model: Model,
    encoder: Encoder,
    *,
    images: tuple[Path, ...] = (),
    part: str = TEST,
    size: Size = Size(),
    resamples: int = 1000,
) -> dict[str, Figure]:
    """Give the share of injected oddities in the top 2 %, simulated and, as `real_...`, real frames."""
    found: dict[str, list[NDArray[np.float64]]] = {}
    for kind, shoot in list_series(size, images, part):
        for name, ranks in rank_series(shoot, size, model, encoder).items():
            found.setdefault(f"odd_{kind}{name}", []).append(ranks)
    figures = {}
    for name, parts in found.items():
        odd = (np.concatenate(parts) >= ODD).astype(np.float64)
        if not len(odd):
            continue
        figures[name] = mean(odd, draw_weights(len(odd), resamples))
    return figures


def score(fitted: Fitted, name: str, context: Context) -> dict[str, Figure]:
    """Score our own maps, unless the set is a small one; others have no oddness."""
    del name
    frames = int((context.unseen.field_types != "").sum())
    if not isinstance(fitted, ModelMaps) or frames < LEAST_FRAMES:
        return {}
    return score_oddities(
        fitted.model, fitted.encoder, images=context.images, part=context.part, resamples=context.resamples
    )
