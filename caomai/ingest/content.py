"""What is read of a file: its headers, its size and its checksum."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from caomai.errors import UnusableImageError
from caomai.ingest.hdus import Hdu, read_hdus


@dataclass(frozen=True)
class Content:
    """Headers, length in bytes and `md5:hex` of the bytes of one file."""

    hdus: list[Hdu]
    length: int
    checksum: str


def read_content(path: Path) -> Content:
    """Read one FITS file, or say in one sentence why it cannot be read."""
    try:
        before = _stamp(path)
        content = Content(read_hdus(path), before[0], _digest(path))
        after = _stamp(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnusableImageError(f"The file cannot be read: {reason}.") from error
    if after != before:
        raise UnusableImageError("The file changed while it was being read: ingest it again.")
    return content


def _stamp(path: Path) -> tuple[int, int, int]:
    """Give what changes when a file changes, its length first."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnusableImageError("It is no regular file.")
    return status.st_size, status.st_mtime_ns, status.st_ino


def _digest(path: Path) -> str:
    # CAOM archives write md5: it names a content here and protects nothing.
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return f"md5:{digest.hexdigest()}"
