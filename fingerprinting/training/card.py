"""The model card and the folder that it describes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.model import CARD_FILE, ENCODER_FILE, FORMAT, MAPS, MAPS_FILE, hash_model
from fingerprinting.parameters import describe_parameters


def write_model(
    folder: Path, name: str, encoder: bytes, arrays: Mapping[str, NDArray[Any]], notes: Mapping[str, Any]
) -> str:
    """Write a model folder and give the hash; `notes` are further tables of the card, for people."""
    buffer = BytesIO()
    maps: dict[str, Any] = {key: np.ascontiguousarray(arrays[key]) for key in MAPS}
    np.savez_compressed(buffer, **maps)
    files = {ENCODER_FILE: encoder, MAPS_FILE: buffer.getvalue()}
    hashes = {key: hashlib.sha256(data).hexdigest() for key, data in files.items()}
    parameters = describe_parameters()
    model_hash = hash_model(hashes, parameters)
    card = {
        "format": FORMAT,
        "id": f"{name}-{model_hash[:8]}",
        "hash": model_hash,
        "files": hashes,
        "parameters": parameters,
        **notes,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for key, data in files.items():
            (folder / key).write_bytes(data)
        (folder / CARD_FILE).write_text(write_toml(card), encoding="utf-8")
    except OSError as error:
        raise CaomAiError(f"The model cannot be written to {folder}: {error.strerror}.") from error
    return model_hash


def write_toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Write nested tables of plain values as TOML 1.0: values first, then the tables."""
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    lines = [f"{_write_key(key)} = {_write_value(value)}" for key, value in plain.items()]
    if path and lines:
        lines.insert(0, f"\n[{'.'.join(_write_key(key) for key in path)}]")
    text = "".join(f"{line}\n" for line in lines)
    tables = [(key, value) for key, value in table.items() if isinstance(value, Mapping)]
    return text + "".join(write_toml(value, (*path, key)) for key, value in tables)


def _write_key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _write_value(key)


def _write_value(value: Any) -> str:
    # A JSON scalar or list of scalars is TOML too, except null, the floats that JSON lacks, and escapes of
    # half a character. What is no character, as in names of files in another encoding, becomes "?".
    text = json.dumps(value, allow_nan=False, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text.encode(errors="replace").decode()
