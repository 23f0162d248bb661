"""Checkpoints of training: arrays and numbers in one safetensors file, which is whole or not there."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from caomai.errors import CaomAiError

Arrays = dict[str, NDArray[Any]]


def write_checkpoint(path: Path, arrays: Mapping[str, NDArray[Any]], numbers: Mapping[str, Any]) -> None:
    """Write a checkpoint; an earlier one stays good until this one is on the disk."""
    whole = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    data = save(whole, {"numbers": json.dumps(numbers, allow_nan=False)})
    write_whole(path, data)


def read_checkpoint(path: Path) -> tuple[Arrays, dict[str, Any]] | None:
    """Read a checkpoint, or give None where there is none."""
    if not path.exists():
        return None
    try:
        with safe_open(path, "numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
            numbers = json.loads(file.metadata()["numbers"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CaomAiError(f"{path} is no checkpoint ({error}); begin anew with --restart.") from error
    return arrays, numbers


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that its name never stands for a part of it, also after a loss of power."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise explain_disk(error, path) from error


def explain_disk(error: OSError, path: Path) -> CaomAiError:
    """Say why nothing can be written, and what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return CaomAiError(
            f"No room is left on the disk of {path.parent}: make room and give the same command again, "
            "which goes on from the last checkpoint."
        )
    return CaomAiError(f"{path} cannot be written: {error.strerror}.")
