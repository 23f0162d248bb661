"""Arrays on disk that grow row by row (NPY format 1.0), so that a set never lies in memory as a whole."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


class GrowingArray:
    """An .npy file that takes rows (n, ...) piece by piece, and appears at its place when it is complete."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._part = path.with_name(path.name + ".part")
        self._file = self._part.open("wb")
        self._kind: tuple[np.dtype[Any], tuple[int, ...]] | None = None

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows of the same dtype and shape as those before."""
        kind = (rows.dtype, rows.shape[1:])
        if self._kind is None:
            self._kind = kind
            self._write_header()
        if kind != self._kind:
            raise ValueError(f"rows of {kind} do not go with rows of {self._kind}")
        self._file.write(rows.tobytes())
        self.rows += len(rows)

    def _write_header(self) -> None:
        assert self._kind is not None
        dtype, shape = self._kind
        # numpy pads a header so that the first number may grow in place.
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": (self.rows, *shape)}
        npy.write_array_header_1_0(self._file, header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the file and move it to its place; after an error it is dropped."""
        complete = error is None and self._kind is not None
        with self._file:
            if complete:
                self._file.seek(0)
                self._write_header()
        if complete:
            self._part.replace(self.path)
        else:
            self._part.unlink()


def map_array(path: Path) -> NDArray[Any]:
    """Map an .npy file into memory, read-only; one without rows cannot be mapped and is read."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array
