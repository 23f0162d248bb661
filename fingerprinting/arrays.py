"""Named arrays of known type and shape from an npz archive that may come from anybody: no pickle."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HEADER_ROOM: Final = 4096  # bytes of an npy header, generously

BROKEN: Final = (  # what zipfile and numpy raise on damaged files besides ValueError
    OSError,
    EOFError,
    KeyError,
    RuntimeError,  # encrypted, or packed in an unknown way
    OverflowError,
    MemoryError,  # a header that speaks of more than there is
    zipfile.BadZipFile,
    zlib.error,
)

Layout = tuple[type[np.generic], tuple[int, ...]]


def read_arrays(data: bytes, layouts: Mapping[str, Layout]) -> dict[str, NDArray[Any]]:
    """Read the named arrays and no others; ValueError says what is not as it should be."""
    try:
        _check_sizes(data, layouts)
        with np.load(BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in layouts}
    except BROKEN as error:
        raise ValueError(f"its arrays cannot be read ({error})") from error
    for name, (dtype, shape) in layouts.items():
        array = arrays[name]
        if array.dtype != dtype or array.shape != shape:
            wanted = f"{np.dtype(dtype)} {shape}"
            raise ValueError(f"array {name} is {array.dtype} {array.shape} instead of {wanted}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"array {name} holds values that are not finite")
    return arrays


def _check_sizes(data: bytes, layouts: Mapping[str, Layout]) -> None:
    """Refuse an archive that would unpack to more than the arrays can need."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {entry.filename: entry.file_size for entry in archive.infolist()}
    if len(members) != len(layouts):
        raise ValueError(f"it holds {len(members)} arrays instead of {len(layouts)}")
    for name, (dtype, shape) in layouts.items():
        most = int(np.prod(shape)) * np.dtype(dtype).itemsize + HEADER_ROOM
        if members.get(f"{name}.npy", 0) > most:
            raise ValueError(f"array {name} is larger than it can be")
