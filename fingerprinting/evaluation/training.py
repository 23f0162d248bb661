"""Our own training on the set of an evaluation (needs torch and onnx)."""

from __future__ import annotations

from pathlib import Path

from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.method import Budget, Say
from fingerprinting.training.card import write_model
from fingerprinting.training.collect import Collection
from fingerprinting.training.contrast import Recipe
from fingerprinting.training.embed import embed_windows
from fingerprinting.training.loop import train_encoder
from fingerprinting.training.maps import fit_maps
from fingerprinting.training.run import export_encoder


def train_ours(collection: Collection, budget: Budget, seed: int, folder: Path, say: Say) -> float:
    """Train an encoder and both maps into a model folder; give the number of passes over the objects."""
    recipe = choose_recipe(budget, len(collection.x))
    network, standing = train_encoder(
        collection,
        recipe,
        seed,
        lambda now: say(f"ours: step {now.step} of {now.steps}  loss {now.loss:.3f}"),
    )
    encoder, _ = export_encoder(network, collection, seed)
    say("ours: fit the maps")
    arrays = fit_maps(collection, embed_windows(Encoder(encoder), collection.windows), seed)
    write_model(folder, "evaluated", encoder, arrays, {})
    return standing.steps * recipe.batch / len(collection.x)


def choose_recipe(budget: Budget, objects: int) -> Recipe:
    """Turn a budget into a recipe for so many objects."""
    if budget.epochs is None:
        assert budget.minutes is not None
        return Recipe(minutes=budget.minutes)
    return Recipe(steps=max(round(budget.epochs * objects / Recipe().batch), 1))
