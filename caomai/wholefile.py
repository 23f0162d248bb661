"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from caomai.errors import ParameterError


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Give a place beside a file; what was written there takes the file's name at the end of the block."""
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        part.touch(exist_ok=False)
        yield part
        part.replace(path)
    except OSError as error:
        raise ParameterError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
