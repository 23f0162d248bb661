"""A model folder: encoder.onnx, maps.npz (arrays only) and card.toml, which describes and hashes them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.arrays import Layout, read_arrays
from fingerprinting.defects import HIDDEN, KINDS
from fingerprinting.description import STATISTICS
from fingerprinting.fieldmap import FIELDS, FieldMap
from fingerprinting.fingerprint import NODES, OBJECT_AXES, VECTOR
from fingerprinting.oddness import SHARES, Oddness
from fingerprinting.parameters import find_difference
from fingerprinting.safety import check_values, read_file

EMBEDDING: Final = 128
ENCODER_FILE, MAPS_FILE, CARD_FILE = "encoder.onnx", "maps.npz", "card.toml"
FORMAT: Final = 1  # of the folder; a card without the entry is of this one
LARGEST: Final = {ENCODER_FILE: 64 << 20, MAPS_FILE: 16 << 20, CARD_FILE: 1 << 20}  # bytes
MAPS: Final[dict[str, Layout]] = {
    "centroids": (np.float32, (NODES, EMBEDDING)),
    "kernel": (np.float32, (NODES, NODES)),
    "prior": (np.float32, (NODES,)),
    "vector_mean": (np.float32, (NODES,)),
    "object_axes": (np.float32, (NODES, OBJECT_AXES)),
    "statistics_centre": (np.float32, (len(STATISTICS),)),
    "statistics_scale": (np.float32, (len(STATISTICS),)),
    "statistics_axes": (np.float32, (len(STATISTICS), len(STATISTICS))),
    "defect_axes": (np.float32, (len(STATISTICS), HIDDEN)),
    "defect_bias": (np.float32, (HIDDEN,)),
    "defect_kinds": (np.float32, (HIDDEN, len(KINDS))),
    "defect_offsets": (np.float32, (len(KINDS),)),
    "fields": (np.float32, (FIELDS, VECTOR)),
    "usual_nodes": (np.float32, (2, NODES)),
    "usual_levels": (np.float32, (2, SHARES)),
}

Card = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """Map 1 and Map 2: nodes lie on the grid as node = gridX + 20 gridY, fields as gridX + 12 gridY."""

    hash: str
    card: Card
    encoder: bytes
    centroids: NDArray[np.float32]  # (400, 128), unit
    kernel: NDArray[np.float32]  # (400, 400), rows sum to 1
    prior: NDArray[np.float32]  # (400,), sums to 1
    vector_mean: NDArray[np.float32]  # (400,)
    object_axes: NDArray[np.float32]  # (400, 391 - s), orthonormal
    statistics_centre: NDArray[np.float32]  # (s,)
    statistics_scale: NDArray[np.float32]  # (s,)
    statistics_axes: NDArray[np.float32]  # (s, s)
    defect_axes: NDArray[np.float32]  # (s, 96)
    defect_bias: NDArray[np.float32]  # (96,)
    defect_kinds: NDArray[np.float32]  # (96, 9)
    defect_offsets: NDArray[np.float32]  # (9,)
    fields: FieldMap
    oddness: Oddness
    maps: bytes = b""  # the file that the arrays are from


def default_folder() -> Path:
    """Give the folder of the model that comes with the package."""
    return Path(__file__).resolve().parent / "models" / "default"


def load_model(folder: Path | None = None) -> Model:
    """Load the model of a folder, or the one that comes with the package; every byte is checked first."""
    folder = folder or default_folder()
    files = {name: read_file(folder, name, LARGEST[name]) for name in LARGEST}
    card = _read_card(folder, files[CARD_FILE])
    for name, wanted in card["files"].items():
        if hashlib.sha256(files[name]).hexdigest() != wanted:
            raise CaomAiError(f"{folder / name} is not the file of {CARD_FILE}; copy the model anew.")
    if _hash_card(card) != card["hash"]:
        raise CaomAiError(f"{folder / CARD_FILE} has been changed: its parameters do not fit its hash.")
    if difference := find_difference(card["parameters"]):
        raise CaomAiError(
            f"{folder} is a model of another version of caom-ai ({difference}): "
            "use the version that made it, or train a model anew with this one."
        )
    return make_model(card, files[MAPS_FILE], files[ENCODER_FILE], str(folder / MAPS_FILE))


def make_model(card: Card, maps: bytes, encoder: bytes, place: str) -> Model:
    """Make a model of its card and its files; `place` names in errors where the maps are from."""
    try:
        arrays: dict[str, Any] = read_arrays(maps, MAPS)
        check_values(arrays)
    except ValueError as error:
        raise CaomAiError(f"{place} holds no maps: {error}.") from error
    made: dict[str, Any] = {
        "fields": FieldMap(arrays.pop("fields")),
        "oddness": Oddness.from_arrays(arrays.pop("usual_nodes"), arrays.pop("usual_levels")),
    }
    return Model(hash=card["hash"], card=card, encoder=encoder, maps=maps, **made, **arrays)


def hash_model(files: Mapping[str, str], parameters: Mapping[str, Any]) -> str:
    """Give the hash of a model: SHA-256 over the hashes of its two files and its parameters."""
    text = json.dumps([files[ENCODER_FILE], files[MAPS_FILE], parameters], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_card(card: Card) -> str | None:
    """Hash the model of a card, or None where its parameters are no plain values."""
    try:
        return hash_model(card["files"], card["parameters"])
    except (TypeError, ValueError, RecursionError):
        return None


def _read_card(folder: Path, data: bytes) -> Card:
    """Read the card and check that it has the entries that loading needs."""
    try:
        card = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CaomAiError(f"{folder / CARD_FILE} is no model card: {error}.") from error
    made = card.get("format", FORMAT)
    if isinstance(made, int) and made > FORMAT:
        raise CaomAiError(
            f"{folder} was made by a newer caom-ai (format {made}, here {FORMAT}): upgrade caom-ai to use it."
        )
    files = card.get("files")
    complete = (
        isinstance(card.get("hash"), str)
        and isinstance(card.get("id"), str)
        and isinstance(card.get("parameters"), dict)
        and isinstance(files, dict)
        and set(files) == {ENCODER_FILE, MAPS_FILE}
        and made == FORMAT
    )
    if not complete:
        raise CaomAiError(f"{folder / CARD_FILE} is no model card: it lacks id, hash, files or parameters.")
    return card
