"""What a model is to be trained on and how; equal plans give equal models."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from caomai.settings import Settings
from fingerprinting.parameters import describe_parameters
from fingerprinting.training.contrast import Recipe
from fingerprinting.training.loop import SECONDS

LEAST_OF_IMAGE: Final = 10  # objects of an image are not cut below this, however many images there are


@dataclass(frozen=True)
class Plan:
    """Images of folders and of an archive's collections, simulated frames, and a recipe."""

    output: Path
    images: tuple[Path, ...] = ()
    collections: tuple[str, ...] = ()
    settings: Settings | None = None  # where collections and their files are
    most_images: int = 2000  # of each collection
    most_objects: int = 300_000  # of all real images
    most_real: int = 1000  # objects of one real image
    simulated: int = 960
    most_simulated: int = 200
    unseen: int = 384
    recipe: Recipe = field(default_factory=Recipe)
    seed: int = 1
    name: str = "caom-ai"
    licence: str = "BSD-3-Clause"
    checkpoint_seconds: float = SECONDS
    restart: bool = False

    def share(self, images: int) -> int:
        """Give the most objects of an image, and of its versions, so that all stay within the limit."""
        return max(min(self.most_real, self.most_objects // max(2 * images, 1)), LEAST_OF_IMAGE)

    def to_json(self) -> dict[str, Any]:
        """Give what the model depends on, in plain values."""
        left_out = {"output", "settings", "checkpoint_seconds", "restart", "recipe", "images"}
        plain = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in left_out}
        images = [str(path.absolute()) for path in self.images]
        plain |= {"images": images, "collections": list(self.collections)}
        return plain | describe_recipe(self.recipe) | {"parameters": describe_parameters()}

    @property
    def hash(self) -> str:
        """Give the hash by which a finished model is known as that of this plan."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def describe_recipe(recipe: Recipe) -> dict[str, Any]:
    """Give all of a recipe in plain values; what is None is left out, for TOML has none."""
    return {key: _make_plain(value) for key, value in asdict(recipe).items() if value is not None}


def _make_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _make_plain(one) for key, one in value.items() if one is not None}
    return [_make_plain(one) for one in value] if isinstance(value, list | tuple) else value
