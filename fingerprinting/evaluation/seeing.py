"""Sets as a fitted method sees them; embeddings are kept beside the fit, so that scoring again is quick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fingerprinting.evaluation.figure import Seen, Turned
from fingerprinting.evaluation.method import Fitted, Method
from fingerprinting.evaluation.sets import ImageSet, identify_crop
from fingerprinting.evaluation.turning import turn

CHUNK: Final = 2048
SEED: Final = 10

Arrays = dict[str, NDArray[Any]]


def see(method: Method, fitted: Fitted, image_set: ImageSet, folder: Path) -> Seen:
    """Embed a set and assign its objects; `folder` is that of the fit."""
    objects = image_set.read_objects(method)

    def compute() -> Arrays:
        starts = range(0, len(objects.crops), CHUNK)
        parts = [fitted.embed(objects.crops[start : start + CHUNK]) for start in starts]
        embeddings = np.concatenate(parts)
        return {"embeddings": embeddings, "node": fitted.assign(embeddings)}

    path = folder / f"seen-{image_set.folder.name}-{identify_crop(method)}.npz"
    kept = _keep(path, compute)
    frames, halves = image_set.read_frames(), image_set.read_halves()
    return Seen(fitted, objects, frames, *halves, kept["embeddings"], kept["node"])


def see_turned(method: Method, fitted: Fitted, image_set: ImageSet, folder: Path) -> Turned:
    """Assign the objects that are kept to be turned, as they are and turned."""
    stable = image_set.read_stable()

    def compute() -> Arrays:
        rng = np.random.default_rng(SEED)
        nodes: dict[str, list[NDArray[np.int16]]] = {"plain": [], "quarter": [], "any": []}
        for start in range(0, len(stable.patches), CHUNK):
            part = slice(start, start + CHUNK)
            patches, size = stable.patches[part].astype(np.float32), stable.size[part]
            angles = rng.uniform(0, 2 * np.pi, len(patches))
            views = patches, np.rot90(patches, axes=(1, 2)), turn(patches, angles, rng)
            for name, view in zip(nodes, views, strict=True):
                crops = method.crop(np.ascontiguousarray(view), size)
                nodes[name].append(fitted.assign(fitted.embed(crops)))
        return {name: np.concatenate(parts) for name, parts in nodes.items()}

    path = folder / f"turned-{image_set.folder.name}-{identify_crop(method)}.npz"
    return Turned(stable.image, **_keep(path, compute))


def _keep(path: Path, compute: Callable[[], Arrays]) -> Arrays:
    """Read arrays, or compute them and keep them."""
    if not path.exists():
        part = path.with_name(f"part-{path.name}")
        np.savez(part, **compute())  # type: ignore[arg-type]  # its third parameter is a flag
        part.replace(path)
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
