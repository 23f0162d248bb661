"""The methods of the table by name; torch and onnx are imported by those that need them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from caomai.errors import ParameterError
from fingerprinting.evaluation.method import Budget, Frames, Method, Objects, Say
from fingerprinting.evaluation.ours import ModelMaps, Ours

OURS, MODEL, TWIN = "ours", "model", "twin"
BASELINES: Final = {
    "pca-kmeans": ("fingerprinting.baselines.pca", "PcaKmeans"),
    "ae-som": ("fingerprinting.baselines.autoencoder", "AutoEncoderSom"),
    "published": ("fingerprinting.baselines.published", "Published"),
    TWIN: ("fingerprinting.baselines.twin", "Twin"),
}
TRAINED: Final = (OURS, *BASELINES)
UNTRAINED: Final = frozenset({"pca-kmeans"})  # more time or epochs change nothing


class Finished(Ours):
    """A model that is there already: fitting it means loading it."""

    name = MODEL

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fit(self, objects: Objects, frames: Frames, budget: Budget, seed: int, say: Say) -> ModelMaps:
        """Load the model."""
        del objects, frames, budget, seed, say
        return self.load(self.folder)


def make_method(name: str, model: Path) -> Method:
    """Make a method by its name; `model` is the folder of the method called model.

    `ours:moved=0` is ours with one number of its recipe changed.
    """
    if name.partition(":")[0] == OURS:
        return Ours(name.partition(":")[2])
    if name == MODEL:
        return Finished(model)
    if name not in BASELINES:
        raise ParameterError(f"{name!r} is no method; choose from {', '.join((MODEL, *TRAINED))}.")
    module, word = BASELINES[name]
    method: Method = getattr(import_module(module), word)()
    return method
