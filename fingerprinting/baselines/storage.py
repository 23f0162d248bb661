"""What a fitted baseline keeps in its folder: arrays as npz without pickle, numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError
from fingerprinting.arrays import Layout, read_arrays

ARRAYS, NUMBERS, ENCODER = "arrays.npz", "numbers.json", "encoder.onnx"
FLOAT: Final = np.float32


def save_arrays(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write named arrays."""
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    (folder / ARRAYS).write_bytes(buffer.getvalue())


def load_arrays(folder: Path, layouts: Mapping[str, Layout]) -> dict[str, NDArray[Any]]:
    """Read the arrays of known types and shapes; anything else is an error."""
    try:
        return read_arrays((folder / ARRAYS).read_bytes(), layouts)
    except (OSError, ValueError) as error:
        raise CaomAiError(f"The baseline in {folder} is broken ({error}); fit it again.") from error


def save_numbers(folder: Path, **numbers: Any) -> None:
    """Write numbers and short lists."""
    (folder / NUMBERS).write_text(json.dumps(numbers, indent=1) + "\n")


def load_numbers(folder: Path, *names: str) -> dict[str, Any]:
    """Read numbers, all of which must be there."""
    try:
        numbers = json.loads((folder / NUMBERS).read_text())
        return {name: numbers[name] for name in names}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaomAiError(f"The baseline in {folder} is broken ({error!r}); fit it again.") from error


def load_encoder(folder: Path, name: str = ENCODER) -> bytes:
    """Read an ONNX graph."""
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CaomAiError(f"The baseline in {folder} is broken ({error}); fit it again.") from error
