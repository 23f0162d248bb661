"""A model: the encoder, both maps and their card, in a folder of three files without code (no pickle)."""

from __future__ import annotations

import hashlib
import io
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError, ParameterError
from fingerprinting.encoder import DIMENSIONS
from fingerprinting.fieldmap import FIELDS, FieldMap
from fingerprinting.nodes import NODES

ENCODER, MAPS, CARD = "encoder.onnx", "maps.npz", "card.toml"
LARGEST_FILE: Final = 64_000_000  # bytes; the default model has 3 MB
ARRAYS: Final = {
    "centroids": (NODES, DIMENSIONS),
    "kernel": (NODES, NODES),
    "prior": (NODES,),
    "mean": (NODES,),
    "fields": (FIELDS, NODES),
}


@dataclass(frozen=True)
class Model:
    """What turns an image into a fingerprint; see docs of each array where it is used."""

    hash: str  # of everything that a fingerprint depends on
    card: dict[str, Any]
    encoder: bytes  # ONNX
    centroids: NDArray[np.float32]  # (400, 128) unit vectors, in the order of the nodes
    kernel: NDArray[np.float32]  # (400, 400) similarity of nodes, rows sum to 1
    prior: NDArray[np.float32]  # (400) mean share of each node
    mean: NDArray[np.float32]  # (400) mean of sqrt(p K)
    fields: FieldMap


def load_model(folder: Path | None = None) -> Model:
    """Load a model's folder, or the model that the package carries, and check that its files belong together."""
    source: Traversable = folder or files("fingerprinting") / "models" / "default"
    try:
        encoder, maps = _read(source, ENCODER), _read(source, MAPS)
        card = tomllib.loads(_read(source, CARD).decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(
            f"{source} is no model: it must hold {ENCODER}, {MAPS} and {CARD} as caom-ai train makes them."
        ) from error
    digest = hash_model(encoder, maps, card.get("parameters", {}))
    if card.get("hash") != digest:
        raise ParameterError(
            f"The files of {source} do not belong together: the hash in {CARD} is of others."
        )
    arrays = _read_arrays(maps, source)
    fields = FieldMap(arrays.pop("fields"))
    return Model(hash=digest, card=card, encoder=encoder, fields=fields, **arrays)


def save_model(folder: Path, encoder: bytes, arrays: dict[str, NDArray[np.float32]], card: str) -> None:
    """Write a model's folder; `card` is TOML with a place {hash} for the hash of all."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: arrays[name] for name in sorted(arrays)})
    maps = buffer.getvalue()
    digest = hash_model(encoder, maps, tomllib.loads(card).get("parameters", {}))
    (folder / ENCODER).write_bytes(encoder)
    (folder / MAPS).write_bytes(maps)
    (folder / CARD).write_text(card.replace("{hash}", digest), encoding="utf-8")


def hash_model(encoder: bytes, maps: bytes, parameters: dict[str, Any]) -> str:
    """Hash everything that a fingerprint depends on."""
    digest = hashlib.sha256()
    for piece in (encoder, maps, repr(sorted(parameters.items())).encode()):
        digest.update(hashlib.sha256(piece).digest())
    return f"sha256:{digest.hexdigest()}"


def _read(source: Traversable, name: str) -> bytes:
    with (source / name).open("rb") as file:
        data: bytes = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ParameterError(
            f"{name} of {source} is larger than {LARGEST_FILE} bytes: it is no file of a model."
        )
    return data


def _read_arrays(maps: bytes, source: Traversable) -> dict[str, NDArray[np.float32]]:
    try:
        with np.load(io.BytesIO(maps), allow_pickle=False) as archive:
            arrays = {name: np.asarray(archive[name]) for name in ARRAYS}
    except (KeyError, ValueError, OSError) as error:
        raise CaomAiError(f"{MAPS} of {source} cannot be read: {error}.") from error
    for name, shape in ARRAYS.items():
        if (
            arrays[name].shape != shape
            or arrays[name].dtype != np.float32
            or not np.isfinite(arrays[name]).all()
        ):
            raise CaomAiError(
                f"{MAPS} of {source} holds a wrong array {name!r}: {shape} finite float32 belong there."
            )
    return arrays
