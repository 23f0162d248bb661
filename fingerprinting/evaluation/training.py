"""Our own training on the set of an evaluation (needs torch and onnx)."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from caomai.errors import ParameterError
from fingerprinting.encoder import Encoder
from fingerprinting.evaluation.method import Budget, Say
from fingerprinting.training.card import write_model
from fingerprinting.training.collect import Collection
from fingerprinting.training.contrast import Recipe
from fingerprinting.training.embed import embed_windows
from fingerprinting.training.loop import train_encoder
from fingerprinting.training.maps import fit_maps
from fingerprinting.training.run import export_encoder


def train_ours(  # noqa: PLR0917  # what a method's fit is given
    collection: Collection, budget: Budget, seed: int, folder: Path, say: Say, change: str = ""
) -> float:
    """Train an encoder and both maps into a model folder; give the number of passes over the objects."""
    recipe = vary(choose_recipe(budget, len(collection.x)), change)
    network, standing = train_encoder(
        collection,
        recipe,
        seed,
        lambda now: say(f"ours: step {now.step} of {now.steps}  loss {now.loss:.3f}"),
    )
    encoder, _ = export_encoder(network, collection, recipe.shapes, seed)
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


def vary(recipe: Recipe, change: str) -> Recipe:
    """Change one number of a recipe, or of its augmentation, as `moved=0` says; '' leaves it as it is."""
    if not change:
        return recipe
    name, _, text = change.partition("=")
    for part in (recipe, recipe.augmentation):
        kinds = {one.name: type(getattr(part, one.name)) for one in fields(part)}
        if kinds.get(name) in {int, float}:
            try:
                value = kinds[name](text)
            except ValueError as error:
                raise ParameterError(f"{change!r} gives no number to {name}.") from error
            changed = {name: value}
            return replace(recipe, **changed) if part is recipe else _augment(recipe, changed)
    known = ", ".join(one.name for part in (recipe, recipe.augmentation) for one in fields(part))
    raise ParameterError(f"{name!r} is no number of the recipe; it has {known}.")


def _augment(recipe: Recipe, changed: dict[str, float]) -> Recipe:
    return replace(recipe, augmentation=replace(recipe.augmentation, **changed))
