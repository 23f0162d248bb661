"""Content beyond metadata: what maps tell of frames that instrument, filter and exposure time do not.

Each of a few instruments has its signature (fingerprinting.simulation.instruments), so that a map could
recognise the camera instead of the sky: both are measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.clusters import normalise
from fingerprinting.evaluation.figure import Context, Figure
from fingerprinting.evaluation.method import Fitted
from fingerprinting.evaluation.real.exclusion import measure_distances, search, share_of_own
from fingerprinting.evaluation.real.gallery import MOST_OBJECTS, Gallery, Recipe, tag
from fingerprinting.evaluation.real.information import measure_information
from fingerprinting.evaluation.scores.bootstrap import Weights, bound, divide, draw_weights, mean
from fingerprinting.evaluation.split import SEEDS
from fingerprinting.fieldmap import FIELDS, SIDE, fit_fields
from fingerprinting.simulation.fields import FIELD_TYPES, render
from fingerprinting.simulation.instruments import INSTRUMENTS, Setup
from fingerprinting.training.collect import Look, Source, as_part, look_at

VERSION: Final = 1
MOST_FRAMES: Final = 5  # of each field type and instrument
LEAST_FRAMES: Final = 3  # so that 10 of a type are left without an instrument
SMALLEST, LARGEST = 400, 640  # pixels a side
FILTERS: Final = ("g", "r", "i")
TIMES: Final = (20.0, 120.0, 600.0)  # seconds, one for each bin
BINS: Final = (60.0, 300.0)  # seconds
APART: Final = 50_000_000  # of the seeds of the sets
PERMUTATIONS: Final = 50

Figures = dict[str, Figure]


@dataclass(frozen=True)
class Facts:
    """What is known of a frame: its content, and the metadata that an archive would have."""

    field_type: str
    setup: Setup

    @property
    def metadata(self) -> tuple[str, str, int]:
        """Give instrument, filter and bin of the exposure time; a bias has no filter and takes no time."""
        dark = self.field_type in {"bias", "dark"}
        time = {"bias": 0.0, "flat": 1.0}.get(self.field_type, self.setup.exposure_time)
        exposure_bin = int(np.searchsorted(BINS, time))
        return self.setup.instrument.name, "" if dark else self.setup.filter, exposure_bin


def plan_frames(part: str, each: int) -> tuple[list[Recipe], list[Facts]]:
    """Plan `each` frames of all field types by all instruments, filters and exposure times at random."""
    recipes, facts = [], []
    for number in range(each * len(FIELD_TYPES) * len(INSTRUMENTS)):
        seed = APART + SEEDS[part] * 10_000 + number
        rng = np.random.default_rng(seed)
        field_type = FIELD_TYPES[number % len(FIELD_TYPES)]
        instrument = INSTRUMENTS[number // len(FIELD_TYPES) % len(INSTRUMENTS)]
        time = round(float(rng.choice(TIMES)) * rng.uniform(0.7, 1.4), 1)
        one = Facts(field_type, Setup(instrument, str(rng.choice(FILTERS)), time))
        source = Source(f"{field_type}-{number:04d}", instrument.name, field_type)
        recipes.append(Recipe(source.name, source, partial(look, one, source, seed)))
        facts.append(one)
    return recipes, facts


def look(facts: Facts, source: Source, seed: int) -> Look:
    """Render a frame and detect its objects."""
    rng = np.random.default_rng([seed, 1])
    height, width = (int(side) for side in rng.integers(SMALLEST, LARGEST + 1, 2))
    frame = render(facts.field_type, seed, (height, width), facts.setup)
    return look_at(as_part(frame), source, MOST_OBJECTS, rng, frame.objects)


def score_beyond(fitted: Fitted, name: str, context: Context) -> Figures:
    """Score content beyond metadata on as many frames of fixed instruments as the part of the split has."""
    del name
    simulated = int((context.unseen.field_types != "").sum())
    each = min(simulated // (len(FIELD_TYPES) * len(INSTRUMENTS)), MOST_FRAMES)
    if each < LEAST_FRAMES:
        return {}
    recipes, facts = plan_frames(context.part, each)
    gallery = Gallery(context.folder / f"beyond-{tag(VERSION, context.part)}", recipes)
    gallery.fill(context.say)
    view = gallery.view(context.method, fitted)
    seen = view.seen
    known = [one for one, there in zip(facts, seen, strict=True) if there]
    vectors = view.vectors[seen]
    figures = score_search(vectors, known, draw_weights(len(known), context.resamples))
    archive = context.trained.vectors[context.trained.counts.any(axis=1)]
    if len(archive) >= FIELDS:
        field = assign_fields(archive, vectors, context.seed)
        figures |= score_information(field, known, context.resamples)
    return figures


def score_search(vectors: NDArray[np.float32], facts: list[Facts], weights: Weights) -> Figures:
    """Search for frames of the same type: among all, without those of like metadata, of the instrument."""
    types = np.array([one.field_type for one in facts])
    metadata = np.array(["|".join(map(str, one.metadata)) for one in facts])
    instrument = np.array([one.setup.instrument.name for one in facts])
    distances = measure_distances(vectors)
    wanted = types[:, None] == types
    same_camera = instrument[:, None] == instrument
    figures: Figures = {}
    for name, allowed in (
        ("content", np.ones_like(wanted)),
        ("beyond_metadata", metadata[:, None] != metadata),
        ("beyond_instrument", ~same_camera),
    ):
        first, average, _ = search(distances, wanted, allowed)
        figures |= {f"{name}_p10": mean(first, weights), f"{name}_map": mean(average, weights)}
    # Among frames that show the same, do the nearest come from the same camera?
    own, chance = share_of_own(distances, same_camera, wanted)
    return figures | {"instrument_recognised": mean(own, weights), "instrument_chance": mean(chance, weights)}


def assign_fields(archive: NDArray[np.float32], vectors: NDArray[np.float32], seed: int) -> NDArray[np.intp]:
    """Fit 144 fields to an archive (n, k), by the same recipe for every method, and assign other vectors."""
    centre = archive.mean(axis=0)
    fields = fit_fields(normalise(archive - centre), seed)
    return np.asarray((normalise(vectors - centre) @ fields.centroids.T).argmax(axis=1), np.intp)


def score_information(
    field: NDArray[np.intp], facts: list[Facts], resamples: int, permutations: int = PERMUTATIONS
) -> Figures:
    """Score the bits that the field of an image adds to its metadata, of those that its content has."""
    content = np.unique([one.field_type for one in facts], return_inverse=True)[1]
    setup = np.unique(["|".join(map(str, one.metadata)) for one in facts], return_inverse=True)[1]
    found = measure_information(content, field, setup, SIDE, permutations=permutations, seed=1)
    weights = draw_weights(len(facts), resamples)
    drawn = divide(weights @ found.gain, weights.sum(axis=1)) + (found.bits - found.gain.mean())
    figure = bound(found.bits, drawn)
    whole = found.content
    return {
        "map2_information_bits": figure,
        "map2_information_share": Figure(figure.value / whole, figure.low / whole, figure.high / whole),
        "map2_information_p_value": Figure(*(found.p_value,) * 3),
    }
