"""Model folders whose files were changed and whose card fits them nevertheless."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fingerprinting.model import hash_model, load_model
from fingerprinting.training.card import write_toml


def reseal(folder: Path, parameters: dict[str, Any] | None = None) -> None:
    """Make hashes fit again, as somebody would who wants a file to be read, or other parameters used."""
    card = dict(load_model().card)
    card["parameters"] = card["parameters"] if parameters is None else parameters
    names = ("encoder.onnx", "maps.npz")
    card["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    card["hash"] = hash_model(card["files"], card["parameters"])
    (folder / "card.toml").write_text(write_toml(card))
