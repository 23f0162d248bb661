"""The whole training: images to a model folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import ImageError
from fingerprinting.clusters import normalise
from fingerprinting.encoder import Encoder
from fingerprinting.model import load_model
from fingerprinting.training.card import write_model
from fingerprinting.training.card_page import write_page
from fingerprinting.training.collect import (
    Collection,
    Sightings,
    find_images,
    gather,
    see_real,
    see_simulated,
)
from fingerprinting.training.contrast import Recipe
from fingerprinting.training.embed import embed_windows, make_foveae, pool
from fingerprinting.training.evaluate import Figures, evaluate, see
from fingerprinting.training.export import build_graph, centre, quantise
from fingerprinting.training.loop import Progress, train_encoder
from fingerprinting.training.maps import draw_sample, fit_maps
from fingerprinting.training.network import EncoderNetwork, fuse

CALIBRATION: Final = 4096  # objects for the ranges of the quantisation and for its check
MEAN: Final = 30_000  # objects that the mean embedding is taken over
UNSEEN_SEED: Final = 7919  # added to the seed: frames of the evaluation are not those of the training

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to train on and how."""

    output: Path
    images: tuple[Path, ...] = ()
    simulated: int = 960
    unseen: int = 384
    recipe: Recipe = field(default_factory=Recipe)
    seed: int = 1
    most_real: int = 1000  # objects of one real image
    most_simulated: int = 200
    name: str = "caom-ai"


@dataclass(frozen=True)
class Result:
    """What came out: the hash of the model and the figures of its card."""

    hash: str
    figures: Figures


@dataclass(frozen=True)
class Learnt:
    """A trained network, what it was trained on and where training stood at its end."""

    collection: Collection
    refused: int
    network: EncoderNetwork
    standing: Progress


def train_model(plan: Plan, say: Say) -> Result:
    """Train an encoder and both maps, write the model folder, evaluate it and complete its card."""
    plan.output.mkdir(parents=True, exist_ok=True)
    collection, refused = collect(plan, say)
    network, standing = train_encoder(collection, plan.recipe, plan.seed, lambda now: say(_describe(now)))
    return finish(plan, Learnt(collection, refused, network, standing), say)


def finish(plan: Plan, learnt: Learnt, say: Say) -> Result:
    """Export the encoder, fit the maps, evaluate, and write the model folder."""
    collection = learnt.collection
    say("quantise")
    encoder_bytes, likeness = export_encoder(learnt.network, collection, plan.seed)
    encoder = Encoder(encoder_bytes)
    say("fit the maps")
    arrays = fit_maps(collection, embed_windows(encoder, collection.windows), plan.seed)
    notes = {"training": describe_training(plan, learnt)}
    write_model(plan.output, plan.name, encoder_bytes, arrays, notes)
    say("evaluate")
    figures = _evaluate(plan, encoder, collection)
    figures |= {"int8_cosine_mean": likeness[0], "int8_cosine_min": likeness[1]}
    model_hash = write_model(plan.output, plan.name, encoder_bytes, arrays, notes | {"evaluation": figures})
    write_page(plan.output)
    return Result(model_hash, figures)


def collect(plan: Plan, say: Say) -> tuple[Collection, int]:
    """Collect real and simulated objects; give also how many images were refused."""
    refused: list[Path] = []

    def refuse(path: Path, error: ImageError) -> None:
        refused.append(path)
        say(f"refused: {path}: {error}")

    paths = find_images(plan.images)
    seen: list[Sightings] = list(see_real(paths, plan.most_real, plan.seed, refuse))
    say(f"{sum(len(one.x) for one in seen)} objects of {len(paths) - len(refused)} real images")
    seen += see_simulated(plan.simulated, plan.most_simulated, plan.seed)
    collection = gather(seen)
    say(f"{len(collection.x)} objects of {len(collection.sources)} planes")
    return collection, len(refused)


def _describe(now: Progress) -> str:
    minutes = now.seconds_left / 60
    return f"step {now.step} of {now.steps}  loss {now.loss:.3f}  {minutes:.1f} min left"


def export_encoder(
    network: EncoderNetwork, collection: Collection, seed: int
) -> tuple[bytes, tuple[float, float]]:
    """Give the encoder as int8 ONNX, with the mean and least cosine of its embeddings to float's."""
    chosen = draw_sample(collection.weight, MEAN, seed)
    some = np.random.default_rng([seed, 7]).permutation(chosen)[:CALIBRATION]
    foveae = make_foveae(collection.windows[some])
    plain = build_graph(fuse(network))
    small = quantise(plain, foveae)
    unit = normalise(pool(small, make_foveae(collection.windows[chosen])))
    mean = unit.mean(axis=0)
    cosine = np.sum(normalise(pool(plain, foveae)) * normalise(pool(small, foveae)), axis=1)
    data: bytes = centre(small, mean).SerializeToString(deterministic=True)
    return data, (round(float(cosine.mean()), 6), round(float(cosine.min()), 6))


def _evaluate(plan: Plan, encoder: Encoder, collection: Collection) -> Figures:
    model = load_model(plan.output)
    frames = see_simulated(plan.unseen, plan.most_simulated, plan.seed + UNSEEN_SEED)
    unseen = see(model, encoder, gather(frames))
    return evaluate(model, encoder, see(model, encoder, collection), unseen, plan.seed)


def describe_training(plan: Plan, learnt: Learnt) -> dict[str, Any]:
    """Describe the training set and the recipe for the card."""
    collection, standing = learnt.collection, learnt.standing
    real: NDArray[np.bool_] = collection.real
    genuine = [source for source in collection.sources if not source.field_type]
    return {
        "method": "SimCLR on physical augmentations; spherical k-means; linear assignment sorting",
        "seed": plan.seed,
        "steps": standing.steps,
        "batch": plan.recipe.batch,
        "temperature": plan.recipe.temperature,
        "learning_rate": plan.recipe.learning_rate,
        "final_loss": round(standing.loss, 4),
        "real_planes": len(genuine),
        "real_images_refused": learnt.refused,
        "real_objects": int(real.sum()),
        "real_instruments": sorted({source.instrument for source in genuine}),
        "simulated_frames": len(collection.sources) - len(genuine),
        "simulated_objects": int((~real).sum()),
        "unseen_frames": plan.unseen,
    }
