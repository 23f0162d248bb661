"""What files and arrays of a model must keep to, whoever made them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from caomai.errors import CaomAiError, NotFoundError

TOLERANCE: Final = 1e-3
UNIT_ROWS: Final = ("centroids", "fields")
SHARES: Final = ("kernel", "prior")  # each row, or the whole, is not negative and sums to 1


def read_file(folder: Path, name: str, largest: int) -> bytes:
    """Read a plain file that lies in a folder, of at most so many bytes; nothing outside of it is opened."""
    path = folder / name
    try:
        if folder.exists() and not folder.is_dir():
            raise CaomAiError(f"{folder} is a file: a model is a folder that caom-ai train made.")
        inside = path.resolve(strict=True).is_relative_to(folder.resolve())
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not keep us waiting
        with open(number, "rb") as file:  # noqa: PTH123  # a descriptor
            if not inside or not stat.S_ISREG(os.fstat(number).st_mode):
                raise CaomAiError(f"{path} is no plain file of that folder; copy the model anew.")
            data = file.read(largest + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"{path} does not exist: a model is a folder that caom-ai train made.") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a ring
        reason = error.strerror if isinstance(error, OSError) else error
        raise CaomAiError(f"{path} cannot be read: {reason}.") from error
    if len(data) > largest:
        raise CaomAiError(f"{path} is larger than a model's file can be ({largest >> 20} MB).")
    return data


def check_values(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Refuse by ValueError arrays whose values cannot be those of maps."""
    for name in UNIT_ROWS:
        length = np.linalg.norm(arrays[name].astype(np.float64), axis=-1)
        if np.abs(length - 1).max() > TOLERANCE:
            raise ValueError(f"the rows of array {name} are no unit vectors")
    for name in SHARES:
        total = arrays[name].sum(axis=-1, dtype=np.float64)
        if arrays[name].min() < 0 or np.abs(total - 1).max() > TOLERANCE:
            raise ValueError(f"array {name} holds no shares that sum to 1")
